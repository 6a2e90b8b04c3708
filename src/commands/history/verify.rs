//! `history verify`: whether what is stored is what was recorded.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    cli::values::HistoryHead,
    commands::Context,
    domain::history::{Action, Finding, OpenIntent, Verified},
    exit::{Exit, Failure},
    output::{
        Output,
        rows::{Row, write_csv},
        style::Style,
        terminal::View,
        text::printable,
        when::many,
    },
    store::{self, Mode},
};

/// Findings that a person still reads; one change of the schema can bring thousands.
const MOST: usize = 50;

#[derive(Serialize)]
struct Verification {
    schema: &'static str,
    ok: bool,
    rows: u64,
    head: String,
    findings: Vec<Finding>,
    open_intents: Vec<OpenIntent>,
}

impl Row for Finding {
    const COLUMNS: &'static [&'static str] = &["check", "seq", "message"];
}

pub(super) async fn run(cx: &mut Context, kept: Option<HistoryHead>) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let kept = kept.map(|head| (head.seq, head.hash));
    let Verified { rows, head: (seq, hash), findings, open } =
        store::verification::verify(store.conn(), kept).await?;
    store.close().await?;
    let found = findings.len();
    let is_damaged = findings.iter().any(|finding| !finding.check.is_explained_by_people());
    cx.out.show(&Verification {
        schema: "dormouse.history_verify/1",
        ok: findings.is_empty(),
        rows,
        head: format!("{seq}:{hash}"),
        findings,
        open_intents: open,
    })?;
    if found == 0 {
        return Ok(Exit::Done);
    }
    let mut message = format!("the history does not verify: {}", many(found, "finding"));
    if is_damaged {
        message.push_str(
            "; keep the file as evidence, and go on with the newest `dormouse backup` that verifies",
        );
    }
    Err(Failure::new(Exit::Failed, message).into())
}

impl View for Verification {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.findings)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        if self.ok {
            let ok = out.paint(Style::Good, "ok:");
            let rows = many(self.rows, "row");
            out.line(format_args!("{ok} {rows}, head {}", printable(&self.head)))?;
        }
        let label = out.paint(Style::Bad, "found:");
        for finding in self.findings.iter().take(MOST) {
            let row = finding.seq.map_or_else(String::new, |seq| format!("row {seq}: "));
            out.line(format_args!("{label} {row}{}", printable(&finding.message)))?;
        }
        if let Some(more) = self.findings.len().checked_sub(MOST).filter(|more| *more > 0) {
            out.line(format_args!("… and {more} more; --format csv shows all"))?;
        }
        let label = out.paint(Style::Warn, "open:");
        for OpenIntent { seq, run_id, email, action, .. } in &self.open_intents {
            let email = printable(email);
            let next = match action {
                Action::Disable | Action::Enable => "`dormouse apply` or `dormouse restore`",
                Action::Notify => "`dormouse notify`",
            };
            out.line(format_args!(
                "{label} row {seq}: {action} {email} in run {run_id} has no outcome yet; {next} settles it"
            ))?;
        }
        Ok(())
    }
}
