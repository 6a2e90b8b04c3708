//! The next step, named so that it would work: a command that the brakes would stop is never proposed.

use std::io;

use crate::{
    domain::brakes::{BrakeLoad, Brakes},
    output::{Output, style::Style, when::many},
};

/// A command to run and why; no command where there is nothing to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Next {
    pub(crate) command: Option<String>,
    pub(crate) why: String,
}

impl Next {
    pub(crate) fn run(command: impl Into<String>, why: impl Into<String>) -> Self {
        Self { command: Some(command.into()), why: why.into() }
    }

    pub(crate) fn nothing(why: impl Into<String>) -> Self {
        Self { command: None, why: why.into() }
    }

    /// To disable these accounts, as many as the brakes allow now.
    pub(crate) fn apply(brakes: &Brakes, load: BrakeLoad) -> Self {
        let count = many(load.acting_on as usize, "account");
        let Err(braked) = brakes.test(load) else {
            return Self::run("dormouse apply", format!("{count} to disable"));
        };
        let mut exceeded = Vec::new();
        exceeded.extend(braked.max_accounts.map(|max| format!("max_accounts is {max}")));
        exceeded.extend(
            braked.max_percent.map(|p| format!("that is {} %, the brake is {} %", p.share, p.max)),
        );
        let recent = match load.recent {
            0 => String::new(),
            n => format!(" and {n} disabled lately"),
        };
        let why = format!("{count} to disable{recent}: {}", exceeded.join("; "));
        match braked.room {
            0 => Self::nothing(format!("wait before the next `dormouse apply`; {why}")),
            room => Self::run(format!("dormouse apply --limit {room}"), why),
        }
    }

    /// One line, `Next: dormouse apply  (12 accounts to disable)`.
    pub(crate) fn print(&self, out: &mut Output) -> io::Result<()> {
        let label = out.paint(Style::Strong, "Next:");
        match &self.command {
            None => out.line(format_args!("{label} {}", out.paint(Style::Plain, &self.why))),
            Some(command) => {
                let command = out.paint(Style::Good, command);
                if self.why.is_empty() {
                    return out.line(format_args!("{label} {command}"));
                }
                let why = out.paint(Style::Dim, &format!("({})", self.why));
                out.line(format_args!("{label} {command}  {why}"))
            }
        }
    }
}
