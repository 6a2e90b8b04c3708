//! What the person who decides should know although it changes no verdict.

use crate::{
    domain::{
        account::Account,
        human::many,
        policy::{PopulationSource, unmatched},
    },
    engine::{evaluate::Judged, silences::Silences},
    store::decisions::Currency,
    time::{Timestamp, days},
};

/// A roster older than this may be out of date.
const ROSTER_AGE_DAYS: u32 = 7;
/// Exemptions that end within so many days are announced.
const NOTICE_DAYS: u32 = 14;

/// One sentence a warning. `now` is this machine's clock.
pub(crate) fn warnings(judged: &Judged, silences: &Silences, now: Timestamp) -> Vec<String> {
    let Judged { policy, as_of, gathered, resolved, .. } = judged;
    // What is decided now rests on today's roster, however old the evidence is.
    let moment = match judged.currency {
        Currency::Current => now,
        Currency::Historical => *as_of,
    };
    let mut warnings = silences.warnings(policy.inactivity_days);
    match (&gathered.roster, resolved.source) {
        (Some(roster), PopulationSource::Roster) if moment - roster.at > days(ROSTER_AGE_DAYS) => {
            warnings.push(format!(
                "the roster is {} old; give a newer one with `dormouse sync --contractors FILE`",
                many((moment - roster.at).num_days(), "day")
            ));
        }
        (None, PopulationSource::Roster) => warnings.push(
            "population.source is \"roster\" but no roster was ever given, so no account is under \
             review; give one with `dormouse sync --contractors FILE`"
                .to_owned(),
        ),
        (_, PopulationSource::Roster | PopulationSource::Portal) => {}
    }
    let accounts: Vec<&Account> = gathered.facts.accounts().collect();
    warnings.extend(unmatched(policy, &accounts).iter().map(ToString::to_string));
    for exemption in policy.expired_exemptions(*as_of) {
        let last = exemption.expires.map(|day| day.to_string()).unwrap_or_default();
        warnings.push(format!(
            "the exemption of {} ended on {last} and no longer applies",
            exemption.subject
        ));
    }
    for exemption in policy.ending_within(*as_of, NOTICE_DAYS) {
        let last = exemption.expires.map(|day| day.to_string()).unwrap_or_default();
        warnings.push(format!("the exemption of {} ends on {last}", exemption.subject));
    }
    warnings
}
