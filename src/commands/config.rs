//! `config`: each effective setting and where it came from. Secrets are never in the list.

use serde::Serialize;

use crate::commands::Context;
use crate::{
    exit::Exit,
    output::{Format, table::Table},
};

#[derive(Serialize)]
struct Listing<'a> {
    schema: &'static str,
    file: Option<String>,
    settings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    value: &'a str,
    origin: String,
}

/// Shows the settings.
///
/// # Errors
/// Stdout cannot be written.
pub fn run(cx: &mut Context) -> anyhow::Result<Exit> {
    let rows: Vec<Row<'_>> = cx
        .settings
        .origins
        .iter()
        .map(|s| Row { name: s.name, value: &s.value, origin: s.origin.to_string() })
        .collect();
    match cx.out.format() {
        Format::Json => {
            let file = cx.settings.file.as_ref().map(|path| path.display().to_string());
            cx.out.json(&Listing { schema: "dormouse.config/1", file, settings: rows })?;
        }
        Format::Csv => {
            let mut csv = cx.out.csv(["name", "value", "origin"])?;
            for row in rows {
                csv.record([row.name.into(), row.value.into(), row.origin.into()])?;
            }
            csv.finish()?;
        }
        Format::Table | Format::Html => {
            let mut table = Table::new(["setting", "value", "from"]);
            for row in rows {
                table.row([row.name.into(), row.value.into(), row.origin.into()]);
            }
            cx.out.table(&table)?;
        }
    }
    Ok(Exit::Done)
}
