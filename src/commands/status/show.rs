//! The facts as one screen, and as CSV.

use crate::commands::status::{
    facts::{ENDING_DAYS, Facts, Freshness, Population, SOON_DAYS},
    next::Next,
};
use crate::{
    domain::{account::Status, policy::PopulationSource, verdict::Verdict},
    output::{
        Output,
        csv::Field,
        style::Style,
        table::{Cell, Table},
        text::printable,
        when::{counted, many, minute, relative},
    },
    store::runs::RunRow,
    time::Timestamp,
};

/// Rows of a list before it is cut.
const ROWS: usize = 5;

pub(super) fn screen(out: &mut Output, facts: &Facts, next: &Next) -> anyhow::Result<()> {
    let mut table = Table::pairs();
    for (name, value, style) in lines(facts) {
        table.row([Cell::styled(name, Style::Strong), Cell::styled(value, style)]);
    }
    out.table(&table)?;
    soon(out, facts)?;
    open(out, facts)?;
    ending(out, facts)?;
    runs(out, facts)?;
    let label = out.paint(Style::Strong, "Next: ");
    let command = next.command.map(|c| format!("{c}  ")).unwrap_or_default();
    let command = out.paint(Style::Good, &command);
    out.line(format_args!("\n{label}{command}{}", printable(&next.why)))?;
    Ok(())
}

/// Name, value and look of each line of the upper half.
fn lines(facts: &Facts) -> Vec<(&'static str, String, Style)> {
    let mut lines = Vec::new();
    if let Some(portal) = &facts.portal {
        let text = format!("{} (tenant {})", portal.url, portal.tenant_id);
        lines.push(("portal", text, Style::Plain));
    }
    lines.push(("store", facts.store.clone(), Style::Plain));
    lines.push(("coverage", coverage(facts), Style::Plain));
    for hole in facts.holes.iter().take(ROWS) {
        let text = format!("{} to {}: {}", minute(hole.from), minute(hole.to), hole.reason);
        lines.push(("hole", text, Style::Warn));
    }
    let (text, style) = evidence(facts);
    lines.push(("evidence", text, style));
    if let Some(population) = &facts.population {
        lines.push(("population", population_words(population), Style::Plain));
        lines.push(("verdicts", verdict_words(population, facts.inactivity_days), Style::Plain));
    }
    let decision = facts.decision.as_ref().map_or_else(
        || "none that speaks of now".to_owned(),
        |d| {
            let inactive = many(d.inactive, "inactive account");
            format!("{} as of {}: {inactive}, {} to disable", d.id, minute(d.as_of), d.to_do)
        },
    );
    lines.push(("decision", decision, Style::Plain));
    if let Some(running) = &facts.running {
        let text = format!("started {}", relative(running.started_at, facts.now));
        lines.push(("sync", format!("{text} and has not ended"), Style::Warn));
    }
    lines
}

fn coverage(facts: &Facts) -> String {
    let Some(c) = facts.coverage() else { return "none".to_owned() };
    let days = counted(c.to.whole_days_since(c.from).into(), "day");
    let holes = match facts.holes.len() {
        0 => "no holes".to_owned(),
        n => many(n, "hole"),
    };
    format!("{} to {}: {days}, {holes}", minute(c.from), minute(c.to))
}

fn evidence(facts: &Facts) -> (String, Style) {
    let ended = |to: Timestamp| format!("ends {}", relative(to, facts.now));
    match (facts.freshness(), facts.coverage()) {
        (Freshness::Good, Some(c)) => {
            let until = minute(c.to + facts.max_age);
            (format!("{}; may be acted on until {until}", ended(c.to)), Style::Good)
        }
        (Freshness::TooOld, Some(c)) => {
            let most = counted(facts.max_age.num_hours(), "hour");
            (format!("too old: {}, more than {most}", ended(c.to)), Style::Bad)
        }
        _ => ("missing: nobody can be called inactive".to_owned(), Style::Bad),
    }
}

fn population_words(population: &Population) -> String {
    let by = match population.source {
        PopulationSource::Roster => "the roster",
        PopulationSource::Portal => "the portal's list",
    };
    let (pending, disabled) =
        (population.with_status(Status::Pending), population.with_status(Status::Disabled));
    let mut text = format!(
        "{} by {by}: {} enabled ({pending} never accepted), {disabled} disabled",
        many(population.statuses.len(), "account"),
        population.statuses.len() - disabled
    );
    if population.not_on_portal > 0 {
        text.push_str(&format!(", {} of the roster not on the portal", population.not_on_portal));
    }
    text
}

fn verdict_words(population: &Population, days: u32) -> String {
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .map(|v| (v, population.with_verdict(*v)))
        .filter(|(_, n)| *n > 0)
        .map(|(v, n)| format!("{n} {v}"))
        .collect();
    format!("{}; threshold {}", counts.join(", "), counted(days.into(), "day"))
}

fn soon(out: &mut Output, facts: &Facts) -> anyhow::Result<()> {
    let soon = facts.population.as_ref().map(|p| p.soon.as_slice()).unwrap_or_default();
    if soon.is_empty() {
        return Ok(());
    }
    heading(out, &format!("Inactive within {SOON_DAYS} days if they stay away: {}", soon.len()))?;
    let mut table =
        Table::new(["account", "name", "inactive"]).at_most(ROWS, "status --format json shows all");
    for s in soon {
        table.row([
            s.account.email.as_str().into(),
            s.account.display_name.as_str().into(),
            relative(s.at, facts.now).into(),
        ]);
    }
    Ok(out.table(&table)?)
}

fn open(out: &mut Output, facts: &Facts) -> anyhow::Result<()> {
    if facts.open.is_empty() {
        return Ok(());
    }
    heading(out, &format!("Actions without a known result: {}", facts.open.len()))?;
    let mut table = Table::new(["run", "action", "account", "since"])
        .right(["run"])
        .at_most(ROWS, "status --format json shows all");
    for intent in &facts.open {
        table.row([
            intent.run_id.to_string().into(),
            intent.action.as_str().into(),
            intent.email.as_str().into(),
            Cell::styled(relative(intent.at, facts.now), Style::Warn),
        ]);
    }
    Ok(out.table(&table)?)
}

fn ending(out: &mut Output, facts: &Facts) -> anyhow::Result<()> {
    if facts.ended.is_empty() && facts.ending.is_empty() {
        return Ok(());
    }
    heading(out, &format!("Exemptions that ended or end within {ENDING_DAYS} days"))?;
    let mut table = Table::new(["exemption", "owner", "last day", "reason"])
        .at_most(ROWS, "status --format json shows all");
    let both = facts.ended.iter().map(|e| (e, Style::Bad));
    for (exemption, style) in both.chain(facts.ending.iter().map(|e| (e, Style::Warn))) {
        let last = exemption.expires.map(|d| d.to_string()).unwrap_or_default();
        let ended = if style == Style::Bad { " (ended)" } else { "" };
        table.row([
            exemption.subject.to_string().into(),
            exemption.owner.as_deref().unwrap_or("-").into(),
            Cell::styled(format!("{last}{ended}"), style),
            exemption.reason.as_str().into(),
        ]);
    }
    Ok(out.table(&table)?)
}

fn runs(out: &mut Output, facts: &Facts) -> anyhow::Result<()> {
    if facts.runs.is_empty() {
        return Ok(());
    }
    heading(out, "Last runs")?;
    let mut table = Table::new(["run", "command", "started", "exit", "result"]).right(["run"]);
    for run in &facts.runs {
        let (exit, style) = match run.exit_code {
            Some(0) => ("0".to_owned(), Style::Good),
            Some(code) => (code.to_string(), Style::Bad),
            None => ("-".to_owned(), Style::Warn),
        };
        table.row([
            run.id.to_string().into(),
            run.command.as_str().into(),
            relative(run.started_at, facts.now).into(),
            Cell::styled(exit, style),
            run_result(run).into(),
        ]);
    }
    Ok(out.table(&table)?)
}

fn run_result(run: &RunRow) -> &str {
    if run.finished_at.is_none() { "at work, or killed" } else { &run.detail }
}

fn heading(out: &mut Output, text: &str) -> anyhow::Result<()> {
    let text = out.paint(Style::Strong, text);
    Ok(out.line(format_args!("\n{text}"))?)
}

/// The lines of the screen's upper half, and how long each list below it is.
pub(super) fn csv(out: &mut Output, facts: &Facts, next: &Next) -> anyhow::Result<()> {
    let soon = facts.population.as_ref().map_or(0, |p| p.soon.len());
    let mut csv = out.csv(["item", "value"])?;
    for (name, value, _) in lines(facts) {
        csv.record([name.into(), value.into()])?;
    }
    for (name, length) in [
        ("holes", facts.holes.len()),
        ("inactive soon", soon),
        ("open intents", facts.open.len()),
        ("exemptions ended", facts.ended.len()),
        ("exemptions ending", facts.ending.len()),
    ] {
        csv.record([name.into(), Field::Number(i64::try_from(length)?)])?;
    }
    let command = next.command.map(Field::from).unwrap_or(Field::Empty);
    csv.record(["next".into(), command])?;
    csv.record(["why".into(), next.why.as_str().into()])?;
    Ok(csv.finish()?)
}
