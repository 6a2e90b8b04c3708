//! How people name an account.

use std::str::FromStr;

use crate::domain::account::AccountId;

/// An account as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountRef {
    Id(AccountId),
    /// By e-mail address, compared without case.
    Email(String),
}

impl FromStr for AccountRef {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) if text.contains('@') => Ok(Self::Email(text.to_owned())),
            Err(_) => Err("neither an account id (a GUID) nor an e-mail address"),
        }
    }
}

impl std::fmt::Display for AccountRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Email(email) => email.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_named_by_guid_or_address() {
        let id = "5F2B4A52-0000-4000-8000-000000000001";
        assert_eq!(AccountRef::from_str(id).unwrap().to_string(), id.to_lowercase());
        assert_eq!(
            AccountRef::from_str(" Ann@Example.com "),
            Ok(AccountRef::Email("Ann@Example.com".into()))
        );
        assert!(AccountRef::from_str("ann").is_err());
    }
}
