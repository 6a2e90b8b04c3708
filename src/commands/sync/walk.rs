//! The walk through the login history, newest first: what is joined to the proven part is stored with
//! its segment in one transaction, so that a kill at any moment leaves a store that is right.

use std::{collections::HashSet, time::Duration};

use tokio::time::Instant as Ticks;

use super::{
    Pull,
    ahead::{Ahead, Fetched, fetch},
};
use crate::{
    config::IpRetention,
    domain::{
        contiguity::{Frontier, PAGE, Place, REPORTED_LATE, Step, begin, join},
        coverage::{Reach, Segment, merge},
        login::LoginEvent,
        time::Instant,
    },
    portal::PortalError,
    store::{self, segments::Hole},
};

/// Pages of one transaction at most, and the longest time that read pages stay uncommitted.
const GROUP: usize = 100;
const GROUP_TIME: Duration = Duration::from_secs(2);
/// Pages kept ready while the writer is busy, for each connection.
const READY: usize = 6;
/// Rows shown again when going on below a known segment: its place is counted, not seen.
const OVERLAP: u64 = 20;
/// Requests to find the place of one border before it counts as unprovable.
const TRIES: usize = 40;

/// Where a walk may stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Latest moment that may be claimed.
    pub(super) top: Instant,
    /// How far back the first read goes.
    pub(super) lookback: Instant,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walked {
    ToTheEnd,
    Interrupted,
}

/// A part of the history that is being walked down.
struct Stretch {
    /// Latest moment that it may claim.
    to: Instant,
    frontier: Frontier,
    /// The gap between this stretch and what was proven before it, until it is stored.
    hole: Option<Hole>,
}

/// What lies below the rows that are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bottom {
    Open,
    End,
    Gone,
}

pub(super) struct Walk<'p, 'a> {
    pull: &'p mut Pull<'a>,
    ahead: Ahead,
    bounds: Bounds,
    depth: Depth,
    known: Vec<Segment>,
    buffer: Vec<LoginEvent>,
    pages: usize,
    committed: Ticks,
}

/// What the next page did to the stretch.
enum Next {
    GoOn,
    /// Nothing older is on the portal.
    End,
    /// Nothing older is on the portal any more: retention took it while it was being read.
    Gone,
    /// Something that cannot be read or proven lies below; the walk goes on under it.
    Hole(Stretch),
}

impl<'p, 'a> Walk<'p, 'a> {
    pub(super) async fn new(
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
            committed: Ticks::now(),
        })
    }

    /// Reads from the top down to what is known, then below each segment that is not finished.
    pub(super) async fn run(mut self) -> anyhow::Result<Walked> {
        let first = fetch(&self.pull.reader, 0, PAGE).await?;
        let step = begin(&first.page);
        self.take(first);
        let mut stretch = match step {
            Step::Joined(frontier) => Stretch { to: self.bounds.top, frontier, hole: None },
            Step::Tie(frontier) => {
                let above = Stretch { to: self.bounds.top, frontier, hole: None };
                match self.below_tie(&above).await? {
                    Some(below) => below,
                    None => return Ok(Walked::ToTheEnd),
                }
            }
            Step::Ended | Step::Gone | Step::Retry(_) => {
                self.commit_end(self.bounds.top).await?;
                return Ok(Walked::ToTheEnd);
            }
        };
        loop {
            if !self.walk_down(stretch).await? {
                return Ok(Walked::Interrupted);
            }
            match self.unfinished().await? {
                Some(next) => stretch = next,
                None => return Ok(Walked::ToTheEnd),
            }
        }
    }

    /// Walks one stretch until it meets what is known, the bound or the end. False when interrupted.
    async fn walk_down(&mut self, mut stretch: Stretch) -> anyhow::Result<bool> {
        self.ahead.restart();
        let mut standing = 0;
        loop {
            let before = stretch.frontier.tail.clone();
            if self.is_done(&stretch) {
                self.commit(&stretch, Bottom::Open).await?;
                return Ok(true);
            }
            if self.pull.interrupt.is_set() {
                self.commit(&stretch, Bottom::Open).await?;
                return Ok(false);
            }
            match self.next(&mut stretch).await? {
                Next::GoOn if stretch.frontier.tail == before => {
                    standing += 1;
                    if standing > TRIES {
                        return Err(unreadable(&stretch));
                    }
                }
                Next::GoOn => standing = 0,
                Next::End => {
                    self.commit(&stretch, Bottom::End).await?;
                    return Ok(true);
                }
                Next::Gone => {
                    self.commit(&stretch, Bottom::Gone).await?;
                    return Ok(true);
                }
                Next::Hole(below) => {
                    self.commit(&stretch, Bottom::Open).await?;
                    stretch = below;
                    self.ahead.restart();
                }
            }
            if self.pages >= GROUP || self.committed.elapsed() >= GROUP_TIME {
                self.commit(&stretch, Bottom::Open).await?;
            }
        }
    }

    /// Rows below the frontier are not later than its date as reported, so a known segment that ends
    /// no earlier has them all.
    fn is_done(&self, stretch: &Stretch) -> bool {
        let oldest = stretch.frontier.oldest;
        oldest < self.bounds.lookback
            || (self.depth == Depth::Incremental && self.reached(stretch).is_some())
    }

    /// The known segment that the stretch has come down to.
    fn reached(&self, stretch: &Stretch) -> Option<&Segment> {
        let oldest = stretch.frontier.oldest;
        self.known.iter().find(|s| s.from <= oldest && oldest <= s.to && s.oldest < oldest)
    }

    async fn next(&mut self, stretch: &mut Stretch) -> anyhow::Result<Next> {
        let start = stretch.frontier.place.offset();
        let depth = self.depth_of_queue(stretch);
        let fetched = match self.ahead.next(start, depth).await {
            Ok(fetched) => fetched,
            Err(error) if is_sticky(&error) => return self.narrow(stretch, error).await,
            Err(error) => return Err(error.into()),
        };
        self.settle(stretch, fetched).await
    }

    /// Joins a page to the stretch, asking for others where it proves nothing by itself.
    async fn settle(&mut self, stretch: &mut Stretch, page: Fetched) -> anyhow::Result<Next> {
        let mut waiting = page;
        for _ in 0..TRIES {
            let mut step = join(&stretch.frontier, &waiting.page);
            if let Step::Retry(offset) = step {
                let between = match fetch(&self.pull.reader, offset, PAGE).await {
                    Ok(fetched) => fetched,
                    Err(error) if is_sticky(&error) => return self.narrow(stretch, error).await,
                    Err(error) => return Err(error.into()),
                };
                step = join(&stretch.frontier, &between.page);
                match step {
                    Step::Retry(_) => {
                        // Neither proves anything: the newer answer says where to look.
                        waiting = between;
                        continue;
                    }
                    Step::Joined(frontier) => {
                        self.take(between);
                        stretch.frontier = frontier;
                        if matches!(join(&stretch.frontier, &waiting.page), Step::Retry(_)) {
                            // The walk has overtaken the page that was planned.
                            self.ahead.restart();
                            return Ok(Next::GoOn);
                        }
                        continue;
                    }
                    Step::Ended | Step::Gone | Step::Tie(_) => waiting = between,
                }
            }
            return match step {
                Step::Joined(frontier) => {
                    self.take(waiting);
                    stretch.frontier = frontier;
                    Ok(Next::GoOn)
                }
                Step::Ended => {
                    self.take(waiting);
                    Ok(Next::End)
                }
                Step::Gone => Ok(Next::Gone),
                Step::Tie(frontier) => {
                    self.take(waiting);
                    stretch.frontier = frontier;
                    Ok(self.below_tie(stretch).await?.map_or(Next::End, Next::Hole))
                }
                Step::Retry(_) => continue,
            };
        }
        let reason = "no page shows the border whole: the portal's answers contradict each other";
        self.below_hole(stretch, 1, reason).await
    }

    /// The first page under a second that fills a page or more.
    async fn below_tie(&mut self, stretch: &Stretch) -> anyhow::Result<Option<Stretch>> {
        let second = stretch.frontier.oldest.timestamp();
        let reason = "one second has more events than a page shows";
        let mut offset = stretch.frontier.place.offset();
        loop {
            offset += PAGE as u64 / 2;
            let fetched = fetch(&self.pull.reader, offset, PAGE).await?;
            let under = fetched.page.rows.iter().position(|r| r.at.timestamp() != second);
            match under {
                Some(first) => return Ok(self.start_below(stretch, fetched, first, reason)),
                None if fetched.page.rows.len() < PAGE => {
                    self.take(fetched);
                    return Ok(None);
                }
                None => self.take(fetched),
            }
        }
    }

    /// Goes on under a border that cannot be proven or a row that cannot be read.
    async fn below_hole(
        &mut self,
        stretch: &Stretch,
        rows: u64,
        reason: &str,
    ) -> anyhow::Result<Next> {
        let start = stretch.frontier.place.offset() + stretch.frontier.tail.len() as u64;
        for skipped in 0..TRIES as u64 {
            match fetch(&self.pull.reader, start + rows + skipped, PAGE).await {
                Ok(fetched) => {
                    let below = self.start_below(stretch, fetched, 0, reason);
                    return Ok(below.map_or(Next::End, Next::Hole));
                }
                Err(error) if is_sticky(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(unreadable(stretch))
    }

    /// A new stretch from row `first` of a page; none where nothing is there.
    fn start_below(
        &mut self,
        stretch: &Stretch,
        fetched: Fetched,
        first: usize,
        reason: &str,
    ) -> Option<Stretch> {
        let at = fetched.page.rows.get(first)?.at;
        let frontier = match begin(&fetched.page) {
            Step::Joined(frontier) | Step::Tie(frontier) => frontier,
            // The end lies in this very page: the next request finds it.
            Step::Ended | Step::Gone | Step::Retry(_) => Frontier {
                tail: fetched.page.rows.iter().map(|r| r.id).collect(),
                oldest: at,
                above: HashSet::new(),
                place: Place::Seen(fetched.page.offset),
            },
        };
        self.take(fetched);
        let hole = Hole { from: at, to: stretch.frontier.oldest, reason: reason.to_owned() };
        tracing::warn!(
            from = %hole.from, to = %hole.to, reason,
            "a hole in the login history: nothing is concluded from this time"
        );
        Some(Stretch { to: at - REPORTED_LATE, frontier, hole: Some(hole) })
    }

    /// A page that fails again and again holds a row that the server cannot render: read up to it
    /// with smaller pages, then go on under it.
    async fn narrow(&mut self, stretch: &mut Stretch, error: PortalError) -> anyhow::Result<Next> {
        self.ahead.restart();
        let under_page = stretch.frontier.place.offset() + PAGE as u64;
        let mut count = PAGE / 2;
        // Once past the page that failed, the walk goes on as before.
        while stretch.frontier.place.offset() < under_page {
            let tail = stretch.frontier.tail.len();
            let offset = stretch.frontier.place.offset();
            match fetch(&self.pull.reader, offset, count.max(tail)).await {
                Ok(fetched) => match join(&stretch.frontier, &fetched.page) {
                    Step::Joined(frontier) if frontier != stretch.frontier => {
                        self.take(fetched);
                        stretch.frontier = frontier;
                    }
                    Step::Ended => {
                        self.take(fetched);
                        return Ok(Next::End);
                    }
                    Step::Gone => return Ok(Next::Gone),
                    Step::Joined(_) | Step::Tie(_) | Step::Retry(_) if count <= tail => {
                        let reason = format!("a row that the portal cannot show: {error}");
                        return self.below_hole(stretch, 1, &reason).await;
                    }
                    Step::Joined(_) | Step::Tie(_) => count /= 2,
                    Step::Retry(offset) => {
                        stretch.frontier.place = Place::Counted(offset);
                        return Ok(Next::GoOn);
                    }
                },
                // Not even the rows that were shown before: the portal itself is ill.
                Err(again) if is_sticky(&again) && count <= tail => return Err(again.into()),
                Err(again) if is_sticky(&again) => count /= 2,
                Err(other) => return Err(other.into()),
            }
        }
        Ok(Next::GoOn)
    }

    /// The next segment that is not read to its end, with the place where to go on.
    async fn unfinished(&mut self) -> anyhow::Result<Option<Stretch>> {
        let open = self
            .known
            .iter()
            .find(|s| s.reach == Reach::Open && s.oldest >= self.bounds.lookback)
            .cloned();
        let Some(segment) = open else { return Ok(None) };
        if self.depth == Depth::Full {
            return Ok(None);
        }
        let conn = self.pull.store.conn();
        let oldest = segment.oldest.timestamp_millis();
        let rows = store::events::count_since(conn, oldest).await?;
        let near = store::events::oldest_since(conn, oldest, 10 * PAGE as u32).await?;
        let tail: HashSet<i64> = segment.tail.iter().copied().collect();
        let place = rows.saturating_sub(segment.tail.len() as u64).saturating_sub(OVERLAP);
        Ok(Some(Stretch {
            to: segment.to,
            frontier: Frontier {
                above: near.into_iter().filter(|id| !tail.contains(id)).collect(),
                tail: segment.tail,
                oldest: segment.oldest,
                place: Place::Counted(place),
            },
            hole: None,
        }))
    }

    /// Far from everything known, pages are fetched ahead. Near it, one after the other, so that no
    /// request is wasted.
    fn depth_of_queue(&self, stretch: &Stretch) -> usize {
        let most = self.pull.concurrency * READY;
        let oldest = stretch.frontier.oldest;
        let target = match self.depth {
            Depth::Full => None,
            Depth::Incremental => self.known.iter().map(|s| s.to).find(|to| *to < oldest),
        };
        let Some(target) = target else { return most };
        let walked = (self.bounds.top - oldest).num_seconds().max(1);
        let left = (oldest - target).num_seconds().max(0);
        let pages_left = self.pull.counts.pages as i64 * left / walked;
        usize::try_from(pages_left / 4).unwrap_or(most).clamp(1, most)
    }

    fn take(&mut self, fetched: Fetched) {
        self.pages += 1;
        self.pull.counts.pages += 1;
        self.pull.progress.read(fetched.events.len(), fetched.events.last().map(|e| e.at));
        self.buffer.extend(fetched.events);
    }

    async fn commit_end(&mut self, to: Instant) -> anyhow::Result<()> {
        let oldest = self.buffer.iter().min_by_key(|e| e.at).map(|e| (e.at, e.id));
        let segment = oldest.map(|(at, id)| Segment {
            from: at,
            to,
            oldest: at,
            tail: vec![id],
            reach: Reach::End,
        });
        self.write(segment, None).await
    }

    /// Stores what was read with what it proves.
    async fn commit(&mut self, stretch: &Stretch, bottom: Bottom) -> anyhow::Result<()> {
        let frontier = &stretch.frontier;
        let read_down_to = self.buffer.iter().map(|e| e.at).min().unwrap_or(frontier.oldest);
        let oldest = read_down_to.min(frontier.oldest);
        let known = match self.depth {
            Depth::Incremental => self.reached(stretch).map(|s| s.to),
            Depth::Full => None,
        };
        // What lies below can be reported later than the frontier, by the hour of autumn.
        let proven = known.unwrap_or(frontier.oldest + REPORTED_LATE);
        let (from, reach) = match bottom {
            Bottom::Open => (proven, Reach::Open),
            Bottom::End => (oldest, Reach::End),
            Bottom::Gone => (proven, Reach::End),
        };
        let tail = frontier.tail.clone();
        let segment = Segment { from, to: stretch.to, oldest, tail, reach };
        self.write((from <= stretch.to).then_some(segment), stretch.hole.clone()).await
    }

    async fn write(&mut self, segment: Option<Segment>, hole: Option<Hole>) -> anyhow::Result<()> {
        let Pull { store, keys, sync_run, ip, counts, .. } = &mut *self.pull;
        if *ip == IpRetention::Drop {
            self.buffer.iter_mut().for_each(|e| e.ip = None);
        }
        let mut tx = store.begin().await?;
        counts.events_added +=
            store::events::insert(&mut tx, keys, *sync_run, &self.buffer).await?;
        if let Some(segment) = segment {
            let mut segments = merge(&self.known, segment.clone());
            if let Some(hole) = &hole {
                store::segments::add_hole(&mut tx, hole, *sync_run).await?;
                if let Some(above) = segments.iter_mut().rev().find(|s| s.from >= hole.to) {
                    above.reach = Reach::Hole;
                }
            } else {
                store::segments::close_holes(&mut tx, segment.from, segment.to).await?;
            }
            store::segments::replace(&mut tx, &segments).await?;
            self.known = segments;
        }
        tx.commit().await.map_err(store::StoreError::from)?;
        self.buffer.clear();
        self.pages = 0;
        self.committed = Ticks::now();
        Ok(())
    }
}

/// A fault of the server that repeats came to no end of.
fn is_sticky(error: &PortalError) -> bool {
    error.http_status().is_some_and(|status| status >= 500)
}

fn unreadable(stretch: &Stretch) -> anyhow::Error {
    anyhow::anyhow!(
        "the login history cannot be read below {}: no request after it succeeds; what is above is \
         stored, run again later",
        stretch.frontier.oldest
    )
}
