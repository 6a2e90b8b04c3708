//! Rows can come late, far below the newest. A known segment is whole where its oldest row that the portal
//! still has stands as many places down as we know rows above it. Where it does not, the place is found
//! by halving and read, until the count agrees; with too many places, the window of the policy is read again.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::{
    domain::{contiguity::PAGE, coverage::Segment},
    engine::sync::{
        prefetch::{Fetched, try_fetch},
        walk::Walk,
    },
    store::recognition,
    time::Timestamp,
};

/// Arrivals between two requests can make a comparison worthless; a quiet moment is found soon, or never.
const COMPARISONS: usize = 9;
/// Places that are looked for one by one; with more of them the whole window is read again.
const PLACES: usize = 20;

/// Where a row stands, compared with how many rows we know above it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shift {
    None,
    /// Further down: rows came that we do not know.
    Down,
    /// Further up: rows have left the portal.
    Up,
    /// The portal cannot show it.
    Unreadable,
    /// Nobody can tell: rows arrived all the time.
    Restless,
}

impl Walk<'_, '_> {
    /// Shows that the newest known segment is whole, and reads what came late. False where the window has to
    /// be read again.
    pub(super) async fn show_whole(
        &mut self,
        segment: &Segment,
        claimed_to: Timestamp,
    ) -> anyhow::Result<bool> {
        let Some(mut far) = self.far_end(segment).await? else { return Ok(true) };
        for _ in 0..=PLACES {
            match self.compare_far_end(far).await? {
                Shift::None => return Ok(true),
                Shift::Down | Shift::Up => {}
                Shift::Unreadable | Shift::Restless => break,
            }
            match self.read_place(far).await? {
                Place::Read => {}
                Place::End(last) => {
                    self.whole_from = self.left_the_portal(last);
                    far = last;
                }
                Place::Unclear => break,
            }
        }
        tracing::info!("rows came late; reading the login history of the window again");
        // A portal that stopped recording is decided as of a time soon after its newest row.
        let decided = self.newest.map_or(claimed_to, |newest| newest.min(claimed_to));
        let window = decided - self.bounds.window;
        if window > far {
            self.whole_from = Some(window);
        }
        self.reread = Some(window.max(far));
        Ok(false)
    }

    /// The oldest row that the portal must still have; `whole_from` is set to what it shows.
    async fn far_end(&mut self, segment: &Segment) -> anyhow::Result<Option<Timestamp>> {
        let kept = segment.oldest.max(self.bounds.retained);
        self.whole_from = match segment.oldest < kept {
            true => self.left_the_portal(kept),
            // Down to its last row.
            false => None,
        };
        Ok(recognition::oldest_since(self.pull.store.conn(), kept).await?)
    }

    /// What has left the portal cannot be shown again; it was whole when it was.
    fn left_the_portal(&self, last: Timestamp) -> Option<Timestamp> {
        Some(self.bounds.whole_before.map_or(last, |before| before.min(last)))
    }

    /// Compares between two looks at the top. What arrived between them may explain a shift; where there
    /// is none, nothing arrived before the comparison, and what came after it does not matter.
    async fn compare_far_end(&mut self, far: Timestamp) -> anyhow::Result<Shift> {
        for _ in 0..COMPARISONS {
            let shift = self.shift(far).await?;
            let arrived = self.look_at_top().await?;
            if shift == Shift::None || arrived == 0 {
                return Ok(shift);
            }
        }
        Ok(Shift::Restless)
    }

    /// Where the newest row of the second of `at` or before stands.
    async fn shift(&mut self, at: Timestamp) -> anyhow::Result<Shift> {
        let above = self.known_above(at).await?;
        let offset = above.saturating_sub(1);
        let count = usize::from(above > 0) + 1;
        let Some(page) = self.glance(offset, count).await? else { return Ok(Shift::Unreadable) };
        let is_above: Vec<bool> =
            page.page.rows.iter().map(|row| row.at.timestamp() > at.timestamp()).collect();
        Ok(match (above, is_above.as_slice()) {
            // Nothing older is there any more, or all of it.
            (0, [] | [false]) | (1.., [true] | [true, false]) => Shift::None,
            (_, [.., true]) => Shift::Down,
            (_, _) => Shift::Up,
        })
    }

    /// Reads what is new at the top; says how many rows that were.
    async fn look_at_top(&mut self) -> anyhow::Result<usize> {
        let (mut offset, mut arrived) = (0, 0);
        loop {
            let Some(page) = self.glance(offset, PAGE).await? else { return Ok(arrived + 1) };
            let rows = page.page.rows.len();
            let new = self.learn(page).await?;
            arrived += new;
            if new == 0 || new < rows {
                return Ok(arrived);
            }
            offset += PAGE as u64 - 1;
        }
    }

    /// Finds the newest place from which on rows stand elsewhere than where we know them, and reads it.
    async fn read_place(&mut self, far: Timestamp) -> anyhow::Result<Place> {
        // Above `upper` each row stands where it should, at `lower` none does.
        let (mut upper, mut lower) = (self.bounds.now, far);
        let (mut first, mut last) =
            (self.known_above(upper).await?, self.known_above(lower).await?);
        while last.saturating_sub(first) > PAGE as u64 / 2 && upper - lower > TimeDelta::seconds(1)
        {
            let middle = lower + (upper - lower) / 2;
            match self.shift(middle).await? {
                Shift::None => (upper, first) = (middle, self.known_above(middle).await?),
                Shift::Down | Shift::Up => {
                    (lower, last) = (middle, self.known_above(middle).await?);
                }
                Shift::Unreadable | Shift::Restless => return Ok(Place::Unclear),
            }
        }
        let mut found = 0;
        for offset in (first.saturating_sub(1)..=last).step_by(PAGE - 1) {
            let Some(page) = self.glance(offset, PAGE).await? else { return Ok(Place::Unclear) };
            let end = page.page.rows.last().map(|row| row.at);
            let is_end = page.page.rows.len() < PAGE;
            if !page.unattributed.is_empty() {
                return Ok(Place::Unclear);
            }
            found += self.learn(page).await?;
            if let (0, true, Some(end)) = (found, is_end, end) {
                return Ok(if end > far { Place::End(end) } else { Place::Unclear });
            }
        }
        Ok(if found > 0 { Place::Read } else { Place::Unclear })
    }

    async fn glance(&self, offset: u64, count: usize) -> anyhow::Result<Option<Fetched>> {
        match try_fetch(self.pull.cx.reader, offset, count).await {
            Ok(page) => Ok(Some(page)),
            Err(error) if error.is_server_fault() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the rows that were not shown before; says how many of them are not stored either.
    async fn learn(&mut self, page: Fetched) -> anyhow::Result<usize> {
        let rows = page.page.rows.iter().map(|row| row.id);
        let unseen: HashSet<i64> = rows.filter(|id| !self.shown.contains(id)).collect();
        let ids: Vec<i64> = unseen.iter().copied().collect();
        let stored = recognition::stored(self.pull.store.conn(), &ids).await?;
        self.shown.extend(&unseen);
        self.buffer.extend(page.events.into_iter().filter(|event| unseen.contains(&event.id)));
        Ok(unseen.len() - stored.len())
    }

    /// How many rows we know above the second of `at`: stored, just read, or passed by unread.
    async fn known_above(&mut self, at: Timestamp) -> anyhow::Result<u64> {
        let next = at + TimeDelta::milliseconds(1000 - i64::from(at.timestamp_subsec_millis()));
        let above = self.buffer.iter().filter(|event| event.listed() >= next);
        let mut new: HashSet<i64> = above.map(|event| event.id).collect();
        let ids: Vec<i64> = new.iter().copied().collect();
        let conn = self.pull.store.conn();
        for row in recognition::stored(conn, &ids).await? {
            new.remove(&row.id);
        }
        Ok(recognition::count_since(conn, next).await? + new.len() as u64 + self.passed)
    }
}

/// What reading a place gave.
enum Place {
    /// Rows that were not known.
    Read,
    /// The portal has nothing older than this any more.
    End(Timestamp),
    /// Nothing that explains the shift.
    Unclear,
}
