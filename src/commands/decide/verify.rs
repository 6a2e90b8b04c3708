//! `decide verify N`: decides again from what was known when decision N was made. A difference means
//! that rows of the store were changed, or that this program decides otherwise than the one that did.

use serde_json::json;

use super::{
    decision,
    judged::{Judged, judge},
};
use crate::{
    commands::Context,
    domain::{decision::Finding, history::sha256, policy::Policy},
    exit::{Exit, Failure},
    report::{Format, decision as document, table::Table},
    store::{self, Mode, decisions::DecisionHead, evidence::Generation},
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
    if judged.generation.sync_run.coverage != head.coverage {
        note("coverage", "the sync run cited has another coverage now".to_owned());
    }
    let about = document::About { coverage: head.coverage, ..judged.about(None, head.as_of) };
    if document::digest(&about, stored)? != head.digest {
        note("verdicts", "the stored rows do not have the stored digest".to_owned());
    }
    let now = judged.digest()?;
    if now != head.digest {
        note("digest", format!("stored {}, recomputed {now}", head.digest));
    }
    for change in crate::domain::compare::compare(stored, &judged.findings) {
        note(&change.account_id.to_string(), format!("{}: {}", change.email, change.why));
    }
    let recomputed: std::collections::HashMap<_, _> =
        judged.findings.iter().map(|f| (f.account_id, f)).collect();
    for row in stored {
        if recomputed.get(&row.account_id).is_some_and(|f| f.reason == row.reason && *f != row) {
            note(&row.account_id.to_string(), format!("{}: other facts are stored", row.email));
        }
    }
    Ok(found)
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
