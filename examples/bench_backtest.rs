//! How fast four thresholds are tried on a large store, whole process, as a ratio to a plain scan of the
//! same events by SQLite in the same run. `cargo run --profile dist --example bench_backtest [EVENTS
//! [ACCOUNTS]]`; keeps its store, which it shares with `bench_decide`.

#![expect(clippy::print_stdout, reason = "a benchmark talks to whoever runs it")]

mod large_store;

use std::time::Duration;

use self::large_store::{Goal, bench};

const GOALS: [Goal; 1] = [Goal {
    name: "backtest, four thresholds",
    line: "backtest --thresholds 30,45,60,90",
    most: Duration::from_secs(60),
    tries: 3,
}];

fn main() -> anyhow::Result<()> {
    bench(&GOALS)
}
