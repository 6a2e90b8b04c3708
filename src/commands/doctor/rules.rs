//! What the portal keeps and for how long, held against the threshold. Pure, so that every boundary
//! is tested below.

use chrono::TimeDelta;

use crate::commands::doctor::check::Check;
use crate::{
    domain::{coverage::Coverage, policy::Signals, recorded::Pace},
    output::when::{many, minute, relative},
    report::SESSION_SETTING,
    time::{MAX_CLOCK_SKEW, Timestamp, days},
};

/// Keys are renewed by hand: announced this long before they end.
const KEY_NOTICE_DAYS: u32 = 30;
/// The first release with API keys.
const OLDEST_SERVER: [u32; 2] = [3, 1];
/// Clocks that differ by more are worth a word; beyond `MAX_CLOCK_SKEW` nothing works.
const CLOCK_WARNING: TimeDelta = TimeDelta::minutes(1);

pub(super) fn clock(portal: Timestamp, here: Timestamp) -> Check {
    let apart = (portal - here).abs();
    let seconds = many(apart.num_seconds(), "second");
    let advice = "synchronise this machine's clock (NTP): decisions and the history depend on it";
    if apart > MAX_CLOCK_SKEW {
        let detail = format!(
            "this machine says {}, the portal {}: sync and apply refuse above 5 minutes",
            minute(here),
            minute(portal)
        );
        Check::problem("clock", detail, advice)
    } else if apart > CLOCK_WARNING {
        Check::warning("clock", format!("{seconds} away from the portal's"), advice)
    } else {
        Check::ok("clock", format!("{seconds} away from the portal's"))
    }
}

pub(super) fn key_expiry(expires: Option<Timestamp>, now: Timestamp) -> Check {
    let Some(end) = expires else { return Check::ok("key expiry", "the key does not expire") };
    let detail = format!("the key expires {}", relative(end, now));
    if end - now > days(KEY_NOTICE_DAYS) {
        return Check::ok("key expiry", detail);
    }
    let advice = "keys cannot be renewed: make a new one, put it in place, then delete this one";
    Check::warning("key expiry", detail, advice)
}

pub(super) fn server_version(version: Option<&str>) -> Check {
    const NAME: &str = "server version";
    let Some(version) = version else {
        let advice = "make sure the server is DocSpace 3.1 or later";
        return Check::warning(NAME, "the portal does not say", advice);
    };
    let numbers: Option<Vec<u32>> =
        version.trim().split('.').map(|part| part.parse().ok()).collect();
    match numbers.as_deref() {
        Some([major, minor, ..]) if [*major, *minor] >= OLDEST_SERVER => Check::ok(NAME, version),
        Some([_, _, ..]) => {
            Check::problem(NAME, version, "upgrade the server: API keys begin with DocSpace 3.1")
        }
        _ => {
            let advice =
                "the operator set a text of their own; make sure the server is 3.1 or later";
            Check::warning(NAME, format!("\"{version}\""), advice)
        }
    }
}

/// Retention bounds what the first sync can read. Our own copy outlives it, so what matters is
/// whether copy and retention together reach back far enough.
pub(super) fn retention(kept_days: u32, inactivity_days: u32, coverage: Option<Coverage>) -> Check {
    const NAME: &str = "retention";
    let kept = format!("the portal keeps login events for {}", many(kept_days, "day"));
    let known = coverage.map_or(0, |c| c.to.whole_days_since(c.from));
    if kept_days > inactivity_days {
        return Check::ok(NAME, kept);
    }
    let threshold = many(inactivity_days, "day");
    if known >= inactivity_days {
        let known = many(known, "day");
        return Check::ok(NAME, format!("{kept}; the store reaches back further, {known}"));
    }
    let advice = format!(
        "raise it under Settings > Security > Login History; until the store itself \
         reaches back {threshold}, no account can be found inactive; run sync at least every {} until \
         then",
        many((kept_days / 2).max(1), "day")
    );
    Check::warning(NAME, format!("{kept}, the threshold is {threshold}"), advice)
}

pub(super) fn lookback(
    lookback_days: u32,
    inactivity_days: u32,
    coverage: Option<Coverage>,
) -> Check {
    const NAME: &str = "lookback";
    let detail = format!("the first sync reads back {}", many(lookback_days, "day"));
    let known = coverage.map_or(0, |c| c.to.whole_days_since(c.from));
    if lookback_days > inactivity_days || known >= inactivity_days {
        return Check::ok(NAME, detail);
    }
    let advice = format!(
        "set LOGIN_LOOKBACK_DAYS above the threshold of {} and run `dormouse sync --full`",
        many(inactivity_days, "day")
    );
    Check::warning(NAME, detail, advice)
}

/// A session can be used without a new login event for as long as its cookie lives, or until the
/// login event that it began with is purged.
pub(super) fn session(
    minutes: u32,
    kept_days: Option<u32>,
    inactivity_days: u32,
    signals: Signals,
) -> Check {
    const NAME: &str = "session lifetime";
    const DAY: u32 = 24 * 60;
    let by_retention = kept_days.map_or(u32::MAX, |d| d.saturating_mul(DAY));
    let longest = minutes.min(by_retention);
    let lives = match longest {
        u32::MAX => "forever".to_owned(),
        m if m < 2 * DAY => many(m / 60, "hour"),
        m => many(m / DAY, "day"),
    };
    let detail = format!("a session can live {lives} without a new login");
    let threshold = many(inactivity_days, "day");
    if longest <= inactivity_days.saturating_mul(DAY) {
        return Check::ok(NAME, format!("{detail}, the threshold is {threshold}"));
    }
    match signals {
        Signals::LoginsAndAudit => Check::warning(
            NAME,
            format!("{detail}, longer than the threshold of {threshold}"),
            format!(
                "someone who only browses in an old session leaves no trace; the audit trail shows \
                 everything else; to close the gap, turn on {SESSION_SETTING}"
            ),
        ),
        Signals::Logins => Check::problem(
            NAME,
            format!(
                "{detail}, longer than the threshold of {threshold}, but the policy looks at logins \
                 alone: people at work would look inactive"
            ),
            format!(
                "set signals = [\"logins\", \"audit\"] in [policy], or turn on {SESSION_SETTING}"
            ),
        ),
    }
}

/// A portal that stopped recording looks as if everyone had left.
pub(super) fn recording(
    newest: Option<Timestamp>,
    now: Timestamp,
    max_silence_hours: u32,
    pace: Option<Pace>,
) -> Check {
    const NAME: &str = "recording";
    let advice = "check that the portal still records: log in and see whether the login history \
                  and the audit trail show it; raise max_silence_hours only where such quiet is \
                  normal";
    let Some(newest) = newest else {
        return Check::problem(NAME, "neither history has a single event", advice);
    };
    let detail = format!("newest event of any kind: {}", relative(newest, now));
    let silence = many(max_silence_hours, "hour");
    if now - newest > TimeDelta::hours(max_silence_hours.into()) {
        let detail = format!("{detail}; longer ago than {silence} (max_silence_hours)");
        return match pace {
            // Such a portal is quiet for days as a rule.
            Some(Pace::TooQuiet) => Check::warning(NAME, detail, advice),
            Some(Pace::Known) | None => Check::problem(NAME, detail, advice),
        };
    }
    Check::ok(NAME, detail)
}

#[cfg(test)]
mod tests {
    use super::{super::check::Finding, *};

    fn now() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn known(count: u32) -> Option<Coverage> {
        Some(Coverage { from: now() - days(count), to: now() })
    }

    #[test]
    fn releases_before_api_keys_are_a_problem_and_own_texts_a_warning() {
        for (version, finding) in [
            (Some("3.1.0"), Finding::Ok),
            (Some("10.0"), Finding::Ok),
            (Some("3.0.4"), Finding::Problem),
            (Some("2.6.3"), Finding::Problem),
            (Some("our portal"), Finding::Warning),
            (None, Finding::Warning),
        ] {
            assert_eq!(server_version(version).finding, finding, "{version:?}");
        }
    }

    #[test]
    fn sessions_longer_than_the_threshold_are_named_with_their_setting() {
        const DAY: u32 = 24 * 60;
        let audit = Signals::LoginsAndAudit;
        assert_eq!(session(30 * DAY, None, 30, audit).finding, Finding::Ok);
        let year = session(365 * DAY, Some(180), 30, audit);
        assert_eq!(year.finding, Finding::Warning);
        assert!(year.detail.contains("180 days"), "{}", year.detail);
        assert!(year.advice.unwrap().contains("Session lifetime"));
        assert!(session(u32::MAX, None, 30, audit).detail.contains("forever"));
        assert_eq!(session(365 * DAY, Some(20), 30, audit).finding, Finding::Ok);
        assert_eq!(session(31 * DAY, None, 30, Signals::Logins).finding, Finding::Problem);
    }

    #[test]
    fn retention_and_lookback_matter_only_until_the_store_reaches_back() {
        for (kept, coverage, finding) in [
            (180, None, Finding::Ok),
            (30, None, Finding::Warning),
            (30, known(29), Finding::Warning),
            (30, known(30), Finding::Ok),
        ] {
            assert_eq!(retention(kept, 30, coverage).finding, finding, "{kept} {coverage:?}");
            assert_eq!(lookback(kept, 30, coverage).finding, finding, "{kept} {coverage:?}");
        }
    }

    #[test]
    fn clocks_keys_and_silence_have_limits() {
        for (seconds, finding) in
            [(-60, Finding::Ok), (61, Finding::Warning), (-301, Finding::Problem)]
        {
            assert_eq!(clock(now() + TimeDelta::seconds(seconds), now()).finding, finding);
        }
        assert_eq!(key_expiry(None, now()).finding, Finding::Ok);
        assert_eq!(key_expiry(Some(now() + days(31)), now()).finding, Finding::Ok);
        assert_eq!(key_expiry(Some(now() + days(30)), now()).finding, Finding::Warning);
        let silence = days(3);
        let found = |newest, pace| recording(newest, now(), 72, pace).finding;
        let long_ago = Some(now() - days(4));
        assert_eq!(found(None, Some(Pace::TooQuiet)), Finding::Problem);
        assert_eq!(found(Some(now() - silence), None), Finding::Ok);
        assert_eq!(found(long_ago, Some(Pace::Known)), Finding::Problem);
        assert_eq!(found(long_ago, None), Finding::Problem);
        assert_eq!(found(long_ago, Some(Pace::TooQuiet)), Finding::Warning);
    }
}
