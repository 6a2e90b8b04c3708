//! Which account is meant, without reading all of them; a refusal that helps where there is none.

use crate::commands::explain::Asked;
use crate::{
    domain::{
        account::{AccountId, email_key},
        account_ref::AccountRef,
        population::RosterRow,
    },
    engine::evaluate::bound,
    engine::find_account,
    exit::Failure,
    store::{
        self, Store,
        evidence::{Key, by_email, by_id, facts_of},
    },
};

/// The account that is meant.
///
/// # Errors
/// There is none, or the address belongs to several (usage); the store cannot be read.
pub(super) async fn find(
    store: &mut Store,
    asked: &Asked,
    account: &AccountRef,
) -> anyhow::Result<Key> {
    match account {
        AccountRef::Id(id) => with_id(store, asked, *id).await,
        AccountRef::Email(email) => with_email(store, asked, email).await,
    }
}

async fn with_id(store: &mut Store, asked: &Asked, id: AccountId) -> anyhow::Result<Key> {
    if let Some(key) = by_id(store.conn(), id).await? {
        return Ok(key);
    }
    let named = rows(store, asked, Some(id), &[]).await?;
    if named.iter().any(|row| row.account_id() == Some(id)) {
        return Ok(Key::unseen(id));
    }
    Err(unknown(store, &AccountRef::Id(id), &[]).await)
}

/// Whoever has the address at the moment explained, otherwise the one who had it.
async fn with_email(store: &mut Store, asked: &Asked, email: &str) -> anyhow::Result<Key> {
    let run = asked.snapshot.sync_run.id;
    let keys = by_email(store.conn(), run, email).await?;
    let bound = bound(asked.as_of, asked.currency);
    let facts = facts_of(store.conn(), &asked.snapshot, bound, &keys).await?;
    let now: Vec<AccountId> = facts
        .accounts()
        .filter(|a| email_key(&a.email) == email_key(email))
        .map(|a| a.id)
        .collect();
    let meant: Vec<Key> = match now.is_empty() {
        true => keys,
        false => keys.into_iter().filter(|k| now.contains(&k.id)).collect(),
    };
    match meant.as_slice() {
        [key] => Ok(*key),
        [] => {
            let rows = rows(store, asked, None, &[email.to_owned()]).await?;
            Err(unknown(store, &AccountRef::Email(email.to_owned()), &rows).await)
        }
        several => {
            let ids: Vec<String> = several.iter().map(|k| k.id.to_string()).collect();
            Err(Failure::usage(format!(
                "{email} belongs to {} accounts; name one by its id: {}",
                ids.len(),
                ids.join(", ")
            ))
            .into())
        }
    }
}

/// Rows of the roster that counts which name this id or one of these addresses.
async fn rows(
    store: &mut Store,
    asked: &Asked,
    id: Option<AccountId>,
    emails: &[String],
) -> anyhow::Result<Vec<RosterRow>> {
    // An id that no roster has finds only what the addresses find.
    let id = id.unwrap_or(crate::domain::account::ANONYMOUS);
    let bound = bound(asked.as_of, asked.currency);
    let run = asked.snapshot.sync_run.id;
    let roster = store::population::roster_about(store.conn(), run, bound, id, emails).await?;
    Ok(roster.map(|r| r.roster.rows).unwrap_or_default())
}

/// The refusal, which alone reads everybody, to say whose name is nearest.
async fn unknown(store: &mut Store, account: &AccountRef, rows: &[RosterRow]) -> anyhow::Error {
    if let Some(row) = rows.first() {
        let RosterRow { file, line, .. } = row;
        return Failure::usage(format!(
            "{file} line {line} names {account}, and no account on the portal ever had this address"
        ))
        .into();
    }
    match store::history::known_accounts(store.conn()).await {
        Ok(known) => match find_account::find(account, &known) {
            Err(failure) => failure.into(),
            Ok(_) => Failure::usage(format!(
                "{account} was not known yet at the moment explained; leave out --decision"
            ))
            .into(),
        },
        Err(error) => error.into(),
    }
}
