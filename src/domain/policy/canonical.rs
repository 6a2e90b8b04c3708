//! The one text form of a policy, which its digest is taken of: compact JSON, keys in the order of
//! the structs below, lists that are sets sorted and without repetitions (kinds in the order of
//! their declaration, text by code point), addresses and domains in the form in which they are
//! compared. Policies that mean the same have the same text.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::policy::{
    Exemption, ExemptionSubject, Policy, Population, PopulationSource, Signals,
};
use crate::domain::{
    account::{AccountId, Kind, domain_key, email_key},
    history::sha256,
    recorded::{QuietPeriod, SilencePolicy},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyText {
    inactivity_days: u32,
    never_logged_in_grace_days: u32,
    signals: Vec<String>,
    population: PopulationText,
    exemptions: BTreeSet<ExemptionText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_silence_hours: Option<u32>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    quiet: BTreeSet<QuietText>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuietText {
    /// `YYYY-MM-DD`, like `to`.
    from: String,
    to: String,
    reason: String,
    owner: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PopulationText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<PopulationSource>,
    kinds: BTreeSet<Kind>,
    groups: BTreeSet<String>,
    email_domains: BTreeSet<String>,
}

/// Exactly one of the first four is there.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExemptionText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// `YYYY-MM-DD`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

/// Why a text is not a policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("policy text: {0}")]
    Json(#[from] serde_json::Error),
    /// A threshold under which everybody would be inactive.
    #[error("policy text: inactivity_days must be 1 or more")]
    Threshold,
    #[error("policy text: signals {0:?} are neither [\"logins\"] nor [\"logins\", \"audit\"]")]
    Signals(Vec<String>),
    /// None of account, email, domain, group, or more than one.
    #[error("policy text: an exemption names exactly one account, email, domain or group")]
    Subject,
    #[error("policy text: expires \"{0}\" is not a date of the form YYYY-MM-DD")]
    Expires(String),
    /// Not a date.
    #[error("policy text: \"{0}\" of a quiet period is not a date of the form YYYY-MM-DD")]
    Quiet(String),
}

impl Policy {
    #[must_use]
    pub fn canonical_json(&self) -> String {
        let population = &self.population;
        let text = PolicyText {
            inactivity_days: self.inactivity_days,
            never_logged_in_grace_days: self.grace_days,
            signals: self.signals.names().iter().map(ToString::to_string).collect(),
            population: PopulationText {
                source: population.source,
                kinds: population.kinds.iter().copied().collect(),
                groups: population.groups.iter().cloned().collect(),
                email_domains: population.email_domains.iter().map(|d| domain_key(d)).collect(),
            },
            exemptions: self.exemptions.iter().map(ExemptionText::from).collect(),
            max_silence_hours: self.silence.as_ref().map(|s| s.max_silence_hours),
            quiet: self.silence.iter().flat_map(|s| &s.quiet).map(QuietText::from).collect(),
        };
        serde_json::to_string(&text)
            .expect("numbers, text and lists of them always have a JSON form")
    }

    /// Reads the canonical text, and any other JSON of its form.
    ///
    /// # Errors
    /// The text is not of this form, or no policy that could be applied.
    pub fn from_canonical_json(text: &str) -> Result<Self, PolicyError> {
        let text: PolicyText = serde_json::from_str(text)?;
        if text.inactivity_days == 0 {
            return Err(PolicyError::Threshold);
        }
        let Some(signals) = Signals::from_names(&text.signals) else {
            return Err(PolicyError::Signals(text.signals));
        };
        let exemptions = text.exemptions.into_iter().map(Exemption::try_from);
        Ok(Self {
            inactivity_days: text.inactivity_days,
            grace_days: text.never_logged_in_grace_days,
            signals,
            population: Population {
                source: text.population.source,
                kinds: text.population.kinds.into_iter().collect(),
                groups: text.population.groups.into_iter().collect(),
                email_domains: text.population.email_domains.into_iter().collect(),
            },
            exemptions: exemptions.collect::<Result<_, _>>()?,
            silence: match text.max_silence_hours {
                None => None,
                Some(max_silence_hours) => Some(SilencePolicy {
                    max_silence_hours,
                    quiet: text
                        .quiet
                        .into_iter()
                        .map(QuietPeriod::try_from)
                        .collect::<Result<_, _>>()?,
                }),
            },
        })
    }

    /// Lower-case hex SHA-256 of the canonical text.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(self.canonical_json().as_bytes())
    }
}

impl From<&Exemption> for ExemptionText {
    fn from(exemption: &Exemption) -> Self {
        let mut text = Self {
            reason: exemption.reason.clone(),
            owner: exemption.owner.clone(),
            expires: exemption.expires.map(|day| day.to_string()),
            ..Self::default()
        };
        match &exemption.subject {
            ExemptionSubject::Account(id) => text.account = Some(*id),
            ExemptionSubject::Email(email) => text.email = Some(email_key(email)),
            ExemptionSubject::Domain(domain) => text.domain = Some(domain_key(domain)),
            ExemptionSubject::Group(name) => text.group = Some(name.clone()),
        }
        text
    }
}

impl TryFrom<ExemptionText> for Exemption {
    type Error = PolicyError;

    fn try_from(text: ExemptionText) -> Result<Self, PolicyError> {
        let subject = match (text.account, text.email, text.domain, text.group) {
            (Some(id), None, None, None) => ExemptionSubject::Account(id),
            (None, Some(email), None, None) => ExemptionSubject::Email(email),
            (None, None, Some(domain), None) => ExemptionSubject::Domain(domain),
            (None, None, None, Some(name)) => ExemptionSubject::Group(name),
            _ => return Err(PolicyError::Subject),
        };
        let expires = match text.expires {
            None => None,
            Some(day) => Some(day.parse::<NaiveDate>().map_err(|_| PolicyError::Expires(day))?),
        };
        Ok(Self { subject, reason: text.reason, owner: text.owner, expires })
    }
}

impl From<&QuietPeriod> for QuietText {
    fn from(period: &QuietPeriod) -> Self {
        Self {
            from: period.from.to_string(),
            to: period.to.to_string(),
            reason: period.reason.clone(),
            owner: period.owner.clone(),
        }
    }
}

impl TryFrom<QuietText> for QuietPeriod {
    type Error = PolicyError;

    fn try_from(text: QuietText) -> Result<Self, PolicyError> {
        let day = |text: String| text.parse().map_err(|_| PolicyError::Quiet(text));
        Ok(Self {
            from: day(text.from)?,
            to: day(text.to)?,
            reason: text.reason,
            owner: text.owner,
        })
    }
}
