//! What is known is believed only once the portal has shown its newest rows again, each of them.

use chrono::TimeDelta;

use crate::{
    domain::{contiguity::REPORTED_LATE, coverage::Segment, human::minute},
    engine::sync::{
        preflight::newest_login,
        pull::{Depth, not_ours},
        walk::{Bottom, Retention, Stretch, Trust, Walk},
    },
    store::recognition,
    time::Timestamp,
};

impl Walk<'_, '_> {
    /// Whether the stretch needs to go no further. Rows below the frontier happened no later than its
    /// date as reported, so a known segment that ends no earlier has them all.
    pub(super) async fn arrived(&mut self, stretch: &Stretch) -> anyhow::Result<Option<Bottom>> {
        if stretch.frontier.tail.is_empty() {
            return Ok(None);
        }
        let oldest = stretch.frontier.oldest;
        let meets = |s: &&Segment| s.from <= oldest && oldest <= s.to && s.oldest < oldest;
        let Some(segment) = self.known.iter().find(meets).cloned() else {
            let bound = self.depth == Depth::Incremental && oldest < self.bounds.lookback;
            return Ok(bound.then_some(Bottom::Bound));
        };
        let is_trusted_already = self.depth == Depth::Full && self.trust == Trust::Given;
        if is_trusted_already
            || self.reread.is_some_and(|until| oldest >= until)
            || !self.recognized(stretch).await?
        {
            return Ok(None);
        }
        if self.depth == Depth::Full {
            self.trust = Trust::Given;
            return Ok(None);
        }
        match self.trust {
            Trust::Pending if self.reread.is_none() && self.will_be_newest(&segment) => {
                if !self.show_whole(&segment, stretch.to).await? {
                    return Ok(None);
                }
            }
            Trust::Pending => {}
            // A part below the one that was shown whole; nothing shows it whole.
            Trust::Needless | Trust::Given => {
                self.whole_from = self.whole_from.max(Some(segment.to))
            }
        }
        self.trust = Trust::Given;
        Ok(Some(Bottom::Known(segment.to)))
    }

    /// Whether rows of this stretch are compared with known ones below or beside them.
    pub(super) fn compares(&self) -> bool {
        match self.trust {
            Trust::Needless => false,
            Trust::Pending => true,
            Trust::Given => self.depth == Depth::Full || self.known.len() > 1,
        }
    }

    /// Whether what is read joins a known segment to the newest one of this run.
    fn will_be_newest(&self, segment: &Segment) -> bool {
        self.known.first() == Some(segment) && self.parts.iter().all(|part| part.segment.is_none())
    }

    /// The portal shows nothing older: what is stored must have been shown, or have left the portal.
    pub(super) async fn ended(&mut self, stretch: &Stretch) -> anyhow::Result<()> {
        // Its newest 20 events, whatever was asked, look like the end too.
        newest_login(self.pull.cx.reader).await?;
        if !self.compares() {
            return Ok(());
        }
        let recognized = self.recognized(stretch).await?;
        let before = std::mem::replace(&mut self.trust, Trust::Given);
        if before == Trust::Given || recognized || self.bounds.retention == Retention::Changed {
            return Ok(());
        }
        let conn = self.pull.store.conn();
        match recognition::newest_until(conn, self.bounds.now).await? {
            Some(top) if top > self.bounds.retained && !self.shows_any(top).await? => {
                let top = minute(top);
                Err(not_ours(format!("it does not show the events of {top} any more")))
            }
            _ => Ok(()),
        }
    }

    async fn shows_any(&mut self, second: Timestamp) -> anyhow::Result<bool> {
        let (after, before) = (second - TimeDelta::seconds(1), second + TimeDelta::seconds(1));
        let rows = recognition::between(self.pull.store.conn(), after, before).await?;
        Ok(rows.iter().any(|(id, _)| self.shown.contains(id)))
    }

    /// Whether the portal has shown again what is stored, from the beginning of the stretch down to its
    /// last row. Of the second of that row more can follow.
    ///
    /// # Errors
    /// A stored row is missing where older ones are shown: refused.
    async fn recognized(&mut self, stretch: &Stretch) -> anyhow::Result<bool> {
        let Some(lowest) = self.lowest else { return Ok(false) };
        let conn = self.pull.store.conn();
        let stored =
            recognition::between(conn, lowest - TimeDelta::seconds(1), stretch.begun).await?;
        let is_missing = |(id, at): &&(i64, Timestamp)| *at > lowest && !self.shown.contains(id);
        match stored.iter().find(is_missing) {
            None => Ok(stored.iter().any(|(id, _)| self.shown.contains(id))),
            // In the hour repeated when DST ends it can be listed further down.
            Some((_, at)) if *at <= lowest + REPORTED_LATE => Ok(false),
            Some((id, at)) => {
                Err(not_ours(format!("event {id} of {} is missing there", minute(*at))))
            }
        }
    }
}
