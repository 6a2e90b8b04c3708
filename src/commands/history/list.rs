//! The list: entries in the order of the chain, the newest at the end.

use std::io::{self, Write};

use futures_util::TryStreamExt;
use serde::Serialize;

use crate::{
    commands::{Context, history::Args},
    domain::history::{COLUMNS, Outcome, Row, Value},
    engine::find_account,
    exit::{Exit, Failure},
    output::{
        Output,
        rows::{self, write_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
    },
    store::{self, Mode, Store, history::RowFilter},
    time::Timestamp,
};

/// Rows of a table that a person still reads.
const MOST: usize = 100;

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    entries: Vec<Row>,
}

impl rows::Row for Row {
    const COLUMNS: &'static [&'static str] = &COLUMNS;
}

pub(super) async fn run(cx: &mut Context, args: &Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let wanted = wanted(&mut store, args).await?;
    let entries: Vec<Row> = store::history::rows(store.conn(), &wanted).try_collect().await?;
    store.close().await?;
    cx.out.show(&Listed { schema: "dormouse.history/1", entries })?;
    Ok(Exit::Done)
}

impl View for Listed {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.entries)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        match self.entries.as_slice() {
            [] => out.line("no entries"),
            entries => table(out, entries),
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

fn table(out: &mut Output, entries: &[Row]) -> io::Result<()> {
    let hidden = entries.len().saturating_sub(MOST);
    let mut table = Table::new(["seq", "at (UTC)", "run", "account", "action", "result", "detail"])
        .right(["seq", "run"]);
    for row in &entries[hidden..] {
        let text = |column| Cell::from(row.get(column).to_string());
        table.row([
            text("seq"),
            when(row.get("at")).into(),
            text("run_id"),
            text("email"),
            text("action"),
            result(row),
            shortened(&row.get("detail").to_string()).into(),
        ]);
    }
    out.table(&table)?;
    if hidden > 0 {
        out.line(format_args!(
            "… and {hidden} before them; --account, --since or --run choose, --format csv shows all"
        ))?;
    }
    out.line(summary(entries))
}

/// For example `12 entries: 5 applied, 1 failed`.
fn summary(entries: &[Row]) -> String {
    let ended = |outcome: &Outcome| {
        let outcome = Value::from(outcome.as_str());
        let count = entries.iter().filter(|row| *row.get("outcome") == outcome).count();
        (count > 0).then(|| format!("{count} {outcome}"))
    };
    let ended: Vec<_> = Outcome::ALL.iter().filter_map(ended).collect();
    let noun = if entries.len() == 1 { "entry" } else { "entries" };
    let colon = if ended.is_empty() { "" } else { ": " };
    format!("{} {noun}{colon}{}", entries.len(), ended.join(", "))
}

/// Phase or outcome, whichever says more.
fn result(row: &Row) -> Cell {
    let outcome = row.get("outcome").to_string();
    let style = match outcome.parse() {
        Ok(Outcome::Applied) => Style::Good,
        Ok(Outcome::Skipped) | Err(_) => Style::Dim,
        Ok(Outcome::Refused) => Style::Warn,
        Ok(Outcome::Failed) => Style::Bad,
    };
    match outcome.is_empty() {
        true => Cell::styled(row.get("phase").to_string(), style),
        false => Cell::styled(outcome, style),
    }
}

/// Whole seconds without the zone, which the header names.
fn when(at: &Value) -> String {
    let text = at.to_string();
    text.parse::<Timestamp>().map_or(text, |at| at.format("%Y-%m-%d %H:%M:%S").to_string())
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
