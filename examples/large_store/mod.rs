//! What the benchmarks over a large store share: the store, a plain scan of its events by SQLite as the
//! yardstick, and the program as a process of its own, best of several tries.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant as Ticks},
};

use anyhow::{Context, bail, ensure};
use dormouse::{
    app::{self, World},
    config::Env,
    output::{Streams, Terminal},
    prompt::{Input, Prompt},
    store::{Mode, Store},
    time::FixedClock,
};
use sqlx::AssertSqlSafe;

/// End of coverage, which is the moment decided.
const END: &str = "2026-11-24T10:00:00.000Z";
const FILL: &str = include_str!("fill.sql");

/// A command and the most that it may take.
pub(crate) struct Goal {
    pub(crate) name: &'static str,
    pub(crate) line: &'static str,
    pub(crate) most: Duration,
    /// The best of so many counts, since the machine is rarely alone.
    pub(crate) tries: usize,
}

pub(crate) const MEMORY_MIB: u64 = 300;

/// Runs every goal over a copy of a store of `[EVENTS [ACCOUNTS]]`, which is filled once and kept.
pub(crate) fn bench(goals: &[Goal]) -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, dir, line @ ..] = args.as_slice()
        && flag == "--child"
    {
        return child(Path::new(dir), line);
    }
    let number = |place: usize, default: u64| match args.get(place) {
        Some(text) => text.parse().context("a number"),
        None => Ok(default),
    };
    let (events, accounts) = (number(0, 10_000_000)?, number(1, 100_000)?);
    let dir = PathBuf::from(format!("target/large-store-{events}-{accounts}"));
    let (filled, store) = (dir.join("filled.db"), dir.join("dormouse.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if !filled.exists() {
        let took = runtime.block_on(fill(&dir, &filled, events, accounts))?;
        println!("filled {} in {:.0} s", filled.display(), took.as_secs_f64());
    }
    std::fs::copy(&filled, &store)?;
    let scan = runtime.block_on(scan(&store))?;
    println!("{events} events, {accounts} accounts; whole process\n");
    println!("{:<28} {:>9} {:>9} {:>9} {:>9}", "", "seconds", "to scan", "limit", "MiB");
    println!("{:<28} {:>9.3} {:>9.2}", "plain scan by SQLite", scan.as_secs_f64(), 1.0);
    let mut missed = Vec::new();
    for goal in goals {
        let (took, memory) = measure(&dir, goal)?;
        println!(
            "{:<28} {:>9.3} {:>9.2} {:>9.2} {memory:>9}",
            goal.name,
            took.as_secs_f64(),
            took.as_secs_f64() / scan.as_secs_f64(),
            goal.most.as_secs_f64(),
        );
        if took > goal.most || memory > MEMORY_MIB {
            missed.push(goal.name);
        }
    }
    ensure!(missed.is_empty(), "over the limit: {}", missed.join(", "));
    Ok(())
}

async fn fill(dir: &Path, path: &Path, events: u64, accounts: u64) -> anyhow::Result<Duration> {
    std::fs::create_dir_all(dir)?;
    let part = path.with_extension("part");
    let started = Ticks::now();
    let mut store = Store::open(&part, Mode::Create).await?;
    let end = END.parse::<dormouse::time::Timestamp>()?.timestamp_millis();
    let script = FILL
        .replace(":events", &events.to_string())
        .replace(":accounts", &accounts.to_string())
        .replace(":end", &end.to_string());
    sqlx::raw_sql(AssertSqlSafe(script)).execute(store.conn()).await?;
    store.close().await?;
    std::fs::rename(part, path)?;
    Ok(started.elapsed())
}

/// Reads every event once, as the yardstick; the second time, when all is in memory.
async fn scan(path: &Path) -> anyhow::Result<Duration> {
    let mut store = Store::open(path, Mode::Read).await?;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let started = Ticks::now();
        let (count, _): (i64, i64) = sqlx::query_as("SELECT count(*), max(at_ms) FROM events")
            .fetch_one(store.conn())
            .await?;
        ensure!(count > 0, "an empty store");
        best = best.min(started.elapsed());
    }
    store.close().await?;
    Ok(best)
}

fn measure(dir: &Path, goal: &Goal) -> anyhow::Result<(Duration, u64)> {
    let (mut best, mut most_memory) = (Duration::MAX, 0);
    for _ in 0..goal.tries {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--child").arg(dir).args(goal.line.split_whitespace());
        let started = Ticks::now();
        let ran = command.stdin(Stdio::null()).output()?;
        let took = started.elapsed();
        let errors = String::from_utf8_lossy(&ran.stderr);
        if !ran.status.success() {
            bail!("{}: {errors}", goal.line);
        }
        let memory = errors.rsplit("peak KiB ").next().and_then(|n| n.trim().parse::<u64>().ok());
        best = best.min(took);
        most_memory = most_memory.max(memory.unwrap_or(0) / 1024);
    }
    Ok((best, most_memory))
}

/// The program itself, as its own process.
fn child(dir: &Path, line: &[String]) -> anyhow::Result<()> {
    let now = END.parse::<dormouse::time::Timestamp>()? + chrono::TimeDelta::hours(2);
    let mut world = World {
        env: [("DATABASE_URL", "sqlite://dormouse.db".to_owned())].into_iter().collect::<Env>(),
        cwd: dir.to_owned(),
        clock: Arc::new(FixedClock::at(now)),
        input: Input { reader: Box::new(io::empty()), prompt: Prompt::Nobody },
        streams: Streams {
            stdout: Box::new(io::BufWriter::new(io::stdout())),
            stderr: Box::new(io::stderr()),
            stdout_is: Terminal::None,
            stderr_is: Terminal::None,
        },
    };
    let args = std::iter::once("dormouse".to_owned()).chain(line.iter().cloned());
    let exit = app::parse(args, &mut world).map_or_else(|exit| exit, |cli| app::run(cli, world));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|l| l.split_whitespace().next()).unwrap_or("0");
    writeln!(io::stderr(), "peak KiB {peak}")?;
    ensure!(exit.code() == 0, "exit {}", exit.code());
    Ok(())
}
