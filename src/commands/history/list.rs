//! The list: one line an action, or with `--raw` one a row of the chain; the newest at the end.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

use futures_util::TryStreamExt;
use serde::Serialize;

use crate::{
    commands::{Context, history::Args},
    domain::{
        history::{COLUMNS, Outcome, Row, Value},
        notices::{NoticeDetail, in_words},
    },
    engine::find_account,
    exit::{Exit, Failure},
    output::{
        Output,
        rows::{self, write_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
        when::{many, thousands},
    },
    store::{self, Mode, Store, history::RowFilter},
    time::Timestamp,
};

/// Lines that a person still reads.
const MOST: usize = 100;

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    entries: Vec<Row>,
    #[serde(skip)]
    form: Form,
    /// Lines of a table; the newest are shown.
    #[serde(skip)]
    most: usize,
}

/// What a line of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An action with its result.
    Actions,
    /// A row of the chain.
    Chain,
}

impl rows::Row for Row {
    const COLUMNS: &'static [&'static str] = &COLUMNS;
}

pub(super) async fn run(cx: &mut Context, args: &Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let wanted = wanted(&mut store, args).await?;
    let entries: Vec<Row> = store::history::rows(store.conn(), &wanted).try_collect().await?;
    store.close().await?;
    let form = if args.raw { Form::Chain } else { Form::Actions };
    let most = if args.all { usize::MAX } else { MOST };
    cx.out.show(&Listed { schema: "dormouse.history/1", entries, form, most })?;
    Ok(Exit::Done)
}

impl View for Listed {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.entries)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        match (self.entries.as_slice(), self.form) {
            ([], _) => out.line("no entries"),
            (entries, Form::Actions) => actions(out, entries, self.most),
            (entries, Form::Chain) => chain(out, entries, self.most),
        }
    }
}

async fn wanted(store: &mut Store, args: &Args) -> anyhow::Result<RowFilter> {
    let accounts = match &args.account {
        None => None,
        Some(account) => {
            let known = store::history::known_accounts(store.conn()).await?;
            Some(find_account::find(account, &known)?)
        }
    };
    if let Some(run) = args.run {
        let newest = store::runs::newest(store.conn(), 1).await?.first().map_or(0, |r| r.id);
        if run > newest {
            let message = format!("there is no run {run}; the newest is {newest}");
            return Err(Failure::usage(message).into());
        }
    }
    Ok(RowFilter { accounts, since: args.since, run: args.run })
}

/// The rows of one action, paired by run, account and action, a notice also by stage and recipient.
struct ActionLine<'a> {
    first: &'a Row,
    outcome: Option<&'a Row>,
    is_corroborated: bool,
}

/// Puts together what belongs together. An acknowledgement stands for itself.
fn paired(entries: &[Row]) -> Vec<ActionLine<'_>> {
    let mut lines: Vec<ActionLine<'_>> = Vec::new();
    let mut places: HashMap<[String; 4], usize> = HashMap::new();
    for row in entries {
        let text = |column| row.get(column).to_string();
        let notice = is_notice(row).then(|| serde_json::from_str(&text("detail")).ok()).flatten();
        let notice = notice.map(|n: NoticeDetail| format!("{} {}", n.stage, n.recipient));
        let [run, account, action] = ["run_id", "account_id", "action"].map(text);
        let key = [run, account, action, notice.unwrap_or_default()];
        let phase = text("phase");
        let known = if phase == "acknowledgement" { None } else { places.get(&key).copied() };
        let place = known.unwrap_or_else(|| {
            lines.push(ActionLine { first: row, outcome: None, is_corroborated: false });
            lines.len() - 1
        });
        match phase.as_str() {
            "outcome" | "acknowledgement" => lines[place].outcome = Some(row),
            "corroboration" => lines[place].is_corroborated = true,
            _ => {}
        }
        if phase != "acknowledgement" {
            places.insert(key, place);
        }
    }
    lines
}

fn actions(out: &mut Output, entries: &[Row], most: usize) -> io::Result<()> {
    let lines = paired(entries);
    let hidden = lines.len().saturating_sub(most);
    let columns = ["when (UTC)", "run", "action", "account", "result", "confirmed", "why"];
    let mut table = Table::new(columns).right(["run"]);
    let mut results: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        *results.entry(result(line)).or_default() += 1;
    }
    for line in &lines[hidden..] {
        let text = |column| Cell::from(line.first.get(column).to_string());
        let applied = line.outcome.is_some_and(|row| outcome(row) == Some(Outcome::Applied));
        // What was done as planned needs no reason.
        let why = line.outcome.filter(|_| !applied || is_notice(line.first)).map(detail);
        table.row([
            when(line.first.get("at")).into(),
            text("run_id"),
            text("action"),
            account(line.first).into(),
            Cell::styled(result(line), style(line.outcome)),
            if line.is_corroborated { "audit ✓" } else { "" }.into(),
            shortened(&why.unwrap_or_default()).into(),
        ]);
    }
    out.table(&table)?;
    earlier(out, hidden, "action")?;
    let results: Vec<String> =
        results.iter().map(|(result, n)| format!("{} {result}", thousands(*n as u64))).collect();
    out.line(format_args!("{}: {}", many(lines.len(), "action"), results.join(", ")))
}

/// The e-mail; the id only where no address was recorded.
fn account(row: &Row) -> String {
    let email = row.get("email").to_string();
    if email.is_empty() { row.get("account_id").to_string() } else { email }
}

fn is_notice(row: &Row) -> bool {
    row.get("action").to_string() == "notify"
}

fn detail(row: &Row) -> String {
    let [action, detail] = ["action", "detail"].map(|column| row.get(column).to_string());
    in_words(&action, &detail).into_owned()
}

fn result(line: &ActionLine<'_>) -> String {
    let Some(row) = line.outcome else { return "no result yet".to_owned() };
    match (outcome(row), row.get("action").to_string().parse()) {
        (Some(outcome), Ok(action)) => outcome.in_words(action).to_owned(),
        (Some(outcome), Err(_)) => outcome.to_string(),
        (None, _) => row.get("phase").to_string(),
    }
}

fn outcome(row: &Row) -> Option<Outcome> {
    row.get("outcome").to_string().parse().ok()
}

fn style(row: Option<&Row>) -> Style {
    match row.and_then(outcome) {
        Some(Outcome::Applied) => Style::Good,
        Some(Outcome::Skipped) => Style::Dim,
        Some(Outcome::Refused) | None => Style::Warn,
        Some(Outcome::Failed) => Style::Bad,
    }
}

fn chain(out: &mut Output, entries: &[Row], most: usize) -> io::Result<()> {
    let hidden = entries.len().saturating_sub(most);
    let columns = ["seq", "when (UTC)", "run", "account", "action", "phase", "outcome", "detail"];
    let mut table = Table::new(columns).right(["seq", "run"]);
    for row in &entries[hidden..] {
        let text = |column| Cell::from(row.get(column).to_string());
        table.row([
            text("seq"),
            when(row.get("at")).into(),
            text("run_id"),
            account(row).into(),
            text("action"),
            text("phase"),
            Cell::styled(row.get("outcome").to_string(), style(Some(row))),
            shortened(&detail(row)).into(),
        ]);
    }
    out.table(&table)?;
    earlier(out, hidden, "row")?;
    out.line(format_args!("{}", many(entries.len(), "row")))
}

fn earlier(out: &mut Output, hidden: usize, noun: &str) -> io::Result<()> {
    match hidden {
        0 => Ok(()),
        n => out.line(format_args!("… and {} before; --all shows all", many(n, noun))),
    }
}

/// Whole minutes without the zone, which the header names.
fn when(at: &Value) -> String {
    let text = at.to_string();
    text.parse::<Timestamp>().map_or(text, |at| at.format("%Y-%m-%d %H:%M").to_string())
}

/// The text with each SHA-256 cut to its first twelve digits: enough to compare by eye.
fn shortened(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_ascii_hexdigit()) {
        let digits = word.bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits == 64 {
            short.extend([&word[..12], "…", &word[64..]]);
        } else {
            short.push_str(word);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_cut_and_nothing_else() {
        let digest = "0123456789abcdef".repeat(4);
        let text = format!("decision 41 sha256:{digest}; beef, “x”");
        assert_eq!(shortened(&text), "decision 41 sha256:0123456789ab…; beef, “x”");
        assert_eq!(shortened(&digest), "0123456789ab…");
    }
}
