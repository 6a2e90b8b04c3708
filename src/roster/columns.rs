//! Which columns of a file mean something to dormouse: those that `[roster]` names, otherwise those
//! under the names that exports usually have.

use std::collections::HashSet;

use crate::domain::population::RosterFormat;

/// A column that dormouse reads; all others are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Id,
    Email,
    DisplayName,
    ContractEnd,
}

/// The usual names in spreadsheets and in exports of directories and HR systems, as [`plain`] makes
/// them. Of ids and names the earlier wins where a file has several.
const USUAL: [(Column, &[&str]); 4] = [
    (
        Column::Id,
        &[
            "id",
            "accountid",
            "userid",
            "objectid",
            "employeeid",
            "employeenumber",
            "employee#",
            "personnelnumber",
            "personid",
            "workerid",
        ],
    ),
    (
        Column::Email,
        &[
            "email",
            "mail",
            "emailaddress",
            "mailaddress",
            "useremail",
            "primaryemail",
            "primaryemailaddress",
            "workemail",
            "workemailaddress",
            "primaryworkemail",
            "emailwork",
            "companyemail",
            "corporateemail",
        ],
    ),
    (Column::DisplayName, &["displayname", "name", "fullname", "employeename", "workername"]),
    (
        Column::ContractEnd,
        &[
            "contractend",
            "contractenddate",
            "contractexpiry",
            "contractexpirydate",
            "endofcontract",
            "enddate",
            "terminationdate",
        ],
    ),
];

impl Column {
    pub(super) const ALL: [Self; 4] = [Self::Id, Self::Email, Self::DisplayName, Self::ContractEnd];

    /// Its key in `[roster]`.
    fn key(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::DisplayName => "display_name",
            Self::ContractEnd => "contract_end",
        }
    }

    /// The name that `[roster]` gives it.
    pub(super) fn mapped(self, format: &RosterFormat) -> Option<&str> {
        match self {
            Self::Id => format.id.as_deref(),
            Self::Email => format.email.as_deref(),
            Self::DisplayName => format.display_name.as_deref(),
            Self::ContractEnd => format.contract_end.as_deref(),
        }
    }

    /// What a header means, and its rank among the names with that meaning.
    fn of(header: &str, format: &RosterFormat) -> Option<(Self, usize)> {
        let header = plain(header);
        let is_mapped =
            |column: &Self| column.mapped(format).is_some_and(|name| plain(name) == header);
        if let Some(column) = Self::ALL.into_iter().find(is_mapped) {
            return Some((column, 0));
        }
        let free = USUAL.into_iter().filter(|(column, _)| column.mapped(format).is_none());
        free.filter_map(|(column, names)| {
            let rank = names.iter().position(|name| *name == header)?;
            Some((column, rank))
        })
        .next()
    }
}

/// A name without case, spaces and punctuation.
fn plain(header: &str) -> String {
    let significant = header.chars().filter(|c| c.is_alphanumeric() || *c == '#');
    significant.flat_map(char::to_lowercase).collect()
}

/// What each of the names means. Two columns of one meaning are an error, except that there is a first
/// among ids and among names of people.
pub(super) fn meanings<N: AsRef<str>>(
    names: &[N],
    format: &RosterFormat,
) -> Result<Vec<Option<Column>>, String> {
    let mut seen = HashSet::new();
    if let Some(name) = names.iter().map(AsRef::as_ref).find(|name| !seen.insert(*name)) {
        return Err(format!(
            "columns \"{name}\" and \"{name}\" mean the same; rename or remove one"
        ));
    }
    let found: Vec<_> = names.iter().map(|name| Column::of(name.as_ref(), format)).collect();
    let mut meanings = Vec::with_capacity(names.len());
    for (place, meaning) in found.iter().enumerate() {
        let name = names[place].as_ref();
        let Some((column, rank)) = meaning else {
            meanings.push(None);
            continue;
        };
        let rivals = found.iter().zip(names).enumerate().filter(|(other, _)| *other != place);
        let mut rivals = rivals.filter_map(|(_, (found, name))| match found {
            Some((same, rank)) if same == column => Some((*rank, name.as_ref())),
            Some(_) | None => None,
        });
        let has_first = matches!(column, Column::Id | Column::DisplayName);
        if let Some((_, rival)) = rivals.clone().find(|(other, _)| !has_first || other == rank) {
            return Err(format!(
                "columns \"{rival}\" and \"{name}\" mean the same; rename or remove one, or name the \
                 one to read in dormouse.toml: [roster] {} = \"{name}\"",
                column.key()
            ));
        }
        let is_first = rivals.all(|(other, _)| other > *rank);
        meanings.push(is_first.then_some(*column));
    }
    Ok(meanings)
}

/// Why a header without the columns that are needed is refused.
pub(super) fn missing<N: AsRef<str>>(
    names: &[N],
    meanings: &[Option<Column>],
    format: &RosterFormat,
) -> Option<String> {
    let has = |column| meanings.contains(&Some(column));
    let listed = || {
        let names: Vec<_> = names.iter().map(|name| format!("\"{}\"", name.as_ref())).collect();
        names.join(", ")
    };
    for column in Column::ALL {
        if let Some(name) = column.mapped(format).filter(|_| !has(column)) {
            let key = column.key();
            return Some(format!(
                "the header has no column \"{name}\", which [roster] {key} names; it has {}",
                listed()
            ));
        }
    }
    let first = names.first().map_or("…", AsRef::as_ref);
    (!has(Column::Id) && !has(Column::Email)).then(|| {
        format!(
            "the header has no column id or email; it has {}; say in dormouse.toml which one to read, \
             for example [roster] email = \"{first}\"",
            listed()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(header: &str) -> Option<Column> {
        Column::of(header, &RosterFormat::default()).map(|(column, _)| column)
    }

    #[test]
    fn headers_are_recognised_in_their_usual_spellings() {
        for (column, headers) in [
            (Column::Id, &["id", "ID", "account_id", "Account ID", "accountId"][..]),
            (Column::Id, &["Employee #", "Employee ID", "Object ID", "Personnel number"]),
            (Column::Email, &["email", "E-Mail", "mail", "EMAIL"]),
            (Column::Email, &["Email Address", "Work Email", "user.email", "Email - Work"]),
            (Column::DisplayName, &["display_name", "displayName", "Name", "Display name"]),
            (Column::DisplayName, &["Full Name"]),
            (Column::ContractEnd, &["contract_end", "contractEnd", "Contract end"]),
            (Column::ContractEnd, &["Contract End Date", "End date", "Termination Date"]),
        ] {
            assert!(headers.iter().all(|h| meaning(h) == Some(column)), "{column:?}");
        }
        for unknown in ["cost_center", "Business Email", "Vertragsende", "manager email", ""] {
            assert_eq!(meaning(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_mapped_name_stands_in_place_of_the_usual_ones() {
        let format =
            RosterFormat { email: Some("Business Email".into()), ..RosterFormat::default() };
        let names = ["business_email", "Email", "Name"];
        assert_eq!(
            meanings(&names, &format).unwrap(),
            [Some(Column::Email), None, Some(Column::DisplayName)]
        );
    }

    #[test]
    fn of_several_ids_or_names_the_first_in_rank_is_read() {
        let names = ["Employee ID", "Full Name", "id", "Display name", "mail"];
        assert_eq!(
            meanings(&names, &RosterFormat::default()).unwrap(),
            [None, None, Some(Column::Id), Some(Column::DisplayName), Some(Column::Email)]
        );
    }
}
