//! The one next thing to do. Ordered by what stands in the way of what: nothing is decided on missing
//! evidence, nothing applied on an old decision.

use crate::{
    commands::{
        Context,
        status::document::{Freshness, StatusReport},
    },
    domain::{coverage::LATENESS, verdict::Verdict},
    output::{
        next::Next,
        when::{many, minute},
    },
    store::sync_runs::SyncStatus,
    time::Timestamp,
};

/// What to do next.
pub(super) fn step(report: &StatusReport, cx: &Context) -> Next {
    let next = open(report)
        .or_else(|| evidence(report))
        .or_else(|| notices(report))
        .or_else(|| decision(report, cx))
        .or_else(|| exemptions(report))
        .unwrap_or_else(|| Next::nothing(nothing(report)));
    let needs_portal = next.command.as_ref().is_some_and(|command| {
        ["sync", "notify", "apply"].iter().any(|c| command.starts_with(&format!("dormouse {c}")))
    });
    match cx.settings.portal_required() {
        Err(error) if needs_portal => Next::nothing(format!("{error}; then {}", next.why)),
        Ok(_) | Err(_) => next,
    }
}

fn open(report: &StatusReport) -> Option<Next> {
    let first = report.open_intents.first()?;
    let open = many(report.open_intents.len(), "action");
    let why = format!(
        "{open} of run {} {} no known result; apply asks the portal and records it first",
        first.run_id,
        if report.open_intents.len() == 1 { "has" } else { "have" }
    );
    Some(Next::run("dormouse apply", why))
}

/// Why there is nothing to do. An empty population and undetermined verdicts are not that.
fn nothing(report: &StatusReport) -> String {
    let Some(population) = &report.population else {
        return "no account is known yet".to_owned();
    };
    if population.verdicts.values().all(|count| *count == 0) {
        return "no account is under review: check the population in dormouse.toml or the roster"
            .to_owned();
    }
    match population.with_verdict(Verdict::Undetermined) {
        0 => "nothing to do; no account is inactive and the evidence is fresh".to_owned(),
        n => format!(
            "no account is proven inactive; {} {} undetermined (`dormouse accounts --verdict \
             undetermined`)",
            many(n, "account"),
            if n == 1 { "is" } else { "are" }
        ),
    }
}

fn evidence(report: &StatusReport) -> Option<Next> {
    let Some(newest) = &report.last_sync else {
        return Some(Next::run("dormouse sync", "no sync has ended yet"));
    };
    if newest.status != SyncStatus::Complete && report.evidence != Freshness::Good {
        let why = format!("the last sync did not complete: {}", newest.reason);
        return Some(Next::run("dormouse doctor", why));
    }
    let Some(coverage) = &report.coverage else {
        let why = "the portal showed no event of any kind, so nothing can be concluded";
        return Some(Next::run("dormouse doctor", why));
    };
    if report.evidence == Freshness::Good {
        return None;
    }
    // The sync is recent and its coverage is not: the portal recorded nothing for long.
    let falls_short =
        |at: Timestamp| report.at - at <= report.max_age && coverage.to + LATENESS < at;
    if newest.portal_time.is_some_and(falls_short) {
        let why = format!("the portal has recorded nothing after {}", minute(coverage.to));
        return Some(Next::run("dormouse doctor", why));
    }
    let why = format!(
        "the evidence ends {} and may be {} old at most to be acted on",
        minute(coverage.to),
        many(report.max_age.num_hours(), "hour")
    );
    Some(Next::run("dormouse sync", why))
}

/// Before anybody is disabled.
fn notices(report: &StatusReport) -> Option<Next> {
    let due = report.notices_due.filter(|due| *due > 0)?;
    let (messages, are) = (many(due, "message"), if due == 1 { "is" } else { "are" });
    Some(Next::run("dormouse notify", format!("{messages} to people {are} due")))
}

fn decision(report: &StatusReport, cx: &Context) -> Option<Next> {
    let population = report.population.as_ref()?;
    let unchecked = population.unchecked;
    if unchecked > 0 {
        let why = format!("the audit trail was not checked for {}", many(unchecked, "account"));
        return Some(Next::run("dormouse sync", why));
    }
    let inactive = population.with_verdict(Verdict::Inactive);
    if inactive == 0 {
        return None;
    }
    let decided = report
        .decision
        .as_ref()
        .filter(|d| d.not_in_it == 0 && d.to_disable > 0 && report.at - d.as_of <= report.max_age);
    Some(match decided {
        Some(_) => Next::apply(&cx.settings.brakes, population.load),
        None => Next::run(
            "dormouse decide",
            format!(
                "{} {} inactive by the newest evidence",
                many(inactive, "account"),
                if inactive == 1 { "is" } else { "are" }
            ),
        ),
    })
}

fn exemptions(report: &StatusReport) -> Option<Next> {
    let ended = &report.exemptions.ended;
    if ended.is_empty() {
        return None;
    }
    let subjects: Vec<&str> = ended.iter().map(|e| e.subject.as_str()).collect();
    let why = format!("an exemption has ended: {}", subjects.join(", "));
    Some(Next::run("dormouse policy check", why))
}
