//! Why a roster was not taken. Every problem names the file, and the line, column and value where
//! there is one.

use std::fmt;

use crate::domain::text::is_deceptive;

/// Problems shown at once.
const MOST: usize = 20;

/// A roster that is not taken, not even in part: exit code 2.
#[derive(Debug)]
pub struct RosterError {
    problems: Vec<String>,
    /// Problems that are not among them.
    more: usize,
}

impl RosterError {
    fn new(problem: String) -> Self {
        Self { problems: vec![problem], more: 0 }
    }

    /// The first problems, in the order of the files and their lines.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// How many there are in all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.problems.len() + self.more
    }

    /// Adds the problems of another error.
    pub(super) fn extend(&mut self, other: Self) {
        self.more += other.more;
        for problem in other.problems {
            match self.problems.len() < MOST {
                true => self.problems.push(problem),
                false => self.more += 1,
            }
        }
    }
}

impl std::error::Error for RosterError {}

impl fmt::Display for RosterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("; "))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// All problems so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Option<RosterError>);

impl Problems {
    /// The value; where there is none, its problem is kept.
    pub(super) fn take<T>(&mut self, result: Result<T, RosterError>) -> Option<T> {
        match (result, &mut self.0) {
            (Ok(value), _) => Some(value),
            (Err(error), Some(known)) => {
                known.extend(error);
                None
            }
            (Err(error), none) => {
                *none = Some(error);
                None
            }
        }
    }

    /// The value where there was no problem.
    pub(super) fn or<T>(self, value: T) -> Result<T, RosterError> {
        self.0.map_or(Ok(value), Err)
    }
}

/// A file under the name that errors use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a>(pub(super) &'a str);

impl Named<'_> {
    pub(super) fn refused(self, problem: impl AsRef<str>) -> RosterError {
        RosterError::new(format!("{}: {}", self.0, problem.as_ref()))
    }

    /// `line` counts from 1.
    pub(super) fn at(self, line: u32, problem: impl AsRef<str>) -> RosterError {
        RosterError::new(format!("{}:{line}: {}", self.0, problem.as_ref()))
    }

    pub(super) fn value(self, line: u32, column: &str, value: &str, problem: &str) -> RosterError {
        self.at(line, format!("column \"{column}\": \"{}\" {problem}", shown(value)))
    }
}

/// The beginning of a value, on one line and with nothing hidden in it.
pub(super) fn shown(value: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown = String::new();
    for c in value.chars().take(SHOWN) {
        match is_deceptive(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    if value.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
