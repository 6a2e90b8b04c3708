//! `report`: the auditor's report from the store alone, as one page, a folder of CSV files, or JSON.
//! It reads one snapshot and changes nothing.

mod actions;
mod follow_up;
mod gather;
mod notices;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use chrono::TimeDelta;
use clap::Args as ClapArgs;
use sqlx::SqliteConnection;

use crate::{
    cli::values::{number, one_of, since, until},
    commands::Context,
    domain::policy::Policy,
    engine::{
        backtest::{BacktestOptions, backtest},
        cited::{Cited, cited},
        evaluate::judge,
    },
    exit::{Exit, Failure},
    output::{
        Format,
        backtest::BacktestDocument,
        files::{Existing, Readers, Target},
    },
    report::{AuditReport, Scope, ScopeKind, csv_files, page},
    store::{Mode, decisions, runs, sync_runs},
    time::Timestamp,
};

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// Report this decision [default: the newest one]
    #[arg(value_name = "DECISION", value_parser = number(), conflicts_with_all = ["from", "to", "run"])]
    pub decision: Option<i64>,

    /// Report a period, from this date or time (UTC)
    #[arg(long, value_name = "WHEN", value_parser = since, conflicts_with = "run")]
    pub from: Option<Timestamp>,

    /// End of the period; a date is included [default: now]
    #[arg(long, value_name = "WHEN", value_parser = until, requires = "from")]
    pub to: Option<Timestamp>,

    /// Report one run
    #[arg(long, value_name = "RUN_ID", value_parser = number())]
    pub run: Option<i64>,

    /// Write the report in this form [default: html]
    // The same name and type as the global flag, which this replaces.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(&[Format::Html, Format::Csv, Format::Json]))]
    pub format: Option<Format>,

    /// Write to this file, for csv into this folder; `-` is stdout [default: -]
    ///
    /// A file that exists is replaced only where it is a report of dormouse.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,

    /// Add what thresholds would have done over the recorded past
    ///
    /// 30, 45, 60 and 90 days and the threshold of the decision, with its policy, over all that is
    /// recorded: see `dormouse backtest`.
    #[arg(long)]
    pub backtest: bool,

    /// Replace the file, whatever it is; never the store, the key or the configuration
    #[arg(long, requires = "output")]
    pub force: bool,
}

pub(crate) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let format = args.format.unwrap_or_else(|| cx.out.format());
    let place = place(cx, format, &args)?;
    let mut store = cx.open(Mode::Read).await?;
    let chosen = choose(store.conn(), &args, cx.clock.now()).await?;
    // A decision and what it cites never change.
    let evaluated = match chosen.decision {
        Some(id) => {
            let Cited { head, snapshot, policy } = cited(&mut store, id).await?;
            Some(judge(store.conn(), snapshot, policy, head.as_of, head.currency).await?)
        }
        None => None,
    };
    let report = {
        let mut snapshot = store.snapshot().await?;
        let evaluated = evaluated.as_ref();
        let mut report = gather::gather(&mut snapshot, chosen, evaluated, cx.clock.now()).await?;
        if args.backtest {
            let policy = evaluated.map_or(&cx.settings.policy, |evaluated| &evaluated.policy);
            report.backtest = Some(tried(&mut snapshot, policy).await?);
        }
        report
    };
    store.close().await?;
    for warning in &report.warnings {
        cx.out.warn(warning);
    }
    write(cx, &report, format, place)?;
    Ok(Exit::Done)
}

/// Thresholds that are tried besides the one in force.
const TRIED: [u32; 4] = [30, 45, 60, 90];

async fn tried(conn: &mut SqliteConnection, policy: &Policy) -> anyhow::Result<BacktestDocument> {
    let thresholds = TRIED.into_iter().chain([policy.inactivity_days]).collect();
    let options = BacktestOptions { thresholds, from: None, to: None };
    Ok(backtest(conn, policy, &options, |_, _| {}).await?.into())
}

/// What is reported on, and the decision that is shown for it.
struct Chosen {
    scope: Scope,
    decision: Option<i64>,
}

async fn choose(
    conn: &mut SqliteConnection,
    args: &Args,
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
    let decision = decisions::of_period(conn, from, to).await?.last().map(|d| d.id);
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
    let to = decisions::next_current(conn, id).await?.unwrap_or_else(|| after(now));
    let scope = Scope { kind: ScopeKind::Decision, id: Some(id), from, to };
    Ok(Chosen { scope, decision: Some(id) })
}

/// The first moment after `at`, so that a half-open stretch includes it.
fn after(at: Timestamp) -> Timestamp {
    at + TimeDelta::milliseconds(1)
}

/// What one of these stands near the beginning of is a report, and the next one may take its place.
const MARKS: [&str; 4] = [
    "<meta name=\"generator\" content=\"dormouse ",
    "\"schema\":\"dormouse.report/1\"",
    "\"schema\": \"dormouse.report/1\"",
    "item,value\r\nschema,dormouse.report/1",
];

/// Where the report goes.
enum Place {
    Stdout,
    File(Target),
    Folder(PathBuf, Existing),
}

/// Refuses what cannot be written before anything is read.
fn place(cx: &Context, format: Format, args: &Args) -> anyhow::Result<Place> {
    let output = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let Some(path) = output.map(|path| cx.cwd.join(path)) else {
        return match format {
            Format::Csv => Err(Failure::usage(
                "a report in CSV is a folder of files; name the folder with --output",
            )
            .into()),
            Format::Html | Format::Json | Format::Table | Format::Prometheus => Ok(Place::Stdout),
        };
    };
    let existing = |file: &Path| match args.force {
        true => Existing::Replace,
        false => Existing::replace_marked(file, &MARKS),
    };
    match format {
        Format::Csv if path.is_file() => Err(Failure::usage(format!(
            "{} is a file, and a report in CSV is a folder of files",
            path.display()
        ))
        .into()),
        Format::Csv => {
            let existing = existing(&path.join("summary.csv"));
            Ok(Place::Folder(path, existing))
        }
        Format::Html | Format::Json | Format::Table | Format::Prometheus => {
            if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
                let folder = folder.display();
                let problem = format!("cannot write the report: there is no folder {folder}");
                return Err(Failure::new(Exit::Failed, problem).into());
            }
            Ok(Place::File(Target::find(&path, existing(&path), &cx.protected())?))
        }
    }
}

fn write(
    cx: &mut Context,
    report: &AuditReport,
    format: Format,
    place: Place,
) -> anyhow::Result<()> {
    let path = match place {
        Place::Stdout if format == Format::Json => return Ok(cx.out.json(report)?),
        Place::Stdout => return Ok(cx.out.stdout().write_all(page(report).as_bytes())?),
        Place::File(target) => {
            let bytes = match format {
                Format::Json => serde_json::to_vec_pretty(report)?,
                Format::Html | Format::Table | Format::Csv | Format::Prometheus => {
                    page(report).into_bytes()
                }
            };
            target.write(&bytes, Readers::Owner).context("cannot write the report")?;
            target.path().to_owned()
        }
        Place::Folder(folder, existing) => {
            fs::create_dir_all(&folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
            let protected = cx.protected();
            let mut files = Vec::new();
            for (name, bytes) in csv_files(report)? {
                files.push((Target::find(&folder.join(name), existing, &protected)?, bytes));
            }
            for (target, bytes) in files {
                target.write(&bytes, Readers::Owner).context("cannot write the report")?;
            }
            folder
        }
    };
    cx.out.note(format_args!("wrote {}", path.display()));
    Ok(())
}
