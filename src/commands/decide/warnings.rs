//! What the person who decides should know and what changes no verdict.

use crate::engine::evaluate::Judged;
use crate::{
    commands::Context,
    domain::{
        account::Account,
        policy::{PopulationSource, unmatched},
    },
    store::decisions::Currency,
    time::days,
};

/// A roster older than this may no longer be true.
const ROSTER_AGE_DAYS: u32 = 7;
/// Exemptions that end within so many days are announced.
const NOTICE_DAYS: u32 = 14;

pub(crate) fn say(cx: &mut Context, judged: &Judged) {
    let Judged { policy, as_of, gathered, resolved, .. } = judged;
    // What is decided now rests on the roster as it is now, however old the evidence is.
    let moment = match judged.currency {
        Currency::Current => cx.clock.now(),
        Currency::Historical => *as_of,
    };
    match (&gathered.roster, resolved.source) {
        (Some(roster), PopulationSource::Roster) => {
            let age = moment - roster.at;
            if age > days(ROSTER_AGE_DAYS) {
                cx.out.warn(format_args!(
                    "the roster is {} days old; give a newer one with `dormouse sync --contractors \
                     FILE`",
                    age.num_days()
                ));
            }
        }
        (None, PopulationSource::Roster) => cx.out.warn(
            "population.source is \"roster\" and no roster was ever given, so nobody is under review; \
             give one with `dormouse sync --contractors FILE`",
        ),
        (_, PopulationSource::Portal) => {}
    }
    let accounts: Vec<&Account> = gathered.facts.accounts().collect();
    for name in unmatched(policy, &accounts) {
        cx.out.warn(name);
    }
    for exemption in policy.expired_exemptions(*as_of) {
        let last = exemption.expires.map(|d| d.to_string()).unwrap_or_default();
        cx.out.warn(format_args!(
            "the exemption of {} ended on {last} and spares nobody any more",
            exemption.subject
        ));
    }
    for exemption in policy.ending_within(*as_of, NOTICE_DAYS) {
        let last = exemption.expires.map(|d| d.to_string()).unwrap_or_default();
        cx.out.warn(format_args!("the exemption of {} ends on {last}", exemption.subject));
    }
}
