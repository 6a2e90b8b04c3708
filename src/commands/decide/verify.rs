//! `decide verify N`: decides again from what was known when decision N was made. A difference means
//! that rows of the store were changed, or that this program decides otherwise than the one that did.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    commands::Context,
    domain::{account::AccountId, decision::Finding, history::sha256, policy::Policy},
    exit::{Exit, Failure},
    output::{Format, decision as document, table::Table},
    store::{
        self, Mode,
        decisions::{Currency, DecisionHead},
        evidence::Generation,
    },
};
use crate::{
    commands::decide::decision,
    engine::evaluate::{Judged, judge},
};

/// What does not agree, by account or place.
struct Difference {
    place: String,
    what: String,
}

pub(super) async fn run(cx: &mut Context, id: i64) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let head = decision(&mut store, id).await?;
    let stored = store::decisions::verdicts(store.conn(), id).await?;
    let sync_run =
        store::sync_runs::get(store.conn(), head.sync_run_id).await?.ok_or_else(|| {
            Failure::refused(format!(
                "decision {id} cites sync run {}, which is gone",
                head.sync_run_id
            ))
        })?;
    let generation = Generation { sync_run, history_seq: head.history_seq };
    let policy = Policy::from_canonical_json(&head.policy)?;
    let judged = judge(store.conn(), generation, policy, head.as_of, head.currency).await?;
    let differences = differences(&head, &stored, &judged)?;
    show(cx, id, &head, &differences)?;
    Ok(if differences.is_empty() { Exit::Done } else { Exit::Failed })
}

fn differences(
    head: &DecisionHead,
    stored: &[Finding],
    judged: &Judged,
) -> anyhow::Result<Vec<Difference>> {
    let mut found = Vec::new();
    let mut note = |place: &str, what: String| {
        found.push(Difference { place: place.to_owned(), what });
    };
    if sha256(head.policy.as_bytes()) != head.policy_sha256 {
        note("policy", "the stored text does not have the stored digest".to_owned());
    }
    if head.inactivity_days != judged.policy.inactivity_days {
        let (days, policy) = (head.inactivity_days, judged.policy.inactivity_days);
        note("inactivity_days", format!("stored {days}, the policy says {policy}"));
    }
    let coverage = judged.generation.sync_run.coverage;
    if coverage != head.coverage {
        note("coverage", "the sync run cited has another coverage now".to_owned());
    }
    let ends = coverage.is_some_and(|c| c.to == head.as_of);
    if ends != (head.currency == Currency::Current) {
        let what = "a decision is current exactly where it is as of the end of coverage";
        note("current, as_of", what.to_owned());
    }
    let about = document::About { coverage: head.coverage, ..judged.about(None, head.as_of) };
    if document::digest(&about, stored)? != head.digest {
        note("verdicts", "the stored rows do not have the stored digest".to_owned());
    }
    let now = judged.digest()?;
    if now != head.digest {
        note("digest", format!("stored {}, recomputed {now}", head.digest));
    }
    let mut recomputed: BTreeMap<AccountId, &Finding> =
        judged.findings.iter().map(|f| (f.account_id, f)).collect();
    for row in stored {
        let place = row.account_id.to_string();
        match recomputed.remove(&row.account_id) {
            None => note(&place, format!("{}: stored, and not under review then", row.email)),
            Some(f) if f == row => {}
            Some(f) => note(&place, format!("{}: {}", row.email, fields(row, f).join("; "))),
        }
    }
    for (id, missing) in recomputed {
        note(&id.to_string(), format!("{}: the stored row is missing", missing.email));
    }
    Ok(found)
}

/// The columns that differ, with both values.
fn fields(stored: &Finding, now: &Finding) -> Vec<String> {
    let columns = |f: &Finding| {
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
        [
            ("email", f.email.clone()),
            ("display_name", f.display_name.clone()),
            ("kind", f.kind.to_string()),
            ("registered_at", or_none(f.registered_at.map(|at| at.to_string()))),
            ("reason", f.reason.to_string()),
            ("last_activity_at", or_none(f.last_activity.map(|a| a.at.to_string()))),
            ("last_activity_source", or_none(f.last_activity.map(|a| a.source.to_string()))),
            (
                "last_event_id",
                or_none(f.last_activity.and_then(|a| a.event_id).map(|n| n.to_string())),
            ),
            ("idle_days", or_none(f.idle_days.map(|n| n.to_string()))),
        ]
    };
    let pairs = columns(stored).into_iter().zip(columns(now));
    pairs
        .filter(|(old, new)| old.1 != new.1)
        .map(|((name, old), (_, new))| format!("{name} stored {old}, recomputed {new}"))
        .collect()
}

fn show(
    cx: &mut Context,
    id: i64,
    head: &DecisionHead,
    differences: &[Difference],
) -> anyhow::Result<()> {
    if cx.out.format() == Format::Json {
        let rows: Vec<_> =
            differences.iter().map(|d| json!({"place": d.place, "what": d.what})).collect();
        cx.out.json(&json!({
            "schema": "dormouse.decision_verify/1",
            "decision_id": id,
            "digest": head.digest,
            "verified": differences.is_empty(),
            "differences": rows,
        }))?;
        return Ok(());
    }
    if differences.is_empty() {
        cx.out.line(format_args!("decision {id} verified: {}", head.digest))?;
        return Ok(());
    }
    cx.out
        .line(format_args!("decision {id} does NOT agree with what was known when it was made"))?;
    let mut table = Table::new(["place", "difference"]).at_most(40, "--format json shows all");
    for d in differences {
        table.row([d.place.as_str().into(), d.what.as_str().into()]);
    }
    Ok(cx.out.table(&table)?)
}
