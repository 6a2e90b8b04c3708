//! The explanation for people: the verdict first, then the rules, then what they rest on.

use crate::commands::explain::Explained;
use crate::{
    commands::Context,
    domain::{evidence::Source, explain::StepOutcome, population::RosterRow, verdict::Verdict},
    output::{
        style::Style,
        table::{Cell, Table},
        text::printable,
        when,
    },
    store::evidence::Dossier,
    time::Timestamp,
};

/// Rows of a table before it is summarised.
const MOST: usize = 10;
const ALL: &str = "--format json shows all";

/// The newest proof of presence from each source: when, event and code.
pub(super) fn by_source(
    dossier: &Dossier,
) -> impl Iterator<Item = (Source, Timestamp, Option<i64>, Option<i64>)> {
    let logins = dossier.newest.iter().map(|e| (e.source, e.at, Some(e.id), Some(e.code)));
    let audited = dossier
        .checks
        .iter()
        .filter_map(|c| c.newest)
        .max_by_key(|(id, at, _)| (*at, *id))
        .map(|(id, at, code)| (Source::Audit, at, Some(id), Some(code)));
    let used = dossier.key_uses.first().map(|k| (Source::ApiKey, k.used_at, None, None));
    logins.chain(audited).chain(used)
}

pub(super) fn show(cx: &mut Context, explained: &Explained) -> anyhow::Result<()> {
    head(cx, explained)?;
    verdict(cx, explained)?;
    rules(cx, explained)?;
    activity(cx, &explained.dossier)?;
    status(cx, &explained.dossier)?;
    roster(cx, &explained.rows)?;
    actions(cx, &explained.dossier)
}

fn head(cx: &mut Context, explained: &Explained) -> anyhow::Result<()> {
    let title = match &explained.account {
        Some(account) => format!("{} <{}>", account.display_name, account.email),
        None => explained.id.to_string(),
    };
    let title = cx.out.paint(Style::Strong, &title);
    cx.out.line(title)?;
    if let Some(account) = &explained.account {
        let registered =
            account.registered_at.map_or_else(|| "at an unknown time".into(), when::date);
        cx.out.line(format_args!(
            "{}, {}, {}, registered {registered}, managed by the {}",
            explained.id, account.kind, account.status, account.management
        ))?;
        if !account.groups.is_empty() {
            let names: Vec<&str> = account.groups.iter().map(|g| g.name.as_str()).collect();
            cx.out.line(format_args!("in groups {}", printable(&names.join(", "))))?;
        }
    }
    let judged = &explained.judged;
    let what = explained
        .decision
        .map_or_else(|| "as it would be decided now".to_owned(), |id| format!("in decision {id}"));
    cx.out.line(format_args!(
        "{what}, as of {}; threshold {} days",
        when::minute(judged.as_of),
        judged.policy.inactivity_days
    ))?;
    if let Some(c) = judged.generation.sync_run.coverage {
        cx.out.line(format_args!(
            "login history known from {} to {} (sync run {})",
            when::minute(c.from),
            when::minute(c.to),
            judged.generation.sync_run.id
        ))?;
    }
    Ok(())
}

fn verdict(cx: &mut Context, explained: &Explained) -> anyhow::Result<()> {
    let (style, said) = match &explained.verdict {
        None => (Style::Dim, explained.message.clone()),
        Some(f) => {
            let style = match f.reason.verdict() {
                Verdict::Inactive => Style::Bad,
                Verdict::Undetermined => Style::Warn,
                Verdict::Active | Verdict::Exempt | Verdict::Disabled => Style::Good,
            };
            (style, format!("{} ({}): {}", f.reason.verdict(), f.reason, explained.message))
        }
    };
    let said = cx.out.paint(style, &said);
    cx.out.line(format_args!("\n{said}"))?;
    if let Some(explanation) = &explained.explanation {
        cx.out.line(match explanation.first_inactive {
            None => "never inactive under this policy as things are".to_owned(),
            Some(at) if at <= explained.judged.as_of => {
                format!("idle enough since {}", at.to_string())
            }
            Some(at) => format!("inactive from {} on if nothing happens", at.to_string()),
        })?;
    }
    if let Some(disagreement) = explained.disagreement() {
        let text = cx.out.paint(Style::Bad, &disagreement);
        cx.out.line(text)?;
    }
    Ok(())
}

fn rules(cx: &mut Context, explained: &Explained) -> anyhow::Result<()> {
    let Some(explanation) = &explained.explanation else { return Ok(()) };
    let mut table = Table::new(["rule", "outcome", "facts"]);
    for step in &explanation.steps {
        let style = match step.outcome {
            StepOutcome::Passed => Style::Dim,
            StepOutcome::Decides => Style::Strong,
        };
        table.row([
            Cell::styled(step.rule.as_str(), style),
            Cell::styled(step.outcome.as_str(), style),
            step.sentence.as_str().into(),
        ]);
    }
    section(cx, "rules in order", &table)
}

fn activity(cx: &mut Context, dossier: &Dossier) -> anyhow::Result<()> {
    let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string()).into();
    let mut table = Table::new(["source", "newest", "event", "code"]).right(["event", "code"]);
    for (source, at, event, code) in by_source(dossier) {
        table.row([source.as_str().into(), at.to_string().into(), number(event), number(code)]);
    }
    section(cx, "newest activity by source", &table)?;

    let mut table =
        Table::new(["at", "event", "code", "class", "from", "with"]).right(["event", "code"]);
    for event in &dossier.events {
        let joined = |a: &Option<String>, b: &Option<String>| {
            let parts: Vec<&str> = [a, b].into_iter().filter_map(|p| p.as_deref()).collect();
            Cell::from(parts.join(", "))
        };
        table.row([
            event.at.to_string().into(),
            event.id.to_string().into(),
            event.code.to_string().into(),
            event.source.as_str().into(),
            joined(&event.ip, &event.country),
            joined(&event.browser, &event.platform),
        ]);
    }
    section(cx, "newest login events", &table)?;

    let mut table = Table::new(["asked", "newest action", "event", "code", "sync run"])
        .right(["event", "code", "sync run"])
        .at_most(MOST, ALL);
    for check in &dossier.checks {
        let newest = check.newest;
        table.row([
            check.checked_at.to_string().into(),
            newest.map_or_else(|| "none on record".to_owned(), |n| n.1.to_string()).into(),
            number(newest.map(|n| n.0)),
            number(newest.map(|n| n.2)),
            check.sync_run.to_string().into(),
        ]);
    }
    section(cx, "checks of the audit trail", &table)?;

    let mut table = Table::new(["API key used", "sync run"]).right(["sync run"]).at_most(MOST, ALL);
    for used in &dossier.key_uses {
        table.row([used.used_at.to_string().into(), used.sync_run.to_string().into()]);
    }
    section(cx, "uses of API keys", &table)
}

fn status(cx: &mut Context, dossier: &Dossier) -> anyhow::Result<()> {
    let mut table = Table::new(["at", "event", "what", "by"]).right(["event"]).at_most(MOST, ALL);
    for change in &dossier.changes {
        let what = match (change.code, change.targets) {
            (4020, 1) => "change of status".to_owned(),
            (4020, n) => format!("change of status of {n} accounts"),
            _ => "edit of the profile".to_owned(),
        };
        table.row([
            change.at.to_string().into(),
            change.event_id.to_string().into(),
            what.into(),
            change.actor_email.as_ref().unwrap_or(&change.actor).as_str().into(),
        ]);
    }
    section(cx, "changes in the portal's audit trail", &table)?;

    let mut table =
        Table::new(["shown", "sync run", "status", "kind", "e-mail", "name"]).right(["sync run"]);
    for seen in &dossier.versions {
        let account = &seen.account;
        let status = match seen.presence {
            crate::store::accounts::Presence::Listed => account.status.as_str(),
            crate::store::accounts::Presence::Gone => "gone",
        };
        table.row([
            seen.at.to_string().into(),
            seen.sync_run.to_string().into(),
            status.into(),
            account.kind.as_str().into(),
            account.email.as_str().into(),
            account.display_name.as_str().into(),
        ]);
    }
    section(cx, "as listings showed it", &table)
}

fn roster(cx: &mut Context, rows: &[RosterRow]) -> anyhow::Result<()> {
    let mut table =
        Table::new(["file", "line", "id", "e-mail", "name", "contract end"]).right(["line"]);
    for row in rows {
        let text = |value: &Option<String>| value.clone().unwrap_or_default().into();
        table.row([
            row.file.as_str().into(),
            row.line.to_string().into(),
            text(&row.id),
            text(&row.email),
            text(&row.display_name),
            row.contract_end.map_or_else(String::new, |d| d.to_string()).into(),
        ]);
    }
    section(cx, "rows of the roster that name it", &table)
}

fn actions(cx: &mut Context, dossier: &Dossier) -> anyhow::Result<()> {
    let mut table =
        Table::new(["seq", "at", "run", "action", "result", "detail"]).right(["seq", "run"]);
    for action in &dossier.actions {
        table.row([
            action.seq.to_string().into(),
            action.at.as_str().into(),
            action.run_id.to_string().into(),
            action.action.as_str().into(),
            action.outcome.as_ref().unwrap_or(&action.phase).as_str().into(),
            action.detail.as_str().into(),
        ]);
    }
    section(cx, "what was done to it", &table)
}

fn section(cx: &mut Context, title: &str, table: &Table) -> anyhow::Result<()> {
    if table.is_empty() {
        return Ok(());
    }
    let title = cx.out.paint(Style::Strong, title);
    cx.out.line(format_args!("\n{title}"))?;
    Ok(cx.out.table(table)?)
}

/// The rules, one a row.
pub(super) fn csv(cx: &mut Context, explained: &Explained) -> anyhow::Result<()> {
    let mut csv = cx.out.csv(["account_id", "rule", "outcome", "facts"])?;
    for step in explained.explanation.iter().flat_map(|e| &e.steps) {
        csv.record([
            explained.id.to_string().into(),
            step.rule.as_str().into(),
            step.outcome.as_str().into(),
            (&step.sentence).into(),
        ])?;
    }
    Ok(csv.finish()?)
}
