//! The hash chain: anybody can compute it, and nothing in it changes unnoticed.

use chrono::TimeDelta;
use dormouse::domain::{
    account::Status,
    history::{Action, Draft, Entry, GENESIS, Outcome, Phase, sha256},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::support::{at, id, instants};
use crate::harness::generated;

/// Text of every sort that JSON writers treat differently: scripts beyond ASCII and beyond the
/// basic plane, what must be escaped, controls of both blocks, U+007F, and the separators that
/// JavaScript has no liking for.
const ODD: &str = "Zoë Иванов 李 😀 \"quoted\" back\\slash /slash \0\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1b}\
                   \u{1f}\u{7f}\u{80}\u{9f}\u{a0}\u{2028}\u{2029}\u{feff}\u{fffd} \u{202e}evil";

fn intent() -> Draft {
    Draft {
        at: at("2026-11-24T12:00:00.123Z"),
        run_id: 7,
        decision_id: Some(41),
        account_id: id(1),
        email: "анна@пример.example".into(),
        action: Action::Disable,
        phase: Phase::Intent,
        outcome: None,
        detail: ODD.into(),
        actor: id(255).to_string(),
        status_before: Some(Status::Active),
        status_after: None,
        http_status: None,
        portal_event_id: None,
    }
}

fn outcome() -> Draft {
    Draft {
        at: at("2026-11-24T12:00:01Z"),
        decision_id: None,
        email: String::new(),
        action: Action::Enable,
        phase: Phase::Outcome,
        outcome: Some(Outcome::Applied),
        detail: String::new(),
        actor: String::new(),
        status_before: Some(Status::Disabled),
        status_after: Some(Status::Active),
        http_status: Some(200),
        portal_event_id: Some(2_147_483_648),
        ..intent()
    }
}

/// The expected hashes were computed by Python 3.11, from the same rows written out by hand:
/// `hashlib.sha256(json.dumps(row, separators=(',', ':'), ensure_ascii=False).encode()).hexdigest()`.
/// The two writers escape alike: quote, backslash, and controls below U+0020 (b, f, n, r, t by
/// letter, the others as four lower-case hex digits); everything else stands as it is. A lone
/// surrogate, which Python could hold, is no text in Rust and cannot come from here.
#[test]
fn python_computes_the_same_hashes() {
    let first = Entry::seal(1, intent(), GENESIS.into());
    assert_eq!(first.hash, "83292da0a7727daad38cd880878ea4f6022f2d72f9ccca273f41e5ad0c7b2ef1");
    let second = Entry::seal(2, outcome(), first.hash);
    assert_eq!(second.hash, "f9ffbea72c1342e3810d1fe08c56f303bafb43cea061ccaa7a0deb2a3fc9d2a7");
}

#[test]
fn the_digest_is_sha256_in_lower_case() {
    assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(GENESIS, "0".repeat(64));
}

/// Every way to change one column.
const CHANGES: [fn(&mut Entry); 20] = [
    |e| e.seq += 1,
    |e| e.draft.at += TimeDelta::milliseconds(1),
    |e| e.draft.run_id += 1,
    |e| e.draft.decision_id = e.draft.decision_id.map_or(Some(0), |_| None),
    |e| e.draft.decision_id = Some(e.draft.decision_id.map_or(1, |n| n.wrapping_add(1))),
    |e| e.draft.account_id = id(2),
    |e| e.draft.email.push(' '),
    |e| {
        e.draft.action =
            if e.draft.action == Action::Disable { Action::Enable } else { Action::Disable }
    },
    |e| e.draft.phase = if e.draft.phase == Phase::Intent { Phase::Outcome } else { Phase::Intent },
    |e| e.draft.outcome = if e.draft.outcome.is_none() { Some(Outcome::Applied) } else { None },
    |e| {
        e.draft.outcome = if e.draft.outcome == Some(Outcome::Failed) {
            Some(Outcome::Applied)
        } else {
            Some(Outcome::Failed)
        }
    },
    |e| e.draft.detail.insert(0, '\u{200b}'),
    |e| e.draft.actor.push('0'),
    |e| {
        e.draft.status_before =
            if e.draft.status_before.is_none() { Some(Status::Active) } else { None }
    },
    |e| {
        e.draft.status_after =
            if e.draft.status_after.is_none() { Some(Status::Disabled) } else { None }
    },
    |e| e.draft.http_status = if e.draft.http_status == Some(200) { Some(403) } else { Some(200) },
    |e| e.draft.portal_event_id = Some(e.draft.portal_event_id.map_or(1, |n| n.wrapping_add(1))),
    |e| e.prev_hash.replace_range(0..1, if e.prev_hash.starts_with('0') { "1" } else { "0" }),
    |e| e.hash.replace_range(63..64, if e.hash.ends_with('0') { "1" } else { "0" }),
    // Moving text from one column to the next keeps the bytes, not the row.
    |e| {
        e.draft.actor = format!("{}{}", e.draft.detail, e.draft.actor);
        e.draft.detail = "\u{0}".repeat(e.draft.detail.len() + 1);
    },
];

fn drafts() -> impl Strategy<Value = Draft> {
    let what = (select(Action::ALL), select(Phase::ALL), option::of(select(Outcome::ALL)));
    let statuses = (option::of(select(Status::ALL)), option::of(select(Status::ALL)));
    let ids = (0..100_i64, option::of(0..100_i64), option::of(any::<i64>()));
    (instants(), what, statuses, ids, option::of(100..600_u16), any::<(String, String, String)>())
        .prop_map(|(at, (action, phase, outcome), statuses, ids, http_status, texts)| Draft {
            at,
            run_id: ids.0,
            decision_id: ids.1,
            account_id: id(1),
            email: texts.0,
            action,
            phase,
            outcome,
            detail: texts.1,
            actor: texts.2,
            status_before: statuses.0,
            status_after: statuses.1,
            http_status,
            portal_event_id: ids.2,
        })
}

proptest! {
    #![proptest_config(generated(256))]

    #[test]
    fn a_sealed_entry_is_intact_until_any_column_changes(draft in drafts(), seq in 1..1000_i64) {
        let entry = Entry::seal(seq, draft, GENESIS.into());
        prop_assert!(entry.is_intact());
        for (number, change) in CHANGES.into_iter().enumerate() {
            let mut forged = entry.clone();
            change(&mut forged);
            prop_assert!(forged != entry && !forged.is_intact(), "change {}", number);
        }
    }

    #[test]
    fn a_chain_breaks_where_an_entry_is_replaced(drafts in vec(drafts(), 2..5), place in 0..4_usize) {
        let mut prev = GENESIS.to_owned();
        let mut chain = Vec::new();
        for (seq, draft) in (1..).zip(drafts) {
            let entry = Entry::seal(seq, draft, std::mem::take(&mut prev));
            prev.clone_from(&entry.hash);
            chain.push(entry);
        }
        // Sealed anew after a change, so intact by itself; the entry behind it still tells.
        let place = place % (chain.len() - 1);
        let Entry { seq, mut draft, prev_hash, .. } = chain[place].clone();
        draft.detail.push('.');
        chain[place] = Entry::seal(seq, draft, prev_hash);
        prop_assert!(chain.iter().all(Entry::is_intact));
        prop_assert_ne!(&chain[place + 1].prev_hash, &chain[place].hash);
    }
}
