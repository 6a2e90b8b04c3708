//! How fast decisions are over a large store, whole process, as ratios to a plain scan by SQLite in the
//! same run. `cargo run --profile dist --example bench_decide [EVENTS [ACCOUNTS]]`; keeps its store.

#![expect(clippy::print_stdout, reason = "a benchmark talks to whoever runs it")]

mod large_store;

use std::{path::Path, time::Duration};

use dormouse::store::{Mode, Store};
use sqlx::AssertSqlSafe;

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
    bench(&GOALS, forget)
}

/// Removes what an earlier run has decided, and what protects it until the protection is back.
async fn forget(path: &Path) -> anyhow::Result<()> {
    let mut store = Store::open(path, Mode::Record).await?;
    let triggers: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_schema
         WHERE type = 'trigger' AND tbl_name IN ('decisions', 'verdicts')",
    )
    .fetch_all(store.conn())
    .await?;
    // Runs still name their decisions, which get the same numbers again.
    let mut script = "PRAGMA foreign_keys = OFF; BEGIN;\n".to_owned();
    for (name, _) in &triggers {
        script.push_str(&format!("DROP TRIGGER {name};\n"));
    }
    script.push_str("DELETE FROM verdicts; DELETE FROM decisions;\n");
    for (_, sql) in &triggers {
        script.push_str(&format!("{sql};\n"));
    }
    script.push_str("COMMIT;");
    sqlx::raw_sql(AssertSqlSafe(script)).execute(store.conn()).await?;
    Ok(store.close().await?)
}
