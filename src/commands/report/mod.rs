//! `report`: the auditor's report from the store alone, as one page, a folder of CSV files, or JSON.
//! It reads one snapshot and changes nothing.

mod actions;
mod gather;

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use anyhow::Context as _;
use chrono::TimeDelta;
use sqlx::SqliteConnection;

use crate::{
    cli,
    commands::Context,
    exit::{Exit, Failure},
    output::Format,
    report::{AuditReport, Scope, ScopeKind, csv_files, page},
    store::{self, Mode, decisions, runs, sync_runs},
    time::Timestamp,
};

pub(crate) async fn run(cx: &mut Context, args: cli::Report) -> anyhow::Result<Exit> {
    let format = args.format.unwrap_or_else(|| cx.out.format());
    refuse_impossible(cx, format, args.output.as_deref())?;
    let mut store = cx.open(Mode::Read).await?;
    let report = {
        let mut snapshot = store.snapshot().await?;
        let chosen = choose(&mut snapshot, &args, cx.clock.now()).await?;
        gather::gather(&mut snapshot, chosen, cx.clock.now()).await?
    };
    store.close().await?;
    for warning in &report.warnings {
        cx.out.warn(warning);
    }
    write(cx, &report, format, args.output.as_deref())?;
    Ok(Exit::Done)
}

/// What is reported on, and the decision that is shown for it.
struct Chosen {
    scope: Scope,
    decision: Option<i64>,
}

async fn choose(
    conn: &mut SqliteConnection,
    args: &cli::Report,
    now: Timestamp,
) -> anyhow::Result<Chosen> {
    match (args.from, args.run) {
        (Some(from), _) => period(conn, from, args.to.unwrap_or(after(now))).await,
        (None, Some(run)) => of_run(conn, run, now).await,
        (None, None) => of_decision(conn, args.decision, now).await,
    }
}

async fn period(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> anyhow::Result<Chosen> {
    if to <= from {
        return Err(Failure::usage("--to must be later than --from").into());
    }
    let decision = store::report::decisions(conn, from, to).await?.last().map(|d| d.id);
    Ok(Chosen { scope: Scope { kind: ScopeKind::Period, id: None, from, to }, decision })
}

async fn of_run(conn: &mut SqliteConnection, id: i64, now: Timestamp) -> anyhow::Result<Chosen> {
    let run = runs::newest(conn, u32::MAX).await?.into_iter().find(|r| r.id == id);
    let run = run.ok_or_else(|| Failure::usage(format!("there is no run {id}")))?;
    let to = after(run.finished_at.unwrap_or(now));
    let scope = Scope { kind: ScopeKind::Run, id: Some(id), from: run.started_at, to };
    Ok(Chosen { scope, decision: run.decision_id })
}

async fn of_decision(
    conn: &mut SqliteConnection,
    asked: Option<i64>,
    now: Timestamp,
) -> anyhow::Result<Chosen> {
    let newest = decisions::newest(conn).await?;
    let id = asked.or(newest).ok_or_else(|| {
        Failure::refused(
            "nothing was decided yet, so there is nothing to report; run `dormouse decide`",
        )
    })?;
    let head = decisions::get(conn, id).await?.ok_or_else(|| {
        let newest =
            newest.map_or_else(|| "none is stored".to_owned(), |n| format!("the newest is {n}"));
        Failure::usage(format!("there is no decision {id}; {newest}"))
    })?;
    // From the sync run that it rests on, whose own run began a moment before its row.
    let sync = sync_runs::get(conn, head.sync_run_id).await?;
    let from = sync.map_or(head.decided_at, |s| s.started_at.min(head.decided_at));
    let to = store::report::next_current(conn, id).await?.unwrap_or_else(|| after(now));
    let scope = Scope { kind: ScopeKind::Decision, id: Some(id), from, to };
    Ok(Chosen { scope, decision: Some(id) })
}

/// The first moment after `at`, so that a half-open stretch includes it.
fn after(at: Timestamp) -> Timestamp {
    at + TimeDelta::milliseconds(1)
}

/// Refuses what cannot work before anything is read.
fn refuse_impossible(cx: &Context, format: Format, output: Option<&Path>) -> Result<(), Failure> {
    let path = output.map(|path| cx.cwd.join(path));
    match (format, path) {
        (Format::Csv, None) => Err(Failure::usage(
            "a report in CSV is a folder of files; name the folder with --output",
        )),
        (Format::Csv, Some(path)) if path.is_file() => Err(Failure::usage(format!(
            "{} is a file, and a report in CSV is a folder of files",
            path.display()
        ))),
        (Format::Html | Format::Json | Format::Table, Some(path)) if path.is_dir() => {
            Err(Failure::usage(format!("{} is a folder; name a file in it", path.display())))
        }
        _ => Ok(()),
    }
}

fn write(
    cx: &mut Context,
    report: &AuditReport,
    format: Format,
    output: Option<&Path>,
) -> anyhow::Result<()> {
    let path = output.map(|path| cx.cwd.join(path));
    match (format, &path) {
        (Format::Csv, None) => {}
        (Format::Json, None) => cx.out.json(report)?,
        (Format::Html | Format::Table, None) => {
            cx.out.stdout().write_all(page(report).as_bytes())?
        }
        (Format::Csv, Some(folder)) => {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
            for (name, bytes) in csv_files(report)? {
                write_file(&folder.join(name), &bytes)?;
            }
        }
        (Format::Json, Some(path)) => write_file(path, &serde_json::to_vec_pretty(report)?)?,
        (Format::Html | Format::Table, Some(path)) => write_file(path, page(report).as_bytes())?,
    }
    if let Some(path) = path {
        cx.out.note(format_args!("wrote {}", path.display()));
    }
    Ok(())
}

/// Writes beside the file and then takes its name, so that nobody reads half a report. Readable by
/// the owner only, since it names people.
fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        // What cannot be removed either is no worse than what cannot be written.
        let _ = fs::remove_file(beside);
    }
    written.with_context(|| format!("cannot write the report {}", path.display()))
}
