//! The report in a sentence or two, and what an auditor should know before reading on.

use crate::report::pack::{Pack, ScopeKind};
use crate::{
    output::when::{counted, date, many, minute},
    report::promise::{BLIND_SPOT, SESSION_SETTING},
};

/// What was found and what was done about it.
#[must_use]
pub fn sentence(pack: &Pack) -> String {
    let mut text = match &pack.decision {
        Some(d) => {
            let under_review = pack.population.as_ref().map_or(0, |p| p.under_review);
            let mut text = format!(
                "As of {}, {} of {} under review had been inactive for {} or more.",
                minute(d.as_of.0),
                d.counts.inactive,
                many(under_review, "account"),
                counted(d.inactivity_days.into(), "day"),
            );
            if d.counts.undetermined > 0 {
                text.push_str(&format!(
                    " {} could not be judged and {} left alone.",
                    many(d.counts.undetermined, "account"),
                    were(d.counts.undetermined)
                ));
            }
            text
        }
        None => without_decision(pack),
    };
    let applied = |action: &str| pack.actions.iter().filter(|a| is_applied(a, action)).count();
    let (disabled, enabled) = (applied("disable"), applied("enable"));
    let seen = pack
        .actions
        .iter()
        .filter(|a| is_applied(a, "disable") && a.portal_event_id.is_some())
        .count();
    text.push_str(&format!(" {} {} disabled", many(disabled, "account"), were(disabled)));
    if disabled > 0 {
        text.push_str(&format!(", {seen} of them confirmed by the portal's own audit trail"));
    }
    if enabled > 0 {
        text.push_str(&format!("; {enabled} enabled again"));
    }
    let unproven = pack.actions.iter().filter(|a| a.outcome == Some("failed")).count();
    let open = pack.actions.iter().filter(|a| a.outcome.is_none()).count();
    if unproven + open > 0 {
        text.push_str(&format!("; {} without a proven result", unproven + open));
    }
    text.push('.');
    text
}

fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

fn is_applied(action: &super::Action, name: &str) -> bool {
    action.action == name && action.outcome == Some("applied")
}

fn without_decision(pack: &Pack) -> String {
    let (from, to) = (pack.scope.from.0, pack.scope.to.0 - chrono::TimeDelta::milliseconds(1));
    match pack.scope.kind {
        ScopeKind::Run => {
            let command = pack.runs.first().map_or("", |run| run.command);
            let id = pack.scope.id.unwrap_or_default();
            format!("Run {id} ({command}, {}) rests on no decision.", minute(from))
        }
        ScopeKind::Decision | ScopeKind::Period => {
            format!("From {} to {} no decision was made.", date(from), date(to))
        }
    }
}

/// What would be misread without a word.
#[must_use]
pub fn warnings(pack: &Pack) -> Vec<String> {
    const DAY: u64 = 24 * 60;
    let mut warnings = Vec::new();
    if let Some(first) = pack.history.findings.first() {
        warnings.push(format!(
            "The history does not verify ({}; the first: {}). Nothing here that rests on it can be \
             relied on.",
            many(pack.history.findings.len(), "finding"),
            first.message
        ));
    }
    let Some(decision) = &pack.decision else { return warnings };
    if !decision.digests_agree {
        warnings.push(format!(
            "Decision {} no longer gives the digest stored with it: its rows were changed.",
            decision.id
        ));
    }
    let pull = pack.sync_runs.iter().find(|s| s.id == decision.sync_run_id);
    let lifetime = pull.and_then(|s| {
        let by_retention = s.retention_days.map_or(u64::MAX, |d| u64::from(d) * DAY);
        Some(u64::from(s.session_minutes?).min(by_retention))
    });
    if let Some(minutes) = lifetime.filter(|m| *m > u64::from(decision.inactivity_days) * DAY) {
        let lives = match i64::try_from(minutes / DAY) {
            Ok(days) if minutes < u64::from(u32::MAX) => counted(days, "day"),
            _ => "any time".to_owned(),
        };
        warnings.push(format!(
            "A session can live {lives} on this portal, longer than the threshold of {}. {BLIND_SPOT} \
             To close the gap: {SESSION_SETTING}.",
            counted(decision.inactivity_days.into(), "day")
        ));
    }
    if decision.signals == ["logins"] {
        warnings.push(
            "The policy looks at the login history alone: people who work on an old session are not \
             seen by it."
                .to_owned(),
        );
    }
    warnings
}
