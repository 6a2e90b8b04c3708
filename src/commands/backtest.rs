//! `backtest`: what a threshold would have done over the recorded past. Reads only and stores nothing.

use std::io::{self, Write};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::{
    cli::values::{days, since, until},
    commands::Context,
    domain::{
        account::{Account, AccountId},
        backtest::WouldBeDisable,
    },
    engine::backtest::{BacktestOptions, backtest},
    exit::{Exit, Failure},
    output::{
        Output,
        backtest::{BacktestDocument, FalseDisables},
        rows::{row, write_csv},
        style::Style,
        table::Table,
        terminal::View,
        when::{date, many, thousands},
    },
    store::Mode,
    time::{self, Timestamp},
};

/// Rows of a list before it is cut.
const MOST: usize = 40;

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Try these numbers of days
    #[arg(
        long,
        value_name = "DAYS,…",
        value_delimiter = ',',
        value_parser = days(),
        default_value = "30,45,60,90",
    )]
    pub thresholds: Vec<u32>,

    /// First day of the period (UTC) [default: where the record begins]
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub from: Option<Timestamp>,

    /// Last day of the period; a date is included [default: where coverage ends]
    #[arg(long, value_name = "WHEN", value_parser = until)]
    pub to: Option<Timestamp>,

    /// List each account that would have been disabled, with the dates of disabling and return
    #[arg(long)]
    pub details: bool,
}

row! {
    /// The first day of an idle stretch on which a threshold holds.
    struct Detail {
        inactivity_days: u32,
        account_id: AccountId,
        /// As known now.
        email: String,
        disabled_at: Timestamp,
        returned_at: Option<Timestamp>,
        /// For how long its activities are known and it was enabled.
        followed_until: Timestamp,
    }
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    document: BacktestDocument,
    #[serde(rename = "details", skip_serializing_if = "Option::is_none")]
    list: Option<Vec<Detail>>,
}

pub(crate) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let Args { thresholds, from, to, details } = args;
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Err(Failure::usage("--to must be later than --from").into());
    }
    let options = BacktestOptions { thresholds, from, to };
    let mut list = details.then(Vec::new);
    let mut store = cx.open(Mode::Read).await?;
    let document = {
        let mut snapshot = store.snapshot().await?;
        let found = |disable: &WouldBeDisable, account: &Account| {
            if let Some(list) = &mut list {
                list.push(Detail {
                    inactivity_days: disable.inactivity_days,
                    account_id: disable.account_id,
                    email: account.email.clone(),
                    disabled_at: disable.at,
                    returned_at: disable.returned_at,
                    followed_until: disable.followed_until,
                });
            }
        };
        BacktestDocument::from(backtest(&mut snapshot, &cx.settings.policy, &options, found).await?)
    };
    store.close().await?;
    if let Some(list) = &mut list {
        list.sort_by_key(|d| (d.inactivity_days, d.disabled_at, d.account_id));
    }
    cx.out.show(&Shown { document, list })?;
    Ok(Exit::Done)
}

impl View for Shown {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        match &self.list {
            Some(list) => write_csv(to, list),
            None => write_csv(to, self.document.rows()),
        }
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let BacktestDocument { from, to, days, accounts, .. } = self.document;
        let title = out.paint(Style::Strong, "Backtest");
        let reviews = match days {
            0 => "no day".to_owned(),
            _ => format!("one review a day from {} to {}", date(from), date(to - time::days(1))),
        };
        out.line(format_args!("{title} · {reviews} · {} under review", many(accounts, "account")))?;
        match &self.list {
            Some(list) => details(out, list)?,
            None => {
                out.line("")?;
                out.table(&figures(&self.document))?;
            }
        }
        out.line("")?;
        for sentence in self.document.sentences() {
            out.line(sentence)?;
        }
        out.line("")?;
        let estimate = self.document.estimate.join(" ");
        let estimate = out.paint(Style::Dim, &format!("This is an estimate. {estimate}"));
        out.line(estimate)
    }
}

fn figures(document: &BacktestDocument) -> Table {
    let mut table = Table::new(COLUMNS).right(COLUMNS);
    for figures in &document.thresholds {
        let [thirty, sixty, ninety] = figures.false_disables.map(FalseDisables::in_words);
        table.row([
            many(figures.inactivity_days, "day").into(),
            thousands(figures.would_be_disables).into(),
            thirty.into(),
            sixty.into(),
            ninety.into(),
            many(figures.exposure_saved_account_days.unsigned_abs(), "day").into(),
            many(figures.days_not_judged, "day").into(),
        ]);
    }
    table
}

const COLUMNS: [&str; 7] =
    ["threshold", "disables", "back in 30 d", "in 60 d", "in 90 d", "saved", "not judged"];

fn details(out: &mut Output, list: &[Detail]) -> io::Result<()> {
    let mut table = Table::new(["account", "threshold", "disabled", "came back"])
        .right(["threshold"])
        .at_most(MOST, "--format csv shows all");
    for detail in list {
        table.row([
            detail.email.as_str().into(),
            many(detail.inactivity_days, "day").into(),
            date(detail.disabled_at).into(),
            detail.returned_at.map_or_else(|| "not yet".to_owned(), date).into(),
        ]);
    }
    out.line("")?;
    if list.is_empty() { out.line("nobody") } else { out.table(&table) }
}
