//! What cannot be read or proven: a second with more events than can be counted, rows that the portal
//! cannot show, rows that can be anybody's. The walk goes on under it, and what lies between is a hole
//! in coverage.

use std::collections::HashSet;

use crate::{
    domain::contiguity::{Frontier, PAGE, Place, REPORTED_LATE, Step, join},
    engine::sync::{
        prefetch::{Fetched, fetch, try_fetch},
        walk::{Bottom, Next, Stretch, TRIES, Walk},
    },
    portal::PortalError,
    store::segments::Hole,
};

/// How often the rows of one second are asked for: each answer can have them in another order.
const COUNTS: usize = 40;

/// Why nothing is proven of a place.
enum Gap {
    /// More rows of one second, or more arrivals, than could be told apart.
    Crowded(&'static str),
    Unreadable(String),
}

/// The rows of one second, and the page on which the next one begins.
struct Second {
    start: u64,
    end: u64,
    below: Option<(Fetched, usize)>,
}

impl Walk<'_, '_> {
    /// Goes on under a second that fills a page: proven by counting, where as many distinct rows were
    /// shown as there are places between its first row and the first row below it.
    pub(super) async fn count_second(
        &mut self,
        stretch: &mut Stretch,
        page: Fetched,
        tie: Frontier,
    ) -> anyhow::Result<Next> {
        let second = tie.oldest.timestamp();
        let mut ids: HashSet<i64> = tie.tail.iter().copied().collect();
        stretch.frontier = tie;
        self.take(page);
        let mut last = None;
        for _ in 0..COUNTS {
            let from = stretch.frontier.place.offset();
            let counted = self.read_second(from, second, &mut ids).await?;
            let Some(Second { start, end, below }) = counted else { break };
            stretch.frontier.place = Place::Seen(start);
            // Rows that came meanwhile move both ends.
            let moved = self.start_of(start, second).await? != Some(start);
            if !moved && ids.len() as u64 == end - start {
                return Ok(match below {
                    None => Next::Bottom(Bottom::End),
                    Some((page, first)) => {
                        let Some(frontier) = Frontier::at_row(&page.page, first) else { break };
                        let above = page.page.rows[..first].iter().map(|row| row.id).collect();
                        stretch.frontier = Frontier { above, ..frontier };
                        Next::GoOn
                    }
                });
            }
            last = below;
        }
        let gap = Gap::Crowded("one second has more events than can be counted");
        Ok(match last {
            None => Next::Bottom(Bottom::Gone),
            Some((page, first)) => self.start_below(stretch, &page, first, gap),
        })
    }

    /// Reads the rows of a second that begins at `from` or a little further down.
    async fn read_second(
        &mut self,
        from: u64,
        second: i64,
        ids: &mut HashSet<i64>,
    ) -> anyhow::Result<Option<Second>> {
        let mut offset = from.saturating_sub(1);
        let mut start = None;
        loop {
            let page = fetch(self.pull.cx.reader, offset, PAGE).await?;
            let rows = &page.page.rows;
            let is_last = rows.len() < PAGE;
            let tied = rows.iter().position(|row| row.at.timestamp() == second);
            let Some(tied) = tied else {
                // Above it still, or no such row any more.
                if start.is_some() || is_last {
                    return Ok(None);
                }
                offset += PAGE as u64 - 1;
                continue;
            };
            let first = offset + tied as u64;
            let start = *start.get_or_insert(first);
            let run = rows[tied..].iter().take_while(|row| row.at.timestamp() == second);
            let of_second: HashSet<i64> = run.clone().map(|row| row.id).collect();
            let under = tied + run.count();
            let end = offset + under as u64;
            ids.extend(&of_second);
            self.shown.extend(&of_second);
            self.buffer.extend(page.events.iter().filter(|e| of_second.contains(&e.id)).cloned());
            if under < rows.len() {
                return Ok(Some(Second { start, end, below: Some((page, under)) }));
            }
            if is_last {
                return Ok(Some(Second { start, end, below: None }));
            }
            offset += PAGE as u64 - 1;
        }
    }

    /// Where a second begins that was seen to begin at `start`.
    async fn start_of(&mut self, start: u64, second: i64) -> anyhow::Result<Option<u64>> {
        let offset = start.saturating_sub(1);
        let rows = fetch(self.pull.cx.reader, offset, 2).await?.page.rows;
        let place = rows.iter().position(|row| row.at.timestamp() == second);
        Ok(place.map(|place| offset + place as u64))
    }

    /// Goes on under a place where the answers do not join, however often they are asked for.
    pub(super) async fn below_moving(&mut self, stretch: &Stretch) -> anyhow::Result<Next> {
        let mut offset = stretch.frontier.place.offset();
        for _ in 0..TRIES {
            let page = fetch(self.pull.cx.reader, offset, PAGE).await?;
            let rows = &page.page.rows;
            let oldest = stretch.frontier.oldest.timestamp();
            if let Some(first) = rows.iter().position(|row| row.at.timestamp() < oldest) {
                let gap = Gap::Crowded("events kept arriving there");
                return Ok(self.start_below(stretch, &page, first, gap));
            }
            if rows.len() < PAGE {
                return Ok(Next::Bottom(Bottom::Gone));
            }
            offset += PAGE as u64;
        }
        Ok(Next::Bottom(Bottom::Gone))
    }

    /// Takes what is above a row that can be anybody's, or goes on under that row where nothing is left
    /// above it.
    pub(super) async fn above_unattributed(
        &mut self,
        stretch: &mut Stretch,
        page: Fetched,
        row: usize,
    ) -> anyhow::Result<Next> {
        self.prefetcher.restart();
        let above = page.above(row);
        match join(&stretch.frontier, &above.page) {
            Step::Retry(place) if row > 0 && !stretch.frontier.is_shown_by(&page.page) => {
                stretch.frontier.place = place;
                return Ok(Next::GoOn);
            }
            Step::Joined(frontier) if frontier.tail != stretch.frontier.tail => {
                self.take(above);
                stretch.frontier = frontier;
                return Ok(Next::GoOn);
            }
            _ => {}
        }
        let gap = Gap::Unreadable("a row without a readable account".to_owned());
        self.passed += 1;
        Ok(match page.page.rows.len() > row + 1 {
            true => self.start_below(stretch, &page, row + 1, gap),
            false => {
                let offset = page.page.offset + row as u64 + 1;
                let next = fetch(self.pull.cx.reader, offset, PAGE).await?;
                self.start_below(stretch, &next, 0, gap)
            }
        })
    }

    /// A page that fails again and again holds a row that the portal cannot show: reads up to it with
    /// smaller pages, then goes on under it.
    pub(super) async fn narrow(
        &mut self,
        stretch: &mut Stretch,
        error: PortalError,
    ) -> anyhow::Result<Next> {
        self.prefetcher.restart();
        let under_page = stretch.frontier.place.offset() + PAGE as u64;
        let mut count = PAGE / 2;
        let mut standing = 0;
        // Once past the page that failed, the walk goes on as before.
        while stretch.frontier.place.offset() < under_page && standing < TRIES {
            let offset = stretch.frontier.place.offset();
            let smallest = stretch.frontier.tail.len() + 1;
            count = count.max(smallest);
            match try_fetch(self.pull.cx.reader, offset, count).await {
                Ok(fetched) => {
                    let before = stretch.frontier.tail.clone();
                    let step = join(&stretch.frontier, &fetched.page);
                    match self.take_step(stretch, fetched, step).await? {
                        Next::GoOn if stretch.frontier.tail == before => standing += 1,
                        Next::GoOn => {}
                        other => return Ok(other),
                    }
                }
                Err(again) if again.is_server_fault() && count == smallest => {
                    // Before it counts as a hole, it is asked for with all patience once more.
                    return match fetch(self.pull.cx.reader, offset, count).await {
                        Ok(_) => Ok(Next::GoOn),
                        Err(last) if last.is_server_fault() => self.below_row(stretch, last).await,
                        Err(other) => Err(other.into()),
                    };
                }
                Err(again) if again.is_server_fault() => count = (count / 2).max(smallest),
                Err(other) => return Err(other.into()),
            }
        }
        match standing {
            TRIES => Err(error.into()),
            _ => Ok(Next::GoOn),
        }
    }

    /// Goes on under the row below the frontier, and under those beside it that cannot be shown either.
    async fn below_row(&mut self, stretch: &Stretch, error: PortalError) -> anyhow::Result<Next> {
        let row = stretch.frontier.place.offset() + stretch.frontier.tail.len() as u64;
        for skipped in 1..=TRIES as u64 {
            let fetched = match try_fetch(self.pull.cx.reader, row + skipped, 1).await {
                Ok(fetched) => fetched,
                Err(again) if again.is_server_fault() => continue,
                Err(other) => return Err(other.into()),
            };
            if stretch.frontier.is_shown_by(&fetched.page) {
                // New events have moved everything down: the walk looks again.
                return Ok(Next::GoOn);
            }
            let gap = Gap::Unreadable(format!("a row that the portal cannot show: {error}"));
            let below = self.start_below(stretch, &fetched, 0, gap);
            self.passed += skipped;
            self.take(fetched);
            return Ok(below);
        }
        // Nothing at all can be read there: the portal itself is ill.
        Err(error.into())
    }

    /// Goes on with a new stretch from row `first` of a page; where nothing is there, the history has ended.
    fn start_below(&self, stretch: &Stretch, page: &Fetched, first: usize, gap: Gap) -> Next {
        let Some(frontier) = Frontier::at_row(&page.page, first) else {
            return Next::Bottom(Bottom::Gone);
        };
        let (above, at) = (stretch.frontier.oldest, frontier.oldest);
        let (from, to) = (at.min(above), at.max(above));
        // Rows of the hole can be reported an hour late, and look as if they belonged above.
        let begun = at - REPORTED_LATE;
        let reason = match gap {
            Gap::Crowded(_) if from > self.bounds.top + REPORTED_LATE => {
                // Nothing is claimed of the newest rows yet: they are left to the next run.
                let (to, hole) = (stretch.to, stretch.hole.clone());
                return Next::Below(Stretch { to, begun, frontier, hole });
            }
            Gap::Crowded(reason) => reason.to_owned(),
            Gap::Unreadable(reason) => reason,
        };
        let hole = Hole { from, to, reason };
        tracing::warn!(
            from = %hole.from, to = %hole.to, reason = hole.reason,
            "a hole in the login history: absence proves nothing in this time"
        );
        Next::Below(Stretch { to: stretch.to.min(begun), begun, frontier, hole: Some(hole) })
    }
}
