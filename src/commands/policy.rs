//! `policy`: what the configuration says about who is reviewed, judged and spared.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::commands::Context;
use crate::{
    cli::{self, PolicyAction},
    domain::{
        account::Account,
        policy::{ExemptionSubject, Policy, Selector, unmatched},
    },
    exit::{Exit, Failure},
    output::{Format, Output, style::Style, table::Table, text::printable, when::counted},
    portal::PortalReader,
    store::{
        Mode, StoreError,
        evidence::{self, Dated},
    },
    time::Timestamp,
};

#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    policy: Box<RawValue>,
    policy_sha256: String,
}

#[derive(Serialize)]
struct Checked<'a> {
    schema: &'static str,
    problems: &'a [String],
}

/// Runs `policy show` or `policy check`.
///
/// # Errors
/// `check` found something (exit code 2), or stdout cannot be written.
pub async fn run(cx: &mut Context, args: cli::Policy) -> anyhow::Result<Exit> {
    match args.action {
        PolicyAction::Show => show(cx),
        PolicyAction::Check => check(cx).await,
    }
}

fn show(cx: &mut Context) -> anyhow::Result<Exit> {
    let policy = &cx.settings.policy;
    let (text, sha256) = (policy.canonical_json(), policy.sha256());
    match cx.out.format() {
        Format::Json => {
            // As it is, so that a reader can take the digest of it again.
            let policy = RawValue::from_string(text)?;
            let policy_sha256 = sha256;
            cx.out.json(&Shown { schema: "dormouse.policy/1", policy, policy_sha256 })?;
        }
        Format::Csv => {
            let mut csv = cx.out.csv(["rule", "value"])?;
            for (rule, value) in rules(policy) {
                csv.record([rule.into(), value.into()])?;
            }
            csv.record(["policy_sha256".into(), sha256.into()])?;
            csv.finish()?;
        }
        Format::Table | Format::Html => {
            let mut table = Table::new(["rule", "value"]);
            for (rule, value) in rules(policy) {
                table.row([rule.into(), value.into()]);
            }
            table.row(["policy_sha256".into(), sha256.into()]);
            cx.out.table(&table)?;
        }
    }
    Ok(Exit::Done)
}

fn rules(policy: &Policy) -> Vec<(&'static str, String)> {
    let population = &policy.population;
    let kinds: Vec<_> = population.kinds.iter().map(|k| k.as_str()).collect();
    let source = match population.source {
        Some(source) => source.to_string(),
        None => "roster where one was given, else portal".to_owned(),
    };
    let mut rules = vec![
        ("inactivity_days", policy.inactivity_days.to_string()),
        ("never_logged_in_grace_days", policy.grace_days.to_string()),
        ("signals", policy.signals.names().join(", ")),
        ("population source", source),
        ("population kinds", kinds.join(", ")),
        ("population groups", population.groups.join(", ")),
        ("population e-mail domains", population.email_domains.join(", ")),
    ];
    rules.extend(policy.exemptions.iter().map(|exemption| {
        let mut value = format!("{}: {}", exemption.subject, exemption.reason);
        if let Some(owner) = &exemption.owner {
            value.push_str(&format!(" ({owner})"));
        }
        if let Some(last) = exemption.expires {
            value.push_str(&format!(", until {last}"));
        }
        ("exemption", value)
    }));
    rules
}

async fn check(cx: &mut Context) -> anyhow::Result<Exit> {
    let accounts = accounts(cx).await?;
    let groups = groups(cx).await;
    if accounts.is_none() {
        cx.out
            .note("whether groups and exemptions match anybody can be told after `dormouse sync`");
    }
    let problems = problems(&cx.settings.policy, accounts.as_deref(), &groups, cx.clock.now());
    write_problems(&mut cx.out, &problems)?;
    match problems.len() {
        0 => Ok(Exit::Done),
        n => {
            let found = counted(i64::try_from(n)?, "problem");
            Err(Failure::usage(format!("the policy has {found}")).into())
        }
    }
}

/// How many groups the portal has by each name in the policy. Empty where no key is set, and as far
/// as the portal does not answer.
async fn groups(cx: &mut Context) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let Ok(connection) = cx.connection() else { return found };
    let policy = &cx.settings.policy;
    let exempted = policy.exemptions.iter().filter_map(|e| match &e.subject {
        ExemptionSubject::Group(name) => Some(name),
        ExemptionSubject::Account(_) | ExemptionSubject::Email(_) | ExemptionSubject::Domain(_) => {
            None
        }
    });
    let names: BTreeSet<String> =
        policy.population.groups.iter().chain(exempted).cloned().collect();
    for name in names {
        let asked = match PortalReader::new(&connection) {
            Ok(reader) => reader.groups_named(&name).await,
            Err(error) => Err(error),
        };
        match asked {
            Ok(ids) => {
                found.insert(name, ids.len());
            }
            Err(error) => {
                cx.out.warn(format_args!("the portal was not asked for its groups: {error}"));
                break;
            }
        }
    }
    found
}

/// The accounts that the newest sync run knew; `None` where nothing was ever read.
async fn accounts(cx: &Context) -> anyhow::Result<Option<Vec<Account>>> {
    let mut store = match cx.open(Mode::Read).await {
        Err(StoreError::Missing(_)) => return Ok(None),
        opened => opened?,
    };
    let Some(generation) = evidence::newest(store.conn()).await? else { return Ok(None) };
    let gathered = evidence::gather(store.conn(), &generation, Dated::Any).await?;
    store.close().await?;
    Ok(Some(gathered.facts.accounts().cloned().collect()))
}

/// What is wrong with a policy now. Whether it names anybody can be told only with the accounts of
/// the portal, whether a group exists also by the portal itself.
fn problems(
    policy: &Policy,
    accounts: Option<&[Account]>,
    groups: &BTreeMap<String, usize>,
    now: Timestamp,
) -> Vec<String> {
    let expired = policy.expired_exemptions(now).into_iter().map(|e| {
        let last = e.expires.map(|day| day.to_string()).unwrap_or_default();
        format!("exemption of {} expired on {last}; remove it or set a new date", e.subject)
    });
    let named = groups.iter().filter(|(_, count)| **count != 1).map(|(name, count)| match count {
        0 => format!("the portal has no group \"{name}\"; group names match exactly"),
        n => format!("the portal has {n} groups \"{name}\", so the name could mean any of them"),
    });
    let unmatched = accounts.map(|accounts| unmatched(policy, accounts)).unwrap_or_default();
    let is_said = |selector: &Selector| match selector {
        Selector::Group(name) | Selector::Exemption(ExemptionSubject::Group(name)) => {
            groups.get(name).is_some_and(|count| *count != 1)
        }
        Selector::Exemption(_) | Selector::Domain(_) => false,
    };
    let unmatched = unmatched.iter().filter(|u| !is_said(&u.selector)).map(ToString::to_string);
    expired.chain(named).chain(unmatched).collect()
}

fn write_problems(out: &mut Output, problems: &[String]) -> anyhow::Result<()> {
    match out.format() {
        Format::Json => out.json(&Checked { schema: "dormouse.policy_check/1", problems })?,
        Format::Csv => {
            let mut csv = out.csv(["problem"])?;
            for problem in problems {
                csv.record([problem.into()])?;
            }
            csv.finish()?;
        }
        Format::Table | Format::Html if problems.is_empty() => out.line("no problem found")?,
        Format::Table | Format::Html => {
            let label = out.paint(Style::Bad, "problem:");
            for problem in problems {
                out.line(format_args!("{label} {}", printable(problem)))?;
            }
        }
    }
    Ok(())
}
