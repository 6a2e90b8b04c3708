//! A few styles with a meaning each, so that colour says the same everywhere. Text never relies on
//! colour alone.

use anstyle::{AnsiColor, Style as Ansi};

/// What a text is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    #[default]
    Plain,
    Strong,
    /// As it should be.
    Good,
    /// Wants attention.
    Warn,
    /// Wrong.
    Bad,
    /// Of less interest.
    Dim,
}

/// Whether styles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Colored,
    Bare,
}

impl Style {
    /// The text in this style.
    #[must_use]
    pub fn paint(self, text: &str, paint: Paint) -> String {
        let ansi = match self {
            Self::Plain => return text.to_owned(),
            Self::Strong => Ansi::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warn => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Dim => Ansi::new().dimmed(),
        };
        match paint {
            Paint::Bare => text.to_owned(),
            Paint::Colored => format!("{ansi}{text}{ansi:#}"),
        }
    }
}
