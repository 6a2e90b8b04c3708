//! The result of `apply` or `restore` as a table, as JSON (`dormouse.apply/1`) and as CSV.

use std::io;

use serde::Serialize;

use crate::{
    domain::{
        account::AccountId,
        history::{Action, Outcome},
        outcomes::{AccountOutcome, OutcomeCounts, summary},
    },
    output::{
        Format, Output, Verbosity,
        rows::{row, write_csv},
        style::Style,
        table::{Cell, Table},
    },
};

row! {
    /// One account of the result; a dry run has no outcomes.
    pub(crate) struct OutcomeRow<'a> {
        pub(crate) account_id: AccountId,
        pub(crate) email: &'a str,
        pub(crate) outcome: Option<Outcome>,
        pub(crate) detail: &'a str,
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run_id: Option<i64>,
    decision_id: Option<i64>,
    counts: OutcomeCounts,
    outcomes: &'a [OutcomeRow<'a>],
}

/// What a run did.
pub(crate) struct Done<'a> {
    pub(crate) run_id: i64,
    pub(crate) action: Action,
    pub(crate) decision_id: Option<i64>,
    pub(crate) outcomes: &'a [AccountOutcome],
}

/// Shows what was done.
pub(crate) fn show(out: &mut Output, done: &Done<'_>) -> io::Result<()> {
    let Done { run_id, action, decision_id, outcomes } = *done;
    let counts = OutcomeCounts::of(outcomes.iter().map(|o| o.outcome));
    if out.format() != Format::Table {
        let rows: Vec<_> = outcomes
            .iter()
            .map(|o| OutcomeRow {
                account_id: o.account_id,
                email: &o.email,
                outcome: Some(o.outcome),
                detail: &o.detail,
            })
            .collect();
        return data(out, Some(run_id), decision_id, counts, &rows);
    }
    // What went as planned is one number, unless every account is asked for.
    let shows_all = out.verbosity() >= Verbosity::Verbose;
    let is_shown = |o: &&AccountOutcome| shows_all || !o.is_plainly_done();
    let shown: Vec<_> = outcomes.iter().filter(is_shown).collect();
    if !shown.is_empty() {
        let mut table = Table::new(["account", "outcome", "detail"])
            .at_most(100, format!("`dormouse history --run {run_id} --all` shows all"));
        for o in shown {
            let style = match o.outcome {
                Outcome::Applied => Style::Good,
                Outcome::Skipped => Style::Dim,
                Outcome::Refused | Outcome::Failed => Style::Bad,
            };
            table.row([
                o.email.as_str().into(),
                Cell::styled(o.outcome.in_words(action), style),
                o.detail.as_str().into(),
            ]);
        }
        out.table(&table)?;
    }
    let said = summary(action, outcomes.iter().map(|o| (o.outcome, o.skipped_as)));
    let said = out.paint(Style::Strong, &said);
    out.line(said)?;
    let mut then = format!("Details: dormouse history --run {run_id}");
    if action == Action::Disable && outcomes.iter().any(|o| o.outcome == Outcome::Applied) {
        then.push_str(&format!("    Undo: dormouse restore --run {run_id}"));
    }
    let then = out.paint(Style::Dim, &then);
    out.line(then)
}

/// Shows what would be done: no run, no outcome, no count. As a table it was shown already.
pub(crate) fn show_planned(
    out: &mut Output,
    decision_id: Option<i64>,
    rows: &[OutcomeRow<'_>],
) -> io::Result<()> {
    match out.format() {
        Format::Table => Ok(()),
        _ => data(out, None, decision_id, OutcomeCounts::default(), rows),
    }
}

fn data(
    out: &mut Output,
    run_id: Option<i64>,
    decision_id: Option<i64>,
    counts: OutcomeCounts,
    rows: &[OutcomeRow<'_>],
) -> io::Result<()> {
    if out.format() == Format::Csv {
        return write_csv(out.stdout(), rows);
    }
    let schema = "dormouse.apply/1";
    out.json(&Document { schema, run_id, decision_id, counts, outcomes: rows })
}
