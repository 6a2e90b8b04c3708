//! The checks as a table with advice below each, as JSON and as CSV.

use serde_json::json;

use crate::commands::doctor::{
    check::{Check, Finding},
    count,
};
use crate::output::{
    Format, Output,
    style::Style,
    table::{Cell, Table},
    when::many,
};

pub(super) fn show(out: &mut Output, checks: &[Check]) -> anyhow::Result<()> {
    match out.format() {
        Format::Json => {
            let rows: Vec<_> = checks
                .iter()
                .map(|c| {
                    json!({
                        "name": c.name, "finding": c.finding, "detail": c.detail,
                        "advice": c.advice,
                    })
                })
                .collect();
            out.json(&json!({
                "schema": "dormouse.doctor/1",
                "problems": count(checks, Finding::Problem),
                "warnings": count(checks, Finding::Warning),
                "checks": rows,
            }))?;
        }
        Format::Csv => {
            let mut csv = out.csv(["check", "finding", "detail", "advice"])?;
            for c in checks {
                csv.record([
                    c.name.into(),
                    c.finding.as_str().into(),
                    c.detail.as_str().into(),
                    c.advice.as_deref().into(),
                ])?;
            }
            csv.finish()?;
        }
        Format::Table | Format::Html => screen(out, checks)?,
    }
    Ok(())
}

fn screen(out: &mut Output, checks: &[Check]) -> anyhow::Result<()> {
    let mut table = Table::pairs();
    for c in checks {
        let style = match c.finding {
            Finding::Ok => Style::Good,
            Finding::Warning => Style::Warn,
            Finding::Problem => Style::Bad,
            Finding::Skipped => Style::Dim,
        };
        table.row([
            Cell::styled(c.finding.as_str(), style),
            Cell::styled(c.name, Style::Strong),
            c.detail.as_str().into(),
        ]);
        if let Some(advice) = &c.advice {
            table.row(["".into(), "".into(), Cell::styled(format!("-> {advice}"), Style::Plain)]);
        }
    }
    out.table(&table)?;
    let (problems, warnings) = (count(checks, Finding::Problem), count(checks, Finding::Warning));
    let (text, style) = match (problems, warnings) {
        (0, 0) => ("all is well".to_owned(), Style::Good),
        (0, n) => (format!("no problem, {}", many(n, "warning")), Style::Warn),
        (n, m) => (format!("{}, {}", many(n, "problem"), many(m, "warning")), Style::Bad),
    };
    let text = out.paint(style, &text);
    Ok(out.line(format_args!("\n{text}"))?)
}
