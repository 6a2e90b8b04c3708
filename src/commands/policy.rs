//! `policy`: what the configuration says about who is reviewed, by which rules, and who is exempt.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use clap::{Args as ClapArgs, Subcommand};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    commands::Context,
    domain::{
        account::Account,
        policy::{ExemptionSubject, Policy, Selector, unmatched},
    },
    exit::{Exit, Failure},
    output::{
        Output,
        rows::{row, write_csv},
        style::Style,
        table::Table,
        terminal::View,
        text::printable,
        when::many,
    },
    portal::PortalReader,
    store::{
        Mode, StoreError,
        evidence::{self, AsOfBound},
    },
    time::Timestamp,
};

#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    pub action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Action {
    /// Check the policy for groups and exemptions that match no account, and for expired exemptions
    Check,
    /// Show the effective policy, population, exemptions and their digest
    Show,
}

#[derive(Serialize)]
struct ShownPolicy {
    schema: &'static str,
    /// The canonical text as it is, so that a reader can compute its digest.
    policy: Box<RawValue>,
    policy_sha256: String,
    #[serde(skip)]
    rules: Vec<RuleRow>,
}

row! {
    struct RuleRow {
        rule: &'static str,
        value: String,
    }
}

#[derive(Serialize)]
struct CheckedPolicy {
    schema: &'static str,
    problems: Vec<String>,
}

row! {
    struct ProblemRow<'a> {
        problem: &'a str,
    }
}

/// # Errors
/// `check` found something: usage.
pub async fn run(cx: &mut Context, args: Args) -> anyhow::Result<Exit> {
    match args.action {
        Action::Show => show(cx),
        Action::Check => check(cx).await,
    }
}

fn show(cx: &mut Context) -> anyhow::Result<Exit> {
    let policy = &cx.settings.policy;
    let policy_sha256 = policy.sha256();
    let mut rules = rules(policy);
    rules.push(("policy_sha256", policy_sha256.clone()));
    let shown = ShownPolicy {
        schema: "dormouse.policy/1",
        policy: RawValue::from_string(policy.canonical_json())?,
        policy_sha256,
        rules: rules.into_iter().map(|(rule, value)| RuleRow { rule, value }).collect(),
    };
    cx.out.show(&shown)?;
    Ok(Exit::Done)
}

impl View for ShownPolicy {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, &self.rules)
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new(["rule", "value"]);
        for RuleRow { rule, value } in &self.rules {
            table.row([(*rule).into(), value.as_str().into()]);
        }
        out.table(&table)
    }
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
        cx.out.note(
            "run `dormouse sync` first to check whether groups and exemptions match any account",
        );
    }
    let problems = problems(&cx.settings.policy, accounts.as_deref(), &groups, cx.clock.now());
    let found = problems.len();
    cx.out.show(&CheckedPolicy { schema: "dormouse.policy_check/1", problems })?;
    match found {
        0 => Ok(Exit::Done),
        n => Err(Failure::usage(format!("the policy has {}", many(n, "problem"))).into()),
    }
}

impl View for CheckedPolicy {
    fn csv(&self, to: &mut dyn Write) -> io::Result<()> {
        write_csv(to, self.problems.iter().map(|problem| ProblemRow { problem }))
    }

    fn print(&self, out: &mut Output) -> io::Result<()> {
        if self.problems.is_empty() {
            return out.line("no problem found");
        }
        let label = out.paint(Style::Bad, "problem:");
        for problem in &self.problems {
            out.line(format_args!("{label} {}", printable(problem)))?;
        }
        Ok(())
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
                cx.out.warn(format_args!("cannot read the groups of the portal: {error}"));
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
    let Some(snapshot) = evidence::newest(store.conn()).await? else { return Ok(None) };
    let gathered = evidence::gather(store.conn(), &snapshot, AsOfBound::None).await?;
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
