//! `sync`: pulls evidence from the portal into the store.

use std::path::PathBuf;

use serde_json::json;

use crate::{
    cli::values::days,
    commands::{Context, progress::Bars},
    config::Overrides,
    domain::{brakes::Brakes, coverage::Coverage, policy::Policy},
    engine::{
        cancel,
        recorded_run::{RecordedRun, RunSummary},
        silences::silences,
        status_change::reenabled::{Reenabled, reenabled},
        sync::{Depth, PullContext, PullOptions, Pulled, Purpose, preflight, pull},
    },
    exit::{Exit, Failure},
    output::Format,
    portal::{PortalReader, Traffic},
    roster::{self, Roster},
    store::{
        self, Store, portal::OwnerChange, runs::Command, segments::Hole, sync_runs::SyncStatus,
    },
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

    /// Accept that the portal has a new owner
    #[arg(long)]
    accept_owner: bool,
}

impl Args {
    /// Settings that these flags replace.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { inactivity_days: self.inactivity_days, lookback_days: self.lookback_days }
    }

    /// One-shot flags as typed, for the record.
    fn one_shot(&self) -> String {
        let flags = [
            (self.full, "--full"),
            (self.accept_shrink, "--accept-shrink"),
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
        files => Some(roster::read(files, &cx.cwd, &mut cx.input.reader)?),
    };
    let is_new = !cx.settings.database.exists();
    let lock = (!is_new).then(|| cx.engine().lock()).transpose()?;
    let reader = PortalReader::new(&connection)?;
    let cancel = cancel::on_signal();
    let portal = preflight(&reader, cx.clock.now(), Purpose::Read).await;
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
        store::portal::bind(store.conn(), &portal.known, owner, cx.clock.now()).await?;
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
            roster: roster.as_ref(),
            lookback_days: cx.settings.lookback_days,
            depth: if args.full { Depth::Full } else { Depth::Incremental },
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
        Ok(pulled) => {
            Summary::of(&mut run.store, pulled, reader.traffic(), &cx.settings.policy).await
        }
        Err(error) => Err(error),
    };
    let closed = run.close().await;
    let summary = summary?;
    finished.and(closed)?;
    if summary.pulled.status == SyncStatus::Interrupted {
        anyhow::bail!(
            "stopped on request; {} login events are stored with their proof and the next sync goes on \
             from there",
            summary.pulled.counts.events_added
        );
    }
    summary.show(cx)?;
    Ok(Exit::Done)
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
            "the roster has {rows} rows and the last one had {last}, less than min_roster_ratio = {} \
             allows; nothing was changed; if it is right, run once with --accept-shrink",
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
        "{}: {} accounts, {} new login events, {} activity checks",
        pulled.status, c.accounts, c.events_added, c.checks
    )
}

/// What a sync did and found.
struct Summary {
    pulled: Pulled,
    events_stored: u64,
    holes: Vec<Hole>,
    returned: Vec<Reenabled>,
    traffic: Traffic,
    silences: Vec<String>,
}

impl Summary {
    async fn of(
        store: &mut Store,
        pulled: Pulled,
        traffic: Traffic,
        policy: &Policy,
    ) -> anyhow::Result<Self> {
        let silences = silences(store.conn(), pulled.sync_run, policy).await?;
        Ok(Self {
            silences: silences.warnings(pulled.after, policy.inactivity_days),
            events_stored: store::events::total(store.conn()).await?,
            holes: store::segments::holes(store.conn()).await?,
            returned: reenabled(store, pulled.sync_run).await?,
            traffic,
            pulled,
        })
    }

    fn show(&self, cx: &mut Context) -> anyhow::Result<()> {
        match cx.out.format() {
            Format::Json => Ok(cx.out.json(&self.json())?),
            Format::Table | Format::Csv | Format::Html => self.text(cx),
        }
    }

    fn json(&self) -> serde_json::Value {
        let Pulled { sync_run, status, counts, before, after } = &self.pulled;
        let interval = |c: &Option<Coverage>| c.map(|c| json!({ "from": c.from, "to": c.to }));
        json!({
            "schema": "dormouse.sync/1",
            "sync_run_id": sync_run,
            "status": status.as_str(),
            "accounts_seen": counts.accounts,
            "contractors_seen": counts.contractors,
            "events_added": counts.events_added,
            "events_stored": self.events_stored,
            "activity_checks": counts.checks,
            "corroborated": counts.corroborated,
            "requests": self.traffic.requests,
            "retries": self.traffic.retries,
            "coverage_before": interval(before),
            "coverage": interval(after),
            "came_back": self.returned.iter().map(|r| json!({
                "account_id": r.account_id, "email": r.email, "disabled_by_run": r.run_id,
                "event_id": r.by.as_ref().map(|by| by.0), "by": r.by.as_ref().map(|by| &by.1),
            })).collect::<Vec<_>>(),
            "holes": self.holes.iter().map(|h| json!({
                "from": h.from, "to": h.to, "reason": h.reason,
            })).collect::<Vec<_>>(),
        })
    }

    fn text(&self, cx: &mut Context) -> anyhow::Result<()> {
        let Pulled { counts, before, after, .. } = &self.pulled;
        let interval = |c: &Option<Coverage>| {
            c.map_or_else(|| "none".to_owned(), |c| format!("{} to {}", c.from, c.to))
        };
        let out = &mut cx.out;
        out.line(format_args!(
            "accounts         {} ({} under review)",
            counts.accounts, counts.contractors
        ))?;
        out.line(format_args!(
            "login events     {} new, {} stored",
            counts.events_added, self.events_stored
        ))?;
        out.line(format_args!("activity checks  {}", counts.checks))?;
        if counts.corroborated > 0 {
            out.line(format_args!(
                "own actions      {} found in the portal's audit trail",
                counts.corroborated
            ))?;
        }
        out.line(format_args!(
            "requests         {} ({} repeated)",
            self.traffic.requests, self.traffic.retries
        ))?;
        out.line(format_args!("coverage before  {}", interval(before)))?;
        out.line(format_args!("coverage now     {}", interval(after)))?;
        for account in &self.returned {
            out.warn(account);
        }
        for Hole { from, to, reason } in &self.holes {
            out.warn(format_args!("hole in the history from {from} to {to}: {reason}"));
        }
        for silence in &self.silences {
            out.warn(silence);
        }
        if after.is_none() {
            out.warn("no login event can be relied on yet, so no account can be called inactive");
        }
        Ok(())
    }
}
