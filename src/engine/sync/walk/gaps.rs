//! What cannot be read or proven: a second with more events than a page shows, and rows that the portal
//! cannot show. The walk goes on under it, and what lies between is a hole in coverage.

use crate::{
    domain::contiguity::{Frontier, PAGE, REPORTED_LATE, join},
    engine::sync::{
        prefetch::{Fetched, fetch, try_fetch},
        walk::{Bottom, Next, Stretch, TRIES, Walk},
    },
    portal::PortalError,
    store::segments::Hole,
};

impl Walk<'_, '_> {
    /// Goes on under a second that fills a page. Its rows are stored as far as they are shown.
    pub(super) async fn below_tie(&mut self, stretch: &Stretch) -> anyhow::Result<Next> {
        let second = stretch.frontier.oldest.timestamp();
        let mut offset = stretch.frontier.place.offset();
        loop {
            offset += PAGE as u64 / 2;
            let fetched = fetch(self.pull.cx.reader, offset, PAGE).await?;
            let rows = &fetched.page.rows;
            let is_last = rows.len() < PAGE;
            let tied = rows.iter().position(|r| r.at.timestamp() == second);
            let under = tied.and_then(|tied| {
                let under = rows[tied..].iter().position(|r| r.at.timestamp() != second);
                under.map(|n| tied + n)
            });
            let below = under.and_then(|first| {
                start_below(
                    stretch,
                    &fetched,
                    first,
                    "one second has more events than a page shows",
                )
            });
            self.take(fetched);
            match below {
                Some(below) => return Ok(Next::Hole(below)),
                None if is_last => return Ok(Next::Bottom(Bottom::Gone)),
                None => {}
            }
        }
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
            let reason = format!("a row that the portal cannot show: {error}");
            let below = start_below(stretch, &fetched, 0, &reason);
            self.take(fetched);
            return Ok(below.map_or(Next::Bottom(Bottom::Gone), Next::Hole));
        }
        // Nothing at all can be read there: the portal itself is ill.
        Err(error.into())
    }
}

/// A new stretch from row `first` of a page; none where nothing is there.
fn start_below(
    stretch: &Stretch,
    fetched: &Fetched,
    first: usize,
    reason: &str,
) -> Option<Stretch> {
    let frontier = Frontier::at_row(&fetched.page, first)?;
    let (above, at) = (stretch.frontier.oldest, frontier.oldest);
    let hole = Hole { from: at.min(above), to: at.max(above), reason: reason.to_owned() };
    tracing::warn!(
        from = %hole.from, to = %hole.to, reason,
        "a hole in the login history: absence proves nothing in this time"
    );
    // Rows of the hole can be reported an hour late, and look as if they belonged above.
    Some(Stretch { to: stretch.to.min(at - REPORTED_LATE), frontier, hole: Some(hole) })
}
