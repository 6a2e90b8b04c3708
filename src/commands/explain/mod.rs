//! `explain`: one account, everything that its verdict rests on, and the way from there to the verdict.
//! Reads what concerns this account alone, and judges with the code of `decide`.

mod document;
mod facts;
mod find;
mod tables;
mod why;

use crate::commands::explain::find::find;
use crate::{
    cli,
    domain::{
        account::{Account, email_key},
        decision::Finding,
        evidence::Evidence,
        explain::{Explanation, explain, not_on_portal},
        policy::Policy,
        population::{Member, RosterRow},
    },
    exit::{Exit, Failure},
    output::Format,
    store::{
        self, Mode, Store,
        decisions::Currency,
        evidence::{Dossier, Generation, Key, dossier, gather_about},
    },
    time::Timestamp,
};
use crate::{
    commands::Context,
    engine::cited::decision_head as decision,
    engine::evaluate::{Judged, conclude, dated, moment, newest},
};

/// What is explained: the moment, and what was known and meant then.
struct Asked {
    decision: Option<i64>,
    generation: Generation,
    policy: Policy,
    as_of: Timestamp,
    currency: Currency,
}

/// Everything that is said about one account.
struct Explained {
    judged: Judged,
    decision: Option<i64>,
    /// As the newest version that counts has it; none for one that no listing showed.
    account: Option<Account>,
    id: crate::domain::account::AccountId,
    verdict: Option<Finding>,
    evidence: Option<Evidence>,
    explanation: Option<Explanation>,
    /// The verdict's arithmetic, or why there is no verdict.
    message: String,
    /// Rows of the roster that name it.
    rows: Vec<RosterRow>,
    dossier: Dossier,
    /// The verdict that the decision stored, where a decision is explained.
    stored: Option<Finding>,
}

/// Runs the command.
///
/// # Errors
/// There is no store or no evidence (refused), no such account or decision (usage), or the store
/// cannot be read.
pub async fn run(cx: &mut Context, args: cli::Explain) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let asked = asked(cx, &mut store, &args).await?;
    let key = find(&mut store, &asked, &args.account).await?;
    let explained = explained(&mut store, asked, key).await?;
    store.close().await?;
    match cx.out.format() {
        Format::Json => cx.out.json(&document::Document::of(&explained))?,
        Format::Csv => tables::csv(cx, &explained)?,
        Format::Table | Format::Html => tables::show(cx, &explained)?,
    }
    Ok(Exit::Done)
}

async fn asked(cx: &Context, store: &mut Store, args: &cli::Explain) -> anyhow::Result<Asked> {
    if let Some(id) = args.decision {
        let head = decision(store, id).await?;
        let cited = store::sync_runs::get(store.conn(), head.sync_run_id).await?;
        let sync_run = cited.ok_or_else(|| {
            let run = head.sync_run_id;
            Failure::refused(format!("decision {id} cites sync run {run}, which is gone"))
        })?;
        return Ok(Asked {
            decision: Some(id),
            generation: Generation { sync_run, history_seq: head.history_seq },
            policy: Policy::from_canonical_json(&head.policy)?,
            as_of: head.as_of,
            currency: head.currency,
        });
    }
    let (generation, end) = newest(store.conn()).await?;
    let (as_of, currency) = moment(args.as_of, end)?;
    let policy = cx.settings.policy.clone();
    Ok(Asked { decision: None, generation, policy, as_of, currency })
}

async fn explained(store: &mut Store, asked: Asked, key: Key) -> anyhow::Result<Explained> {
    let Asked { decision, generation, policy, as_of, currency } = asked;
    let dated = dated(as_of, currency);
    let conn = store.conn();
    let gathered = gather_about(conn, &generation, dated, &policy.population, key).await?;
    let dossier = dossier(conn, &generation, dated, key).await?;
    let stored = match decision {
        Some(id) => store::decisions::verdict(conn, id, key.id).await?,
        None => None,
    };
    let judged = conclude(generation, policy, as_of, currency, gathered);

    let evidence = judged.evidence().get(&key.id).map(|e| e.clone().into_owned());
    let verdict = judged.findings.iter().find(|f| f.account_id == key.id).cloned();
    let known = judged.gathered.facts.accounts().find(|a| a.id == key.id).cloned();
    let account = known.or_else(|| dossier.versions.last().map(|v| v.account.clone()));
    let explanation = evidence.as_ref().map(|e| explain(&judged.policy, e, as_of));
    let message = match (&explanation, not_there(&judged, key)) {
        (Some(explanation), _) => explanation.message.clone(),
        (None, Some(row)) => not_on_portal(row),
        (None, None) => why::not_under_review(&judged, key.id, account.as_ref(), &dossier),
    };
    let email = account.as_ref().map(|a| email_key(&a.email));
    let all = judged.gathered.roster.iter().flat_map(|r| &r.rows);
    let rows = all
        .filter(|row| {
            row.account_id() == Some(key.id)
                || email.is_some() && row.email.as_deref().map(email_key) == email
        })
        .cloned()
        .collect();
    Ok(Explained {
        decision,
        account,
        id: key.id,
        verdict,
        evidence,
        explanation,
        message,
        rows,
        dossier,
        stored,
        judged,
    })
}

/// The roster's row, where the id is no account on the portal.
fn not_there(judged: &Judged, key: Key) -> Option<&RosterRow> {
    judged.resolved.members.iter().find_map(|member| match member {
        Member::NotOnPortal { id, row } if *id == key.id => Some(row),
        Member::NotOnPortal { .. } | Member::Account { .. } => None,
    })
}

impl Explained {
    /// What the decision stored where that is something else; none where they agree or no decision is
    /// explained.
    fn disagreement(&self) -> Option<String> {
        let id = self.decision?;
        if self.stored == self.verdict {
            return None;
        }
        Some(match &self.stored {
            None => format!("decision {id} has no verdict on this account"),
            Some(f) => format!(
                "decision {id} stored {} ({}), last activity {}: not what follows from what was known \
                 then; run `dormouse decide verify {id}`",
                f.reason.verdict(),
                f.reason,
                f.last_activity.map_or_else(|| "none".to_owned(), |a| a.at.to_string())
            ),
        })
    }
}
