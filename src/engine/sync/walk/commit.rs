//! Stores what was read with what it proves, in one transaction.

use std::collections::HashMap;

use tokio::time::Instant;

use crate::{
    config::IpRetention,
    domain::{
        contiguity::REPORTED_LATE,
        coverage::{Segment, SegmentEnd, merge, split},
        human::minute,
        login::LoginEvent,
    },
    engine::sync::{
        pull::{Pull, not_ours},
        walk::{Bottom, Stretch, Trust, Walk},
    },
    store::{self, StoreError, accounts::AccountKeys, recognition::ListedRow, segments::Hole},
};

/// Pages of one transaction at most. The first ones are small, so that little is lost where a run is
/// cut short again and again.
const GROUP: usize = 100;

/// What a part of the rows read so far proves.
pub(super) struct Part {
    pub(super) segment: Option<Segment>,
    hole: Option<Hole>,
}

impl Walk<'_, '_> {
    /// Stores what may be stored by now; the stretch goes on.
    pub(super) async fn commit_trusted(&mut self, stretch: &Stretch) -> anyhow::Result<()> {
        match self.trust {
            Trust::Needless | Trust::Given => self.commit(stretch, Bottom::Open).await,
            Trust::Pending => Ok(()),
        }
    }

    /// Notes what the stretch proves so far.
    pub(super) fn note_part(&mut self, stretch: &Stretch, bottom: Bottom) {
        let segment = self.proven(stretch, bottom);
        // The stretch above is finished once this one is found again without it.
        let hole = stretch.hole.clone().filter(|_| segment.is_some() || bottom != Bottom::Open);
        self.parts.push(Part { segment, hole });
    }

    pub(super) async fn commit(&mut self, stretch: &Stretch, bottom: Bottom) -> anyhow::Result<()> {
        self.note_part(stretch, bottom);
        self.compare().await?;
        let Pull { store, keys, sync_run, ip, counts, .. } = &mut *self.pull;
        if *ip == IpRetention::Drop {
            self.buffer.iter_mut().for_each(|e| e.ip = None);
        }
        // By id they fill the pages of the file; newest first they would leave half of each empty.
        self.buffer.sort_unstable_by_key(|e| e.id);
        let mut tx = store.begin().await?;
        counts.events_added +=
            store::events::insert(&mut tx, keys, *sync_run, &self.buffer).await?;
        let mut segments = self.known.clone();
        for Part { segment, hole } in self.parts.drain(..) {
            if let Some(segment) = segment {
                store::segments::close_holes(&mut tx, segment.from, segment.to).await?;
                segments = merge(&segments, segment);
            }
            if let Some(hole) = hole {
                store::segments::add_hole(&mut tx, &hole, *sync_run).await?;
                segments = split(&segments, hole.from, hole.to);
            }
        }
        if segments != self.known {
            store::segments::replace(&mut tx, &segments).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        self.known = segments;
        self.buffer.clear();
        self.pages = 0;
        self.group = (self.group * 2).min(GROUP);
        self.committed = Instant::now();
        Ok(())
    }

    /// What is stored already must be shown as it is stored.
    async fn compare(&mut self) -> anyhow::Result<()> {
        let Pull { store, keys, .. } = &mut *self.pull;
        let ids: Vec<i64> = self.buffer.iter().map(|e| e.id).collect();
        let stored = store::recognition::stored(store.conn(), &ids).await?;
        let stored: HashMap<i64, ListedRow> = stored.into_iter().map(|row| (row.id, row)).collect();
        let other = self
            .buffer
            .iter()
            .find(|event| stored.get(&event.id).is_some_and(|row| !shows(event, row, keys)));
        match other {
            None => Ok(()),
            Some(event) => Err(not_ours(format!(
                "event {} of {} is another one there",
                event.id,
                minute(event.listed())
            ))),
        }
    }

    /// What the rows read so far prove, if anything that may be claimed.
    fn proven(&self, stretch: &Stretch, bottom: Bottom) -> Option<Segment> {
        let frontier = &stretch.frontier;
        if frontier.tail.is_empty() && self.lowest.is_none() {
            // The history is empty, which proves nothing.
            return None;
        }
        let oldest = self.lowest.map_or(frontier.oldest, |at| at.min(frontier.oldest));
        // What lies below can be reported later than the frontier, in the hour repeated when DST ends.
        let late = frontier.oldest + REPORTED_LATE;
        // One row with a wrong date must not stretch what is covered.
        let retained = self.bounds.retained;
        let (from, oldest, below) = match bottom {
            Bottom::Open | Bottom::Bound => (late.max(retained), frontier.oldest, SegmentEnd::Open),
            Bottom::Known(to) => (to, frontier.oldest, SegmentEnd::Open),
            Bottom::End => (oldest.max(retained), oldest, SegmentEnd::End),
            Bottom::Gone => (late.max(retained), frontier.oldest, SegmentEnd::End),
        };
        let tail = frontier.tail.clone();
        (from <= stretch.to).then_some(Segment { from, to: stretch.to, oldest, tail, below })
    }
}

/// Whether the portal shows an event as the row that is stored under its id. Reported dates move by one
/// hour around a change of DST, in either direction; rows without a usable date have no place of
/// their own.
fn shows(event: &LoginEvent, row: &ListedRow, keys: &AccountKeys) -> bool {
    let moved = (event.at - row.at).abs();
    let dated = event.listed_at.is_some() || moved.is_zero() || moved == REPORTED_LATE;
    keys.get(event.account) == Some(row.account) && event.code == row.code && dated
}
