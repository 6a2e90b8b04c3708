//! The walk through the login history, newest first: what is joined to the proven part is stored with
//! its segment in one transaction, so that a kill at any moment leaves a store that is right.

mod gaps;
mod resume;

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    config::IpRetention,
    domain::{
        contiguity::{Frontier, PAGE, REPORTED_LATE, Step, join},
        coverage::{Segment, SegmentEnd, merge},
        login::LoginEvent,
    },
    engine::sync::{
        prefetch::{Fetched, Prefetcher, fetch},
        pull::{Depth, Pull},
    },
    store::{self, segments::Hole},
    time::Timestamp,
};

/// Pages of one transaction at most, and the longest time that read pages stay uncommitted. The first
/// ones are small, so that little is lost where a run is cut short again and again.
const GROUP: usize = 100;
const GROUP_TIME: Duration = Duration::from_secs(2);
/// Pages kept ready while the writer is busy, for each connection.
const READY: usize = 6;
/// Requests to get over one border, or to find one place.
const TRIES: usize = 40;

/// Where a walk may stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The portal's clock at the start.
    pub(crate) now: Timestamp,
    /// Latest moment that may be claimed.
    pub(crate) top: Timestamp,
    /// How far back the first read goes.
    pub(crate) lookback: Timestamp,
    /// The portal keeps nothing from before: an older row has a wrong date, or its removal is due.
    pub(crate) kept_from: Timestamp,
}

/// How a walk ended.
#[derive(PartialEq, Eq)]
pub(crate) enum Walked {
    ToTheEnd,
    Cancelled,
}

/// A part of the history that is being walked down.
struct Stretch {
    /// Latest moment that it may claim.
    to: Timestamp,
    frontier: Frontier,
    /// The gap between this stretch and the one above it, where there is one.
    hole: Option<Hole>,
}

/// What is below the rows that are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bottom {
    /// More, and the walk goes on.
    Open,
    /// More, left for another time.
    Bound,
    /// What is known from this moment down.
    Known(Timestamp),
    /// Nothing.
    End,
    /// Nothing any more: retention took it while it was being read.
    Gone,
}

/// What the next page did to the stretch.
enum Next {
    GoOn,
    /// Nothing is older, or nothing is any more.
    Bottom(Bottom),
    /// Something that cannot be read or proven lies below; the walk goes on under it.
    Hole(Stretch),
}

pub(crate) struct Walk<'p, 'a> {
    pull: &'p mut Pull<'a>,
    prefetcher: Prefetcher,
    bounds: Bounds,
    depth: Depth,
    known: Vec<Segment>,
    buffer: Vec<LoginEvent>,
    /// Pages in the buffer, how many are stored together, and those of this stretch.
    pages: usize,
    group: usize,
    walked: usize,
    committed: Instant,
}

impl<'p, 'a> Walk<'p, 'a> {
    pub(crate) async fn new(
        pull: &'p mut Pull<'a>,
        bounds: Bounds,
        depth: Depth,
    ) -> anyhow::Result<Self> {
        let known = store::segments::load(pull.store.conn()).await?;
        let prefetcher = Prefetcher::new(pull.cx.reader.clone());
        Ok(Self {
            pull,
            prefetcher,
            bounds,
            depth,
            known,
            buffer: Vec::new(),
            pages: 0,
            group: 1,
            walked: 0,
            committed: Instant::now(),
        })
    }

    /// Reads from the top down to what is known, then below each segment that is not finished.
    pub(crate) async fn run(mut self) -> anyhow::Result<Walked> {
        if !self.walk_down(self.top()).await? {
            return Ok(Walked::Cancelled);
        }
        self.finish_open().await
    }

    fn top(&self) -> Stretch {
        Stretch { to: self.bounds.top, frontier: Frontier::top(self.bounds.now), hole: None }
    }

    /// Walks one stretch until it meets what is known, the bound or the end. False when cancelled.
    async fn walk_down(&mut self, mut stretch: Stretch) -> anyhow::Result<bool> {
        self.prefetcher.restart();
        self.walked = 0;
        let mut standing = 0;
        loop {
            if let Some(bottom) = self.arrived(&stretch) {
                self.commit(&stretch, bottom).await?;
                return Ok(true);
            }
            if self.pull.cx.cancel.is_cancelled() {
                self.commit(&stretch, Bottom::Open).await?;
                return Ok(false);
            }
            let before = stretch.frontier.tail.clone();
            let cancel = self.pull.cx.cancel;
            // A silent portal does not keep the user waiting.
            let next = cancel.run_until_cancelled(self.next(&mut stretch)).await;
            let Some(next) = next else { continue };
            let next = match next {
                Ok(next) => next,
                Err(error) => {
                    // What was joined so far stays, whatever became of the rest.
                    self.commit(&stretch, Bottom::Open).await?;
                    return Err(error);
                }
            };
            match next {
                Next::GoOn if stretch.frontier.tail == before => {
                    standing += 1;
                    if standing > TRIES {
                        self.commit(&stretch, Bottom::Open).await?;
                        return Err(contradictory(&stretch));
                    }
                }
                Next::GoOn => standing = 0,
                Next::Bottom(bottom) => {
                    self.commit(&stretch, bottom).await?;
                    return Ok(true);
                }
                Next::Hole(below) => {
                    self.prefetcher.restart();
                    self.commit(&stretch, Bottom::Open).await?;
                    stretch = below;
                }
            }
            if self.pages >= self.group || self.committed.elapsed() >= GROUP_TIME {
                self.commit(&stretch, Bottom::Open).await?;
            }
        }
    }

    /// Whether the stretch needs to go no further. Rows below the frontier happened no later than its
    /// date as reported, so a known segment that ends no earlier has them all.
    fn arrived(&self, stretch: &Stretch) -> Option<Bottom> {
        if stretch.frontier.tail.is_empty() || self.depth == Depth::Full {
            return None;
        }
        let oldest = stretch.frontier.oldest;
        let meets = |s: &&Segment| s.from <= oldest && oldest <= s.to && s.oldest < oldest;
        match self.known.iter().find(meets) {
            Some(segment) => Some(Bottom::Known(segment.to)),
            None => (oldest < self.bounds.lookback).then_some(Bottom::Bound),
        }
    }

    /// Reads on from the frontier.
    async fn next(&mut self, stretch: &mut Stretch) -> anyhow::Result<Next> {
        let start = stretch.frontier.place.offset();
        let depth = self.depth_of_queue(stretch);
        match self.prefetcher.next(start, depth).await {
            Ok(fetched) => self.join_page(stretch, fetched).await,
            Err(error) if error.is_server_fault() => self.narrow(stretch, error).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Joins a page to the stretch, asking for others where it proves nothing by itself.
    async fn join_page(&mut self, stretch: &mut Stretch, page: Fetched) -> anyhow::Result<Next> {
        let mut waiting = page;
        for _ in 0..TRIES {
            match join(&stretch.frontier, &waiting.page) {
                Step::Retry(place) => stretch.frontier.place = place,
                step => return self.take_step(stretch, waiting, step).await,
            }
            let offset = stretch.frontier.place.offset();
            let between = match fetch(self.pull.cx.reader, offset, PAGE).await {
                Ok(fetched) => fetched,
                Err(error) if error.is_server_fault() => return self.narrow(stretch, error).await,
                Err(error) => return Err(error.into()),
            };
            waiting = match join(&stretch.frontier, &between.page) {
                Step::Joined(frontier) => {
                    self.take(between);
                    stretch.frontier = frontier;
                    let waiting = waiting.asked_ahead();
                    if matches!(join(&stretch.frontier, &waiting.page), Step::Retry(_)) {
                        // The walk has overtaken the page that was planned.
                        self.prefetcher.restart();
                        return Ok(Next::GoOn);
                    }
                    waiting
                }
                // The newer answer says where to look.
                _ => between,
            };
        }
        Err(contradictory(stretch))
    }

    async fn take_step(
        &mut self,
        stretch: &mut Stretch,
        fetched: Fetched,
        step: Step,
    ) -> anyhow::Result<Next> {
        Ok(match step {
            Step::Joined(frontier) => {
                self.take(fetched);
                stretch.frontier = frontier;
                Next::GoOn
            }
            Step::Ended => {
                self.take(fetched);
                Next::Bottom(Bottom::End)
            }
            Step::Gone => Next::Bottom(Bottom::Gone),
            Step::Tie(frontier) => {
                self.take(fetched);
                stretch.frontier = frontier;
                return self.below_tie(stretch).await;
            }
            Step::Retry(place) => {
                stretch.frontier.place = place;
                Next::GoOn
            }
        })
    }

    /// Far from everything known, pages are fetched ahead, ever more of them. Above a known segment
    /// one after the other: nobody knows how many there are, and no request may be wasted.
    fn depth_of_queue(&self, stretch: &Stretch) -> usize {
        let oldest = stretch.frontier.oldest;
        if self.depth == Depth::Incremental && self.known.iter().any(|s| s.to < oldest) {
            return 1;
        }
        (self.walked + 1).min(self.pull.cx.concurrency * READY)
    }

    fn take(&mut self, fetched: Fetched) {
        self.pages += 1;
        self.walked += 1;
        self.pull.progress.events(fetched.events.len(), fetched.events.last().map(|e| e.at));
        self.buffer.extend(fetched.events);
    }
}

impl Walk<'_, '_> {
    async fn commit(&mut self, stretch: &Stretch, bottom: Bottom) -> anyhow::Result<()> {
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
        self.committed = Instant::now();
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
        // What lies below can be reported later than the frontier, in the hour repeated when DST ends.
        let late = frontier.oldest + REPORTED_LATE;
        let (from, oldest, below): (Timestamp, _, _) = match bottom {
            Bottom::Open | Bottom::Bound => (late, frontier.oldest, SegmentEnd::Open),
            Bottom::Known(to) => (to, frontier.oldest, SegmentEnd::Open),
            // One row with a wrong date must not stretch what was read at once.
            Bottom::End => (oldest.max(self.bounds.kept_from), oldest, SegmentEnd::End),
            Bottom::Gone => (late, frontier.oldest, SegmentEnd::End),
        };
        let tail = frontier.tail.clone();
        (from <= stretch.to).then_some(Segment { from, to: stretch.to, oldest, tail, below })
    }
}

/// The segment directly above a hole is read no further.
fn end_above(segments: &mut [Segment], hole: &Hole) {
    if let Some(above) = segments.iter_mut().rev().find(|s| s.from >= hole.to) {
        above.below = SegmentEnd::Hole;
    }
}

fn contradictory(stretch: &Stretch) -> anyhow::Error {
    anyhow::anyhow!(
        "the portal's answers about its login history around {} contradict each other; what was \
         read above that is stored; run sync again later",
        stretch.frontier.oldest
    )
}
