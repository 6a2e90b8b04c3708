//! What a sync did, for people and as JSON.

use serde_json::json;

use crate::engine::sync::Pulled;
use crate::{
    commands::Context,
    domain::coverage::Coverage,
    engine::status_change::reenabled::returned,
    output::Format,
    portal::Traffic,
    store::{self, Store},
};

/// One sentence, for the run's row.
pub(super) fn sentence(pulled: &Pulled) -> String {
    let c = pulled.counts;
    format!(
        "{}: {} accounts, {} new login events, {} activity checks",
        pulled.status, c.accounts, c.events_added, c.checks
    )
}

pub(super) async fn show(
    cx: &mut Context,
    store: &mut Store,
    pulled: &Pulled,
    traffic: Traffic,
) -> anyhow::Result<()> {
    let counts = pulled.counts;
    let holes = store::segments::holes(store.conn()).await?;
    let events = store::events::total(store.conn()).await?;
    let returned = returned(store, pulled.sync_run).await?;
    if cx.out.format() == Format::Json {
        let interval = |c: Option<Coverage>| {
            c.map(|c| json!({ "from": c.from.to_string(), "to": c.to.to_string() }))
        };
        cx.out.json(&json!({
            "schema": "dormouse.sync/1",
            "sync_run_id": pulled.sync_run,
            "status": pulled.status.as_str(),
            "accounts_seen": counts.accounts,
            "contractors_seen": counts.contractors,
            "events_added": counts.events_added,
            "events_stored": events,
            "activity_checks": counts.checks,
            "corroborated": counts.corroborated,
            "requests": traffic.requests,
            "retries": traffic.retries,
            "coverage_before": interval(pulled.before),
            "coverage": interval(pulled.after),
            "came_back": returned.iter().map(|r| json!({
                "account_id": r.account_id, "email": r.email, "disabled_by_run": r.run_id,
                "event_id": r.by.as_ref().map(|by| by.0), "by": r.by.as_ref().map(|by| &by.1),
            })).collect::<Vec<_>>(),
            "holes": holes.iter().map(|h| json!({
                "from": h.from.to_string(), "to": h.to.to_string(), "reason": h.reason,
            })).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    let interval = |c: Option<Coverage>| {
        c.map_or_else(
            || "none".to_owned(),
            |c| format!("{} to {}", c.from.to_string(), c.to.to_string()),
        )
    };
    cx.out.line(format_args!(
        "accounts         {} ({} under review)",
        counts.accounts, counts.contractors
    ))?;
    cx.out.line(format_args!("login events     {} new, {events} stored", counts.events_added))?;
    cx.out.line(format_args!("activity checks  {}", counts.checks))?;
    if counts.corroborated > 0 {
        cx.out.line(format_args!(
            "own actions      {} found in the portal's audit trail",
            counts.corroborated
        ))?;
    }
    cx.out.line(format_args!(
        "requests         {} ({} repeated)",
        traffic.requests, traffic.retries
    ))?;
    cx.out.line(format_args!("coverage before  {}", interval(pulled.before)))?;
    cx.out.line(format_args!("coverage now     {}", interval(pulled.after)))?;
    for account in returned {
        cx.out.warn(account);
    }
    for hole in holes {
        cx.out.warn(format_args!(
            "hole in the history from {} to {}: {}",
            hole.from.to_string(),
            hole.to.to_string(),
            hole.reason
        ));
    }
    if pulled.after.is_none() {
        cx.out.warn("no login event can be relied on yet: nobody can be called inactive");
    }
    Ok(())
}
