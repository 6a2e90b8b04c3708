//! One row: what may be in the columns that mean something.

use crate::{
    domain::{
        population::{RosterFormat, RosterRow},
        text::is_deceptive,
    },
    roster::{
        columns::Column,
        error::{Named, Problems, RosterError},
    },
    time::{DATE_FORMAT, exact_date},
};

/// More than any spreadsheet keeps in one cell.
pub(super) const LONGEST_CELL: usize = 32_768;
/// Longest address that mail can carry, with room.
const LONGEST_EMAIL: usize = 320;

/// A row under construction. Everything that is wrong with it is found before it is refused.
pub(super) struct Builder<'a> {
    file: Named<'a>,
    format: &'a RosterFormat,
    row: RosterRow,
    problems: Problems,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: Named<'a>, line: u32, format: &'a RosterFormat) -> Self {
        let row = RosterRow {
            file: file.0.to_owned(),
            line,
            id: None,
            email: None,
            display_name: None,
            contract_end: None,
        };
        Self { file, format, row, problems: Problems::default() }
    }

    /// Notes what is wrong with a value.
    pub(super) fn refuse(&mut self, header: &str, value: &str, problem: &str) {
        let error = self.file.value(self.row.line, header, value, problem);
        self.problems.take::<()>(Err(error));
    }

    /// Takes the value of a column; spaces around it and empty values mean nothing.
    pub(super) fn set(&mut self, column: Column, header: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        // What is matched must be what is seen. Names are for people and shown escaped.
        let hidden = value.chars().find(|c| is_hidden(*c));
        if let (Some(c), Column::Id | Column::Email | Column::ContractEnd) = (hidden, column) {
            return self.refuse(header, value, &invisible(c));
        }
        match column {
            Column::Id => self.row.id = Some(value.to_owned()),
            Column::Email if is_address(value) => self.row.email = Some(value.to_owned()),
            Column::Email => self.refuse(header, value, "is not a valid e-mail address"),
            Column::DisplayName => self.row.display_name = Some(value.to_owned()),
            Column::ContractEnd => {
                let format = self.format.date_format.as_deref();
                // Any other form of a date could mean two days.
                match (exact_date(value, format.unwrap_or(DATE_FORMAT)), format) {
                    (Some(day), _) => self.row.contract_end = Some(day),
                    (None, None) => {
                        self.refuse(header, value, "is not a valid date; write YYYY-MM-DD");
                    }
                    (None, Some(format)) => {
                        let problem = format!("is not a valid date of the form {format}");
                        self.refuse(header, value, &problem);
                    }
                }
            }
        }
    }

    pub(super) fn finish(self) -> Result<RosterRow, RosterError> {
        let Self { file, row, problems, .. } = self;
        let row = problems.or(row)?;
        if row.id.is_none() && row.email.is_none() {
            return Err(file.at(row.line, "the row has neither an id nor an e-mail"));
        }
        Ok(row)
    }
}

/// True for a character that is not seen, or acts on those around it.
fn is_hidden(c: char) -> bool {
    is_deceptive(c) || matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// What is wrong with a value that has such a character.
pub(super) fn invisible(c: char) -> String {
    let kind = if c.is_control() { "control" } else { "invisible" };
    format!("has the {kind} character U+{:04X} in it; remove it", u32::from(c))
}

/// True for one plain address: `local@domain`, nothing around it.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let stray = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | ',' | ';' | '"' | ':')
    };
    text.len() <= LONGEST_EMAIL
        && !local.is_empty()
        && !domain.is_empty()
        && !text.replacen('@', "", 1).contains(stray)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_nothing_else() {
        for good in
            ["ann@example.com", "o'neil+x@sub.example.com", "жанна@пример.рф", "a@localhost"]
        {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "ann",
            "ann@",
            "@example.com",
            "ann@example.com,bob@example.com",
            "Ann <ann@example.com>",
            "mailto:ann@example.com",
            "ann@@example.com",
            "ann@example..com",
            "ann@example.com.",
            "an n@example.com",
            "ann@exam\u{a0}ple.com",
            "ann\n@example.com",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
