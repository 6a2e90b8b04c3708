//! A stored decision with the evidence and the policy that it cites.

use crate::{
    domain::{human::minute, policy::Policy},
    engine::evaluate::read_by,
    exit::Failure,
    store::{
        Store,
        decisions::{self, DecisionHead},
        evidence::Snapshot,
        sync_runs, void,
    },
};

pub(crate) struct Cited {
    pub(crate) head: DecisionHead,
    pub(crate) snapshot: Snapshot,
    pub(crate) policy: Policy,
}

/// A decision and what it cites.
///
/// # Errors
/// There is no decision of this number (usage), or its sync run is missing (refused).
pub(crate) async fn cited(store: &mut Store, id: i64) -> anyhow::Result<Cited> {
    let head = decision_head(store, id).await?;
    let policy = Policy::from_canonical_json(&head.policy)?;
    let sync_run = sync_runs::get(store.conn(), head.sync_run_id).await?.ok_or_else(|| {
        let run = head.sync_run_id;
        Failure::refused(format!("decision {id} cites sync run {run}, which is missing"))
    })?;
    let newest = sync_runs::newest_ended(store.conn()).await?.map_or(sync_run.id, |run| run.id);
    if let Some((began, at)) = void::record_began(store.conn(), newest).await?
        && began > sync_run.id
    {
        return Err(Failure::refused(format!(
            "decision {id} rests on evidence that is void since {}, when sync run {began} began a new \
             record (--accept-history); it stays as it was made and cannot be computed again",
            minute(at)
        ))
        .into());
    }
    let mut snapshot = Snapshot::of(sync_run, head.history_seq);
    read_by(&policy, store.conn(), &mut snapshot).await?;
    Ok(Cited { head, snapshot, policy })
}

/// A decision without its verdicts.
///
/// # Errors
/// There is no decision of this number: usage.
pub(crate) async fn decision_head(store: &mut Store, id: i64) -> anyhow::Result<DecisionHead> {
    if let Some(head) = decisions::get(store.conn(), id).await? {
        return Ok(head);
    }
    let known = match decisions::newest(store.conn()).await? {
        None => "none is stored yet; run `dormouse decide`".to_owned(),
        Some(newest) => format!("the newest is {newest}"),
    };
    Err(Failure::usage(format!("there is no decision {id}; {known}")).into())
}
