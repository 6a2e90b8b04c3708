//! Measures a first sync of a large portal, and the next one:
//!
//! ```text
//! cargo build --profile dist && cargo run --profile dist --example bench_sync
//! cargo run --profile dist --example bench_sync -- --limits --contractors 200
//! ```
//!
//! The portal is served by this process, the program runs as a child of it. `--limits` gives the
//! portal the server's own limits and 50 ms a request, which takes six minutes a million events.
//! Figures are ratios wherever a machine's speed would decide them.

#![expect(clippy::print_stdout, reason = "a benchmark speaks on stdout")]

use std::{
    env,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use chrono::TimeDelta;
use dormouse::time::{Clock as _, SystemClock};
use sandbox::{Clock, Limits, Login, Sandbox, Serve, World, scenarios};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite, sqlite::SqliteConnectOptions};

/// What to measure.
struct Options {
    events: usize,
    contractors: usize,
    binary: PathBuf,
    connections: usize,
    threads: usize,
    limits: bool,
}

impl Options {
    fn of_process() -> anyhow::Result<Self> {
        let mut options = Self {
            events: 1_000_000,
            contractors: 2_000,
            binary: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/dist/dormouse")),
            connections: 8,
            threads: 1,
            limits: false,
        };
        let mut args = env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--events" => options.events = value()?.parse()?,
                "--contractors" => options.contractors = value()?.parse()?,
                "--binary" => options.binary = value()?.into(),
                "--connections" => options.connections = value()?.parse()?,
                "--threads" => options.threads = value()?.parse()?,
                "--limits" => options.limits = true,
                other => bail!("{other}: no such option"),
            }
        }
        ensure!(options.binary.is_file(), "{}: build it first", options.binary.display());
        Ok(options)
    }
}

/// What a run took.
struct Measured {
    seconds: f64,
    cpu: f64,
    peak_mb: f64,
}

fn main() -> anyhow::Result<()> {
    let options = Options::of_process()?;
    let now = SystemClock.now();
    println!("a portal of {} accounts and {} events …", options.contractors, options.events);
    let (mut world, _) = scenarios::busy(now.into(), 7, options.contractors, options.events);
    world.set_clock(Clock::running_from(now.into()));
    if options.limits {
        world.set_limits(Some(Limits::SHIPPED));
        world.settings.latency = Duration::from_millis(50);
    }
    let dir = tempfile::tempdir()?;
    let plain = plain_insert(&world, &dir.path().join("plain.db"))?;
    let portal = Sandbox::spawn_with(world, Serve { port: 0, threads: options.threads })?;
    let per_minute = if options.limits { 1500 } else { 1_000_000 };
    let settings = format!(
        "[portal]\nconcurrency = {}\nrequests_per_minute = {per_minute}\n",
        options.connections
    );
    std::fs::write(dir.path().join("dormouse.toml"), settings)?;

    let first = sync(&options.binary, dir.path(), &portal)?;
    report("first sync", options.events, &first);
    println!("  {:.2} times a plain multi-row insert of the same rows", first.seconds / plain);
    let requests = portal.journal().entries().len();
    let refused = portal.journal().entries().iter().filter(|e| e.status() == Some(429)).count();
    println!("  {requests} requests, {:.2} % answered 429", percent(refused, requests));
    if options.limits {
        for (what, requests) in [
            ("whole pages of events alone", options.events.div_ceil(100)),
            ("the requests made", requests - refused),
        ] {
            let floor = floor(requests, options.connections);
            println!("  {:.3} times the floor of {floor:.0} s for {what}", first.seconds / floor);
        }
    }

    later(&portal, NEW);
    let before = portal.journal().entries().len();
    let next = sync(&options.binary, dir.path(), &portal)?;
    report("the next sync", NEW, &next);
    println!("  {} requests", portal.journal().entries().len() - before);
    Ok(())
}

/// Events that came after the first sync.
const NEW: usize = 2000;

fn report(what: &str, events: usize, measured: &Measured) {
    println!(
        "{what}: {events} events in {:.2} s ({:.2} s of processor), {:.0} events/s, peak memory {:.0} MB",
        measured.seconds,
        measured.cpu,
        events as f64 / measured.seconds,
        measured.peak_mb
    );
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// The least that the window allows for whole pages alone: 1500 of them as fast as the connections go,
/// then as many again every minute.
fn floor(requests: usize, connections: usize) -> f64 {
    let per_second = connections as f64 / 0.05;
    let windows = requests.saturating_sub(1) / 1500;
    let rest = requests - windows * 1500;
    windows as f64 * 60.0 + rest as f64 / per_second
}

/// Events come, later than what is covered.
fn later(portal: &Sandbox, events: usize) {
    let now = portal.clock().now();
    let mut world = portal.world();
    let people: Vec<_> = world.accounts().iter().map(|a| a.id).collect();
    for n in 0..events {
        let age = TimeDelta::milliseconds(6_000_000 * n as i64 / events as i64);
        world.add_login(Login::success(people[n % people.len()]).at(now - age));
    }
}

/// Runs the program and watches its memory.
fn sync(binary: &Path, dir: &Path, portal: &Sandbox) -> anyhow::Result<Measured> {
    let start = Instant::now();
    let mut child = Command::new(binary)
        .env_clear()
        .env("DOCSPACE_API_HOST", portal.url())
        .env("DOCSPACE_API_KEY", portal.admin_key())
        .current_dir(dir)
        .args(["-q", "sync"])
        .stdout(Stdio::null())
        .spawn()?;
    let (mut peak, mut cpu) = (0, 0.0_f64);
    let status = loop {
        peak = peak.max(high_water(&child));
        cpu = cpu.max(processor_time(&child));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    ensure!(status.success(), "sync ended with {status}");
    let seconds = start.elapsed().as_secs_f64();
    Ok(Measured { seconds, cpu, peak_mb: peak as f64 / 1024.0 })
}

/// Most memory that the process has had so far, in kB; 0 where the system does not say.
fn high_water(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let line = status.unwrap_or_default();
    let line = line.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// Seconds of processor that the process has used, in the kernel's usual hundredths: what a busy
/// machine does not change.
fn processor_time(child: &Child) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).filter_map(|n| n.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Seconds that the same rows take without index, proofs or portal.
fn plain_insert(world: &World, path: &Path) -> anyhow::Result<f64> {
    const COLUMNS: &str = "event_id INTEGER PRIMARY KEY, account TEXT, at_ms INTEGER, code INTEGER, \
                           ip TEXT, country TEXT, city TEXT, browser TEXT, platform TEXT";
    let rows: Vec<_> = world.logins().iter().rev().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut conn = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "NORMAL")
            .connect()
            .await?;
        let table = format!("CREATE TABLE plain ({COLUMNS}) STRICT");
        sqlx::raw_sql(sqlx::AssertSqlSafe(table)).execute(&mut conn).await?;
        let start = Instant::now();
        for group in rows.chunks(10_000) {
            let mut tx = conn.begin().await?;
            for chunk in group.chunks(500) {
                let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO plain ");
                insert.push_values(chunk, |mut row, e| {
                    let shape = e.shape();
                    row.push_bind(e.id)
                        .push_bind(shape.user_id.to_string())
                        .push_bind(e.at_micros / 1000)
                        .push_bind(i64::from(shape.code))
                        .push_bind(shape.ip.as_str())
                        .push_bind(shape.country.as_str())
                        .push_bind(shape.city.as_str())
                        .push_bind(shape.browser.as_deref())
                        .push_bind(shape.platform.as_deref());
                });
                insert.build().execute(&mut *tx).await?;
            }
            tx.commit().await?;
        }
        let seconds = start.elapsed().as_secs_f64();
        println!("plain insert: {} events in {seconds:.2} s", rows.len());
        Ok(seconds)
    })
}
