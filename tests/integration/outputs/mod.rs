//! What every command prints, kept as files: the same story told once in each rendering, the help of
//! each command, and the errors that people meet. A change of words shows as a change of these files.

mod errors;
mod help;
mod stable;
mod story;
mod terminal;
mod trouble;

use crate::harness::{Machine, Ran};

/// How results are shown.
#[derive(Clone, Copy)]
pub(crate) enum Rendering {
    /// A table on a terminal of 100 columns.
    Wide,
    /// A table in a file.
    Plain,
    Json,
    Csv,
}

impl Rendering {
    fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Plain => "plain",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    fn format(self) -> &'static str {
        match self {
            Self::Wide | Self::Plain => "table",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    fn columns(self) -> Option<u16> {
        match self {
            // On a terminal JSON is indented: lines to compare.
            Self::Wide | Self::Json => Some(100),
            Self::Plain | Self::Csv => None,
        }
    }
}

/// Compares a run with its file.
fn compare(name: &str, line: &str, machine: &Machine, ran: &Ran) {
    let told = format!("$ dormouse {line}\n{}", ran.stdout);
    let told = match ran.stderr.as_str() {
        "" => told,
        said => format!("{told}\n-- stderr\n{said}"),
    };
    let told = format!("{told}\n-- exit {}", ran.code);
    keep(name, &stable::text(machine, &told));
}

fn keep(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
