//! When was the audit trail written? Rows of others than the key's account show it. They are looked for in
//! steps of the longest silence allowed, the first time as far back as logins are read, later since the last
//! look.

use chrono::TimeDelta;

use crate::{
    domain::{
        contiguity::REPORTED_LATE,
        policy::Policy,
        silence::{Silence, SilenceRule},
        trail::TrailRows,
    },
    engine::sync::{pull::Pull, walk::Bounds},
    portal::{ActedRow, Below},
    store::{
        StoreError,
        recording::{self, TrailRow},
    },
    time::{Timestamp, days},
};

/// Pages that are read to get past rows of the key's own account.
const OWN_PAGES: u64 = 20;
/// Suspect silences that are looked at in one run. Those that are left stay suspect.
const SILENCES: usize = 20;
/// How exactly the end of a silence is found.
const PRECISION: TimeDelta = TimeDelta::hours(1);
/// Longest silence allowed by policies of releases that had no such rule.
const STEP_HOURS: u32 = 72;

impl Pull<'_> {
    /// Stores when the trail was written, and gives since when it was looked through.
    pub(super) async fn probe_trail(
        &mut self,
        policy: &Policy,
        bounds: &Bounds,
    ) -> anyhow::Result<Timestamp> {
        let Bounds { now, lookback, window, .. } = *bounds;
        // A day more: the window ends with coverage, some hours ago.
        let from = now - window - days(1);
        let conn = self.store.conn();
        let looked = recording::last_trail_from(conn).await?.filter(|looked| *looked <= from);
        let known = recording::acted(conn, self.sync_run).await?;
        let rule = self.trail_rule(policy, &known);
        let newest_known = known.into_iter().rev().find(|at| *at <= now);
        let down_to = looked.and(newest_known);
        let bottom = down_to.unwrap_or(from.min(lookback));
        let mut until = now;
        loop {
            let page = self.trail_until(until).await?;
            let reached = page.by_others.iter().map(|row| row.at).min();
            if page.below == Below::Nothing || reached.is_some_and(|at| at <= bottom) {
                break;
            }
            let next = page.oldest.unwrap_or(until).min(until - rule.max_silence);
            // What lies between is shorter than the silence allowed.
            if down_to.is_some_and(|known| next <= known) || until < bottom {
                break;
            }
            until = next;
        }
        self.narrow_silences(&rule, from).await?;
        Ok(looked.unwrap_or(from.min(lookback)))
    }

    fn trail_rule(&self, policy: &Policy, acted: &[Timestamp]) -> SilenceRule {
        let zone = self.cx.portal.timezone.as_ref().and_then(|name| name.parse().ok());
        let zone = zone.unwrap_or(chrono_tz::UTC);
        match &policy.silence {
            Some(silence) => silence.rule(silence.quiet_days(acted, zone).0, zone),
            None => SilenceRule {
                max_silence: TimeDelta::hours(STEP_HOURS.into()),
                zone,
                quiet_days: Vec::new(),
            },
        }
    }

    /// Steps leave gaps that look like silences. Each is looked at until it is none, or is one for sure.
    async fn narrow_silences(&mut self, rule: &SilenceRule, from: Timestamp) -> anyhow::Result<()> {
        let now = self.cx.portal.time;
        let mut sure: Vec<Timestamp> = Vec::new();
        for _ in 0..SILENCES {
            let acted = recording::acted(self.store.conn(), self.sync_run).await?;
            let record = TrailRows { from, to: now, rows: &acted }.record(rule);
            let open = |silence: &&Silence| silence.to < now && !sure.contains(&silence.from);
            let Some(Silence { from: before, to: after, .. }) = record.silences().iter().find(open)
            else {
                return Ok(());
            };
            let (before, mut after) = (*before, *after);
            let edge = |at: Timestamp| at - REPORTED_LATE - TimeDelta::seconds(1);
            if self.acted_after(before, edge(after)).await?.is_none() {
                sure.push(before);
            } else if self.acted_after(before, before + rule.max_silence).await?.is_none() {
                let mut empty_until = before + rule.max_silence;
                while after - empty_until > PRECISION {
                    let middle = empty_until + (after - empty_until) / 2;
                    match self.acted_after(before, middle).await? {
                        Some(first) if first < after => after = first,
                        Some(_) => break,
                        None => empty_until = middle,
                    }
                }
                sure.push(before);
            }
        }
        Ok(())
    }

    /// The oldest row between two moments that a page up to the second shows.
    async fn acted_after(
        &mut self,
        after: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Option<Timestamp>> {
        let page = self.trail_until(until).await?;
        Ok(page.by_others.into_iter().map(|row| row.at).filter(|at| *at > after).min())
    }

    /// Stores the newest rows by others that are not dated after `until`.
    async fn trail_until(&mut self, until: Timestamp) -> anyhow::Result<Seen> {
        let own = self.cx.portal.key_account;
        let mut seen = Seen { by_others: Vec::new(), oldest: None, below: Below::More };
        for page in 0..OWN_PAGES {
            let page = self.cx.reader.trail_page(until, page).await?;
            seen.below = page.below;
            seen.oldest = page.rows.iter().map(|row| row.at).min();
            let others = page.rows.iter().filter(|row| row.actor != own);
            let row = |row: &ActedRow| TrailRow { id: row.id, at: row.at, actor: row.actor };
            seen.by_others.extend(others.map(row));
            if !seen.by_others.is_empty() || page.below == Below::Nothing {
                break;
            }
        }
        let Self { store, keys, sync_run, .. } = self;
        let mut tx = store.begin().await?;
        recording::add_trail_rows(&mut tx, keys, *sync_run, &seen.by_others).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(seen)
    }
}

/// What one look at the trail showed.
struct Seen {
    by_others: Vec<TrailRow>,
    /// Of all rows.
    oldest: Option<Timestamp>,
    below: Below,
}
