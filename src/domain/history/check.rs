//! Whether a stored history is whole. Row after row in the order of `seq`; every finding names its
//! row, and no value that a row may hold ends the check early.

use std::collections::HashMap;

use crate::domain::history::{
    Action, Check, Draft, Entry, Finding, GENESIS, OwnChange, Phase, Row, Surroundings, Value,
    Verified,
    ledger::{Ledger, Record},
};
use crate::domain::human::minute;
use crate::time::{MAX_CLOCK_SKEW, Timestamp};

/// A check under way.
#[derive(Debug)]
pub struct Checker {
    around: Surroundings,
    kept: Option<(i64, String)>,
    rows: u64,
    /// The row in hand, in words.
    about: String,
    last: (i64, Value),
    ledger: Ledger,
    first_use: HashMap<String, Timestamp>,
    findings: Vec<Finding>,
}

impl Checker {
    /// Starts; `kept` is a head that was kept elsewhere.
    #[must_use]
    pub fn new(around: Surroundings, kept: Option<(i64, String)>) -> Self {
        Self {
            around,
            kept,
            rows: 0,
            about: String::new(),
            last: (0, GENESIS.into()),
            ledger: Ledger::default(),
            first_use: HashMap::new(),
            findings: Vec::new(),
        }
    }

    /// Checks the next row in the order of `seq`.
    pub fn row(&mut self, row: &Row) {
        let seq = row.seq();
        self.rows += 1;
        self.about = about(row);
        self.place(row);
        if row.computed_hash().is_some_and(|hash| *row.get("hash") != hash.into()) {
            self.find(
                Check::Hash,
                seq,
                "the hash is not that of the row: one of its columns was changed",
            );
        }
        match row.entry() {
            Ok(entry) => self.entry(entry),
            Err(column) => {
                let value = short(row, column);
                let message =
                    format!("{column} holds \"{value}\", which dormouse never writes there");
                self.find(Check::Value, seq, message);
            }
        }
        self.last = (seq, row.get("hash").clone());
    }

    /// Ends the check.
    #[must_use]
    pub fn finish(mut self) -> Verified {
        self.kept_head();
        self.own_changes();
        self.unshown();
        for message in std::mem::take(&mut self.around.schema) {
            self.findings.push(Finding { check: Check::Schema, seq: None, message });
        }
        let (seq, hash) = self.last;
        Verified {
            rows: self.rows,
            head: (seq, hash.to_string()),
            open: self.ledger.open(),
            findings: self.findings,
        }
    }

    /// Something about the row in hand.
    fn find(&mut self, check: Check, seq: i64, message: impl AsRef<str>) {
        let message = format!("{} ({})", message.as_ref(), self.about);
        self.findings.push(Finding { check, seq: Some(seq), message });
    }

    fn place(&mut self, row: &Row) {
        let (last, seq) = (self.last.0, row.seq());
        let expected = last.saturating_add(1).max(1);
        match seq {
            // Behind a gap there is nothing to link to.
            _ if seq < expected => self.find(Check::Sequence, seq, "before the first place, 1"),
            _ if seq - 1 == expected => {
                self.find(Check::Sequence, seq, format!("row {expected} before it is missing"));
            }
            _ if seq > expected => {
                let message = format!("rows {expected} to {} before it are missing", seq - 1);
                self.find(Check::Sequence, seq, message);
            }
            _ if *row.get("prev_hash") != self.last.1 => {
                let message = match last {
                    0 => "prev_hash is not that of the first row, 64 zeros".to_owned(),
                    _ => format!("prev_hash is not the hash of row {last}"),
                };
                self.find(Check::Link, seq, message);
            }
            _ => {}
        }
        if let Some((_, kept)) = self.kept.as_ref().filter(|kept| kept.0 == seq)
            && *row.get("hash") != kept.as_str().into()
        {
            let message = "not the row whose hash was kept: the history was written anew";
            self.find(Check::Head, seq, message);
        }
    }

    fn entry(&mut self, entry: Entry) {
        let (seq, draft) = (entry.seq, &entry.draft);
        // A notice changes nothing on the portal.
        if draft.action != Action::Notify {
            let first = self.first_use.entry(draft.actor.clone()).or_insert(draft.at);
            *first = draft.at.min(*first);
        }
        let (run, wanted) = (
            draft.run_id,
            match (draft.phase, draft.portal_event_id, draft.action) {
                (Phase::Acknowledgement, Some(_), _) => "acknowledge",
                (_, _, Action::Disable) => "apply",
                (_, _, Action::Enable) => "restore",
                (_, _, Action::Notify) => "notify",
            },
        );
        match self.around.runs.get(&run) {
            Some(command) if command == wanted => {}
            Some(command) => {
                let message = format!("{} in run {run}, which was {command}", draft.action);
                self.find(Check::Run, seq, message);
            }
            None => self.find(Check::Run, seq, format!("run {run} is not in the store")),
        }
        if draft.action == Action::Notify && draft.notice().is_none() {
            self.find(Check::Value, seq, "detail names no stage and recipient");
        } else if draft.phase == Phase::Intent && draft.action != Action::Notify {
            self.grounds(&entry);
        }
        if let Some(message) = self.ledger.take(entry) {
            self.find(Check::Pairing, seq, message);
        }
    }

    /// An intent to disable rests on a decision that is still what it was. One to enable may name the
    /// decision that it undoes.
    fn grounds(&mut self, Entry { seq, draft, .. }: &Entry) {
        let cited = digest_in(&draft.detail);
        let disable = draft.action == Action::Disable;
        let digest = |id| Some((id, self.around.digests.get(&id)?));
        let fault = match (draft.decision_id, draft.decision_id.and_then(digest), cited) {
            (None, _, _) => disable.then(|| "disables by no decision".to_owned()),
            (Some(id), None, _) => Some(format!("decision {id} is not in the store")),
            (_, Some((id, _)), None) => {
                disable.then(|| format!("cites no digest of decision {id}"))
            }
            (_, Some((id, digest)), Some(cited)) => (digest_in(digest) != Some(cited))
                .then(|| format!("cites digest {cited}, but decision {id} has {digest}")),
        };
        if let Some(message) = fault {
            self.find(Check::Digest, *seq, message);
        } else if self.around.unjudged.contains(seq) {
            self.find(Check::Verdict, *seq, "its decision does not call the account inactive");
        }
    }

    fn kept_head(&mut self) {
        let Some((seq, hash)) = self.kept.take() else { return };
        let last = self.last.0;
        if seq == 0 && hash != GENESIS {
            let message = "the head kept is that of no history: place 0 has 64 zeros";
            self.findings.push(Finding { check: Check::Head, seq: None, message: message.into() });
        } else if seq > last {
            let message =
                format!("missing: the history ends at row {last}; rows were cut from its end");
            self.find(Check::Head, seq, message);
        }
    }

    /// Only since a key was first used: what its account did before was not ours.
    fn own_changes(&mut self) {
        for change in std::mem::take(&mut self.around.changes) {
            let Some(first) = self.first_use.get(&change.actor) else { continue };
            if change.at < *first - MAX_CLOCK_SKEW {
                continue;
            }
            let OwnChange { event_id, at, email, actor_email, .. } = &change;
            let shown = format!(
                "{actor_email}, whose API key dormouse uses, changed the status of {email} at {} \
                 (audit event {event_id})",
                minute(*at)
            );
            let explain = format!("`dormouse history acknowledge {event_id} --reason TEXT`");
            let (seq, message) = match self.ledger.record_of(&change) {
                Record::Fitting => continue,
                Record::Denying(end) => (
                    Some(end.seq),
                    format!(
                        "{}, but {shown}; the next sync adds what came of it; if it was done by hand, \
                         explain it: {explain}",
                        ended(end)
                    ),
                ),
                Record::None => (
                    None,
                    format!(
                        "{shown}, and no row records it: a row is missing, or it was done by hand or by \
                         another program; explain it: {explain}"
                    ),
                ),
            };
            self.findings.push(Finding { check: Check::Unrecorded, seq, message });
        }
    }
}

impl Checker {
    /// What the portal confirmed and its audit trail, read well past it, does not show.
    fn unshown(&mut self) {
        let Some(until) = self.around.trail_read_to else { return };
        let found = self.ledger.unshown(until).map(|Entry { seq, draft, .. }| {
            let Draft { action, email, at, .. } = draft;
            let message = format!(
                "{action} {email} at {}: the portal confirmed it, and its audit trail, read up to \
                 {}, does not show it; look at the portal's audit settings, then explain it: \
                 `dormouse history acknowledge --seq {seq} --reason TEXT`",
                minute(*at),
                minute(until)
            );
            Finding { check: Check::Unshown, seq: Some(*seq), message }
        });
        self.findings.extend(found);
    }
}

/// What was done to whom and when, as the row has it.
fn about(row: &Row) -> String {
    let [action, email, at] = ["action", "email", "at"].map(|column| short(row, column));
    let at = at.parse().map_or(at, minute);
    format!("{action} {email} at {at}")
}

fn short(row: &Row, column: &str) -> String {
    row.get(column).to_string().chars().take(60).collect()
}

fn ended(end: &Entry) -> String {
    end.draft.outcome.map(|outcome| outcome.to_string()).unwrap_or_default()
}

/// The first SHA-256 in a text.
fn digest_in(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 64)
}
