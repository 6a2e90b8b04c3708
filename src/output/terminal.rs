//! Where a command writes: results to stdout, all else to stderr. Tests put buffers in place of both.

use std::{
    fmt::Display,
    io::{self, Write},
};

use serde::Serialize;

use crate::output::{
    Format,
    style::{Paint, Style},
    table::Table,
    text::{printable, width, wrap},
};

/// The two streams of a process, or a test's stand-ins for them.
pub struct Streams {
    pub stdout: Box<dyn Write + Send>,
    /// Progress, logs, prompts, warnings, errors.
    pub stderr: Box<dyn Write + Send>,
    /// What stdout is.
    pub stdout_is: Terminal,
    /// What stderr is.
    pub stderr_is: Terminal,
}

/// What a stream leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// A terminal of this many columns.
    Columns(u16),
    /// A file, a pipe or a test.
    None,
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    Silent,
    Errors,
    /// Warnings and notes too.
    Normal,
    /// What is being done.
    Verbose,
    /// Every request.
    Debug,
}

/// How results are written, apart from where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutputSettings {
    pub(crate) format: Format,
    pub(crate) stdout: Paint,
    pub(crate) stderr: Paint,
    pub(crate) verbosity: Verbosity,
    pub(crate) progress: Progress,
}

/// Whether progress bars are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Shown,
    Hidden,
}

/// A result with its three renderings, all from the same data: JSON as serde writes it, CSV rows, and
/// lines and tables for people.
pub(crate) trait View: Serialize {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()>;
    fn print(&self, out: &mut Output) -> io::Result<()>;
}

/// Stdout while somebody reads it. A reader that has seen enough, such as `head`, changes nothing about
/// the work, nor about the exit code that tells how it went.
enum UntilClosed {
    Open(Box<dyn Write + Send>),
    Closed,
}

impl UntilClosed {
    fn write_with<T>(
        &mut self,
        closed: T,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        match self {
            Self::Closed => Ok(closed),
            Self::Open(stream) => match write(stream) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    *self = Self::Closed;
                    Ok(closed)
                }
                written => written,
            },
        }
    }
}

impl Write for UntilClosed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_with(bytes.len(), |stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_with((), |stream| stream.flush())
    }
}

/// Before the second and further lines of a long one.
const INDENT: &str = "  ";

/// One line, on a narrower terminal several.
fn write_wrapped(to: &mut dyn Write, columns: Option<u16>, line: &str) -> io::Result<()> {
    match columns {
        Some(columns) if width(line) > columns.into() => {
            let mut lines =
                wrap(line, usize::from(columns).saturating_sub(INDENT.len())).into_iter();
            writeln!(to, "{}", lines.next().unwrap_or_default())?;
            lines.try_for_each(|line| writeln!(to, "{INDENT}{line}"))
        }
        Some(_) | None => writeln!(to, "{line}"),
    }
}

/// The output of one command.
pub struct Output {
    streams: Streams,
    settings: OutputSettings,
}

impl Output {
    pub(crate) fn new(mut streams: Streams, settings: OutputSettings) -> Self {
        streams.stdout = Box::new(UntilClosed::Open(streams.stdout));
        Self { streams, settings }
    }

    /// The form in which results are written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.settings.format
    }

    /// How much is said on stderr.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        self.settings.verbosity
    }

    /// Columns to wrap results to; `None` where stdout is no terminal.
    #[must_use]
    pub fn width(&self) -> Option<u16> {
        match self.streams.stdout_is {
            Terminal::Columns(n) => Some(n),
            Terminal::None => None,
        }
    }

    /// Whether progress bars belong on stderr.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.settings.progress == Progress::Shown
    }

    /// Text in a style, as stdout takes it. The text is made printable.
    #[must_use]
    pub fn paint(&self, style: Style, text: &str) -> String {
        style.paint(&printable(text), self.settings.stdout)
    }

    /// Under `--quiet` only what was asked for in a machine's format is written.
    fn is_silent(&self) -> bool {
        self.settings.verbosity <= Verbosity::Errors && self.settings.format == Format::Table
    }

    /// Writes one line of the result, on a narrow terminal several. Text from elsewhere goes through
    /// [`printable`] first.
    pub fn line(&mut self, line: impl Display) -> io::Result<()> {
        if self.is_silent() {
            return Ok(());
        }
        let columns = self.width();
        write_wrapped(&mut self.streams.stdout, columns, &line.to_string())
    }

    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        if self.is_silent() {
            return Ok(());
        }
        let text = table.render(self.width(), self.settings.stdout);
        self.streams.stdout.write_all(text.as_bytes())
    }

    /// Writes one JSON object on lines of its own: indented on a terminal, else compact.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = match self.streams.stdout_is {
            Terminal::Columns(_) => serde_json::to_string_pretty(value)?,
            Terminal::None => serde_json::to_string(value)?,
        };
        writeln!(self.streams.stdout, "{text}")
    }

    /// Writes a result in the form that was asked for.
    pub(crate) fn show(&mut self, view: &impl View) -> io::Result<()> {
        match self.settings.format {
            Format::Json => self.json(view),
            Format::Csv => view.csv(&mut self.streams.stdout),
            Format::Table | Format::Html | Format::Prometheus => view.print(self),
        }
    }

    /// Stdout itself, for results that are written elsewhere: a report, completions.
    pub fn stdout(&mut self) -> &mut dyn Write {
        &mut self.streams.stdout
    }

    /// Says something that is no result on stderr. The text is made printable.
    pub fn note(&mut self, text: impl Display) {
        self.say(Verbosity::Normal, Style::Plain, "", &text.to_string());
    }

    /// Says on stderr what should not be so.
    pub fn warn(&mut self, text: impl Display) {
        self.say(Verbosity::Normal, Style::Warn, "warning: ", &text.to_string());
    }

    /// Says one of several problems that an error sums up.
    pub(crate) fn problem(&mut self, text: impl Display) {
        self.say(Verbosity::Errors, Style::Plain, "", &text.to_string());
    }

    /// Says an error and its causes on stderr.
    pub fn error(&mut self, error: &anyhow::Error) {
        let mut said = error.to_string();
        self.say(Verbosity::Errors, Style::Bad, "error: ", &said);
        for cause in error.chain().skip(1) {
            let text = cause.to_string();
            // Many errors repeat their source in their own text.
            if !said.contains(&text) {
                self.say(Verbosity::Errors, Style::Plain, "  because: ", &text);
                said = text;
            }
        }
    }

    /// Writes a question on stderr, whatever the verbosity, and leaves the cursor behind it.
    pub fn ask(&mut self, question: &str) -> io::Result<()> {
        write!(self.streams.stderr, "{} ", printable(question))?;
        self.streams.stderr.flush()
    }

    /// Writes out what is still held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.streams.stdout.flush()
    }

    fn say(&mut self, from: Verbosity, style: Style, label: &str, text: &str) {
        if self.settings.verbosity >= from {
            // What was shown before stays before it; a stdout that fails is noticed when the command ends.
            let _ = self.streams.stdout.flush();
            let text = format!("{}{}", style.paint(label, self.settings.stderr), printable(text));
            let columns = match self.streams.stderr_is {
                Terminal::Columns(n) => Some(n),
                Terminal::None => None,
            };
            // Where stderr is gone there is nowhere left to say so.
            let _ = write_wrapped(&mut self.streams.stderr, columns, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_between_words_on_a_terminal_only() {
        let line = "warning: seen at 2026-11-24 07:00 UTC by ann.of.contoso@example.com";
        let written = |columns| {
            let mut text = Vec::new();
            write_wrapped(&mut text, columns, line).unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!(written(None), format!("{line}\n"));
        assert_eq!(
            written(Some(40)),
            "warning: seen at 2026-11-24 07:00 UTC\n  by ann.of.contoso@example.com\n"
        );
    }
}
