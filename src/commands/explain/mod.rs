//! `explain`: one account, everything that its verdict rests on, and the way from there to the verdict.
//! Reads only what concerns this account, and evaluates with the code of `decide`.

mod document;
mod find;
mod print;

use clap::Args as ClapArgs;

use crate::{
    cli::values::{number, since},
    commands::{
        Context,
        explain::{
            document::{
                AccountExplained, AccountPart, Activities, DecisionPart, EvidencePart, Rule, Stored,
            },
            find::find,
        },
    },
    config::Notices,
    domain::{
        account::email_key,
        account_ref::AccountRef,
        explain::{explain, not_on_portal},
        notices::standing,
        policy::{Policy, Population, PopulationSource},
        reconciliation::RosterPlace,
    },
    engine::{
        cited::{Cited, cited},
        evaluate::{Judged, bound, conclude, moment, newest},
        silences::silences,
    },
    exit::Exit,
    output::when,
    store::{
        self, Mode, Store,
        account_record::{AccountRecord, account_record},
        accounts::Presence,
        decisions::Currency,
        evidence::{Key, Snapshot, gather_about},
        notices::{NoticesOf, sent},
    },
    time::Timestamp,
};

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Account id or e-mail address
    #[arg(value_name = "ACCOUNT")]
    pub account: AccountRef,

    /// Explain this decision [default: what would be decided now]
    #[arg(long, value_name = "N", value_parser = number(), conflicts_with = "as_of")]
    pub decision: Option<i64>,

    /// Explain as of this date or time (UTC) [default: the end of coverage]
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub as_of: Option<Timestamp>,
}

/// What is explained: the moment, and what was known and meant then.
struct Asked {
    decision: Option<i64>,
    snapshot: Snapshot,
    policy: Policy,
    as_of: Timestamp,
    currency: Currency,
}

pub async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    let mut store = cx.open(Mode::Read).await?;
    let asked = asked(cx, &mut store, &args).await?;
    let key = find(&mut store, &asked, &args.account).await?;
    let explained = explained(&mut store, asked, key, cx.settings.notices.as_ref()).await?;
    store.close().await?;
    for warning in &explained.warnings {
        cx.out.warn(warning);
    }
    cx.out.show(&explained)?;
    Ok(Exit::Done)
}

async fn asked(cx: &Context, store: &mut Store, args: &Args) -> anyhow::Result<Asked> {
    if let Some(id) = args.decision {
        let Cited { head, snapshot, policy } = cited(store, id).await?;
        let (as_of, currency) = (head.as_of, head.currency);
        return Ok(Asked { decision: Some(id), snapshot, policy, as_of, currency });
    }
    let (snapshot, end) = newest(store.conn(), &cx.settings.policy).await?;
    let (as_of, currency) = moment(args.as_of, end)?;
    let policy = cx.settings.policy.clone();
    Ok(Asked { decision: None, snapshot, policy, as_of, currency })
}

async fn explained(
    store: &mut Store,
    asked: Asked,
    key: Key,
    notices: Option<&Notices>,
) -> anyhow::Result<AccountExplained> {
    let Asked { decision, snapshot, policy, as_of, currency } = asked;
    let bound = bound(as_of, currency);
    let conn = store.conn();
    let gathered = gather_about(conn, &snapshot, bound, &policy.population, key).await?;
    let record = account_record(conn, &snapshot, bound, key).await?;
    let stored = match decision {
        Some(id) => Some((id, store::decisions::verdict(conn, id, key.id).await?)),
        None => None,
    };
    let run = &snapshot.sync_run;
    let silent = silences(conn, run.id, run.coverage, &policy).await?;
    let judged = conclude(snapshot, policy, as_of, currency, gathered);

    let verdict = judged.findings.iter().find(|f| f.account_id == key.id);
    let evidence = judged.evidence().remove(&key.id);
    let mut account = account(&judged, key, &record);
    if let Some(inviter) = account.invited_by.map(|id| id.to_string()) {
        let known = store::accounts::emails(store.conn(), [&inviter].into_iter()).await?;
        account.inviter = known.into_values().next();
    }
    let sent = sent(store.conn(), NoticesOf::Accounts(&[key.id])).await?;
    let notices = notices.zip(evidence.as_ref()).and_then(|(notices, evidence)| {
        standing(&notices.rules, &judged.policy, evidence, sent.about(key.id), as_of)
    });
    let explanation = evidence.as_ref().map(|e| explain(&judged.policy, e, as_of));
    let message = match (&explanation, judged.row_without_account(key.id)) {
        (Some(explanation), _) => explanation.message.clone(),
        (None, Some(row)) => not_on_portal(row),
        (None, None) => not_under_review(&judged, &account, &record),
    };
    Ok(AccountExplained {
        schema: "dormouse.explain/1",
        warnings: silent.warnings(judged.policy.inactivity_days),
        quiet: silent.quiet.iter().map(ToString::to_string).collect(),
        decision: decision_part(decision, &judged),
        verdict: verdict.map(|f| f.reason.verdict()),
        reason: verdict.map(|f| f.reason),
        message,
        first_inactive_at: explanation.as_ref().and_then(|e| e.first_inactive),
        notices,
        rules: explanation.into_iter().flat_map(|e| e.steps).map(Rule::from).collect(),
        evidence: evidence.map(|e| EvidencePart::of(&e, verdict)),
        activity: Activities::of(&record),
        checks: record.checks,
        key_uses: record.key_uses,
        status_changes: record.changes,
        versions: record.versions,
        roster: roster(&judged, &account),
        history: record.actions,
        stored: stored.map(|(id, stored)| Stored::of(id, stored.as_ref(), verdict)),
        account,
    })
}

fn account(judged: &Judged, key: Key, record: &AccountRecord) -> AccountPart {
    let known = judged.gathered.facts.accounts().find(|account| account.id == key.id);
    match (known, record.versions.last()) {
        (Some(account), _) => AccountPart::of(account),
        (None, Some(version)) => AccountPart::of_version(key.id, version),
        (None, None) => AccountPart::unseen(key.id),
    }
}

fn decision_part(id: Option<i64>, judged: &Judged) -> DecisionPart {
    DecisionPart {
        id,
        as_of: judged.as_of,
        current: judged.currency == Currency::Current,
        inactivity_days: judged.policy.inactivity_days,
        never_logged_in_grace_days: judged.policy.grace_days,
        policy_sha256: judged.policy.sha256(),
        sync_run_id: judged.snapshot.sync_run.id,
        history_seq: judged.snapshot.history_seq,
        coverage: judged.snapshot.sync_run.coverage,
    }
}

/// Rows of the roster that name the account by id, by its address, or by one that it had before.
fn roster(judged: &Judged, account: &AccountPart) -> Vec<RosterPlace> {
    let Some(given) = &judged.gathered.roster else { return Vec::new() };
    let (id, email) = (account.account_id, account.email.as_deref().map(email_key));
    let is_its = |address: &str| {
        let key = email_key(address);
        let past = given.roster.past_addresses.get(&key);
        email.as_ref() == Some(&key) || past.is_some_and(|ids| ids.contains(&id))
    };
    let rows = given.roster.rows.iter();
    rows.filter(|row| row.account_id() == Some(id) || row.email.as_deref().is_some_and(is_its))
        .map(RosterPlace::of)
        .collect()
}

/// Why an account has no verdict.
fn not_under_review(judged: &Judged, account: &AccountPart, record: &AccountRecord) -> String {
    let (Some(kind), Some(newest)) = (account.kind, record.versions.last()) else {
        return "not under review: no listing ever showed this account".to_owned();
    };
    if account.account_id.is_system() {
        return "not under review: one of the portal's own pseudo users".to_owned();
    }
    if newest.presence == Presence::Gone {
        return format!(
            "not under review: the listing of {} no longer had this account",
            when::minute(newest.at)
        );
    }
    if !judged.gathered.facts.accounts().any(|known| known.id == account.account_id) {
        let at = account.registered_at.map_or_else(|| "later".to_owned(), when::minute);
        return format!("not under review: registered {at}, after the moment explained");
    }
    match (judged.resolved.source, &judged.gathered.roster) {
        (PopulationSource::Roster, Some(roster)) => {
            format!("not under review: the roster of {} does not name it", when::date(roster.at))
        }
        (PopulationSource::Roster, None) => {
            "not under review: the population is a roster, and none was ever given".to_owned()
        }
        (PopulationSource::Portal, _) => format!(
            "not under review: kind {kind}, and the population is {}",
            selectors(&judged.policy.population)
        ),
    }
}

/// For example `kinds guest; groups "Externals"`.
fn selectors(population: &Population) -> String {
    let quoted =
        |names: &[String]| names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
    let kinds: Vec<&str> = population.kinds.iter().map(|k| k.as_str()).collect();
    [
        ("kinds", kinds.join(", ")),
        ("groups", quoted(&population.groups)),
        ("domains", population.email_domains.join(", ")),
    ]
    .into_iter()
    .filter(|(_, list)| !list.is_empty())
    .map(|(name, list)| format!("{name} {list}"))
    .collect::<Vec<_>>()
    .join("; ")
}
