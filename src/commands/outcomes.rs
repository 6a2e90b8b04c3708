//! What a run of `apply` or `restore` did, as a table, as JSON (`dormouse.apply/1`) and as CSV.

use serde_json::json;

use crate::engine::status_change::Done;
use crate::{
    commands::Context,
    domain::{account::AccountId, history::Outcome},
    exit::Exit,
    output::{
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

    /// Whether the portal was asked to change anybody.
    pub(crate) fn called(self) -> bool {
        self.applied + self.refused + self.failed > 0
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

/// One account of the result; a dry run has no outcomes.
struct Row<'a> {
    account_id: AccountId,
    email: &'a str,
    outcome: Option<Outcome>,
    detail: &'a str,
}

/// Shows what was done.
pub(crate) fn show(
    cx: &mut Context,
    run_id: i64,
    decision_id: Option<i64>,
    done: &[Done],
) -> anyhow::Result<()> {
    let counts = Counts::of(done);
    if cx.out.format() != Format::Table {
        let rows = done.iter().map(|d| Row {
            account_id: d.account_id,
            email: &d.email,
            outcome: Some(d.outcome),
            detail: &d.detail,
        });
        return data(cx, Some(run_id), decision_id, counts, rows);
    }
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
    Ok(cx.out.line(format_args!("run {run_id}: {counts}"))?)
}

/// Shows what would be done, where the table was shown already: no run, no outcome, no count.
pub(crate) fn planned<'a>(
    cx: &mut Context,
    decision_id: Option<i64>,
    accounts: impl Iterator<Item = (AccountId, &'a str, String)>,
) -> anyhow::Result<()> {
    if cx.out.format() == Format::Table {
        return Ok(());
    }
    let accounts: Vec<_> = accounts.collect();
    let rows = accounts.iter().map(|(account_id, email, detail)| Row {
        account_id: *account_id,
        email,
        outcome: None,
        detail,
    });
    data(cx, None, decision_id, Counts::default(), rows)
}

fn data<'a>(
    cx: &mut Context,
    run_id: Option<i64>,
    decision_id: Option<i64>,
    counts: Counts,
    rows: impl Iterator<Item = Row<'a>>,
) -> anyhow::Result<()> {
    if cx.out.format() == Format::Csv {
        let mut csv = cx.out.csv(["account_id", "email", "outcome", "detail"])?;
        for r in rows {
            csv.record([
                r.account_id.to_string().into(),
                r.email.into(),
                r.outcome.map_or("", Outcome::as_str).into(),
                r.detail.into(),
            ])?;
        }
        return Ok(csv.finish()?);
    }
    let outcomes: Vec<_> = rows
        .map(|r| {
            json!({
                "account_id": r.account_id.to_string(),
                "email": r.email,
                "outcome": r.outcome.map(Outcome::as_str),
                "detail": r.detail,
            })
        })
        .collect();
    Ok(cx.out.json(&json!({
        "schema": "dormouse.apply/1",
        "run_id": run_id,
        "decision_id": decision_id,
        "counts": counts,
        "outcomes": outcomes,
    }))?)
}
