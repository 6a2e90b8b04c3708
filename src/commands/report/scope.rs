//! What is reported on: a decision, a run or a period, each as a stretch of time with the decision
//! that is shown for it.

use sqlx::SqliteConnection;

use crate::{
    cli,
    exit::Failure,
    report::pack::{At, Scope, ScopeKind},
    store::{decisions, report, runs, sync_runs},
    time::Timestamp,
};

/// The scope and its decision.
pub(super) struct Chosen {
    pub(super) scope: Scope,
    pub(super) decision: Option<i64>,
}

/// Reads the flags.
///
/// # Errors
/// Nothing was decided yet (refused), or there is no such decision or run (usage).
pub(super) async fn resolve(
    conn: &mut SqliteConnection,
    args: &cli::Report,
    now: Timestamp,
) -> anyhow::Result<Chosen> {
    if let Some(from) = args.from {
        return period(conn, from, args.to.unwrap_or(after(now))).await;
    }
    if let Some(id) = args.run {
        return run(conn, id, now).await;
    }
    let newest = decisions::newest(conn).await?;
    let id = args.decision.or(newest).ok_or_else(|| {
        Failure::refused(
            "nothing was decided yet, so there is nothing to report; run `dormouse decide`",
        )
    })?;
    let head = decisions::get(conn, id).await?.ok_or_else(|| {
        let newest =
            newest.map_or_else(|| "none is stored".to_owned(), |n| format!("the newest is {n}"));
        Failure::usage(format!("there is no decision {id}; {newest}"))
    })?;
    // From the pull that it rests on, whose own run began a moment before its row.
    let pull = sync_runs::get(conn, head.sync_run_id).await?;
    let started = pull.as_ref().map_or(head.decided_at, |p| p.started_at);
    let next = report::next_current(conn, id).await?;
    let scope = Scope {
        kind: ScopeKind::Decision,
        id: Some(id),
        from: At(started.min(head.decided_at)),
        to: At(next.unwrap_or_else(|| after(now))),
    };
    Ok(Chosen { scope, decision: Some(id) })
}

async fn period(
    conn: &mut SqliteConnection,
    from: Timestamp,
    to: Timestamp,
) -> anyhow::Result<Chosen> {
    if to <= from {
        return Err(Failure::usage("--to must be later than --from").into());
    }
    let decision = report::decisions(conn, from, to).await?.last().map(|d| d.id);
    let scope = Scope { kind: ScopeKind::Period, id: None, from: At(from), to: At(to) };
    Ok(Chosen { scope, decision })
}

async fn run(conn: &mut SqliteConnection, id: i64, now: Timestamp) -> anyhow::Result<Chosen> {
    let run = runs::newest(conn, u32::MAX).await?.into_iter().find(|r| r.id == id);
    let run = run.ok_or_else(|| Failure::usage(format!("there is no run {id}")))?;
    let scope = Scope {
        kind: ScopeKind::Run,
        id: Some(id),
        from: At(run.started_at),
        to: At(after(run.finished_at.unwrap_or(now))),
    };
    Ok(Chosen { scope, decision: run.decision_id })
}

/// The first moment after `at`, so that a half-open stretch includes it.
fn after(at: Timestamp) -> Timestamp {
    at + chrono::TimeDelta::milliseconds(1)
}
