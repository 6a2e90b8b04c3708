//! How fast decisions are over a large store, whole process, as ratios to a plain scan by SQLite in the
//! same run. `cargo run --profile dist --example bench_decide [EVENTS [ACCOUNTS]]`; keeps the store as it was filled.

#![expect(clippy::print_stdout, reason = "a benchmark talks to whoever runs it")]

mod large_store;

use std::time::Duration;

use self::large_store::{Goal, bench};

/// Each command this often; the best counts, since the machine is rarely alone.
const TRIES: usize = 5;

const GOALS: [Goal; 5] = [
    Goal { name: "decide, current", line: "decide", most: Duration::from_secs(1), tries: TRIES },
    Goal {
        name: "decide, current, not stored",
        line: "decide --dry-run",
        most: Duration::from_secs(1),
        tries: TRIES,
    },
    Goal {
        name: "decide, historical",
        line: "decide --as-of 2026-10-20T00:00:00Z",
        most: Duration::from_secs(5),
        tries: TRIES,
    },
    Goal {
        name: "explain",
        line: "explain P77@X.EXAMPLE",
        most: Duration::from_millis(50),
        tries: TRIES,
    },
    Goal {
        name: "explain, historical",
        line: "explain p770@x.example --as-of 2026-10-20T00:00:00Z",
        most: Duration::from_millis(50),
        tries: TRIES,
    },
];

fn main() -> anyhow::Result<()> {
    bench(&GOALS)
}
