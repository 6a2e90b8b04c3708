//! Keeps within the server's limits: a sliding window of requests a minute, and requests at the same
//! time. A place in the window is free again a minute after the *answer*, because the server counts
//! when it sees the request, which is later than when we send it. A restarted process inherits the
//! server's window without knowing it: its first 429s only slow it down.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

const WINDOW: Duration = Duration::from_secs(60);
/// Clocks of several servers and the way back.
const MARGIN: Duration = Duration::from_millis(300);

/// Shared by all requests of one process.
#[derive(Debug)]
pub(super) struct Pacer {
    at_once: Semaphore,
    state: Mutex<State>,
    per_minute: usize,
}

#[derive(Debug, Default)]
struct State {
    in_flight: usize,
    answered: VecDeque<Instant>,
    not_before: Option<Instant>,
}

/// A place in the window and among the connections, until the answer is there.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pacer: &'a Pacer,
    _permit: SemaphorePermit<'a>,
}

impl Pacer {
    pub(super) fn new(at_once: usize, per_minute: u32) -> Self {
        Self {
            at_once: Semaphore::new(at_once.max(1)),
            state: Mutex::default(),
            per_minute: usize::try_from(per_minute).unwrap_or(usize::MAX).max(1),
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Turn<'_> {
        #[expect(clippy::expect_used, reason = "the semaphore is never closed")]
        let permit = self.at_once.acquire().await.expect("an open semaphore");
        while let Some(wait_until) = self.take_place() {
            sleep_until(wait_until).await;
        }
        Turn { pacer: self, _permit: permit }
    }

    /// Waits until so many requests can follow each other without waiting, or the whole window is free.
    pub(super) async fn room_for(&self, requests: usize) {
        while let Some(wait_until) = self.room_at(requests.min(self.per_minute)) {
            sleep_until(wait_until).await;
        }
    }

    /// Nobody asks before that much time has passed.
    pub(super) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut state = self.state();
        state.not_before = Some(state.not_before.map_or(until, |known| known.max(until)));
    }

    /// Takes a place, or says when to try again.
    fn take_place(&self) -> Option<Instant> {
        let mut state = self.state();
        let wait_until = state.free_at(1, self.per_minute);
        if wait_until.is_none() {
            state.in_flight += 1;
        }
        wait_until
    }

    fn room_at(&self, requests: usize) -> Option<Instant> {
        self.state().free_at(requests, self.per_minute)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When to look for so many free places again; none where they are free now.
    fn free_at(&mut self, places: usize, per_minute: usize) -> Option<Instant> {
        let now = Instant::now();
        if let Some(not_before) = self.not_before.filter(|t| *t > now) {
            return Some(not_before);
        }
        while self.answered.front().is_some_and(|t| *t + WINDOW + MARGIN <= now) {
            self.answered.pop_front();
        }
        let missing =
            (self.in_flight + self.answered.len() + places).checked_sub(per_minute + 1)?;
        let last = self.answered.get(missing).map(|t| *t + WINDOW + MARGIN);
        Some(last.unwrap_or(now + MARGIN))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.pacer.state();
        state.in_flight -= 1;
        state.answered.push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_window_of_a_minute_holds_more_than_the_limit() {
        let pacer = Pacer::new(4, 10);
        let mut starts = Vec::new();
        for _ in 0..35 {
            let turn = pacer.turn().await;
            starts.push(Instant::now());
            drop(turn);
        }
        for (i, start) in starts.iter().enumerate().skip(10) {
            assert!(*start - starts[i - 10] > WINDOW, "request {i} came too early");
        }
        // The floor: 35 requests at 10 a minute need three more windows, and no more than that.
        let took = starts[34] - starts[0];
        assert!(took < 3 * WINDOW + 4 * MARGIN, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_wait_for_room_no_request_waits() {
        let pacer = Pacer::new(4, 10);
        for _ in 0..7 {
            drop(pacer.turn().await);
        }
        pacer.room_for(5).await;
        let start = Instant::now();
        for _ in 0..5 {
            drop(pacer.turn().await);
        }
        assert_eq!(Instant::now(), start);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_back() {
        let pacer = Pacer::new(4, 1000);
        let start = Instant::now();
        pacer.pause(Duration::from_secs(7));
        drop(pacer.turn().await);
        assert!(Instant::now() - start >= Duration::from_secs(7));
    }
}
