//! `decide --due N`: who becomes inactive within N days if nothing happens. Stores nothing.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    commands::{
        Context,
        decide::{Args, Length, evaluated},
    },
    engine::due::{DueAccount, due_within},
    exit::Exit,
    output::{
        Output,
        rows::{Row, write_csv},
        table::Table,
        terminal::View,
        when::{date, many, minute},
    },
    store::Mode,
    time::Timestamp,
};

/// Rows of a list before it is cut.
const MOST: usize = 40;

#[derive(Serialize)]
struct Due {
    schema: &'static str,
    as_of: Timestamp,
    days: u32,
    inactivity_days: u32,
    due: Vec<DueAccount>,
    #[serde(skip)]
    length: Length,
}

impl Row for DueAccount {
    const COLUMNS: &'static [&'static str] = &["account_id", "email", "display_name", "kind", "at"];
}

pub(super) async fn run(cx: &mut Context, args: &Args, days: u32) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let judged = evaluated(cx, &mut store, args).await?;
    store.close().await?;
    cx.out.show(&Due {
        schema: "dormouse.due/1",
        as_of: judged.as_of,
        days,
        inactivity_days: judged.policy.inactivity_days,
        due: due_within(&judged, days),
        length: args.length(),
    })?;
    Ok(Exit::Done)
}

impl View for Due {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.due)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        out.line(format_args!(
            "{} become inactive within {} of {} if nothing happens; nothing is stored",
            many(self.due.len(), "account"),
            many(self.days as usize, "day"),
            minute(self.as_of)
        ))?;
        if self.due.is_empty() {
            return Ok(());
        }
        let mut table = Table::new(["account", "name", "kind", "inactive from"]);
        for account in &self.due {
            table.row([
                account.email.as_str().into(),
                account.display_name.as_str().into(),
                account.kind.as_str().into(),
                date(account.at).into(),
            ]);
        }
        out.line("")?;
        out.table(&match self.length {
            Length::Cut => table.at_most(MOST, "--all shows all"),
            Length::All => table,
        })
    }
}
