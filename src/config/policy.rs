//! Policy, population, exemptions and brakes from the configuration file, checked so that what is
//! written means exactly one thing.

use chrono::TimeDelta;
use toml::Spanned;

use crate::config::{
    ConfigError,
    env::INACTIVITY_DAYS,
    file::{self, bounded, date, nearest},
    origin::{Found, Origin},
    silence,
    sources::Sources,
};
use crate::{
    cli::MAX_DAYS,
    domain::{
        account::{AccountId, Kind},
        brakes::Brakes,
        policy::{
            Exemption, ExemptionSubject, Policy, Population, PopulationSource, Preset, Signals,
        },
    },
};

/// Threshold where nothing else is said.
const INACTIVITY_DAYS_DEFAULT: u32 = 30;

pub(super) fn load(sources: &mut Sources<'_>) -> Result<Policy, ConfigError> {
    let table = &sources.file.tables.policy;
    let days = threshold(sources)?;
    let inactivity_days = sources.note("policy.inactivity_days", days, ToString::to_string);
    let grace_days = sources.number(
        "policy.never_logged_in_grace_days",
        &table.never_logged_in_grace_days,
        1..=MAX_DAYS,
        inactivity_days.into(),
    )?;
    let signals = sources
        .file
        .found(&table.signals)
        .unwrap_or(Found::default(vec!["logins".into(), "audit".into()]))
        .check(|names| signals(&names))?;
    Ok(Policy {
        inactivity_days,
        grace_days,
        signals: sources.note("policy.signals", signals, |s| s.names().join(", ")),
        population: population(sources)?,
        exemptions: exemptions(sources)?,
        silence: Some(silence::load(sources)?),
    })
}

/// Flag, environment, `.env`, then the file, where a number and a preset exclude each other.
fn threshold(sources: &Sources<'_>) -> Result<Found<u32>, ConfigError> {
    let file = sources.file;
    let table = &file.tables.policy;
    let preset = file.found(&table.preset).map(|found| {
        found.check(|name| match name.parse::<Preset>() {
            Ok(preset) => Ok(preset.days()),
            Err(e) => Err(format!("preset: {}", not_one_of(&name, e.known))),
        })
    });
    let number = file
        .found(&table.inactivity_days)
        .map(|found| found.check(|n| bounded("inactivity_days", n, 1..=MAX_DAYS)));
    let in_file = match (preset.transpose()?, number.transpose()?) {
        (Some(preset), Some(_)) => {
            return Err(ConfigError::value(
                preset.origin,
                "preset and inactivity_days both set the threshold; keep one of the two",
            ));
        }
        (preset, number) => preset.or(number),
    };
    let flag = sources.flags.inactivity_days;
    let flag = flag.map(|n| Found::new(n, Origin::Flag("--inactivity-days")));
    let variable = sources.variables.days(INACTIVITY_DAYS)?;
    Ok(flag.or(variable).or(in_file).unwrap_or(Found::default(INACTIVITY_DAYS_DEFAULT)))
}

fn signals(names: &[String]) -> Result<Signals, String> {
    let known = Signals::LoginsAndAudit.names();
    if let Some(unknown) = names.iter().find(|n| !known.contains(&n.as_str())) {
        return Err(format!("signals: {}", not_one_of(unknown, known)));
    }
    Signals::from_names(names).ok_or_else(|| "signals must contain \"logins\"".to_owned())
}

fn population(sources: &mut Sources<'_>) -> Result<Population, ConfigError> {
    let table = &sources.file.tables.population;
    let source = sources.file.found(&table.source).map(|found| {
        found.check(|name| {
            name.parse::<PopulationSource>()
                .map_err(|e| format!("source: {}", not_one_of(&name, e.known)))
        })
    });
    let source = source.transpose()?;
    let origin = source.as_ref().map(|found| found.origin.clone());
    let source = match source {
        Some(found) => Some(sources.note("population.source", found, ToString::to_string)),
        None => sources.note("population.source", Found::default(None), |_| {
            "roster where one was given, else portal".to_owned()
        }),
    };
    let kinds = sources.list("population.kinds", &table.kinds, &[Kind::Guest.as_str()], kind)?;
    let groups = sources.list("population.groups", &table.groups, &[], group)?;
    let email_domains =
        sources.list("population.email_domains", &table.email_domains, &[], domain)?;
    let is_empty = kinds.is_empty() && groups.is_empty() && email_domains.is_empty();
    if let (Some(PopulationSource::Portal), Some(origin)) = (source, origin)
        && is_empty
    {
        return Err(ConfigError::value(
            origin,
            "source is \"portal\", but kinds, groups and email_domains are all empty: no account \
             would be under review",
        ));
    }
    Ok(Population { source, kinds, groups, email_domains })
}

fn exemptions(sources: &mut Sources<'_>) -> Result<Vec<Exemption>, ConfigError> {
    let file = sources.file;
    let read = |table: &Spanned<file::Exemption>| {
        let found = Found::new(table.get_ref(), file.origin(&table.span())).check(exemption)?;
        Ok(sources.note("exemption", found, |e| {
            let subject = &e.subject;
            match e.expires {
                Some(day) => format!("{subject} until {day}: {}", e.reason),
                None => format!("{subject}: {}", e.reason),
            }
        }))
    };
    file.tables.exemption.iter().map(read).collect()
}

fn exemption(table: &file::Exemption) -> Result<Exemption, String> {
    let subject = match (&table.account, &table.email, &table.domain, &table.group) {
        (Some(id), None, None, None) => ExemptionSubject::Account(
            id.parse::<AccountId>().map_err(|_| format!("account \"{id}\" is not a GUID"))?,
        ),
        (None, Some(email), None, None) => match email.split_once('@') {
            Some((local, _)) if !local.is_empty() => ExemptionSubject::Email(email.to_lowercase()),
            _ => return Err(format!("email \"{email}\" is not a valid e-mail address")),
        },
        (None, None, Some(name), None) => ExemptionSubject::Domain(domain(name)?),
        (None, None, None, Some(name)) if !name.trim().is_empty() => {
            ExemptionSubject::Group(name.clone())
        }
        (None, None, None, Some(_)) => return Err("group is empty".to_owned()),
        _ => {
            return Err("an exemption names exactly one of account, email, domain, group; write \
                        one [[exemption]] for each"
                .to_owned());
        }
    };
    let reason = match table.reason.as_deref().map(str::trim) {
        Some(reason) if !reason.is_empty() => reason.to_owned(),
        _ => return Err("an exemption needs a reason".to_owned()),
    };
    let expires = table.expires.as_ref().map(|day| date("expires", day)).transpose()?;
    Ok(Exemption { subject, reason, owner: table.owner.clone(), expires })
}

/// A bare domain in lower case.
fn domain(name: &str) -> Result<String, String> {
    let bare = name.trim().to_lowercase();
    let plain =
        !bare.is_empty() && !bare.contains(['@', '*', '/']) && !bare.contains(char::is_whitespace);
    if plain && !bare.starts_with('.') {
        return Ok(bare);
    }
    Err(format!("\"{name}\" is not an e-mail domain; write it bare, for example agency.example"))
}

fn group(name: &str) -> Result<String, String> {
    match name.trim().is_empty() {
        true => Err("groups contains an empty name".to_owned()),
        false => Ok(name.to_owned()),
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse::<Kind>().map_err(|e| format!("kinds: {}", not_one_of(name, e.known)))
}

fn not_one_of(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()) {
        Some(name) => format!("\"{given}\" is unknown; did you mean \"{name}\"?"),
        None => format!("\"{given}\" is not one of {}", known.join(", ")),
    }
}

pub(super) fn brakes(sources: &mut Sources<'_>) -> Result<Brakes, ConfigError> {
    let table = &sources.file.tables.brakes;
    let any = 1..=i64::from(u32::MAX);
    let hours = 1..=24 * MAX_DAYS;
    let max_accounts = sources.number("brakes.max_accounts", &table.max_accounts, any, 50)?;
    let max_percent = sources.number("brakes.max_percent", &table.max_percent, 1..=100, 20)?;
    let max_evidence_age: u32 = sources.number(
        "brakes.max_evidence_age_hours",
        &table.max_evidence_age_hours,
        hours,
        24,
    )?;
    let ratio = sources.file.found(&table.min_roster_ratio).unwrap_or(Found::default(0.5)).check(
        |ratio| match (0.0..=1.0).contains(&ratio) {
            true => Ok(ratio),
            false => Err(format!("min_roster_ratio = {ratio} is not between 0 and 1")),
        },
    )?;
    Ok(Brakes {
        max_accounts,
        max_percent,
        max_evidence_age: TimeDelta::hours(max_evidence_age.into()),
        min_roster_ratio: sources.note("brakes.min_roster_ratio", ratio, ToString::to_string),
    })
}
