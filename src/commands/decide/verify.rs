//! `decide verify N`: decides again from what was known when decision N was made. A difference means
//! that rows of the store were changed, or that this version of dormouse decides differently.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::Serialize;

use crate::{
    commands::Context,
    domain::{
        account::AccountId,
        decision::Finding,
        digest::{DecisionSubject, VerdictRow, digest},
        history::sha256,
    },
    engine::{
        cited::{Cited, cited},
        evaluate::{Judged, judge},
    },
    exit::Exit,
    output::{
        Output,
        rows::{row, write_csv},
        table::Table,
        terminal::View,
    },
    store::{
        self, Mode,
        decisions::{Currency, DecisionHead},
    },
};

#[derive(Serialize)]
struct Verification {
    schema: &'static str,
    decision_id: i64,
    digest: String,
    verified: bool,
    differences: Vec<Difference>,
}

row! {
    /// What does not agree, by account or place.
    struct Difference {
        place: String,
        what: String,
    }
}

pub(super) async fn run(cx: &mut Context, id: i64) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let Cited { head, snapshot, policy } = cited(&mut store, id).await?;
    let stored = store::decisions::verdicts(store.conn(), id).await?;
    let judged = judge(store.conn(), snapshot, policy, head.as_of, head.currency).await?;
    let differences = differences(&head, &stored, &judged)?;
    let verified = differences.is_empty();
    cx.out.show(&Verification {
        schema: "dormouse.decision_verify/1",
        decision_id: id,
        digest: head.digest,
        verified,
        differences,
    })?;
    Ok(if verified { Exit::Done } else { Exit::Failed })
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
    let coverage = judged.snapshot.sync_run.coverage;
    if coverage != head.coverage {
        note("coverage", "the cited sync run has a different coverage now".to_owned());
    }
    let ends = coverage.is_some_and(|c| c.to == head.as_of);
    if ends != (head.currency == Currency::Current) {
        let what = "a decision is current exactly when it is as of the end of coverage";
        note("current, as_of", what.to_owned());
    }
    let subject = DecisionSubject { coverage: head.coverage, ..judged.subject() };
    if digest(&subject, stored)? != head.digest {
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
            None => note(&place, format!("{}: stored, but not under review then", row.email)),
            Some(f) if f == row => {}
            Some(f) => note(&place, format!("{}: {}", row.email, columns(row, f)?)),
        }
    }
    for (id, missing) in recomputed {
        note(&id.to_string(), format!("{}: the stored row is missing", missing.email));
    }
    Ok(found)
}

/// The columns that differ, with both values.
fn columns(stored: &Finding, now: &Finding) -> anyhow::Result<String> {
    let values = |finding| serde_json::to_value(VerdictRow::from(finding));
    let (stored, now) = (values(stored)?, values(now)?);
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let differing: Vec<String> = stored
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, old)| *name != "verdict" && now[name.as_str()] != **old)
        .map(|(name, old)| {
            format!("{name} stored {}, recomputed {}", text(old), text(&now[name.as_str()]))
        })
        .collect();
    Ok(differing.join("; "))
}

impl View for Verification {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.differences)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let id = self.decision_id;
        if self.verified {
            return out.line(format_args!("decision {id} verified: {}", self.digest));
        }
        out.line(format_args!(
            "decision {id} does NOT agree with what was known when it was made"
        ))?;
        let mut table = Table::new(["place", "difference"]).at_most(40, "--format json shows all");
        for Difference { place, what } in &self.differences {
            table.row([place.as_str().into(), what.as_str().into()]);
        }
        out.table(&table)
    }
}
