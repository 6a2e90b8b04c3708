//! `config`: each effective setting and where it came from. Secrets are never in the list.

use std::io::{self, Write};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::{
    commands::Context,
    exit::Exit,
    output::{
        Output,
        rows::{row, write_csv},
        table::Table,
        terminal::View,
    },
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {}

#[derive(Serialize)]
struct Settings<'a> {
    schema: &'static str,
    file: Option<String>,
    settings: Vec<Setting<'a>>,
}

row! {
    struct Setting<'a> {
        name: &'a str,
        value: &'a str,
        origin: String,
    }
}

pub fn run(cx: &mut Context) -> anyhow::Result<Exit> {
    let settings = &cx.settings;
    let file = settings.file.as_ref().map(|path| path.display().to_string());
    let rows = settings.origins.iter().map(|setting| Setting {
        name: setting.name,
        value: &setting.value,
        origin: setting.origin.to_string(),
    });
    let shown = Settings { schema: "dormouse.config/1", file, settings: rows.collect() };
    cx.out.show(&shown)?;
    Ok(Exit::Done)
}

impl View for Settings<'_> {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.settings)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new(["setting", "value", "from"]);
        for Setting { name, value, origin } in &self.settings {
            table.row([(*name).into(), (*value).into(), origin.as_str().into()]);
        }
        out.table(&table)
    }
}
