//! `doctor`: looks for what would go wrong and says what to do about it. Changes nothing, and works
//! as far as it can where the portal or the store is missing. Ends with 1 where it found a problem.

mod check;
mod files;
mod notices;
mod portal;
mod rules;
mod store;

use std::io::{self, Write};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::{
    commands::{
        Context,
        doctor::check::{Check, Finding},
    },
    exit::Exit,
    output::{
        Output,
        rows::{row, write_csv},
        style::Style,
        table::{Cell, Table},
        terminal::View,
        when::many,
    },
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {}

#[derive(Serialize)]
struct Checkup {
    schema: &'static str,
    problems: usize,
    warnings: usize,
    checks: Vec<Check>,
}

row! {
    struct CheckRow<'a> {
        check: &'static str,
        finding: Finding,
        detail: &'a str,
        advice: Option<&'a str>,
    }
}

pub async fn run(cx: &mut Context, _args: Args) -> anyhow::Result<Exit> {
    let (of_store, known) = store::examine(cx).await;
    let mut checks = portal::examine(cx, &known).await;
    checks.extend(of_store);
    checks.extend(files::examine(cx));
    checks.extend(notices::examine(cx).await);
    let count = |finding| checks.iter().filter(|c| c.finding == finding).count();
    let (problems, warnings) = (count(Finding::Problem), count(Finding::Warning));
    cx.out.show(&Checkup { schema: "dormouse.doctor/1", problems, warnings, checks })?;
    Ok(if problems > 0 { Exit::Failed } else { Exit::Done })
}

impl View for Checkup {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        let rows = self.checks.iter().map(|check| CheckRow {
            check: check.name,
            finding: check.finding,
            detail: &check.detail,
            advice: check.advice.as_deref(),
        });
        write_csv(to, rows)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::without_header(["finding", "check", "detail"]);
        for check in &self.checks {
            let style = match check.finding {
                Finding::Ok => Style::Good,
                Finding::Warning => Style::Warn,
                Finding::Problem => Style::Bad,
                Finding::Skipped => Style::Dim,
            };
            table.row([
                Cell::styled(check.finding.as_str(), style),
                Cell::styled(check.name, Style::Strong),
                check.detail.as_str().into(),
            ]);
            if let Some(advice) = &check.advice {
                table.row(["".into(), "".into(), format!("-> {advice}").into()]);
            }
        }
        out.table(&table)?;
        let (text, style) = match (self.problems, self.warnings) {
            (0, 0) => ("all is well".to_owned(), Style::Good),
            (0, n) => (format!("no problems, {}", many(n, "warning")), Style::Warn),
            (n, 0) => (many(n, "problem"), Style::Bad),
            (n, m) => (format!("{}, {}", many(n, "problem"), many(m, "warning")), Style::Bad),
        };
        let text = out.paint(style, &text);
        out.line(format_args!("\n{text}"))
    }
}
