//! A look at many accounts together. Thousands are looked at one after the other for minutes; what the
//! portal has recorded about any of them since is read in a few requests, directly before what rests on it.

use std::collections::{HashMap, HashSet};

use tokio::time::Instant;

use crate::{
    domain::{account::AccountId, evidence::Evidence, history::SHOWN_BEFORE, human::minute},
    engine::status_change::{
        Session,
        recheck::{Fresh, LOOKS, Looked, Recheck, is_in_time, too_slow},
        signs::Signs,
    },
    portal::Audited,
    store::signals::{ActivityCheck, AuditedAction},
    time::Timestamp,
};

/// Requests of a look, where the histories hold little that is new.
const REQUESTS: usize = 4;

/// What the audit trail shows since a look.
struct Trail {
    /// The newest action of each who acted.
    newest: HashMap<AccountId, AuditedAction>,
    /// Accounts that somebody's action names.
    named: HashSet<AccountId>,
}

impl Recheck {
    /// Looks at accounts that were looked at since `from` of the portal's clock, all of them within half
    /// the time that a look is good for. Whoever is named in the audit trail since then may have been
    /// changed, and nothing is concluded about them.
    pub(crate) async fn since(
        &mut self,
        session: &mut Session<'_>,
        known: &[Evidence],
        from: Timestamp,
    ) -> anyhow::Result<Looked> {
        let accounts: Vec<AccountId> = known.iter().map(|evidence| evidence.account.id).collect();
        let (mut from, mut actions, mut unclear) = (from, Vec::new(), None);
        for _ in 0..LOOKS {
            session.reader.room_for(REQUESTS).await;
            let began = Instant::now();
            // Rows can come late, and out of order.
            let trail = session.reader.all_actions_since(from - SHOWN_BEFORE).await?;
            let signs =
                Signs::read(&mut self.arrivals, &session.reader, &accounts, self.as_of).await?;
            (from, actions) = (trail.at, [actions, trail.value.rows].concat());
            unclear = unclear.max(trail.value.unclear);
            if !is_in_time(began) {
                continue;
            }
            let trail = Trail::of(&actions);
            let acted = accounts.iter().filter_map(|id| Some((*id, *trail.newest.get(id)?)));
            let check = |(account, newest)| ActivityCheck {
                account,
                checked_at: from,
                newest: Some(newest),
            };
            self.learn(session, acted.map(check).collect(), &signs).await?;
            let fresh = |evidence: &Evidence| -> Fresh {
                let (id, known) = (evidence.account.id, evidence.last_activity);
                if let Some(at) = unclear {
                    let at = minute(at);
                    return Err(format!("a row of the audit trail of {at} does not say who acted"));
                }
                if trail.named.contains(&id) {
                    let changed =
                        "changed a moment ago: the audit trail names it; the next run looks again";
                    return Err(changed.to_owned());
                }
                let last_activity = signs.newest(id, known, trail.newest.get(&id).copied())?;
                Ok(Evidence { last_activity, ..evidence.clone() })
            };
            return Ok(Looked { began, at: from, accounts: known.iter().map(fresh).collect() });
        }
        Err(too_slow().into())
    }
}

impl Trail {
    fn of(actions: &[Audited]) -> Self {
        let mut newest: HashMap<AccountId, AuditedAction> = HashMap::new();
        for Audited { id, at, code, actor, .. } in actions {
            let action = AuditedAction { event_id: *id, at: *at, code: *code };
            let known = newest.entry(*actor).or_insert(action);
            if known.at < *at {
                *known = action;
            }
        }
        Self { newest, named: actions.iter().flat_map(|a| a.targets.iter().copied()).collect() }
    }
}
