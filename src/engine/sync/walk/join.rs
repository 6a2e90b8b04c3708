//! From one page to the next: acts on what `contiguity::join` says of the two.

use crate::{
    domain::{
        contiguity::{PAGE, REPORTED_LATE, Step, join},
        login::LoginEvent,
    },
    engine::sync::{
        prefetch::{Fetched, fetch},
        pull::Depth,
        walk::{Bottom, Next, Stretch, TRIES, Walk},
    },
};

/// Pages kept ready while the writer is busy, for each connection.
const READY: usize = 6;

impl Walk<'_, '_> {
    /// Reads on from the frontier.
    pub(super) async fn next(&mut self, stretch: &mut Stretch) -> anyhow::Result<Next> {
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
        if let Some(row) = page.first_unattributed(&stretch.frontier) {
            return self.above_unattributed(stretch, page, row).await;
        }
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
        self.below_moving(stretch).await
    }

    pub(super) async fn take_step(
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
                return self.count_second(stretch, fetched, frontier).await;
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
        let is_above = self.reread.is_none() && self.known.iter().any(|s| s.to < oldest);
        if self.depth == Depth::Incremental && is_above {
            return 1;
        }
        (self.walked + 1).min(self.pull.cx.concurrency * READY)
    }

    pub(super) fn take(&mut self, fetched: Fetched) {
        self.pages += 1;
        self.walked += 1;
        self.pull.progress.events(fetched.events.len(), fetched.events.last().map(|e| e.at));
        if self.newest.is_none() {
            let (latest, own) = (self.bounds.now + REPORTED_LATE, self.pull.cx.portal.key_account);
            let others = fetched.events.iter().filter(|event| event.account != own);
            self.newest = others.map(LoginEvent::listed).find(|at| *at <= latest);
        }
        if self.compares() {
            self.shown.extend(fetched.page.rows.iter().map(|row| row.id));
        }
        self.lowest = fetched.page.rows.last().map_or(self.lowest, |row| Some(row.at));
        self.buffer.extend(fetched.events);
    }
}
