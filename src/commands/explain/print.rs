//! The explanation for people: the verdict first, then the rules, then what they rest on.

use std::io::{self, Write};

use crate::{
    commands::explain::document::{AccountExplained, AccountPart},
    domain::{
        explain::StepOutcome,
        notices::{NoticeStanding, in_words},
        reconciliation::RosterPlace,
        verdict::Verdict,
    },
    output::{
        Output, Verbosity,
        rows::write_csv,
        style::Style,
        table::{Cell, Table},
        terminal::View,
        text::printable,
        when,
    },
    store::accounts::Presence,
};

/// Rows of a table before it is summarised.
const MOST: usize = 10;
const ALL: &str = "--format json shows all";

impl View for AccountExplained {
    /// The rules, one a row.
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, self.rule_rows())
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        title(out, &self.account)?;
        verdict(out, self)?;
        subject(out, self)?;
        rules(out, self)?;
        activity(out, self)?;
        status(out, self)?;
        roster(out, &self.roster)?;
        actions(out, self)
    }
}

fn title(out: &mut Output, account: &AccountPart) -> io::Result<()> {
    let title = match (&account.display_name, &account.email) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        _ => account.account_id.to_string(),
    };
    let title = out.paint(Style::Strong, &title);
    out.line(title)
}

/// What was decided on, and whom it is about.
fn subject(out: &mut Output, explained: &AccountExplained) -> io::Result<()> {
    let decision = &explained.decision;
    let what =
        decision.id.map_or_else(|| "As of".to_owned(), |id| format!("In decision {id}, as of"));
    out.line(format_args!(
        "\n{what} {}; threshold {}",
        when::minute(decision.as_of),
        when::many(decision.inactivity_days, "day")
    ))?;
    if let Some(c) = decision.coverage {
        out.line(format_args!(
            "Login history known from {} to {} (sync run {})",
            when::minute(c.from),
            when::minute(c.to),
            decision.sync_run_id
        ))?;
    }
    for quiet in &explained.quiet {
        out.line(format_args!("Taken for quiet: {}", printable(quiet)))?;
    }
    let AccountPart { account_id, registered_at, groups, inviter, .. } = &explained.account;
    let AccountPart { kind: Some(kind), status: Some(status), management: Some(by), .. } =
        &explained.account
    else {
        return Ok(());
    };
    let registered = registered_at.map_or_else(|| "at an unknown time".into(), when::date);
    let invited = inviter.as_deref().map(|by| format!(", invited by {}", printable(by)));
    out.line(format_args!(
        "Account {account_id}: {kind}, {status}, registered {registered}{}, managed by the {by}",
        invited.unwrap_or_default()
    ))?;
    match groups.as_slice() {
        [] => Ok(()),
        groups => out.line(format_args!("In groups {}", printable(&groups.join(", ")))),
    }
}

/// Whether somebody was told, and what comes next.
fn noticed(notices: &NoticeStanding) -> String {
    let told = match (notices.told_at, notices.undeliverable_at) {
        (Some(at), _) => format!("Told on {}", when::minute(at)),
        (None, Some(at)) => {
            format!("Undeliverable: every recipient was refused by {}", when::minute(at))
        }
        (None, None) => "Not told yet".to_owned(),
    };
    match (notices.next_stage, notices.next_notice_at) {
        (Some(stage), Some(at)) => {
            format!(
                "{told}; next notice {} before, on {}",
                when::many(stage as usize, "day"),
                when::date(at)
            )
        }
        _ => told,
    }
}

fn verdict(out: &mut Output, explained: &AccountExplained) -> io::Result<()> {
    let style = match explained.verdict {
        None => Style::Dim,
        Some(Verdict::Inactive) => Style::Bad,
        Some(Verdict::Undetermined) => Style::Warn,
        Some(Verdict::Active | Verdict::Exempt | Verdict::Disabled) => Style::Good,
    };
    let said = match explained.reason {
        None => explained.message.clone(),
        Some(reason) => format!("{} ({reason}): {}", reason.verdict(), explained.message),
    };
    let said = out.paint(style, &said);
    out.line(said)?;
    if !explained.rules.is_empty() {
        out.line(match explained.first_inactive_at {
            None => "Never inactive under this policy as things are".to_owned(),
            Some(at) if at <= explained.decision.as_of => {
                format!("Idle enough since {}", when::minute(at))
            }
            Some(at) => format!("Inactive from {} if nothing happens", when::minute(at)),
        })?;
    }
    if let Some(notices) = &explained.notices {
        out.line(noticed(notices))?;
    }
    if let Some(disagreement) = explained.stored.as_ref().and_then(|s| s.disagreement.as_ref()) {
        let text = out.paint(Style::Bad, disagreement);
        out.line(text)?;
    }
    Ok(())
}

/// The rule that decides; the ones that merely passed only where more is asked for.
fn rules(out: &mut Output, explained: &AccountExplained) -> io::Result<()> {
    let is_shown = |outcome| match outcome {
        StepOutcome::Decides => true,
        StepOutcome::Passed => out.verbosity() >= Verbosity::Verbose,
    };
    let mut table = Table::new(["rule", "outcome", "facts"]);
    for step in explained.rules.iter().filter(|step| is_shown(step.outcome)) {
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
    let hidden = explained.rules.iter().filter(|step| !is_shown(step.outcome)).count();
    section(out, "Rules in order", &table)?;
    match hidden {
        0 => Ok(()),
        n => out.line(format_args!(
            "{} before it did not apply (-v shows them)",
            when::many(n, "rule")
        )),
    }
}

fn activity(out: &mut Output, explained: &AccountExplained) -> io::Result<()> {
    let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string()).into();
    let mut table = Table::new(["source", "newest", "event", "code"]).right(["event", "code"]);
    for event in &explained.activity.newest_by_source {
        table.row([
            event.source.as_str().into(),
            when::minute(event.at).into(),
            number(event.event_id),
            number(event.action_code),
        ]);
    }
    section(out, "Newest activity by source", &table)?;

    let mut table =
        Table::new(["at", "event", "code", "class", "from", "with"]).right(["event", "code"]);
    for event in &explained.activity.newest_login_events {
        let joined = |a: &Option<String>, b: &Option<String>| {
            let parts: Vec<&str> = [a, b].into_iter().filter_map(|p| p.as_deref()).collect();
            Cell::from(parts.join(", "))
        };
        table.row([
            when::minute(event.at).into(),
            number(event.event_id),
            number(event.action_code),
            event.source.as_str().into(),
            joined(&event.origin.ip, &event.origin.country),
            joined(&event.origin.browser, &event.origin.platform),
        ]);
    }
    section(out, "Newest login events", &table)?;

    let mut table = Table::new(["asked", "newest action", "event", "code", "sync run"])
        .right(["event", "code", "sync run"])
        .at_most(MOST, ALL);
    for check in &explained.checks {
        table.row([
            when::minute(check.checked_at).into(),
            check.event_at.map_or_else(|| "none on record".to_owned(), when::minute).into(),
            number(check.event_id),
            number(check.action_code),
            check.sync_run_id.to_string().into(),
        ]);
    }
    section(out, "Checks of the audit trail", &table)?;

    let mut table = Table::new(["API key used", "sync run"]).right(["sync run"]).at_most(MOST, ALL);
    for used in &explained.key_uses {
        table.row([when::minute(used.used_at).into(), used.sync_run_id.to_string().into()]);
    }
    section(out, "Uses of API keys", &table)
}

fn status(out: &mut Output, explained: &AccountExplained) -> io::Result<()> {
    let mut table = Table::new(["at", "event", "what", "by"]).right(["event"]).at_most(MOST, ALL);
    for change in &explained.status_changes {
        let what = match (change.action_code, change.targets) {
            (4020, 1) => "change of status".to_owned(),
            (4020, n) => format!("change of status of {}", when::many(n, "account")),
            _ => "edit of the profile".to_owned(),
        };
        table.row([
            when::minute(change.at).into(),
            change.event_id.to_string().into(),
            what.into(),
            change.actor_email.as_ref().unwrap_or(&change.actor_id).as_str().into(),
        ]);
    }
    section(out, "Changes in the portal's audit trail", &table)?;

    let mut table =
        Table::new(["shown", "sync run", "status", "kind", "e-mail", "name"]).right(["sync run"]);
    for seen in &explained.versions {
        let status = match seen.presence {
            Presence::Listed => seen.status.as_str(),
            Presence::Gone => "gone",
        };
        table.row([
            when::minute(seen.at).into(),
            seen.sync_run_id.to_string().into(),
            status.into(),
            seen.kind.as_str().into(),
            seen.email.as_str().into(),
            seen.display_name.as_str().into(),
        ]);
    }
    section(out, "As listings showed it", &table)
}

fn roster(out: &mut Output, rows: &[RosterPlace]) -> io::Result<()> {
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
    section(out, "Roster rows that name it", &table)
}

fn actions(out: &mut Output, explained: &AccountExplained) -> io::Result<()> {
    let mut table =
        Table::new(["seq", "at", "run", "action", "result", "detail"]).right(["seq", "run"]);
    for action in &explained.history {
        table.row([
            action.seq.to_string().into(),
            action.at.parse().map_or_else(|_| action.at.clone(), when::minute).into(),
            action.run_id.to_string().into(),
            action.action.as_str().into(),
            action.outcome.as_ref().unwrap_or(&action.phase).as_str().into(),
            in_words(&action.action, &action.detail).into_owned().into(),
        ]);
    }
    section(out, "What dormouse did", &table)
}

fn section(out: &mut Output, title: &str, table: &Table) -> io::Result<()> {
    if table.is_empty() {
        return Ok(());
    }
    let title = out.paint(Style::Strong, title);
    out.line(format_args!("\n{title}"))?;
    out.table(table)
}
