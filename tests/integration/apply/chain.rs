//! What holds of every history, whatever was done and however it ended.

use dormouse::domain::{
    account::AccountId,
    history::{Action, Entry, GENESIS, Outcome, Phase},
};
use uuid::Uuid;

/// The one account that a call is about.
pub(crate) fn subject(body: &str) -> Uuid {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let ids = body["userIds"].as_array().unwrap();
    assert_eq!(ids.len(), 1, "one account a call");
    ids[0].as_str().unwrap().parse().unwrap()
}

/// What holds of every history: rows link, hashes fit, every outcome but a skip has its intent before
/// it, and no account has two intents in one run.
pub(crate) fn sound(history: &[Entry]) {
    let mut prev = GENESIS.to_owned();
    let mut intents = Vec::new();
    for (n, entry) in history.iter().enumerate() {
        assert_eq!(entry.seq, n as i64 + 1);
        assert_eq!(entry.prev_hash, prev);
        assert!(entry.is_intact(), "row {}", entry.seq);
        prev = entry.hash.clone();
        let d = &entry.draft;
        let key = (d.run_id, d.account_id, d.action);
        match (d.phase, d.outcome) {
            (Phase::Intent, None) => {
                assert!(!intents.contains(&key), "a second intent in row {}", entry.seq);
                intents.push(key);
            }
            (Phase::Outcome, Some(Outcome::Skipped)) => {}
            (Phase::Outcome, Some(outcome)) => {
                assert!(intents.contains(&key), "{outcome} without an intent in row {}", entry.seq);
                let shown = d.status_after.is_some_and(|s| d.action.is_reached(s));
                assert_eq!(outcome == Outcome::Applied, shown, "row {}: {d:?}", entry.seq);
            }
            (Phase::Corroboration, None) => assert!(d.portal_event_id.is_some()),
            (Phase::Acknowledgement, None) => assert!(!d.detail.is_empty()),
            other => panic!("row {} is {other:?}", entry.seq),
        }
    }
}

/// The last outcome of each account that was called, by the newest run that called it.
pub(crate) fn standing(history: &[Entry], id: Uuid) -> Option<(Action, Option<Outcome>)> {
    let rows = || history.iter().map(|e| &e.draft).filter(|d| d.account_id == AccountId::from(id));
    let intent = rows().rfind(|d| d.phase == Phase::Intent)?;
    let of_intent = rows().rfind(|d| {
        d.phase == Phase::Outcome && d.run_id == intent.run_id && d.action == intent.action
    });
    Some((intent.action, of_intent.and_then(|d| d.outcome)))
}
