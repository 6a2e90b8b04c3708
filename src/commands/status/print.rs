//! The status as one screen, and as CSV.

use std::io::{self, Write};

use crate::{
    commands::status::document::{ENDING_DAYS, Freshness, Population, SOON_DAYS, StatusReport},
    domain::{policy::PopulationSource, verdict::Verdict},
    output::{
        Output,
        rows::{row, write_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
        verdicts::shown_name,
        when::{date, many, matched_words, minute, relative, thousands},
    },
    store::runs::RunRow,
    time::Timestamp,
};

/// Rows of a list before it is cut.
const ROWS: usize = 5;
/// Characters of a run's result.
const LONGEST_RESULT: usize = 100;
const ALL: &str = "`dormouse status --format json` shows all";
const ALL_DUE: &str = "`dormouse decide --due 7 --all` shows all";

row! {
    struct Item {
        item: &'static str,
        value: String,
    }
}

impl View for StatusReport {
    /// The lines of the screen's upper half, and how long each list below it is.
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        let soon = self.population.as_ref().map_or(0, |p| p.inactive_soon.len());
        let lengths = [
            ("holes", self.holes.len()),
            ("inactive soon", soon),
            ("open intents", self.open_intents.len()),
            ("exemptions ended", self.exemptions.ended.len()),
            ("exemptions ending", self.exemptions.ending.len()),
        ];
        let next = [
            ("next", self.next.command.clone().unwrap_or_default()),
            ("why", self.next.why.clone()),
        ];
        let items = lines(self).into_iter().map(|(item, value, _)| (item, value));
        let items = items.chain(lengths.map(|(item, n)| (item, n.to_string()))).chain(next);
        write_csv(to, items.map(|(item, value)| Item { item, value }))
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        self.next.print(out)?;
        out.line("")?;
        let mut table = Table::pairs();
        for (name, value, style) in lines(self) {
            table.row([Cell::styled(name, Style::Strong), Cell::styled(value, style)]);
        }
        out.table(&table)?;
        for silence in self.silences.iter().take(ROWS) {
            out.line(format_args!("\n{silence}"))?;
            if let Some(lines) = silence.lines() {
                out.line(lines)?;
            }
        }
        soon(out, self)?;
        open(out, self)?;
        ending(out, self)?;
        runs(out, self)
    }
}

/// Name, value and look of each line of the upper half.
fn lines(report: &StatusReport) -> Vec<(&'static str, String, Style)> {
    let mut lines = Vec::new();
    if let Some(portal) = &report.portal {
        let text = format!("{} (tenant {})", portal.url, portal.tenant_id);
        lines.push(("portal", text, Style::Plain));
    }
    lines.push(("store", report.store.clone(), Style::Plain));
    lines.push(("coverage", coverage(report), Style::Plain));
    for hole in report.holes.iter().take(ROWS) {
        let text = format!("{} to {}: {}", minute(hole.from), minute(hole.to), hole.reason);
        lines.push(("hole", text, Style::Warn));
    }
    for silence in report.silences.iter().take(ROWS) {
        lines.push(("silence", silence.stretch(), Style::Warn));
    }
    for quiet in report.quiet.iter().take(ROWS) {
        lines.push(("quiet", quiet.to_string(), Style::Plain));
    }
    for refuted in report.refuted.iter().take(ROWS) {
        lines.push(("quiet", refuted.clone(), Style::Warn));
    }
    let (text, style) = evidence(report);
    lines.push(("evidence", text, style));
    if let Some(population) = &report.population {
        lines.push(("population", population_words(population), Style::Plain));
        lines.push(("verdicts", verdict_words(population, report.inactivity_days), Style::Plain));
    }
    if let Some(due) = report.notices_due.filter(|due| *due > 0) {
        let text = format!("{} due: dormouse notify", many(due, "message"));
        lines.push(("notices", text, Style::Warn));
    }
    if let Some(roster) = &report.roster {
        let (rows, files) = (many(roster.rows, "row"), roster.files.join(", "));
        let text =
            format!("{rows} ({files} of {}): {}", date(roster.at), matched_words(roster.counts));
        let style = if roster.counts.ambiguous > 0 { Style::Warn } else { Style::Plain };
        lines.push(("roster", text, style));
    }
    let decision = report.decision.as_ref().map_or_else(
        || "no current decision".to_owned(),
        |d| {
            let inactive = many(d.inactive, "inactive account");
            format!("{} as of {}: {inactive}, {} to disable", d.id, minute(d.as_of), d.to_disable)
        },
    );
    lines.push(("decision", decision, Style::Plain));
    if let Some(started) = report.sync_running_since {
        let text = format!("started {}", relative(started, report.at));
        lines.push(("sync", format!("{text} and has not ended"), Style::Warn));
    }
    lines
}

fn coverage(report: &StatusReport) -> String {
    let Some(c) = &report.coverage else { return "none".to_owned() };
    let days = many(c.to.whole_days_since(c.from), "day");
    let holes = match report.holes.len() {
        0 => "no holes".to_owned(),
        n => many(n, "hole"),
    };
    format!("{} to {}: {days}, {holes}", minute(c.from), minute(c.to))
}

fn evidence(report: &StatusReport) -> (String, Style) {
    let ended = |to: Timestamp| format!("ends {}", relative(to, report.at));
    match (report.evidence, &report.coverage) {
        (Freshness::Good, Some(c)) => {
            let until = minute(c.good_until);
            let open = "the last two hours are always left open";
            (format!("{}; {open}; good until {until}", ended(c.to)), Style::Good)
        }
        (Freshness::TooOld, Some(c)) => {
            let most = many(report.max_age.num_hours(), "hour");
            (format!("too old: {}, more than {most}", ended(c.to)), Style::Bad)
        }
        _ => ("missing: no account can be found inactive".to_owned(), Style::Bad),
    }
}

fn population_words(population: &Population) -> String {
    let by = match population.source {
        PopulationSource::Roster => "the roster",
        PopulationSource::Portal => "the portal's list",
    };
    let Population { accounts, pending, disabled, .. } = population;
    let mut text = format!(
        "{} by {by}: {} enabled ({pending} never accepted), {disabled} disabled",
        many(*accounts, "account"),
        accounts - disabled
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
        .map(|(v, n)| format!("{} {v}", thousands(n as u64)))
        .collect();
    format!("{}; threshold {}", counts.join(", "), many(days, "day"))
}

fn soon(out: &mut Output, report: &StatusReport) -> io::Result<()> {
    let soon = report.population.as_ref().map(|p| p.inactive_soon.as_slice()).unwrap_or_default();
    if soon.is_empty() {
        return Ok(());
    }
    heading(out, &format!("Inactive within {SOON_DAYS} days if they stay away: {}", soon.len()))?;
    let mut table = Table::new(["account", "name", "inactive from"]).at_most(ROWS, ALL_DUE);
    for s in soon {
        table.row([
            s.email.as_str().into(),
            shown_name(&s.display_name, &s.email).into(),
            relative(s.at, report.at).into(),
        ]);
    }
    out.table(&table)
}

fn open(out: &mut Output, report: &StatusReport) -> io::Result<()> {
    if report.open_intents.is_empty() {
        return Ok(());
    }
    heading(out, &format!("Actions without a known result: {}", report.open_intents.len()))?;
    let mut table =
        Table::new(["run", "action", "account", "since"]).right(["run"]).at_most(ROWS, ALL);
    for intent in &report.open_intents {
        table.row([
            intent.run_id.to_string().into(),
            intent.action.as_str().into(),
            intent.email.as_str().into(),
            Cell::styled(relative(intent.at, report.at), Style::Warn),
        ]);
    }
    out.table(&table)
}

fn ending(out: &mut Output, report: &StatusReport) -> io::Result<()> {
    if report.exemptions.ended.is_empty() && report.exemptions.ending.is_empty() {
        return Ok(());
    }
    heading(out, &format!("Exemptions that ended or end within {ENDING_DAYS} days"))?;
    let mut table = Table::new(["exemption", "owner", "last day", "reason"]).at_most(ROWS, ALL);
    let both = report.exemptions.ended.iter().map(|e| (e, Style::Bad));
    for (exemption, style) in both.chain(report.exemptions.ending.iter().map(|e| (e, Style::Warn)))
    {
        let last = exemption.expires.as_deref().unwrap_or_default();
        let ended = if style == Style::Bad { " (ended)" } else { "" };
        table.row([
            exemption.subject.as_str().into(),
            exemption.owner.as_deref().unwrap_or("-").into(),
            Cell::styled(format!("{last}{ended}"), style),
            exemption.reason.as_str().into(),
        ]);
    }
    out.table(&table)
}

fn runs(out: &mut Output, report: &StatusReport) -> io::Result<()> {
    if report.runs.is_empty() {
        return Ok(());
    }
    heading(out, "Last runs")?;
    let mut table = Table::new(["run", "command", "started", "exit", "result"]).right(["run"]);
    for run in &report.runs {
        let (exit, style) = match run.exit_code {
            Some(0) => ("0".to_owned(), Style::Good),
            Some(code) => (code.to_string(), Style::Bad),
            None => ("-".to_owned(), Style::Warn),
        };
        table.row([
            run.id.to_string().into(),
            run.command.as_str().into(),
            relative(run.started_at, report.at).into(),
            Cell::styled(exit, style),
            run_result(run).into(),
        ]);
    }
    out.table(&table)
}

/// One line: what a refusal advises is in `status --format json`.
fn run_result(run: &RunRow) -> String {
    if run.finished_at.is_none() {
        return "still running, or killed".to_owned();
    }
    let first = run.detail.split([';', '\n']).next().unwrap_or_default();
    match first.char_indices().nth(LONGEST_RESULT) {
        None => first.to_owned(),
        Some((end, _)) => format!("{}…", first[..end].trim_end()),
    }
}

fn heading(out: &mut Output, text: &str) -> io::Result<()> {
    let text = out.paint(Style::Strong, text);
    out.line(format_args!("\n{text}"))
}
