//! Why an account has no verdict at all: it is not under review.

use crate::{
    domain::{
        account::{Account, AccountId},
        policy::{Population, PopulationSource},
    },
    engine::evaluate::Judged,
    output::when,
    store::{accounts::Presence, evidence::Dossier},
};

/// The reason in words.
pub(super) fn not_under_review(
    judged: &Judged,
    id: AccountId,
    account: Option<&Account>,
    dossier: &Dossier,
) -> String {
    let known = judged.gathered.facts.accounts().any(|a| a.id == id);
    let (Some(account), Some(newest)) = (account, dossier.versions.last()) else {
        return "not under review: no listing ever showed this account".to_owned();
    };
    if id.is_system() {
        return "not under review: one of the portal's own pseudo users".to_owned();
    }
    if newest.presence == Presence::Gone {
        let at = newest.at.to_string();
        return format!("not under review: the listing of {at} no longer had this account");
    }
    if !known {
        let at = account.registered_at.map_or_else(|| "later".to_owned(), |at| at.to_string());
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
            "not under review: kind {}, and the population is {}",
            account.kind,
            selectors(&judged.policy.population)
        ),
    }
}

/// For example `kinds guest, groups "Externals"`.
fn selectors(population: &Population) -> String {
    let quoted =
        |names: &[String]| names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
    let kinds: Vec<&str> = population.kinds.iter().map(|k| k.as_str()).collect();
    let parts: Vec<String> = [
        ("kinds", kinds.join(", ")),
        ("groups", quoted(&population.groups)),
        ("domains", population.email_domains.join(", ")),
    ]
    .into_iter()
    .filter(|(_, list)| !list.is_empty())
    .map(|(name, list)| format!("{name} {list}"))
    .collect();
    parts.join("; ")
}
