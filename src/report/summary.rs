//! The report in a sentence or two, and what an auditor should know before reading on.

use crate::{
    domain::history,
    output::when::{date, many, minute},
    report::{Action, AuditReport, BLIND_SPOT, Decision, SESSION_SETTING, ScopeKind, SyncRun},
};

/// What was found and what was done about it.
pub(crate) fn sentence(report: &AuditReport) -> String {
    let found = match &report.decision {
        Some(decision) => of_decision(report, decision),
        None => without_decision(report),
    };
    let with = |action, outcome| report.actions.iter().filter(move |a| is(a, action, outcome));
    let (disable, enable) = (history::Action::Disable, history::Action::Enable);
    let applied = history::Outcome::Applied;
    let disabled = with(disable, applied).count();
    let enabled = with(enable, applied).count();

    let mut done = format!("{} {} disabled", many(disabled, "account"), were(disabled));
    if disabled > 0 {
        let seen = with(disable, applied).filter(|a| a.portal_event_id.is_some()).count();
        done.push_str(&format!(", {seen} of them confirmed by the portal's own audit trail"));
    }
    if enabled > 0 {
        done.push_str(&format!("; {enabled} enabled again"));
    }
    let unproven = |a: &&Action| matches!(a.outcome, None | Some(history::Outcome::Failed));
    match report.actions.iter().filter(unproven).count() {
        0 => {}
        count => done.push_str(&format!("; {count} without a proven result")),
    }
    format!("{found} {done}.")
}

fn is(action: &Action, wanted: history::Action, outcome: history::Outcome) -> bool {
    action.action == wanted && action.outcome == Some(outcome)
}

fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

fn of_decision(report: &AuditReport, d: &Decision) -> String {
    let under_review = report.population.as_ref().map_or(0, |p| p.under_review);
    let mut text = format!(
        "As of {}, {} of {} under review had been inactive for {} or more.",
        minute(d.as_of),
        d.counts.inactive,
        many(under_review, "account"),
        many(d.inactivity_days, "day"),
    );
    let undetermined = d.counts.undetermined;
    if undetermined > 0 {
        text.push_str(&format!(
            " {} could not be judged and {} left alone.",
            many(undetermined, "account"),
            were(undetermined)
        ));
    }
    text
}

fn without_decision(report: &AuditReport) -> String {
    let (from, to) = (report.scope.from, report.scope.to - chrono::TimeDelta::milliseconds(1));
    match (report.scope.kind, report.runs.first()) {
        (ScopeKind::Run, Some(run)) => {
            format!("Run {} ({}, {}) rests on no decision.", run.id, run.command, minute(from))
        }
        (ScopeKind::Run | ScopeKind::Decision | ScopeKind::Period, _) => {
            format!("From {} to {} no decision was made.", date(from), date(to))
        }
    }
}

/// What would be misread without a word.
pub(crate) fn warnings(report: &AuditReport) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(first) = report.history.findings.first() {
        warnings.push(format!(
            "The history does not verify ({}; the first: {}). Nothing here that rests on it can be \
             relied on.",
            many(report.history.findings.len(), "finding"),
            first.message
        ));
    }
    let Some(decision) = &report.decision else { return warnings };
    if !decision.digests_agree {
        warnings.push(format!(
            "Decision {} no longer gives the digest stored with it: its rows were changed.",
            decision.id
        ));
    }
    warnings.extend(report.sync_of_decision().and_then(|s| long_sessions(s, decision)));
    if decision.signals == ["logins"] {
        warnings.push(
            "The policy looks at the login history alone: people who work on an old session are not \
             seen by it."
                .to_owned(),
        );
    }
    warnings
}

/// Sessions that outlive the threshold. A session ends with the login event that it stems from.
fn long_sessions(sync: &SyncRun, decision: &Decision) -> Option<String> {
    const DAY: u64 = 24 * 60;
    let session = sync.session_minutes?;
    let minutes = match sync.retention_days {
        Some(days) => u64::from(session).min(u64::from(days) * DAY),
        None => session.into(),
    };
    if minutes <= u64::from(decision.inactivity_days) * DAY {
        return None;
    }
    // The setting's largest value means no limit.
    let lives = match i64::try_from(minutes / DAY) {
        Ok(days) if minutes < u64::from(u32::MAX) => many(days, "day"),
        _ => "any time".to_owned(),
    };
    Some(format!(
        "A session can live {lives} on this portal, longer than the threshold of {}. {BLIND_SPOT} To \
         close the gap: {SESSION_SETTING}.",
        many(decision.inactivity_days, "day")
    ))
}
