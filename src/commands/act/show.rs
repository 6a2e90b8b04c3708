//! What a run of `apply` or `restore` did, as a table, as JSON (`dormouse.apply/1`) and as CSV.

use serde_json::json;

use super::Done;
use crate::{
    commands::Context,
    domain::history::Outcome,
    exit::Exit,
    report::{
        Format,
        style::Style,
        table::{Cell, Table},
    },
};

/// How many accounts ended in each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Counts {
    applied: usize,
    skipped: usize,
    refused: usize,
    failed: usize,
}

impl Counts {
    pub(crate) fn of(done: &[Done]) -> Self {
        let mut counts = Self::default();
        for one in done {
            *match one.outcome {
                Outcome::Applied => &mut counts.applied,
                Outcome::Skipped => &mut counts.skipped,
                Outcome::Refused => &mut counts.refused,
                Outcome::Failed => &mut counts.failed,
            } += 1;
        }
        counts
    }

    /// Skips are as they should be; what was refused or failed is not.
    pub(crate) fn exit(self) -> Exit {
        if self.refused + self.failed > 0 { Exit::Partly } else { Exit::Done }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { applied, skipped, refused, failed } = self;
        write!(f, "{applied} applied, {skipped} skipped, {refused} refused, {failed} failed")
    }
}

/// Shows what was done. `run_id` is none for a dry run.
pub(crate) fn show(
    cx: &mut Context,
    run_id: Option<i64>,
    decision_id: Option<i64>,
    done: &[Done],
) -> anyhow::Result<()> {
    let counts = Counts::of(done);
    match cx.out.format() {
        Format::Json => {
            let outcomes: Vec<_> = done
                .iter()
                .map(|d| {
                    json!({
                        "account_id": d.account_id.to_string(),
                        "email": d.email,
                        "outcome": d.outcome.as_str(),
                        "detail": d.detail,
                    })
                })
                .collect();
            cx.out.json(&json!({
                "schema": "dormouse.apply/1",
                "run_id": run_id,
                "decision_id": decision_id,
                "counts": counts,
                "outcomes": outcomes,
            }))?;
        }
        Format::Csv => {
            let mut csv = cx.out.csv(["account_id", "email", "outcome", "detail"])?;
            for d in done {
                csv.record([
                    d.account_id.to_string().into(),
                    (&d.email).into(),
                    d.outcome.as_str().into(),
                    (&d.detail).into(),
                ])?;
            }
            csv.finish()?;
        }
        Format::Table | Format::Html => {
            if !done.is_empty() {
                let mut table = Table::new(["e-mail", "outcome", "detail"])
                    .at_most(100, "`dormouse history --run N` shows all");
                for d in done {
                    let style = match d.outcome {
                        Outcome::Applied => Style::Good,
                        Outcome::Skipped => Style::Dim,
                        Outcome::Refused | Outcome::Failed => Style::Bad,
                    };
                    table.row([
                        d.email.as_str().into(),
                        Cell::styled(d.outcome.as_str(), style),
                        d.detail.as_str().into(),
                    ]);
                }
                cx.out.table(&table)?;
            }
            let name = run_id.map_or_else(|| "nothing done".to_owned(), |id| format!("run {id}"));
            cx.out.line(format_args!("{name}: {counts}"))?;
        }
    }
    Ok(())
}
