//! The one next thing to do. Ordered by what stands in the way of what: nothing is decided on missing
//! evidence, nothing applied on an old decision.

use serde::Serialize;

use crate::{
    commands::status::report::{Freshness, StatusReport},
    domain::{coverage::LATENESS, verdict::Verdict},
    output::when::{counted, many, minute},
    store::sync_runs::SyncStatus,
    time::Timestamp,
};

/// A command to run and why; no command where there is nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Next {
    pub(super) command: Option<&'static str>,
    pub(super) why: String,
}

impl Next {
    fn run(command: &'static str, why: impl Into<String>) -> Self {
        Self { command: Some(command), why: why.into() }
    }
}

/// What to do next.
pub(super) fn step(report: &StatusReport) -> Next {
    if let Some(first) = report.open_intents.first() {
        let open = many(report.open_intents.len(), "action");
        let why = format!(
            "{open} of run {} {} no known result; apply asks the portal and writes it down first",
            first.run_id,
            if report.open_intents.len() == 1 { "has" } else { "have" }
        );
        return Next::run("dormouse apply", why);
    }
    evidence(report).or_else(|| decision(report)).or_else(|| exemptions(report)).unwrap_or(Next {
        command: None,
        why: "nothing to do: nobody is inactive and the evidence is fresh".to_owned(),
    })
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
        let why =
            format!("the portal has recorded nothing that reaches beyond {}", minute(coverage.to));
        return Some(Next::run("dormouse doctor", why));
    }
    let why = format!(
        "the evidence ends {} and may be {} old at most to be acted on",
        minute(coverage.to),
        counted(report.max_age.num_hours(), "hour")
    );
    Some(Next::run("dormouse sync", why))
}

fn decision(report: &StatusReport) -> Option<Next> {
    let population = report.population.as_ref()?;
    let unchecked = population.unchecked;
    if unchecked > 0 {
        let why = format!("the audit trail was not asked about {}", many(unchecked, "account"));
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
        Some(decided) => Next::run(
            "dormouse apply",
            format!(
                "decision {} has {} to disable",
                decided.id,
                many(decided.to_disable, "account")
            ),
        ),
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
