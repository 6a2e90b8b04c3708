//! The walk through the login history, newest first: what is joined to the proven part is stored with
//! its segment in one transaction, so that a kill at any moment leaves a store that is right. Where
//! something is known already, nothing is stored before the portal has shown it again.

mod commit;
mod gaps;
mod join;
mod known;
mod resume;
mod whole;

use std::{collections::HashSet, time::Duration};

use chrono::TimeDelta;
use tokio::time::Instant;

use crate::{
    domain::{contiguity::Frontier, coverage::Segment, login::LoginEvent},
    engine::sync::{
        prefetch::Prefetcher,
        pull::{Depth, Pull},
    },
    store::{self, segments::Hole},
    time::Timestamp,
};

/// The longest time that read pages stay uncommitted.
const GROUP_TIME: Duration = Duration::from_secs(2);
/// Requests to get over one border, or to find one place.
const TRIES: usize = 40;

/// Where a walk may stop, and what it is to show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The portal's clock at the start.
    pub(crate) now: Timestamp,
    /// Latest moment that may be claimed.
    pub(crate) top: Timestamp,
    /// How far back the first read goes.
    pub(crate) lookback: Timestamp,
    /// How far back from the newest row the known part is read again where it is not whole.
    pub(crate) window: TimeDelta,
    /// How far back the last run that proved something has shown it.
    pub(crate) whole_before: Option<Timestamp>,
    /// The portal keeps nothing from before: an older row has a wrong date, or its removal is due.
    pub(crate) retained: Timestamp,
    /// Whether the portal keeps rows as long as it did at the last run.
    pub(crate) retention: Retention,
}

/// How the portal's retention compares with that of the last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retention {
    Same,
    /// The setting was changed: rows may have left the portal early.
    Changed,
}

/// How a walk ended.
pub(crate) enum Walked {
    /// `whole_from` is how far back the newest segment was shown whole; none where that is all of it.
    ToTheEnd {
        whole_from: Option<Timestamp>,
    },
    Cancelled,
}

/// How one stretch of it ended.
#[derive(PartialEq, Eq)]
enum Down {
    Arrived,
    Cancelled,
}

/// A part of the history that is being walked down.
struct Stretch {
    /// Latest moment that it may claim.
    to: Timestamp,
    /// What is listed later is no part of it.
    begun: Timestamp,
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
    Below(Stretch),
}

/// Whether what was read may be stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Nothing is known yet that could be shown again.
    Needless,
    /// Not before the portal has shown again what is known.
    Pending,
    /// It was shown.
    Given,
}

pub(crate) struct Walk<'p, 'a> {
    pull: &'p mut Pull<'a>,
    prefetcher: Prefetcher,
    bounds: Bounds,
    depth: Depth,
    known: Vec<Segment>,
    trust: Trust,
    /// Where the known part below is not whole: it is read again down to here.
    reread: Option<Timestamp>,
    whole_from: Option<Timestamp>,
    /// Where the portal lists its newest row, without those of the future and of the key's account.
    newest: Option<Timestamp>,
    /// Rows that could not be read, above the frontier.
    passed: u64,
    /// What was read and not stored yet, with what it proves.
    buffer: Vec<LoginEvent>,
    parts: Vec<commit::Part>,
    /// Ids of the rows of this stretch, where they are compared with what is known, and where the portal
    /// lists the last of them.
    shown: HashSet<i64>,
    lowest: Option<Timestamp>,
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
            trust: if known.is_empty() { Trust::Needless } else { Trust::Pending },
            known,
            reread: None,
            whole_from: None,
            newest: None,
            passed: 0,
            buffer: Vec::new(),
            parts: Vec::new(),
            shown: HashSet::new(),
            lowest: None,
            pages: 0,
            group: 1,
            walked: 0,
            committed: Instant::now(),
        })
    }

    /// Reads from the top down to what is known, then below each segment that is not finished.
    pub(crate) async fn run(mut self) -> anyhow::Result<Walked> {
        if self.walk_down(self.top()).await? == Down::Cancelled
            || self.finish_open().await? == Down::Cancelled
        {
            return Ok(Walked::Cancelled);
        }
        Ok(Walked::ToTheEnd { whole_from: self.whole_from })
    }

    fn top(&self) -> Stretch {
        Stretch {
            to: self.bounds.top,
            begun: Timestamp::MAX,
            frontier: Frontier::top(self.bounds.now),
            hole: None,
        }
    }

    /// Walks one stretch until it meets what is known, the bound or the end.
    async fn walk_down(&mut self, mut stretch: Stretch) -> anyhow::Result<Down> {
        self.prefetcher.restart();
        self.walked = 0;
        self.shown.clear();
        self.lowest = None;
        let mut standing = 0;
        loop {
            if let Some(bottom) = self.arrived(&stretch).await? {
                self.commit(&stretch, bottom).await?;
                return Ok(Down::Arrived);
            }
            if self.pull.cx.cancel.is_cancelled() {
                self.commit_trusted(&stretch).await?;
                return Ok(Down::Cancelled);
            }
            let before = stretch.frontier.tail.clone();
            let cancel = self.pull.cx.cancel;
            // A silent portal does not keep the user waiting.
            let next = cancel.run_until_cancelled(self.next(&mut stretch)).await;
            let Some(next) = next else { continue };
            let mut next = match next {
                Ok(next) => next,
                Err(error) => {
                    // What was joined so far stays, whatever became of the rest.
                    self.commit_trusted(&stretch).await?;
                    return Err(error);
                }
            };
            if matches!(next, Next::GoOn) && stretch.frontier.tail == before {
                standing += 1;
                if standing > TRIES {
                    next = self.below_moving(&stretch).await?;
                    standing = 0;
                }
            } else {
                standing = 0;
            }
            match next {
                Next::GoOn => {}
                Next::Bottom(bottom) => {
                    self.ended(&stretch).await?;
                    self.commit(&stretch, bottom).await?;
                    return Ok(Down::Arrived);
                }
                Next::Below(below) => {
                    self.prefetcher.restart();
                    match self.trust {
                        Trust::Needless | Trust::Given => {
                            self.commit(&stretch, Bottom::Open).await?
                        }
                        Trust::Pending => self.note_part(&stretch, Bottom::Open),
                    }
                    stretch = below;
                }
            }
            if self.pages >= self.group || self.committed.elapsed() >= GROUP_TIME {
                self.commit_trusted(&stretch).await?;
            }
        }
    }
}
