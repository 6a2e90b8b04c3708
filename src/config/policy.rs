//! Policy, population, exemptions and brakes from the configuration file, checked so that what is
//! written means exactly one thing.

use chrono::{NaiveDate, TimeDelta};

use crate::config::{
    ConfigError, Overrides,
    env::{INACTIVITY_DAYS, Variables},
    file::{self, File, bounded, nearest},
    origin::{Found, Origin, Setting},
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

pub(super) fn load(
    variables: &Variables<'_>,
    file: &File,
    overrides: Overrides,
    settings: &mut Vec<Setting>,
) -> Result<Policy, ConfigError> {
    let days = threshold(variables, file, overrides)?;
    let grace = file
        .number(
            "never_logged_in_grace_days",
            &file.tables.policy.never_logged_in_grace_days,
            1..=MAX_DAYS,
        )?
        .unwrap_or(Found::default(days.value));
    let signals = file
        .found(&file.tables.policy.signals)
        .unwrap_or(Found::default(vec!["logins".into(), "audit".into()]))
        .check(|names| signals(&names))?;
    Ok(Policy {
        inactivity_days: days.note(settings, "policy.inactivity_days", ToString::to_string),
        grace_days: grace.note(settings, "policy.never_logged_in_grace_days", ToString::to_string),
        signals: signals.note(settings, "policy.signals", |s| s.names().join(", ")),
        population: population(file, settings)?,
        exemptions: exemptions(file, settings)?,
    })
}

/// Flag, environment, `.env`, then the file, where a number and a preset exclude each other.
fn threshold(
    variables: &Variables<'_>,
    file: &File,
    overrides: Overrides,
) -> Result<Found<u32>, ConfigError> {
    let table = &file.tables.policy;
    let preset = file
        .found(&table.preset)
        .map(|found| {
            found.check(|name| match name.parse::<Preset>() {
                Ok(preset) => Ok(preset.days()),
                Err(e) => Err(format!("preset: {}", not_one_of(&name, e.known))),
            })
        })
        .transpose()?;
    let number = file.number("inactivity_days", &table.inactivity_days, 1..=MAX_DAYS)?;
    let in_file = match (preset, number) {
        (Some(preset), Some(_)) => {
            return Err(ConfigError::value(
                preset.origin,
                "preset and inactivity_days both set the threshold; keep one of the two",
            ));
        }
        (preset, number) => preset.or(number),
    };
    let in_environment = super::variable_in_days(variables, INACTIVITY_DAYS)?;
    let flag = overrides.inactivity_days.map(|n| Found::new(n, Origin::Flag("--inactivity-days")));
    Ok(flag.or(in_environment).or(in_file).unwrap_or(Found::default(INACTIVITY_DAYS_DEFAULT)))
}

fn signals(names: &[String]) -> Result<Signals, String> {
    let known = Signals::LoginsAndAudit.names();
    if let Some(unknown) = names.iter().find(|n| !known.contains(&n.as_str())) {
        return Err(format!("signals: {}", not_one_of(unknown, known)));
    }
    Signals::from_names(names).ok_or_else(|| "signals must contain \"logins\"".to_owned())
}

fn population(file: &File, settings: &mut Vec<Setting>) -> Result<Population, ConfigError> {
    let table = &file.tables.population;
    let source = file
        .found(&table.source)
        .map(|found| {
            found.check(|name| {
                name.parse::<PopulationSource>()
                    .map_err(|e| format!("source: {}", not_one_of(&name, e.known)))
            })
        })
        .transpose()?;
    let kinds = file
        .found(&table.kinds)
        .unwrap_or(Found::default(vec![Kind::Guest.as_str().to_owned()]))
        .check(|names| names.iter().map(|n| kind(n)).collect::<Result<Vec<_>, _>>())?;
    let groups = file.found(&table.groups).unwrap_or(Found::default(Vec::new())).check(
        |names| match names.iter().any(|n| n.trim().is_empty()) {
            true => Err("groups holds an empty name"),
            false => Ok(names),
        },
    )?;
    let domains = file
        .found(&table.email_domains)
        .unwrap_or(Found::default(Vec::new()))
        .check(|names| names.iter().map(|name| domain(name)).collect::<Result<Vec<_>, _>>())?;
    if let Some(Found { value: PopulationSource::Portal, origin }) = &source
        && kinds.value.is_empty()
        && groups.value.is_empty()
        && domains.value.is_empty()
    {
        return Err(ConfigError::value(
            origin.clone(),
            "source is \"portal\", but kinds, groups and email_domains are all empty: nobody \
             would be under review",
        ));
    }
    let source = match source {
        Some(found) => Some(found.note(settings, "population.source", ToString::to_string)),
        None => Found::default(None).note(settings, "population.source", |_| {
            "roster where one was given, else portal".to_owned()
        }),
    };
    Ok(Population {
        source,
        kinds: kinds.note(settings, "population.kinds", |kinds| {
            kinds.iter().map(|k| k.as_str()).collect::<Vec<_>>().join(", ")
        }),
        groups: groups.note(settings, "population.groups", |g| g.join(", ")),
        email_domains: domains.note(settings, "population.email_domains", |d| d.join(", ")),
    })
}

fn exemptions(file: &File, settings: &mut Vec<Setting>) -> Result<Vec<Exemption>, ConfigError> {
    file.tables
        .exemption
        .iter()
        .map(|table| {
            let found = Found::new(table.get_ref(), file.origin(&table.span()));
            Ok(found.check(exemption)?.note(settings, "exemption", |e| {
                let subject = &e.subject;
                match e.expires {
                    Some(day) => format!("{subject} until {day}: {}", e.reason),
                    None => format!("{subject}: {}", e.reason),
                }
            }))
        })
        .collect()
}

fn exemption(table: &file::Exemption) -> Result<Exemption, String> {
    let subject = match (&table.account, &table.email, &table.domain, &table.group) {
        (Some(id), None, None, None) => ExemptionSubject::Account(
            id.parse::<AccountId>().map_err(|_| format!("account \"{id}\" is no GUID"))?,
        ),
        (None, Some(email), None, None) => match email.split_once('@') {
            Some((local, _)) if !local.is_empty() => ExemptionSubject::Email(email.to_lowercase()),
            _ => return Err(format!("email \"{email}\" is no e-mail address")),
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
    let expires = table.expires.as_ref().map(last_day).transpose()?;
    Ok(Exemption { subject, reason, owner: table.owner.clone(), expires })
}

/// A date, quoted or not.
fn last_day(value: &toml::Value) -> Result<NaiveDate, String> {
    let text = match value {
        toml::Value::Datetime(at) => at.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse().map_err(|_| {
        format!("expires = {text} is no date; write the last day, for example 2026-12-31")
    })
}

/// A bare domain in lower case.
fn domain(name: &str) -> Result<String, String> {
    let bare = name.trim().to_lowercase();
    let plain =
        !bare.is_empty() && !bare.contains(['@', '*', '/']) && !bare.contains(char::is_whitespace);
    if plain && !bare.starts_with('.') {
        return Ok(bare);
    }
    Err(format!("\"{name}\" is no e-mail domain; write it bare, for example agency.example"))
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse::<Kind>().map_err(|e| format!("kinds: {}", not_one_of(name, e.known)))
}

fn not_one_of(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()) {
        Some(name) => format!("\"{given}\" is unknown; did you mean \"{name}\"?"),
        None => format!("\"{given}\" is none of {}", known.join(", ")),
    }
}

pub(super) fn brakes(file: &File, settings: &mut Vec<Setting>) -> Result<Brakes, ConfigError> {
    let table = &file.tables.brakes;
    let mut number = |name, key, value, bounds, default: i64| {
        let found = file.found(value).unwrap_or(Found::default(default));
        let found = found.check(|n| bounded::<u32>(key, n, bounds))?;
        Ok::<u32, ConfigError>(found.note(settings, name, ToString::to_string))
    };
    let any = 1..=i64::from(u32::MAX);
    let max_accounts = number("brakes.max_accounts", "max_accounts", &table.max_accounts, any, 50)?;
    let max_percent = number("brakes.max_percent", "max_percent", &table.max_percent, 1..=100, 20)?;
    let hours = 1..=24 * MAX_DAYS;
    let age = number(
        "brakes.max_evidence_age_hours",
        "max_evidence_age_hours",
        &table.max_evidence_age_hours,
        hours.clone(),
        24,
    )?;
    let silence = number(
        "brakes.max_silence_hours",
        "max_silence_hours",
        &table.max_silence_hours,
        hours,
        72,
    )?;
    let ratio = file
        .found(&table.min_roster_ratio)
        .unwrap_or(Found::default(0.5))
        .check(|ratio| match (0.0..=1.0).contains(&ratio) {
            true => Ok(ratio),
            false => Err(format!("min_roster_ratio = {ratio} is not between 0 and 1")),
        })?
        .note(settings, "brakes.min_roster_ratio", ToString::to_string);
    Ok(Brakes {
        max_accounts,
        max_percent,
        max_evidence_age: TimeDelta::hours(age.into()),
        max_silence: TimeDelta::hours(silence.into()),
        min_roster_ratio: ratio,
    })
}
