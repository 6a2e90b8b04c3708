//! `sync`: pulls evidence from the portal into the store. What is proven is stored with its proof; a
//! run that fails or is killed grants nothing that it did not prove and loses nothing that it did.

mod summary;

pub use crate::engine::sync::{
    preflight::{Portal, Purpose, preflight},
    progress::Progress,
    pull::{Counts, Orders, Pulled, Work, pull},
    walk::Depth,
};
use crate::{
    cli,
    domain::brakes::Brakes,
    exit::{Exit, Failure},
    portal::PortalReader,
    roster::{self, Roster},
    store::{self, Store, portal::OwnerChange, runs::Command, sync_runs::SyncStatus},
};
use crate::{
    commands::Context,
    engine::{cancel::Interrupt, recorded_run},
};

/// Runs the command.
///
/// # Errors
/// The portal, the roster or the store does not allow it; the message says what is kept.
pub async fn run(cx: &mut Context, args: cli::Sync) -> anyhow::Result<Exit> {
    let connection = cx.connection()?;
    let given = match args.contractors.as_slice() {
        [] => None,
        files => Some(roster::read(files, &cx.cwd, &mut cx.input.reader)?),
    };
    let lock = cx.lock()?;
    let reader = PortalReader::new(&connection)?;
    let portal = preflight(&reader, cx.clock.now(), Purpose::Read).await;
    if portal.is_err() && !cx.settings.database.exists() {
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
    let fresh = !cx.settings.database.exists();
    let mut store = cx.open(store::Mode::Create).await?;
    if fresh {
        cx.out.note(format!("created the store {}", store.path().display()));
    }
    if let Ok(portal) = &portal {
        store::portal::bind(store.conn(), &portal.known, owner, cx.clock.now()).await?;
    }
    let overrides = overrides(&args);
    let run_id = recorded_run::start_run(cx, &mut store, Command::Sync, overrides).await?;
    let depth = if args.full { Depth::Full } else { Depth::Incremental };
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(&cx.out);
    let result = async {
        let portal = match portal {
            Ok(portal) => portal,
            Err(error) => {
                let (now, reason) = (cx.clock.now(), format!("{error:#}"));
                store::sync_runs::refused(store.conn(), run_id, now, &reason).await?;
                return Err(error);
            }
        };
        accept_roster(&mut store, given.as_ref(), &cx.settings.brakes, args.accept_shrink).await?;
        let orders = Orders {
            policy: &cx.settings.policy,
            brakes: &cx.settings.brakes,
            roster: given.as_ref(),
            lookback_days: cx.settings.lookback_days,
            depth,
            ip: cx.settings.ip,
        };
        let work = Work {
            reader: &reader,
            portal: &portal,
            run_id,
            concurrency: connection.pace.concurrency,
        };
        pull(&mut store, &work, &orders, cx.clock.as_ref(), &interrupt, &mut progress).await
    }
    .await;
    progress.finish();
    let outcome = match &result {
        Ok(pulled) => Ok((Exit::Done, summary::sentence(pulled))),
        Err(error) => Err(error),
    };
    recorded_run::finish_run(cx, &mut store, run_id, None, outcome).await?;
    drop(lock);
    let pulled = result?;
    if pulled.status == SyncStatus::Interrupted {
        anyhow::bail!(
            "stopped on request; {} login events are stored with their proof and the next sync goes on \
             from there",
            pulled.counts.events_added
        );
    }
    summary::show(cx, &mut store, &pulled, reader.traffic()).await?;
    store.close().await?;
    Ok(Exit::Done)
}

/// One-shot flags as typed, for the record.
fn overrides(args: &cli::Sync) -> String {
    let mut flags = Vec::new();
    if args.full {
        flags.push("--full");
    }
    if args.accept_shrink {
        flags.push("--accept-shrink");
    }
    if args.accept_owner {
        flags.push("--accept-owner");
    }
    flags.join(" ")
}

/// Refuses a roster that is empty or much smaller than the last: a broken export would otherwise
/// take everybody out of the review.
async fn accept_roster(
    store: &mut Store,
    roster: Option<&Roster>,
    brakes: &Brakes,
    accept_shrink: bool,
) -> anyhow::Result<()> {
    let Some(roster) = roster else { return Ok(()) };
    let rows = roster.rows.len();
    if accept_shrink {
        return Ok(());
    }
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
