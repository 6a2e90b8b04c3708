//! Progress of long work: bars with rate and time left on a terminal, log lines otherwise. Always on
//! stderr.

use std::{fmt::Write, time::Duration};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::{
    engine::Progress,
    output::{
        Output,
        when::{many, thousands},
    },
    time::Timestamp,
};

/// Shows how far a sync has come; goes away when dropped.
pub(crate) struct Bars {
    bar: ProgressBar,
    span: Option<Span>,
    read: u64,
}

/// The part of the history that is to be read. Its share by time stands in for a total, which the
/// portal does not give.
#[derive(Debug, Clone, Copy)]
struct Span {
    top: Timestamp,
    bottom: Timestamp,
}

/// Length of the bar over a span of time.
const STEPS: u64 = 1000;

impl Bars {
    pub(crate) fn new(out: &Output) -> Self {
        let target = if out.shows_progress() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        // Until there is something to count.
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, span: None, read: 0 }
    }

    fn style(&self, template: &str, length: u64) {
        // The style comes last: until then the old one would be drawn with the new length.
        let Ok(style) = ProgressStyle::with_template(template) else { return };
        self.bar.set_message("");
        self.bar.reset();
        self.bar.set_length(length);
        self.bar.set_style(style.with_key("left", time_left));
    }
}

/// Nobody can tell before something is done.
fn time_left(state: &ProgressState, out: &mut dyn Write) {
    if state.pos() > 0 {
        // A bar has no other way to fail than to show nothing.
        let _ = write!(out, "  about {:#} left", HumanDuration(state.eta()));
    }
}

impl Progress for Bars {
    fn accounts(&mut self, listed: usize) {
        tracing::info!(accounts = listed, "accounts listed");
        self.bar.set_message(many(listed, "account"));
    }

    fn history(&mut self, top: Timestamp, bottom: Timestamp) {
        self.span = Some(Span { top, bottom });
        self.style("login events {wide_bar} {percent:>3} %  {msg}{left}", STEPS);
    }

    fn events(&mut self, read: usize, oldest: Option<Timestamp>) {
        self.read += read as u64;
        if let (Some(span), Some(oldest)) = (self.span, oldest) {
            let whole = (span.top - span.bottom).num_seconds().max(1);
            let done = (span.top - oldest).num_seconds().clamp(0, whole);
            self.bar.set_position(done.unsigned_abs() * STEPS / whole.unsigned_abs());
        }
        let millis = u64::try_from(self.bar.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = self.read.saturating_mul(1000) / millis;
        self.bar.set_message(format!("{} read, {}/s", thousands(self.read), thousands(rate)));
    }

    fn checks(&mut self, wanted: usize) {
        tracing::info!(events = self.read, "login events read");
        tracing::info!(accounts = wanted, "accounts to check in the audit trail");
        self.style("activity checks {wide_bar} {pos}/{len}{left}", wanted as u64);
    }

    fn checked(&mut self, accounts: usize) {
        self.bar.inc(accounts as u64);
    }

    fn changes(&mut self, wanted: usize) {
        tracing::info!(accounts = wanted, "accounts to change");
        self.style("accounts {wide_bar} {pos}/{len}{left}", wanted as u64);
    }

    fn changed(&mut self, accounts: usize) {
        self.bar.inc(accounts as u64);
    }

    fn notices(&mut self, wanted: usize) {
        tracing::info!(messages = wanted, "messages to send");
        self.style("notices {wide_bar} {pos}/{len}{left}", wanted as u64);
    }

    fn sent(&mut self) {
        self.bar.inc(1);
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
