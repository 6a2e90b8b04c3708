//! The incidents that tools of this kind are known for, each told at the level of the rules and each
//! ending with nobody wrongly disabled.

use chrono::TimeDelta;
use dormouse::{
    domain::{
        account::{ANONYMOUS, Account, AccountId, Status},
        coverage::{Coverage, LATENESS},
        decision::{Facts, Finding, decide},
        evidence::{Activity, Evidence, Restart, RestartCause, Source},
        login::LoginEvent,
        policy::{Policy, Signals},
        population::{Roster, RosterRow, resolve},
        recorded::{Recorded, SilencePolicy},
        silence::HourOfRows,
        verdict::{Reason, Verdict, first_inactive, judge},
    },
    time::{Timestamp, days},
};

use super::support::{account, activity, ago, at, event, evidence, id, now, policy, reason, seen};

fn decided(evidence: Vec<Evidence>, roster: Option<&[RosterRow]>) -> Vec<Finding> {
    let facts = Facts { coverage: evidence.first().and_then(|e| e.coverage), evidence };
    let accounts: Vec<Account> = facts.accounts().cloned().collect();
    let roster = roster.map(|rows| Roster { rows: rows.to_vec(), ..Roster::default() });
    let population = resolve(&policy().population, roster.as_ref(), &accounts, now());
    decide(&policy(), &facts, &population, now())
}

/// Each its own account, so that all are decided at once.
fn people(evidence: impl IntoIterator<Item = Evidence>) -> Vec<Evidence> {
    let numbered = (1..).zip(evidence);
    numbered
        .map(|(number, e)| {
            let Account { id, email, .. } = account(number);
            Evidence { account: Account { id, email, ..e.account }, ..e }
        })
        .collect()
}

/// Whom `apply` would disable.
fn disabled(findings: &[Finding]) -> Vec<AccountId> {
    let inactive = findings.iter().filter(|f| f.reason.verdict() == Verdict::Inactive);
    inactive.map(|f| f.account_id).collect()
}

fn covered(from: Timestamp, to: Timestamp) -> Option<Coverage> {
    Some(Coverage { from, to })
}

/// A history with rows in every hour from `from` to `newest`, proven up to `to`.
fn recorded(from: Timestamp, newest: Timestamp, to: Timestamp) -> Recorded {
    let hours = (0..).map(|n| newest - TimeDelta::hours(n)).take_while(|at| *at >= from);
    let mut hours: Vec<HourOfRows> =
        hours.map(|at| HourOfRows { first: at, last: at, rows: 5, by_outsiders: 0 }).collect();
    hours.reverse();
    let proven = Coverage { from, to };
    Recorded {
        proven,
        whole_from: None,
        zone: chrono_tz::UTC,
        hours,
        acted: Vec::new(),
        trail_from: None,
        now: to,
    }
}

fn by_clock(recorded: &Recorded) -> Option<Coverage> {
    recorded.coverage(&SilencePolicy { max_silence_hours: 72, quiet: Vec::new() }).coverage
}

#[test]
fn a_partial_read_proves_nothing_about_the_time_that_was_not_read() {
    // The walk broke off twelve days back; nobody's older logins are in the copy.
    let people = (1..=20).map(|number| Evidence {
        account: account(number),
        coverage: covered(ago(12), now()),
        ..evidence()
    });
    let findings = decided(people.collect(), None);
    assert_eq!(findings.len(), 20);
    assert_eq!(disabled(&findings), []);
    assert!(findings.iter().all(|f| f.reason == Reason::InsufficientCoverage));

    // A gap inside: only the part behind it counts.
    let after_gap = Evidence { coverage: covered(ago(29), now()), ..evidence() };
    assert_eq!(reason(&after_gap), Reason::InsufficientCoverage);
}

#[test]
fn an_empty_answer_is_not_no_activity() {
    let empty = Recorded { hours: Vec::new(), ..recorded(ago(180), now(), now()) };
    let coverage = by_clock(&empty);
    assert_eq!(coverage, None);
    let people = (1..=20).map(|n| Evidence { account: account(n), coverage, ..evidence() });
    let findings = decided(people.collect(), None);
    assert_eq!(disabled(&findings), []);
    assert!(findings.iter().all(|f| f.reason == Reason::InsufficientCoverage));
}

#[test]
fn failed_attempts_are_nobodys_activity() {
    let failures =
        [1002, 1003, 1004, 1005, 1008, 1009, 1013, 1014, 1018, 1020, 1022, 1023, 1025, 1026];
    let mut events: Vec<LoginEvent> =
        (0..).zip(failures).map(|(number, code)| event(100 + number, code, ago(1))).collect();
    // Most are filed under the anonymous id, some under the account of an open session.
    events.push(LoginEvent { account: ANONYMOUS, ..event(200, 1013, ago(1)) });
    assert_eq!(activity(&events), None);
    events.push(event(50, 1029, ago(40)));
    let attacked = Evidence { last_activity: activity(&events), ..evidence() };
    assert_eq!(attacked.last_activity, seen_by(50, ago(40)));
    // Somebody trying passwords does not keep an unused account alive ...
    assert_eq!(reason(&attacked), Reason::Idle);
    // ... and does not hide the real login after them.
    events.push(event(51, 1029, ago(2)));
    let at_work = Evidence { last_activity: activity(&events), ..attacked };
    assert_eq!(reason(&at_work), Reason::RecentActivity);
}

fn seen_by(event_id: i64, at: Timestamp) -> Option<Activity> {
    Some(Activity { at, source: Source::Login, event_id: Some(event_id) })
}

#[test]
fn a_person_at_work_on_an_old_session_is_saved_by_the_audit_trail() {
    // The cookie lives for a year: the last login event is five months old.
    let login = Evidence { last_activity: seen(ago(150), Source::Login), ..evidence() };
    let unchecked = Evidence { checked_at: None, ..login.clone() };
    assert_eq!(reason(&unchecked), Reason::NoActivityCheck);
    // The check of an earlier run does not cover the time since.
    let stale = Evidence { checked_at: Some(now() - TimeDelta::hours(1)), ..login.clone() };
    assert_eq!(reason(&stale), Reason::NoActivityCheck);
    let edited = Activity { at: ago(2), source: Source::Audit, event_id: Some(5054) };
    let checked = Evidence { last_activity: login.last_activity.map(|a| a.newer(edited)), ..login };
    assert_eq!(reason(&checked), Reason::RecentActivity);
    assert_eq!(disabled(&decided(people([unchecked, stale, checked]), None)), []);
}

#[test]
fn a_retention_shorter_than_the_threshold_never_decides_alone() {
    // The portal keeps 14 days; whoever was here before is not in its history.
    let kept = Evidence { coverage: covered(ago(14), now()), ..evidence() };
    assert_eq!(reason(&kept), Reason::InsufficientCoverage);
    // Our copy outlives it: after sixteen more days there are thirty.
    let first = first_inactive(&policy(), &kept);
    assert_eq!(first, Some(now().days_after(16)));
    // One who was seen to log in before is covered no better.
    let regular = Evidence { last_activity: seen(ago(31), Source::Login), ..kept };
    assert_eq!(reason(&regular), Reason::InsufficientCoverage);
}

#[test]
fn a_person_enabled_yesterday_gets_the_whole_threshold_again() {
    let back = Evidence { last_activity: seen(ago(200), Source::Login), ..evidence() };
    let restarted =
        |cause| Evidence { restart: Some(Restart { at: ago(1), cause }), ..back.clone() };
    // A sync in between showed it disabled; ours was the enabling; nobody looked in between, and
    // only the portal's audit trail tells.
    for cause in [RestartCause::SeenActive, RestartCause::Enabled, RestartCause::StatusChange] {
        assert_eq!(reason(&restarted(cause)), Reason::RecentlyEnabled, "{cause}");
        assert_eq!(first_inactive(&policy(), &restarted(cause)), Some(now().days_after(29)));
    }
    let back = people(RestartCause::ALL.iter().map(|cause| restarted(*cause)));
    assert_eq!(disabled(&decided(back, None)), []);
}

#[test]
fn a_newly_invited_person_has_the_grace() {
    let mut invited = evidence();
    invited.account.status = Status::Pending;
    invited.account.registered_at = Some(ago(3));
    assert_eq!(reason(&invited), Reason::WithinGrace);
    // Invited after the end of coverage, seen by the listing of the same run.
    invited.account.registered_at = Some(now() + TimeDelta::hours(1));
    assert_eq!(reason(&invited), Reason::WithinGrace);
    assert_eq!(judge(&Policy { grace_days: 0, ..policy() }, &invited, now()), Reason::WithinGrace);
    assert_eq!(disabled(&decided(vec![invited], None)), []);
}

#[test]
fn an_old_invitation_accepted_today_is_not_an_old_account() {
    let mut accepted = evidence();
    accepted.account.registered_at = Some(ago(170));
    // Accepting it moved the account from pending to active between two listings.
    accepted.restart = Some(Restart { at: now(), cause: RestartCause::SeenActive });
    assert_eq!(reason(&accepted), Reason::RecentlyEnabled);
    // The first login may be dated after the end of coverage.
    let logged_in = Evidence {
        restart: None,
        last_activity: activity(&[event(1, 1029, now() + TimeDelta::hours(1))]),
        ..accepted.clone()
    };
    assert_eq!(reason(&logged_in), Reason::RecentActivity);
    assert_eq!(disabled(&decided(people([accepted, logged_in]), None)), []);
}

#[test]
fn a_person_who_works_by_api_key_only_is_active() {
    let used = Activity { at: ago(4), source: Source::ApiKey, event_id: None };
    let integrator = Evidence { last_activity: Some(used), ..evidence() };
    assert_eq!(reason(&integrator), Reason::RecentActivity);
    // Whatever the policy looks at.
    let logins = Policy { signals: Signals::Logins, ..policy() };
    assert_eq!(judge(&logins, &integrator, now()), Reason::RecentActivity);
}

#[test]
fn a_login_code_of_a_later_release_protects() {
    // As 1028 and 1029 did in 3.5, when tools that listed codes saw nobody log in any more.
    let events = [event(10, 1029, ago(90)), event(11, 1031, ago(2))];
    let upgraded = Evidence { last_activity: activity(&events), ..evidence() };
    assert_eq!(reason(&upgraded), Reason::RecentActivity);
    assert_eq!(
        upgraded.last_activity.map(|a| a.source),
        Some(Source::Other),
        "not shown as a login"
    );
}

#[test]
fn a_portal_that_stopped_recording_does_not_look_like_everybody_leaving() {
    let started = now() + LATENESS;
    // In use: covered up to the lateness before the run.
    let in_use = recorded(ago(180), started - TimeDelta::hours(70), now());
    assert_eq!(by_clock(&in_use).map(|c| c.to), Some(now()));
    // Switched off forty days ago: covered up to three days later, whenever the run is.
    let stopped = recorded(ago(180), ago(40), now());
    let coverage = by_clock(&stopped);
    assert_eq!(coverage, covered(ago(180), ago(37)));
    let people = (1..=20).map(|number| Evidence {
        account: account(number),
        last_activity: seen(ago(41), Source::Login),
        coverage,
        ..evidence()
    });
    let people: Vec<Evidence> = people.collect();
    let findings = decided(people.clone(), None);
    assert!(findings.iter().all(|f| f.reason == Reason::InsufficientCoverage));
    // Decided as of the end of coverage, those who were there before the silence are active.
    for person in people {
        let person = Evidence { checked_at: Some(now()), ..person };
        assert_eq!(judge(&policy(), &person, ago(37)), Reason::RecentActivity);
    }
    // A stretch that begins after that covers nothing.
    let proven = Coverage { from: ago(36), to: now() };
    assert_eq!(by_clock(&Recorded { proven, ..stopped }), None);
}

#[test]
fn a_zone_off_by_one_costs_nobody_a_day() {
    // By their own calendars these are 31 days; 29 days and 23.5 hours have passed.
    let last = at("2026-10-25T23:30:00+13:00");
    let as_of = at("2026-11-24T10:00:00Z");
    assert_eq!(as_of - last, days(30) - TimeDelta::minutes(30));
    let east = Evidence {
        last_activity: seen(last, Source::Login),
        checked_at: Some(as_of),
        coverage: covered(ago(180), as_of),
        ..evidence()
    };
    assert_eq!(judge(&policy(), &east, as_of), Reason::RecentActivity);
    assert_eq!(first_inactive(&policy(), &east), Some(at("2026-11-24T10:30:00Z")));
}

#[test]
fn a_portal_restored_from_backup_has_new_ids_and_an_empty_past() {
    // Same people, same registration, other ids; the events that proved their work are lost.
    let restored_at = ago(3);
    let people: Vec<Evidence> = (101..=120)
        .map(|number| Evidence {
            account: account(number),
            coverage: covered(restored_at, now()),
            ..evidence()
        })
        .collect();
    let findings = decided(people.clone(), None);
    assert_eq!(disabled(&findings), []);
    assert!(findings.iter().all(|f| f.reason == Reason::InsufficientCoverage));

    // A roster of the old ids is about nobody, and the address does not carry it over.
    let roster: Vec<RosterRow> = (1..=20)
        .map(|number| RosterRow {
            file: "roster.json".into(),
            line: number,
            id: Some(id(number.into()).to_string()),
            email: Some(account(u128::from(number) + 100).email),
            display_name: None,
            contract_end: None,
        })
        .collect();
    let findings = decided(people, Some(&roster));
    assert_eq!(findings.len(), 20);
    assert_eq!(disabled(&findings), []);
    assert!(findings.iter().all(|f| f.reason == Reason::NotOnPortal));
}
