//! Where roster and portal disagree, as tables. Verdicts do not depend on it.

use std::io;

use crate::{
    domain::reconciliation::{Reconciled, RosterPlace},
    output::{Output, style::Style, table::Table},
};

/// Rows of a table before it is summarised.
const MOST: usize = 10;
const ALL: &str = "`dormouse decide --dry-run --format json` shows all";

pub(super) fn print(out: &mut Output, reconciled: &Reconciled) -> io::Result<()> {
    for (what, rows) in reconciled.rows() {
        if !rows.is_empty() {
            title(out, what, rows.len())?;
            out.table(&places(rows))?;
        }
    }
    let unlisted = reconciled.unlisted();
    if !unlisted.is_empty() {
        title(out, "Accounts that are not in the roster", unlisted.len())?;
        let mut table = Table::new(["account", "name"]).at_most(MOST, ALL);
        for account in unlisted {
            table.row([account.email.as_str().into(), account.display_name.as_str().into()]);
        }
        out.table(&table)?;
    }
    Ok(())
}

fn title(out: &mut Output, what: &str, count: usize) -> io::Result<()> {
    let title = out.paint(Style::Warn, &format!("{what}: {count}"));
    out.line(format_args!("\n{title}"))
}

fn places(rows: &[RosterPlace]) -> Table {
    let mut table =
        Table::new(["file", "line", "id", "account", "name"]).right(["line"]).at_most(MOST, ALL);
    for row in rows {
        let text = |value: &Option<String>| value.clone().unwrap_or_default().into();
        table.row([
            row.file.as_str().into(),
            row.line.to_string().into(),
            text(&row.id),
            text(&row.email),
            text(&row.display_name),
        ]);
    }
    table
}
