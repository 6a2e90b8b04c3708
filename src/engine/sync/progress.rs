//! Progress of long work: bars with rate and time left on a terminal, plain lines otherwise. Always on
//! stderr.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{output::Output, time::Timestamp};

/// Shows how far a run has come.
pub struct Progress {
    bar: ProgressBar,
    span: Option<Span>,
    read: u64,
}

/// What part of the history is done, by time: the portal gives no total.
#[derive(Debug, Clone, Copy)]
struct Span {
    top: Timestamp,
    bottom: Timestamp,
}

/// Steps of a bar over a span of time.
const STEPS: u64 = 1000;

impl Progress {
    /// Bars where `out` shows them.
    #[must_use]
    pub fn new(out: &Output) -> Self {
        let target = if out.shows_progress() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, span: None, read: 0 }
    }

    pub(crate) fn accounts(&self, listed: usize) {
        tracing::info!(accounts = listed, "accounts listed");
        self.bar.set_message(format!("{listed} accounts"));
    }

    pub(crate) fn events(&mut self, top: Timestamp, bottom: Timestamp) {
        self.span = Some(Span { top, bottom });
        self.style("login events {bar:30} {percent:>3} %  {msg}  about {eta} left", STEPS);
    }

    pub(crate) fn read(&mut self, events: usize, oldest: Option<Timestamp>) {
        self.read += events as u64;
        if let (Some(span), Some(oldest)) = (self.span, oldest) {
            let whole = (span.top - span.bottom).num_seconds().max(1);
            let done = (span.top - oldest).num_seconds().clamp(0, whole);
            self.bar.set_position(done.unsigned_abs() * STEPS / whole.unsigned_abs());
        }
        let rate = per_second(self.read, self.bar.elapsed());
        self.bar.set_message(format!("{} read, {rate}/s", self.read));
    }

    pub(crate) fn checks(&mut self, wanted: usize) {
        tracing::info!(events = self.read, "login events read");
        tracing::info!(accounts = wanted, "accounts to look up in the audit trail");
        self.style("activity checks {bar:30} {pos}/{len}  {msg}  about {eta} left", wanted as u64);
        self.bar.set_message("");
    }

    pub(crate) fn checked(&self, accounts: usize) {
        self.bar.inc(accounts as u64);
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn style(&self, template: &str, length: u64) {
        self.bar.reset();
        self.bar.set_length(length);
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

fn per_second(count: u64, elapsed: Duration) -> u64 {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1000) / millis
}
