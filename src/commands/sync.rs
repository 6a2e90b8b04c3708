//! `sync`: pulls evidence from the portal into the store.

mod summary;

use std::path::PathBuf;

use crate::{
    cli::values::days,
    commands::{Context, progress::Bars, sync::summary::Summary},
    config::Overrides,
    domain::brakes::Brakes,
    engine::{
        cancel,
        recorded_run::{RecordedRun, RunSummary},
        sync::{
            Depth, MustMatch, NewRoster, Past, PullContext, PullOptions, Pulled, Purpose,
            preflight, pull,
        },
    },
    exit::{Exit, Failure},
    output::{
        Output,
        when::{many, thousands},
    },
    portal::PortalReader,
    roster::{self, Roster, RosterError},
    store::{self, Store, portal::OwnerChange, runs::Command, sync_runs::SyncStatus},
};

/// Flags of `sync`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Read the roster from this file; repeat for more files, `-` is stdin
    ///
    /// CSV or JSON. All files of one run together are the whole roster: anyone missing from all
    /// files is no longer treated as a contractor.
    #[arg(long, value_name = "FILE")]
    contractors: Vec<PathBuf>,

    /// Read again all that the portal still has
    #[arg(long)]
    full: bool,

    /// Let the first read go back this many days [env: LOGIN_LOOKBACK_DAYS] [default: 180]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    lookback_days: Option<u32>,

    /// Check accounts idle for this many days [env: INACTIVITY_DAYS] [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    inactivity_days: Option<u32>,

    /// Accept a roster that is empty or much smaller than the last
    #[arg(long)]
    accept_shrink: bool,

    /// Accept a roster that matches no account, or far fewer than the last one did
    #[arg(long)]
    accept_unmatched: bool,

    /// Begin a new record for a portal that was restored or rolled back
    ///
    /// What was learned of logins and the audit trail before is void and every account starts again;
    /// decisions and the history stay. At least half of the known active accounts must be listed.
    #[arg(long)]
    accept_history: bool,

    /// Accept that the portal has a new owner
    #[arg(long)]
    accept_owner: bool,
}

impl Args {
    /// Settings that these flags replace.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { inactivity_days: self.inactivity_days, lookback_days: self.lookback_days }
    }

    fn must_match(&self) -> MustMatch {
        match (self.accept_unmatched, self.accept_shrink) {
            (true, _) => MustMatch::Any,
            (false, true) => MustMatch::AsLastThoughSmaller,
            (false, false) => MustMatch::AsLast,
        }
    }

    /// One-shot flags as typed, for the record.
    fn one_shot(&self) -> String {
        let flags = [
            (self.full, "--full"),
            (self.accept_shrink, "--accept-shrink"),
            (self.accept_unmatched, "--accept-unmatched"),
            (self.accept_history, "--accept-history"),
            (self.accept_owner, "--accept-owner"),
        ];
        flags
            .iter()
            .filter(|(given, _)| *given)
            .map(|(_, flag)| *flag)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Runs the command.
pub(crate) async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let connection = cx.connection()?;
    let roster = match args.contractors.as_slice() {
        [] => None,
        files => {
            let read = roster::read(files, &cx.settings.roster, &cx.cwd, &mut cx.input.reader);
            Some(read.map_err(|error| refused(&mut cx.out, error))?)
        }
    };
    let is_new = !cx.settings.database.exists();
    if let Some(folder) = cx.settings.database.parent().filter(|folder| !folder.is_dir()) {
        anyhow::bail!(
            "cannot create the store {}: there is no folder {}; create it, or name another store with \
             --db",
            cx.settings.database.display(),
            folder.display()
        );
    }
    let lock = (!is_new).then(|| cx.engine().lock()).transpose()?;
    let reader = PortalReader::in_step(&connection, &cx.clock)?;
    let cancel = cancel::on_signal();
    let portal = preflight(&reader, Purpose::Read).await;
    if is_new && portal.is_err() {
        // Nothing was learned: no store is made for it.
        portal?;
        return Ok(Exit::Failed);
    }
    let owner = if args.accept_owner { OwnerChange::Accept } else { OwnerChange::Refuse };
    // A store of an older schema is upgraded only for the portal that it belongs to.
    if let Some(mut rehearsal) = Store::rehearsal(&cx.settings.database).await? {
        let known = match &portal {
            Ok(portal) => &portal.known,
            Err(_) => return portal.map(|_| Exit::Failed),
        };
        store::portal::bind(rehearsal.conn(), known, owner, cx.clock.now()).await?;
    }
    let lock = match lock {
        Some(lock) => lock,
        None => cx.engine().lock()?,
    };
    let mut store = cx.open(store::Mode::Create).await?;
    if is_new {
        cx.out.note(format!("created the store {}", store.path().display()));
    }
    if let Ok(portal) = &portal {
        let bound = store::portal::bind(store.conn(), &portal.known, owner, cx.clock.now()).await?;
        if let Some(note) = bound.note(&portal.known.url) {
            cx.out.note(note);
        }
    }
    let mut run =
        RecordedRun::start(&cx.engine(), lock, store, Command::Sync, args.one_shot()).await?;
    let result = async {
        let portal = match portal {
            Ok(portal) => portal,
            Err(error) => {
                let (now, reason) = (cx.clock.now(), format!("{error:#}"));
                store::sync_runs::refused(run.store.conn(), run.id, now, &reason).await?;
                return Err(error);
            }
        };
        if let Some(roster) = roster.as_ref().filter(|_| !args.accept_shrink) {
            refuse_shrunken(&mut run.store, roster, &cx.settings.brakes).await?;
        }
        let options = PullOptions {
            policy: &cx.settings.policy,
            roster: roster.as_ref().map(|roster| NewRoster {
                roster,
                must_match: args.must_match(),
                min_ratio: cx.settings.brakes.min_roster_ratio,
            }),
            lookback_days: cx.settings.lookback_days,
            depth: if args.full { Depth::Full } else { Depth::Incremental },
            past: if args.accept_history { Past::StartAgain } else { Past::MustBeOurs },
            notice_days: cx.settings.notice_days(),
            ip: cx.settings.ip,
        };
        let context = PullContext {
            reader: &reader,
            portal: &portal,
            run_id: run.id,
            concurrency: connection.pace.concurrency,
            clock: cx.clock.as_ref(),
            cancel: &cancel,
        };
        pull(&mut run.store, &context, &options, &mut Bars::new(&cx.out)).await
    }
    .await;
    let summary = RunSummary::of(&result, |pulled| {
        let exit = match pulled.status {
            SyncStatus::Interrupted => Exit::Failed,
            SyncStatus::Running | SyncStatus::Complete | SyncStatus::Failed => Exit::Done,
        };
        RunSummary { exit, ..RunSummary::done(sentence(pulled)) }
    });
    let finished = run.finish(cx.clock.as_ref(), summary).await;
    let summary = match result {
        Ok(pulled) if pulled.status == SyncStatus::Interrupted => Err(anyhow::anyhow!(
            "stopped on request; {} stored with their proof; the next sync goes on from there",
            many(pulled.counts.events_added, "login event")
        )),
        Ok(pulled) => {
            let (roster, policy) = (roster.as_ref(), &cx.settings.policy);
            Summary::of(&mut run.store, pulled, reader.traffic(), roster, policy).await
        }
        Err(error) => Err(error),
    };
    let closed = run.close().await;
    let summary = summary?;
    finished.and(closed)?;
    summary.warn(&mut cx.out);
    cx.out.show(&summary)?;
    Ok(Exit::Done)
}

/// Says every problem of a roster on a line of its own, where there are several.
fn refused(out: &mut Output, error: RosterError) -> anyhow::Error {
    let [_, _, ..] = error.problems() else { return error.into() };
    for problem in error.problems() {
        out.problem(problem);
    }
    let more = match error.count() - error.problems().len() {
        0 => String::new(),
        more => format!(", {} of them not shown", thousands(more as u64)),
    };
    let count = many(error.count(), "problem");
    Failure::usage(format!("the roster has {count}{more}; nothing was changed")).into()
}

/// Refuses a roster that is empty or much smaller than the last: a broken export would otherwise
/// take everybody out of the review.
async fn refuse_shrunken(
    store: &mut Store,
    roster: &Roster,
    brakes: &Brakes,
) -> anyhow::Result<()> {
    let rows = roster.rows.len();
    if rows == 0 {
        return Err(Failure::braked(
            "the roster has no rows; nothing was changed; if nobody is left, run once with --accept-shrink",
        )
        .into());
    }
    let last = store::population::newest_size(store.conn()).await?.unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "rosters are far smaller than 2^52 rows")]
    let shrunken = (rows as f64) < last as f64 * brakes.min_roster_ratio;
    if shrunken {
        return Err(Failure::braked(format!(
            "the roster has {} and the last one had {last}, less than min_roster_ratio = {} \
             allows; nothing was changed; if it is right, run once with --accept-shrink",
            many(rows, "row"),
            brakes.min_roster_ratio
        ))
        .into());
    }
    Ok(())
}

/// One sentence, for the run's row.
fn sentence(pulled: &Pulled) -> String {
    let c = pulled.counts;
    format!(
        "{}: {}, {}, {}",
        pulled.status,
        many(c.accounts, "account"),
        many(c.events_added, "new login event"),
        many(c.checks, "activity check")
    )
}
