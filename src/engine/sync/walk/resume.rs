//! Going on where an earlier run stopped: below a known segment, at a place counted from our own copy
//! and proven by the rows above it.

use std::collections::HashSet;

use crate::{
    domain::{
        contiguity::{Frontier, PAGE, Place, REPORTED_LATE, Search, Step, join},
        coverage::{Segment, SegmentEnd},
    },
    engine::sync::{
        prefetch::fetch,
        pull::Depth,
        walk::{Bottom, Down, Stretch, TRIES, Walk},
    },
    store,
};

/// Rows shown again above the place: it is counted, not seen.
const OVERLAP: u64 = 20;

/// Whether the place where reading stopped was found.
enum Located {
    There,
    /// Retention took it, and all below it.
    Gone,
    Nowhere,
}

impl Walk<'_, '_> {
    /// Reads on below each segment that is not finished.
    pub(super) async fn finish_open(&mut self) -> anyhow::Result<Down> {
        let mut tried = HashSet::new();
        // A segment whose lower end did not move is not tried twice.
        while let Some(segment) = self.unfinished().filter(|s| tried.insert(s.oldest)) {
            let mut stretch = self.resume(&segment).await?;
            match self.locate(&mut stretch).await? {
                Located::There => {}
                Located::Gone => continue,
                Located::Nowhere => {
                    tracing::warn!(
                        below = %segment.oldest,
                        "the place where reading stopped was not found; reading everything again"
                    );
                    self.depth = Depth::Full;
                    stretch = self.top();
                }
            }
            if self.walk_down(stretch).await? == Down::Cancelled {
                return Ok(Down::Cancelled);
            }
        }
        Ok(Down::Arrived)
    }

    /// The newest segment that is not read to its end.
    fn unfinished(&self) -> Option<Segment> {
        let open = |s: &&Segment| s.below == SegmentEnd::Open && s.oldest >= self.bounds.lookback;
        match self.depth {
            Depth::Full => None,
            Depth::Incremental => self.known.iter().find(open).cloned(),
        }
    }

    /// The stretch that goes on below a segment, at a place counted from our own copy.
    async fn resume(&mut self, segment: &Segment) -> anyhow::Result<Stretch> {
        let conn = self.pull.store.conn();
        let oldest = segment.oldest.timestamp_millis();
        let rows = store::events::count_since(conn, oldest).await?;
        let near = store::events::oldest_since(conn, oldest, 10 * PAGE as u32).await?;
        let tail = segment.tail.clone();
        let place = rows.saturating_sub(tail.len() as u64).saturating_sub(OVERLAP);
        let above = near.into_iter().filter(|id| !tail.contains(id)).collect();
        let place = Place::Counted(place);
        let frontier = Frontier { tail, oldest: segment.oldest, above, place };
        let begun = segment.oldest - REPORTED_LATE;
        Ok(Stretch { to: segment.to, begun, frontier, hole: None })
    }

    /// Finds the place of a resumed stretch on the portal.
    async fn locate(&mut self, stretch: &mut Stretch) -> anyhow::Result<Located> {
        let mut search = Search::from(stretch.frontier.place.offset());
        for _ in 0..TRIES {
            let fetched = match fetch(self.pull.cx.reader, search.offset(), PAGE).await {
                Ok(fetched) => fetched,
                Err(error) if error.is_server_fault() => return Ok(Located::Nowhere),
                Err(error) => return Err(error.into()),
            };
            match join(&stretch.frontier, &fetched.page) {
                Step::Retry(place) => search.learn(&stretch.frontier, &fetched.page, place),
                Step::Gone => {
                    self.commit(stretch, Bottom::Gone).await?;
                    return Ok(Located::Gone);
                }
                _ => {
                    let Some(place) = fetched.page.place_of(&stretch.frontier) else { break };
                    // Seen from now on: the walk begins there.
                    stretch.frontier.place = place;
                    return Ok(Located::There);
                }
            }
        }
        Ok(Located::Nowhere)
    }
}
