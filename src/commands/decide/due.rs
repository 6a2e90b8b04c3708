//! `decide --due N`: who becomes inactive within N days if nothing happens. Stores nothing.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    commands::{
        Context,
        decide::{Args, Length, evaluated},
    },
    domain::{account::AccountId, notices::standing},
    engine::due::{DueAccount, due_within},
    exit::Exit,
    output::{
        Output,
        rows::{Row, write_csv},
        table::{Cell, Table},
        terminal::View,
        verdicts::shown_name,
        when::{date, many, minute},
    },
    store::{
        Mode,
        notices::{NoticesOf, sent},
    },
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
    due: Vec<DueRow>,
    #[serde(skip)]
    length: Length,
    #[serde(skip)]
    notices: Notices,
}

/// Whether the table shows who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notices {
    Configured,
    None,
}

/// An account with its notices, where these are configured.
#[derive(Serialize)]
struct DueRow {
    #[serde(flatten)]
    account: DueAccount,
    told_at: Option<Timestamp>,
    next_notice_at: Option<Timestamp>,
}

impl Row for DueRow {
    const COLUMNS: &'static [&'static str] =
        &["account_id", "email", "display_name", "kind", "at", "told_at", "next_notice_at"];
}

pub(super) async fn run(cx: &mut Context, args: &Args, days: u32) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let judged = evaluated(cx, &mut store, args).await?;
    let due = due_within(&judged, days);
    let ids: Vec<AccountId> = due.iter().map(|account| account.account_id).collect();
    let sent = sent(store.conn(), NoticesOf::Accounts(&ids)).await?;
    store.close().await?;
    let evidence = judged.evidence();
    let row = |account: DueAccount| {
        let id = account.account_id;
        let notices = cx.settings.notices.as_ref().zip(evidence.get(&id));
        let notices = notices.and_then(|(notices, evidence)| {
            standing(&notices.rules, &judged.policy, evidence, sent.about(id), judged.as_of)
        });
        let told_at = notices.and_then(|n| n.told_at);
        DueRow { account, told_at, next_notice_at: notices.and_then(|n| n.next_notice_at) }
    };
    let notices = if cx.settings.notices.is_some() { Notices::Configured } else { Notices::None };
    let due = due.into_iter().map(row).collect();
    cx.out.show(&Due {
        schema: "dormouse.due/1",
        as_of: judged.as_of,
        days,
        inactivity_days: judged.policy.inactivity_days,
        due,
        length: args.length(),
        notices,
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
        let mut table = match self.notices {
            Notices::None => Table::new(["account", "name", "kind", "inactive from"]),
            Notices::Configured => {
                Table::new(["account", "name", "kind", "inactive from", "told", "next notice"])
            }
        };
        let day = |at: &Option<Timestamp>| at.map_or_else(|| "no".to_owned(), date);
        for DueRow { account, told_at, next_notice_at } in &self.due {
            let DueAccount { email, display_name, kind, at, .. } = account;
            let cells: [Cell; 4] = [
                email.as_str().into(),
                shown_name(display_name, email).into(),
                kind.as_str().into(),
                date(*at).into(),
            ];
            match self.notices {
                Notices::None => table.row(cells),
                Notices::Configured => {
                    let [email, name, kind, at] = cells;
                    let (told, next) = (day(told_at), day(next_notice_at));
                    table.row([email, name, kind, at, told.into(), next.into()])
                }
            }
        }
        out.line("")?;
        out.table(&match self.length {
            Length::Cut => table.at_most(MOST, "--all shows all"),
            Length::All => table,
        })
    }
}
