//! `notify`: tells people before their accounts are disabled. Made for a nightly schedule: it asks
//! nothing, and what was sent once is not sent again.

use std::io::{self, Write};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::{
    cli::values::at_least_one,
    commands::Context,
    config::Notices,
    domain::{
        account::AccountId,
        account_ref::AccountRef,
        history::{Action, Outcome},
        notices::{NoticeDetail, Receipt, Role},
        outcomes::{OutcomeCounts, summary},
    },
    engine::{
        evaluate::{judge, moment, newest},
        find_account,
        notify::{
            AskedAccount, Letter, Letters, NoticeOutcome, NotifyReport, Order, due_letters, notify,
            preview,
        },
    },
    exit::{Exit, Failure},
    output::{
        Format, Output,
        rows::{row, write_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
        text::printable,
        when::many,
    },
    store::{self, Mode, Store},
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Show who would be told and the first mail, and send nothing
    #[arg(long)]
    dry_run: bool,

    /// Send at most this many messages
    ///
    /// Run it again for the rest.
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    limit: Option<u32>,

    /// Send notices about this account only (id or e-mail); repeat for more
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "resend")]
    only: Vec<AccountRef>,

    /// Send the notice about this account again, whatever was sent before
    #[arg(long, value_name = "ACCOUNT")]
    resend: Option<AccountRef>,
}

row! {
    /// One account and one recipient.
    struct NoticeRow {
        account_id: AccountId,
        email: String,
        stage: u32,
        recipient: String,
        role: Role,
        /// The date that the notice names, `YYYY-MM-DD`.
        not_before: String,
        outcome: Option<Outcome>,
        delivery: Option<Receipt>,
        detail: String,
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    run_id: Option<i64>,
    counts: OutcomeCounts,
    outcomes: Vec<NoticeRow>,
    /// Below the table.
    #[serde(skip)]
    sentence: String,
}

pub(crate) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let notices = cx.settings.notices.clone().ok_or_else(|| {
        Failure::usage(
            "no notices are configured; add [notices] to dormouse.toml (dormouse.example.toml \
             explains each key)",
        )
    })?;
    let order = order(cx, &args).await?;
    if args.dry_run {
        return dry_run(cx, &notices, &order).await;
    }
    let NotifyReport { run_id, outcomes, rest, result } =
        notify(cx.engine(), &notices, &order).await?;
    let shown = match (&result, outcomes.is_empty()) {
        (Err(_), true) => Ok(()),
        (Ok(_), _) | (Err(_), false) => cx.out.show(&Document::of_run(run_id, outcomes)),
    };
    // That the run failed is said first, also where nobody could be shown what it did.
    let exit = result?;
    shown?;
    if let Some(rest) = rest {
        cx.out.warn(rest);
    }
    Ok(exit)
}

/// What is asked for, with the accounts that flags name.
async fn order(cx: &Context, args: &Args) -> anyhow::Result<Order> {
    let mut order = Order { limit: args.limit, ..Order::default() };
    if args.only.is_empty() && args.resend.is_none() {
        return Ok(order);
    }
    let mut store = cx.open(Mode::Read).await?;
    let known = store::history::known_accounts(store.conn()).await?;
    store.close().await?;
    let asked = |account: &AccountRef| {
        let ids = find_account::find(account, &known)?;
        Ok::<_, Failure>(AskedAccount { name: account.to_string(), ids })
    };
    order.only = args.only.iter().map(asked).collect::<Result<_, _>>()?;
    order.resend = args.resend.as_ref().map(asked).transpose()?;
    Ok(order)
}

/// Shows what the store as it is would make `notify` send.
async fn dry_run(cx: &mut Context, notices: &Notices, order: &Order) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let shown = planned(cx, &mut store, notices, order).await;
    store.close().await?;
    let Planned { document, first, unaddressed } = shown?;
    for problem in unaddressed {
        cx.out.warn(problem);
    }
    cx.out.show(&document)?;
    if let Some(mail) = first.filter(|_| cx.out.format() == Format::Table) {
        cx.out
            .line(format_args!("\nThe first mail:\n\nSubject: {}\n", printable(&mail.subject)))?;
        for line in mail.text.lines() {
            cx.out.line(printable(line))?;
        }
    }
    cx.out.note("dry run: nothing was sent, and the portal was not asked");
    Ok(Exit::Done)
}

struct Planned {
    document: Document,
    first: Option<crate::mail::Preview>,
    unaddressed: Vec<String>,
}

async fn planned(
    cx: &Context,
    store: &mut Store,
    notices: &Notices,
    order: &Order,
) -> anyhow::Result<Planned> {
    let policy = cx.settings.policy.clone();
    let (snapshot, end) = newest(store.conn(), &policy).await?;
    let (as_of, currency) = moment(None, end)?;
    let judged = judge(store.conn(), snapshot, policy, as_of, currency).await?;
    let Letters { letters, unaddressed } =
        due_letters(store.conn(), &judged, notices, order).await?;
    let portal = store::portal::known(store.conn()).await?.map(|p| p.url).unwrap_or_default();
    let now = cx.clock.now();
    let letters = &letters[..letters.len().min(order.limit.map_or(usize::MAX, |n| n as usize))];
    let first = preview(&cx.settings, notices, &judged, letters, &portal, now)?;
    let rows = |letter: &Letter| {
        let row = |s: &crate::engine::notify::Subject| NoticeRow {
            account_id: s.finding.account_id,
            email: s.finding.email.clone(),
            stage: s.due.stage,
            recipient: letter.recipient.clone(),
            role: letter.role,
            not_before: s.due.not_before(&notices.rules, now).to_string(),
            outcome: None,
            delivery: None,
            detail: "would be told".to_owned(),
        };
        letter.subjects.iter().map(row).collect::<Vec<_>>()
    };
    let document = Document {
        schema: SCHEMA,
        run_id: None,
        counts: OutcomeCounts::default(),
        outcomes: letters.iter().flat_map(rows).collect(),
        sentence: format!("{} would be sent", many(letters.len(), "message")),
    };
    Ok(Planned { document, first, unaddressed })
}

const SCHEMA: &str = "dormouse.notify/1";

impl Document {
    fn of_run(run_id: i64, outcomes: Vec<NoticeOutcome>) -> Self {
        let counts = OutcomeCounts::of(outcomes.iter().map(|o| o.outcome));
        let told = summary(Action::Notify, outcomes.iter().map(|o| (o.outcome, None)));
        let sentence = format!("run {run_id}: {told}");
        let outcomes = outcomes.into_iter().map(NoticeRow::from).collect();
        Self { schema: SCHEMA, run_id: Some(run_id), counts, outcomes, sentence }
    }
}

impl From<NoticeOutcome> for NoticeRow {
    fn from(NoticeOutcome { account_id, email, outcome, detail }: NoticeOutcome) -> Self {
        let NoticeDetail { stage, recipient, role, not_before, delivery, reply, .. } = detail;
        let said = reply.unwrap_or_default();
        Self {
            account_id,
            email,
            stage,
            recipient,
            role,
            not_before: not_before.to_string(),
            outcome: Some(outcome),
            delivery,
            detail: match delivery {
                None => said,
                Some(Receipt::Deferred) => format!("deferred, the next run tries again: {said}"),
                Some(Receipt::Unproven) => {
                    format!("unproven, not tried again unless with --resend: {said}")
                }
                Some(receipt @ (Receipt::Accepted | Receipt::Refused)) => {
                    format!("{receipt}: {said}")
                }
            },
        }
    }
}

impl View for Document {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.outcomes)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        if !self.outcomes.is_empty() {
            let columns = ["account", "stage", "told", "not before", "outcome", "detail"];
            let mut table = Table::new(columns).at_most(100, "`--format csv` shows all");
            for row in &self.outcomes {
                let (word, style) = match row.outcome {
                    None => ("due", Style::Dim),
                    Some(outcome @ Outcome::Applied) => (outcome.as_str(), Style::Good),
                    Some(outcome @ Outcome::Skipped) => (outcome.as_str(), Style::Dim),
                    Some(outcome) => (outcome.as_str(), Style::Bad),
                };
                table.row([
                    row.email.as_str().into(),
                    format!("{} d", row.stage).into(),
                    row.recipient.as_str().into(),
                    row.not_before.as_str().into(),
                    Cell::styled(word, style),
                    row.detail.as_str().into(),
                ]);
            }
            out.table(&table)?;
        }
        out.line(&self.sentence)
    }
}
