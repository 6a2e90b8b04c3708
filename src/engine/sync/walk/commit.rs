//! Stores what was read with what it proves, in one transaction.

use tokio::time::Instant as Ticks;

use crate::engine::sync::walk::{Bottom, GROUP, Stretch, Walk};
use crate::{
    config::IpRetention,
    domain::{
        contiguity::REPORTED_LATE,
        coverage::{Segment, SegmentEnd, merge},
    },
    engine::sync::pull::Pull,
    store::{self, segments::Hole},
    time::Timestamp,
};

impl Walk<'_, '_> {
    pub(super) async fn commit(&mut self, stretch: &Stretch, bottom: Bottom) -> anyhow::Result<()> {
        let segment = self.proven(stretch, bottom);
        // The stretch above is finished once this one is found again without it.
        let hole = stretch.hole.as_ref().filter(|_| segment.is_some() || bottom != Bottom::Open);
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
        if let Some(segment) = segment {
            store::segments::close_holes(&mut tx, segment.from, segment.to).await?;
            segments = merge(&segments, segment);
        }
        if let Some(hole) = hole {
            store::segments::add_hole(&mut tx, hole, *sync_run).await?;
            end_above(&mut segments, hole);
        }
        if segments != self.known {
            store::segments::replace(&mut tx, &segments).await?;
        }
        tx.commit().await.map_err(store::StoreError::from)?;
        self.known = segments;
        self.buffer.clear();
        self.pages = 0;
        self.group = (self.group * 2).min(GROUP);
        self.committed = Ticks::now();
        Ok(())
    }

    /// What the rows read so far prove, if anything that may be claimed.
    fn proven(&self, stretch: &Stretch, bottom: Bottom) -> Option<Segment> {
        let frontier = &stretch.frontier;
        let read = self.buffer.iter().map(|e| e.at).min();
        if frontier.tail.is_empty() && read.is_none() {
            // The history is empty, which proves nothing.
            return None;
        }
        let oldest = read.map_or(frontier.oldest, |at| at.min(frontier.oldest));
        // What lies below can be reported later than the frontier, by the hour of autumn.
        let below = frontier.oldest + REPORTED_LATE;
        let (from, oldest, end): (Timestamp, _, _) = match bottom {
            Bottom::Open | Bottom::Bound => (below, frontier.oldest, SegmentEnd::Open),
            Bottom::Known(to) => (to, frontier.oldest, SegmentEnd::Open),
            Bottom::End => (oldest, oldest, SegmentEnd::End),
            Bottom::Gone => (below, frontier.oldest, SegmentEnd::End),
        };
        let tail = frontier.tail.clone();
        (from <= stretch.to).then_some(Segment { from, to: stretch.to, oldest, tail, below: end })
    }
}

/// The segment directly above a hole is read no further.
fn end_above(segments: &mut [Segment], hole: &Hole) {
    if let Some(above) = segments.iter_mut().rev().find(|s| s.from >= hole.to) {
        above.below = SegmentEnd::Hole;
    }
}
