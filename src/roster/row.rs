//! One row: which columns mean something to dormouse, and what may be in them.

use chrono::NaiveDate;

use crate::domain::population::RosterRow;
use crate::roster::error::{Named, RosterError};

/// More than any spreadsheet keeps in one cell.
pub(super) const LONGEST_CELL: usize = 32_768;
/// Longest address that mail can carry, with room.
const LONGEST_EMAIL: usize = 320;

/// A column that dormouse reads; all others are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Id,
    Email,
    DisplayName,
    ContractEnd,
}

impl Column {
    /// Recognises a header without regard to case, spaces, hyphens and underscores.
    pub(super) fn named(header: &str) -> Option<Self> {
        let plain: String = header
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect();
        match plain.as_str() {
            "id" | "accountid" => Some(Self::Id),
            "email" | "mail" => Some(Self::Email),
            "displayname" | "name" => Some(Self::DisplayName),
            "contractend" => Some(Self::ContractEnd),
            _ => None,
        }
    }
}

/// A row under construction.
pub(super) struct Builder<'a> {
    file: Named<'a>,
    row: RosterRow,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: Named<'a>, line: u32) -> Self {
        let row = RosterRow {
            file: file.0.to_owned(),
            line,
            id: None,
            email: None,
            display_name: None,
            contract_end: None,
        };
        Self { file, row }
    }

    /// Takes the value of a column; spaces around it and empty values mean nothing.
    pub(super) fn set(
        &mut self,
        column: Column,
        header: &str,
        value: &str,
    ) -> Result<(), RosterError> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let refuse = |problem| self.file.value(self.row.line, header, value, problem);
        match column {
            Column::Id => {
                if value.chars().any(char::is_control) {
                    return Err(refuse("holds a control character"));
                }
                self.row.id = Some(value.to_owned());
            }
            Column::Email => {
                if !is_address(value) {
                    return Err(refuse("is not a valid e-mail address"));
                }
                self.row.email = Some(value.to_owned());
            }
            Column::DisplayName => self.row.display_name = Some(value.to_owned()),
            Column::ContractEnd => {
                // Any other form of a date could mean two days.
                let day = NaiveDate::parse_from_str(value, "%Y-%m-%d");
                self.row.contract_end =
                    Some(day.map_err(|_| refuse("is not a valid date; write YYYY-MM-DD"))?);
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<RosterRow, RosterError> {
        if self.row.id.is_none() && self.row.email.is_none() {
            return Err(self.file.at(self.row.line, "the row has neither an id nor an e-mail"));
        }
        Ok(self.row)
    }
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
    fn headers_are_recognised_in_their_usual_spellings() {
        for (column, headers) in [
            (Column::Id, &["id", "ID", "account_id", "Account ID", "accountId"][..]),
            (Column::Email, &["email", "E-Mail", "mail", "EMAIL"]),
            (Column::DisplayName, &["display_name", "displayName", "Name", "Display name"]),
            (Column::ContractEnd, &["contract_end", "contractEnd", "Contract end"]),
        ] {
            assert!(headers.iter().all(|h| Column::named(h) == Some(column)), "{column:?}");
        }
        assert_eq!(Column::named("cost_center"), None);
    }

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
