//! The walk through the login history, newest first: what is joined to the proven part is stored with
//! its segment in one transaction, so that a kill at any moment leaves a store that is right.

mod commit;
mod gaps;
mod resume;

use std::time::Duration;

use tokio::time::Instant as Ticks;

use crate::engine::sync::walk::gaps::contradictory;
use crate::{
    domain::{
        contiguity::{Frontier, PAGE, Step, join},
        coverage::Segment,
        login::LoginEvent,
    },
    store::{self, segments::Hole},
    time::Timestamp,
};
use crate::{
    engine::sync::prefetch::{Ahead, Fetched, fetch},
    engine::sync::pull::Pull,
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
}

/// Whether known parts are jumped over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Only what is new or not yet read.
    Incremental,
    /// All that the portal still has.
    Full,
}

/// How a walk ended.
#[derive(PartialEq, Eq)]
pub(crate) enum Walked {
    ToTheEnd,
    Interrupted,
}

/// A part of the history that is being walked down.
struct Stretch {
    /// Latest moment that it may claim.
    to: Timestamp,
    frontier: Frontier,
    /// The gap between this stretch and the one above it, where there is one.
    hole: Option<Hole>,
}

/// What lies below the rows that are stored.
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
    ahead: Ahead,
    bounds: Bounds,
    depth: Depth,
    known: Vec<Segment>,
    buffer: Vec<LoginEvent>,
    /// Pages in the buffer, how many are stored together, and those of this stretch.
    pages: usize,
    group: usize,
    walked: usize,
    committed: Ticks,
}

impl<'p, 'a> Walk<'p, 'a> {
    pub(crate) async fn new(
        pull: &'p mut Pull<'a>,
        bounds: Bounds,
        depth: Depth,
    ) -> anyhow::Result<Self> {
        let known = store::segments::load(pull.store.conn()).await?;
        let ahead = Ahead::new(pull.reader.clone());
        Ok(Self {
            pull,
            ahead,
            bounds,
            depth,
            known,
            buffer: Vec::new(),
            pages: 0,
            group: 1,
            walked: 0,
            committed: Ticks::now(),
        })
    }

    /// Reads from the top down to what is known, then below each segment that is not finished.
    pub(crate) async fn run(mut self) -> anyhow::Result<Walked> {
        if !self.walk_down(self.top()).await? {
            return Ok(Walked::Interrupted);
        }
        self.finish_open().await
    }

    fn top(&self) -> Stretch {
        Stretch { to: self.bounds.top, frontier: Frontier::top(self.bounds.now), hole: None }
    }

    /// Walks one stretch until it meets what is known, the bound or the end. False when interrupted.
    async fn walk_down(&mut self, mut stretch: Stretch) -> anyhow::Result<bool> {
        self.ahead.restart();
        self.walked = 0;
        let mut standing = 0;
        loop {
            if let Some(bottom) = self.arrived(&stretch) {
                self.commit(&stretch, bottom).await?;
                return Ok(true);
            }
            if self.pull.interrupt.is_set() {
                self.commit(&stretch, Bottom::Open).await?;
                return Ok(false);
            }
            let before = stretch.frontier.tail.clone();
            let interrupt = self.pull.interrupt;
            // A silent portal does not keep the user waiting.
            let Some(next) = interrupt.or(self.next(&mut stretch)).await else { continue };
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
                    self.ahead.restart();
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
        match self.ahead.next(start, depth).await {
            Ok(fetched) => self.settle(stretch, fetched).await,
            Err(error) if error.is_server_fault() => self.narrow(stretch, error).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Joins a page to the stretch, asking for others where it proves nothing by itself.
    async fn settle(&mut self, stretch: &mut Stretch, page: Fetched) -> anyhow::Result<Next> {
        let mut waiting = page;
        for _ in 0..TRIES {
            match join(&stretch.frontier, &waiting.page) {
                Step::Retry(place) => stretch.frontier.place = place,
                step => return self.take_step(stretch, waiting, step).await,
            }
            let offset = stretch.frontier.place.offset();
            let between = match fetch(&self.pull.reader, offset, PAGE).await {
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
                        self.ahead.restart();
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
        (self.walked + 1).min(self.pull.concurrency * READY)
    }

    fn take(&mut self, fetched: Fetched) {
        self.pages += 1;
        self.walked += 1;
        self.pull.counts.pages += 1;
        self.pull.progress.read(fetched.events.len(), fetched.events.last().map(|e| e.at));
        self.buffer.extend(fetched.events);
    }
}
