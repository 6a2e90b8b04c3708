//! `history verify`: whether what is stored is what was recorded.

use serde::Serialize;

use crate::{
    cli::HistoryHead,
    commands::Context,
    domain::{
        account::AccountId,
        history::{Action, Finding, OpenIntent, Verified},
    },
    exit::{Exit, Failure},
    output::{Format, Output, csv::Field, style::Style, text::printable, when::counted},
    store::{self, Mode},
};

/// Findings that a person still reads; one change of the schema can bring thousands.
const MOST: usize = 50;

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    ok: bool,
    rows: u64,
    head: String,
    findings: &'a [Finding],
    open_intents: Vec<Open<'a>>,
}

#[derive(Serialize)]
struct Open<'a> {
    seq: i64,
    at: String,
    run_id: i64,
    account_id: AccountId,
    email: &'a str,
    action: Action,
}

pub(super) async fn run(cx: &mut Context, kept: Option<HistoryHead>) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let kept = kept.map(|head| (head.seq, head.hash));
    let verified = store::history::verify(store.conn(), kept).await?;
    store.close().await?;
    show(&mut cx.out, &verified)?;
    match verified.findings.len() {
        0 => Ok(Exit::Done),
        n => {
            let found = counted(i64::try_from(n)?, "finding");
            Err(Failure::new(Exit::Failed, format!("the history does not verify: {found}")).into())
        }
    }
}

fn show(out: &mut Output, verified: &Verified) -> anyhow::Result<()> {
    let Verified { rows, head: (seq, hash), findings, open } = verified;
    let head = format!("{seq}:{hash}");
    match out.format() {
        Format::Json => out.json(&Shown {
            schema: "dormouse.history_verify/1",
            ok: findings.is_empty(),
            rows: *rows,
            head,
            findings,
            open_intents: open.iter().map(shown).collect(),
        })?,
        Format::Csv => {
            let mut csv = out.csv(["check", "seq", "message"])?;
            for f in findings {
                csv.record([f.check.as_str().into(), f.seq.into(), Field::from(&f.message)])?;
            }
            csv.finish()?;
        }
        Format::Table | Format::Html => {
            if findings.is_empty() {
                let ok = out.paint(Style::Good, "ok:");
                out.line(format_args!("{ok} {rows} rows, head {}", printable(&head)))?;
            }
            let label = out.paint(Style::Bad, "found:");
            for f in findings.iter().take(MOST) {
                let row = f.seq.map_or_else(String::new, |seq| format!("row {seq}: "));
                out.line(format_args!("{label} {row}{}", printable(&f.message)))?;
            }
            if let Some(more) = findings.len().checked_sub(MOST).filter(|more| *more > 0) {
                out.line(format_args!("… and {more} more; --format csv shows all"))?;
            }
            let label = out.paint(Style::Warn, "open:");
            for OpenIntent { seq, run_id, email, action, .. } in open {
                let email = printable(email);
                out.line(format_args!(
                    "{label} row {seq}: {action} {email} in run {run_id} has no outcome yet; \
                     `dormouse apply` or `dormouse restore` settles it"
                ))?;
            }
        }
    }
    Ok(())
}

fn shown(intent: &OpenIntent) -> Open<'_> {
    let OpenIntent { seq, at, run_id, account_id, email, action } = intent;
    Open {
        seq: *seq,
        at: (*at).to_string(),
        run_id: *run_id,
        account_id: *account_id,
        email,
        action: *action,
    }
}
