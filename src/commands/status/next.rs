//! The one next thing to do. Ordered by what stands in the way of what: nothing is decided on missing
//! evidence, nothing applied on an old decision.

use crate::commands::status::facts::{Facts, Freshness};
use crate::{
    domain::{
        coverage::LATENESS,
        policy::Exemption,
        verdict::{Reason, Verdict},
    },
    output::when::{counted, many, minute},
    store::sync_runs::SyncStatus,
    time::Timestamp,
};

/// A command to run and why; no command where there is nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
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
pub(super) fn step(facts: &Facts) -> Next {
    if let Some(first) = facts.open.first() {
        let open = many(facts.open.len(), "action");
        let why = format!(
            "{open} of run {} {} no known result; apply asks the portal and writes it down first",
            first.run_id,
            if facts.open.len() == 1 { "has" } else { "have" }
        );
        return Next::run("dormouse apply", why);
    }
    evidence(facts).or_else(|| decision(facts)).or_else(|| exemptions(facts)).unwrap_or(Next {
        command: None,
        why: "nothing to do: nobody is inactive and the evidence is fresh".to_owned(),
    })
}

fn evidence(facts: &Facts) -> Option<Next> {
    let Some(newest) = &facts.newest else {
        return Some(Next::run("dormouse sync", "no sync has ended yet"));
    };
    if newest.status != SyncStatus::Complete && facts.freshness() != Freshness::Good {
        let why = format!("the last sync did not complete: {}", newest.reason);
        return Some(Next::run("dormouse doctor", why));
    }
    let Some(coverage) = newest.coverage else {
        let why = "the portal showed no event of any kind, so that nothing can be concluded";
        return Some(Next::run("dormouse doctor", why));
    };
    if facts.freshness() == Freshness::Good {
        return None;
    }
    // The sync is recent and its coverage is not: the portal recorded nothing for long.
    let falls_short =
        |at: Timestamp| facts.now - at <= facts.max_age && coverage.to + LATENESS < at;
    if newest.portal_time.is_some_and(falls_short) {
        let why =
            format!("the portal has recorded nothing that reaches beyond {}", minute(coverage.to));
        return Some(Next::run("dormouse doctor", why));
    }
    let why = format!(
        "the evidence ends {} and may be {} old at most to be acted on",
        minute(coverage.to),
        counted(facts.max_age.num_hours(), "hour")
    );
    Some(Next::run("dormouse sync", why))
}

fn decision(facts: &Facts) -> Option<Next> {
    let population = facts.population.as_ref()?;
    let unchecked = population.with_reason(Reason::NoActivityCheck);
    if unchecked > 0 {
        let why = format!("the audit trail was not asked about {}", many(unchecked, "account"));
        return Some(Next::run("dormouse sync", why));
    }
    let inactive = population.with_verdict(Verdict::Inactive);
    if inactive == 0 {
        return None;
    }
    let decided = facts
        .decision
        .as_ref()
        .filter(|d| d.not_in_it == 0 && d.to_do > 0 && facts.now - d.as_of <= facts.max_age);
    Some(match decided {
        Some(decided) => Next::run(
            "dormouse apply",
            format!("decision {} has {} to disable", decided.id, many(decided.to_do, "account")),
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

fn exemptions(facts: &Facts) -> Option<Next> {
    let subjects = |list: &[Exemption]| {
        list.iter().map(|e| e.subject.to_string()).collect::<Vec<_>>().join(", ")
    };
    if !facts.ended.is_empty() {
        let why = format!("an exemption has ended: {}", subjects(&facts.ended));
        return Some(Next::run("dormouse policy check", why));
    }
    None
}
