//! `decide --thresholds`: how many accounts have each verdict under several thresholds. Stores nothing.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    commands::{Context, decide::Args},
    domain::{account::Account, decision::decide, digest::VerdictCounts, population::resolve},
    engine::evaluate::{bound, moment, newest},
    exit::Exit,
    output::{
        Output,
        rows::{Row, write_csv},
        table::Table,
        terminal::View,
        when,
    },
    store::{Mode, evidence::gather},
    time::Timestamp,
};

#[derive(Serialize)]
struct Thresholds {
    schema: &'static str,
    as_of: Timestamp,
    thresholds: Vec<Threshold>,
}

#[derive(Serialize)]
struct Threshold {
    inactivity_days: u32,
    counts: VerdictCounts,
}

/// The CSV names the counts without their group.
#[derive(Serialize)]
struct ThresholdRow {
    inactivity_days: u32,
    #[serde(flatten)]
    counts: VerdictCounts,
}

impl Row for ThresholdRow {
    const COLUMNS: &'static [&'static str] =
        &["inactivity_days", "active", "inactive", "exempt", "disabled", "undetermined"];
}

pub(super) async fn run(cx: &mut Context, args: &Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let (snapshot, end) = newest(store.conn(), &cx.settings.policy).await?;
    let (as_of, currency) = moment(args.as_of, end)?;
    let gathered = gather(store.conn(), &snapshot, bound(as_of, currency)).await?;
    let mut days = args.thresholds.clone();
    days.sort_unstable();
    days.dedup();
    let policy = &cx.settings.policy;
    let accounts: Vec<&Account> = gathered.facts.accounts().collect();
    let roster = gathered.roster.as_ref().map(|r| &r.roster);
    let resolved = resolve(&policy.population, roster, &accounts, as_of);
    let thresholds = days.into_iter().map(|days| {
        let policy = policy.with_threshold(days);
        let findings = decide(&policy, &gathered.facts, &resolved, as_of);
        Threshold { inactivity_days: days, counts: VerdictCounts::of(&findings) }
    });
    let schema = "dormouse.thresholds/1";
    cx.out.show(&Thresholds { schema, as_of, thresholds: thresholds.collect() })?;
    Ok(Exit::Done)
}

impl View for Thresholds {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        let rows = self.thresholds.iter();
        write_csv(
            to,
            rows.map(|t| ThresholdRow { inactivity_days: t.inactivity_days, counts: t.counts }),
        )
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        out.line(format_args!("as of {}; nothing is stored", when::minute(self.as_of)))?;
        let names = ["threshold", "active", "inactive", "exempt", "disabled", "undetermined"];
        let mut table = Table::new(names).right(names);
        for Threshold { inactivity_days, counts: c } in &self.thresholds {
            table.row([
                format!("{inactivity_days} days").into(),
                c.active.to_string().into(),
                c.inactive.to_string().into(),
                c.exempt.to_string().into(),
                c.disabled.to_string().into(),
                c.undetermined.to_string().into(),
            ]);
        }
        out.table(&table)
    }
}
