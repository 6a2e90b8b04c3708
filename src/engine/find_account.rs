//! Which account is meant: every one that has or had the address, or a refusal that names the nearest.

use std::collections::BTreeSet;

use crate::{
    domain::{
        account::{AccountId, email_key},
        account_ref::AccountRef,
    },
    exit::Failure,
    store::history::NamedAccount,
};

/// The accounts that a flag names: an address may have belonged to several.
pub(crate) fn find(wanted: &AccountRef, known: &[NamedAccount]) -> Result<Vec<AccountId>, Failure> {
    let found: BTreeSet<AccountId> = match wanted {
        AccountRef::Id(id) => known.iter().map(|k| k.account_id).filter(|k| k == id).collect(),
        AccountRef::Email(email) => {
            let same = |k: &&NamedAccount| email_key(&k.email) == email_key(email);
            known.iter().filter(same).map(|k| k.account_id).collect()
        }
    };
    if found.is_empty() { Err(unknown(wanted, known)) } else { Ok(found.into_iter().collect()) }
}

fn unknown(wanted: &AccountRef, known: &[NamedAccount]) -> Failure {
    let names = known.iter().map(|k| match wanted {
        AccountRef::Id(_) => k.account_id.to_string(),
        AccountRef::Email(_) => k.email.clone(),
    });
    let advice = match nearest(&wanted.to_string(), names.filter(|name| !name.is_empty())) {
        Some(name) => format!("did you mean {name}?"),
        None => "`dormouse sync` reads the accounts of the portal".to_owned(),
    };
    Failure::usage(format!("the store knows no account {wanted}; {advice}"))
}

fn nearest(given: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let given = email_key(given);
    // Ids have 36 characters of which any two share many: one or two slips are likely, more are not.
    names
        .map(|name| (strsim::osa_distance(&given, &email_key(&name)), name))
        .filter(|(slips, name)| *slips <= (name.chars().count() / 8).clamp(1, 3))
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn known() -> Vec<NamedAccount> {
        let of = |n, email: &str| NamedAccount {
            account_id: Uuid::from_u128(n).into(),
            email: email.into(),
        };
        vec![
            of(1, "Ann@Example.com"),
            of(1, "ann.b@example.com"),
            of(2, "ann.b@example.com"),
            of(3, ""),
        ]
    }

    fn found(wanted: &str) -> Result<usize, String> {
        let wanted = wanted.parse().unwrap();
        find(&wanted, &known()).map(|ids| ids.len()).map_err(|e| e.message)
    }

    #[test]
    fn an_address_finds_everyone_who_had_it_and_an_id_one_account() {
        assert_eq!(found("ann@example.com"), Ok(1));
        assert_eq!(found("ANN.B@example.com"), Ok(2));
        assert_eq!(found("00000000-0000-0000-0000-000000000003"), Ok(1));
    }

    #[test]
    fn who_is_unknown_is_said_with_the_nearest() {
        assert_eq!(
            found("anm@example.com"),
            Err("the store knows no account anm@example.com; did you mean Ann@Example.com?".into())
        );
        assert_eq!(
            found("00000000-0000-0000-0000-000000000012"),
            Err("the store knows no account 00000000-0000-0000-0000-000000000012; did you mean \
                 00000000-0000-0000-0000-000000000002?"
                .into())
        );
        assert_eq!(
            found("zoe@elsewhere.example"),
            Err("the store knows no account zoe@elsewhere.example; `dormouse sync` reads the \
                 accounts of the portal"
                .into())
        );
    }
}
