//! Who is under review, and how strictly a roster is matched.

use chrono::NaiveDate;
use dormouse::domain::{
    account::{ANONYMOUS, Account, Kind, email_domain, email_key},
    evidence::Match,
    policy::{Population, PopulationSource},
    population::{Member, Resolved, Roster, RosterIds, RosterRow, match_counts, resolve},
};

use super::support::{account, group, id, now, policy};

fn row(line: u32, id: &str, email: &str) -> RosterRow {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    RosterRow {
        file: "roster.csv".into(),
        line,
        id: some(id),
        email: some(email),
        display_name: None,
        contract_end: None,
    }
}

fn named(number: u128, email: &str) -> Account {
    Account { email: email.into(), ..account(number) }
}

fn matched(rows: &[RosterRow], accounts: &[Account]) -> Resolved {
    let roster = Roster { rows: rows.to_vec(), ..Roster::default() };
    resolve(&policy().population, Some(&roster), accounts, now())
}

/// Members as (account, verdict of the match); `None` for a roster id that is no account.
fn members(resolved: &Resolved) -> Vec<(u128, Option<Match>)> {
    let number = |id: dormouse::domain::account::AccountId| {
        u128::from_str_radix(&id.to_string().replace('-', ""), 16).expect("a GUID")
    };
    resolved
        .members
        .iter()
        .map(|member| match member {
            Member::Account { id, matched } => (number(*id), Some(*matched)),
            Member::NotOnPortal { id, .. } => (number(*id), None),
        })
        .collect()
}

type Case = (&'static str, Vec<RosterRow>, Vec<(u128, Option<Match>)>);

const UNIQUE: Option<Match> = Some(Match::Unique);
const AMBIGUOUS: Option<Match> = Some(Match::Ambiguous);

#[test]
fn rows_match_by_id_or_by_address_and_never_by_a_guess() {
    let accounts = [named(1, "a@x.example"), named(2, "b@x.example"), named(3, "c@x.example")];
    let guid = |number: u128| id(number).to_string();
    let cases: [Case; 12] = [
        ("by id", vec![row(2, &guid(1), "")], vec![(1, UNIQUE)]),
        (
            "an id in upper case and braces",
            vec![row(2, &format!(" {{{}}} ", guid(1).to_uppercase()), "")],
            vec![(1, UNIQUE)],
        ),
        (
            "HR's own reference, so by address",
            vec![row(2, "HR-0042", "B@X.Example ")],
            vec![(2, UNIQUE)],
        ),
        ("id and address agree", vec![row(2, &guid(3), "c@x.example")], vec![(3, UNIQUE)]),
        (
            "the address has changed on the portal",
            vec![row(2, &guid(3), "old@x.example")],
            vec![(3, UNIQUE)],
        ),
        (
            "id and address name two accounts",
            vec![row(2, &guid(1), "b@x.example")],
            vec![(1, AMBIGUOUS), (2, AMBIGUOUS)],
        ),
        (
            "an address twice",
            vec![row(2, "", "a@x.example"), row(3, "", "A@x.example")],
            vec![(1, AMBIGUOUS)],
        ),
        (
            "an address twice, with two ids",
            vec![row(2, &guid(1), "a@x.example"), row(3, &guid(2), "a@x.example")],
            vec![(1, AMBIGUOUS), (2, AMBIGUOUS)],
        ),
        (
            "ambiguous stays so whatever comes later",
            vec![row(2, &guid(1), "b@x.example"), row(3, &guid(1), "")],
            vec![(1, AMBIGUOUS), (2, AMBIGUOUS)],
        ),
        (
            "an id that is no account, its address is another's",
            vec![row(2, &guid(9), "a@x.example")],
            vec![(9, None)],
        ),
        ("nobody", vec![row(2, "HR-1", "nobody@x.example"), row(3, "", "")], vec![]),
        (
            "two rows without address",
            vec![row(2, &guid(1), " "), row(3, &guid(2), " ")],
            vec![(1, UNIQUE), (2, UNIQUE)],
        ),
    ];
    for (case, rows, expected) in cases {
        assert_eq!(members(&matched(&rows, &accounts)), expected, "{case}");
    }
}

#[test]
fn an_address_that_two_accounts_have_is_ambiguous_for_both() {
    let accounts = [named(1, "a@x.example"), named(2, "A@X.EXAMPLE")];
    let resolved = matched(&[row(2, "", "a@x.example")], &accounts);
    assert_eq!(members(&resolved), [(1, AMBIGUOUS), (2, AMBIGUOUS)]);
}

#[test]
fn an_account_without_address_matches_no_row_without_address() {
    let accounts = [named(1, "")];
    assert_eq!(members(&matched(&[row(2, "HR-1", "  ")], &accounts)), []);
}

#[test]
fn addresses_are_compared_without_case_in_every_script_and_without_folding_more() {
    for (a, b) in [
        ("ANNA.MÜLLER@X.example", "anna.müller@x.EXAMPLE"),
        ("ИВАН@пример.example", "иван@ПРИМЕР.example"),
        ("ΑΝΔΡΕΑΣ@x.example", "ανδρεας@x.example"),
        ("ΑΝΔΡΕΑΣ@x.example", "ανδρεασ@x.example"),
        (" a@x.example\t", "a@x.example"),
    ] {
        assert_eq!(email_key(a), email_key(b), "{a} {b}");
    }
    for (a, b) in [
        ("strasse@x.example", "straße@x.example"),
        ("ivan@x.example", "іvan@x.example"),
        ("jose@x.example", "josé@x.example"),
        ("ı@x.example", "i@x.example"),
    ] {
        assert_ne!(email_key(a), email_key(b), "{a} {b}");
    }
    assert_eq!(email_domain("odd@name@X.Example"), Some("x.example".into()));
    assert_eq!(email_domain("no domain"), None);
    assert_eq!(email_domain("empty@"), None);
}

#[test]
fn disagreements_are_reported_and_change_no_verdict() {
    let mut ended = row(2, "", "a@x.example");
    ended.contract_end = NaiveDate::from_ymd_opt(2026, 11, 23);
    let mut ends_today = row(3, "", "b@x.example");
    ends_today.contract_end = NaiveDate::from_ymd_opt(2026, 11, 24);
    let missing = row(4, "HR-9", "gone@x.example");
    let staff = Account { kind: Kind::User, ..named(4, "staff@x.example") };
    let accounts =
        [named(1, "a@x.example"), named(2, "b@x.example"), named(3, "c@x.example"), staff];
    let resolved = matched(&[ended.clone(), ends_today, missing.clone()], &accounts);
    assert_eq!(members(&resolved), [(1, UNIQUE), (2, UNIQUE)]);
    assert_eq!(resolved.reconciliation.contract_ended, [ended]);
    assert_eq!(resolved.reconciliation.roster_without_account, [missing]);
    assert_eq!(resolved.reconciliation.accounts_not_in_roster, [id(3)], "of the kinds reviewed");
    assert_eq!(resolved.reconciliation.ambiguous, []);
}

#[test]
fn the_source_is_the_roster_where_there_is_one_unless_the_policy_says_otherwise() {
    let accounts = [named(1, "a@x.example"), named(2, "b@x.example")];
    let rows = Roster { rows: vec![row(2, "", "b@x.example")], ..Roster::default() };
    let with = |source, roster: Option<&Roster>| {
        let population = Population { source, ..policy().population };
        let resolved = resolve(&population, roster, &accounts, now());
        (resolved.source, members(&resolved).len())
    };
    assert_eq!(with(None, None), (PopulationSource::Portal, 2));
    assert_eq!(with(None, Some(&rows)), (PopulationSource::Roster, 1));
    assert_eq!(with(Some(PopulationSource::Portal), Some(&rows)), (PopulationSource::Portal, 2));
    assert_eq!(with(Some(PopulationSource::Roster), None), (PopulationSource::Roster, 0));
}

#[test]
fn pseudo_users_are_nobody() {
    let anonymous = Account { id: ANONYMOUS, ..named(1, "anonymous@x.example") };
    let accounts = std::slice::from_ref(&anonymous);
    let portal = resolve(&policy().population, None, accounts, now());
    assert_eq!(portal.members, []);
    let resolved = matched(&[row(2, "", "anonymous@x.example")], accounts);
    assert_eq!(resolved.members, []);
    let resolved = matched(&[row(2, &ANONYMOUS.to_string(), "")], accounts);
    assert!(matches!(&resolved.members[..], [Member::NotOnPortal { .. }]));
}

#[test]
fn a_group_name_that_two_groups_bear_is_ambiguous_unless_something_else_names_the_account() {
    let member = |number, kind, groups: &[(&str, &str)]| Account {
        kind,
        groups: groups.iter().map(|(id, name)| group(id, name)).collect(),
        ..account(number)
    };
    let accounts = [
        member(1, Kind::User, &[("g1", "Externals")]),
        member(2, Kind::User, &[("g2", "Externals")]),
        member(3, Kind::User, &[("g1", "Externals"), ("g3", "Agency")]),
        member(4, Kind::Guest, &[("g2", "Externals")]),
        member(5, Kind::User, &[("g4", "externals")]),
    ];
    let population =
        Population { groups: vec!["Externals".into(), "Agency".into()], ..policy().population };
    let resolved = resolve(&population, None, &accounts, now());
    assert_eq!(
        members(&resolved),
        [(1, AMBIGUOUS), (2, AMBIGUOUS), (3, UNIQUE), (4, UNIQUE)],
        "names match exactly"
    );
}

#[test]
fn domains_select_without_case_and_without_subdomains() {
    let accounts = ["a@Agency.example", "b@sub.agency.example", "c@agency.example.org"]
        .into_iter()
        .zip(1..)
        .map(|(email, number)| Account { kind: Kind::User, ..named(number, email) })
        .collect::<Vec<_>>();
    let population =
        Population { email_domains: vec!["@AGENCY.example".into()], ..policy().population };
    assert_eq!(members(&resolve(&population, None, &accounts, now())), [(1, UNIQUE)]);
}

fn known(rows: &[RosterRow]) -> Roster {
    Roster { rows: rows.to_vec(), ..Roster::default() }
}

fn resolved(roster: &Roster, accounts: &[Account]) -> Resolved {
    resolve(&policy().population, Some(roster), accounts, now())
}

#[test]
fn ids_that_are_hrs_own_references_leave_the_match_to_the_address() {
    let accounts = [named(1, "a@x.example"), named(2, "b@x.example")];
    let rows = [row(2, &id(9).to_string(), "a@x.example"), row(3, &id(8).to_string(), "")];
    let roster = Roster { ids: RosterIds::References, ..known(&rows) };
    assert_eq!(members(&resolved(&roster, &accounts)), [(1, UNIQUE)]);
    let counts = match_counts(&roster, &accounts, now());
    assert_eq!((counts.matched, counts.without_account, counts.ambiguous), (1, 1, 0));
}

#[test]
fn an_address_that_an_account_had_before_finds_it_unless_somebody_has_it_now() {
    let accounts = [named(1, "new@x.example"), named(2, "b@x.example")];
    let past = |email: &str, accounts: &[u128]| {
        let accounts = accounts.iter().map(|number| id(*number)).collect();
        (email.to_owned(), accounts)
    };
    let with = |rows: &[RosterRow], past_addresses: Vec<(String, _)>| {
        let past_addresses = past_addresses.into_iter().collect();
        members(&resolved(&Roster { past_addresses, ..known(rows) }, &accounts))
    };
    let old = [row(2, "", "OLD@x.example")];
    assert_eq!(with(&old, vec![past("old@x.example", &[1])]), [(1, UNIQUE)]);
    assert_eq!(
        with(&old, vec![past("old@x.example", &[1, 2])]),
        [(1, AMBIGUOUS), (2, AMBIGUOUS)],
        "both had it"
    );
    assert_eq!(with(&old, vec![past("old@x.example", &[7])]), [], "gone from the portal");
    let taken = [row(2, "", "b@x.example")];
    assert_eq!(with(&taken, vec![past("b@x.example", &[1, 2])]), [(2, UNIQUE)]);
    let both = [row(2, "", "old@x.example"), row(3, "", "new@x.example")];
    assert_eq!(with(&both, vec![past("old@x.example", &[1])]), [(1, UNIQUE)]);
}

#[test]
fn a_contract_that_ended_beside_one_that_runs_is_the_same_person() {
    let accounts = [named(1, "a@x.example")];
    let ending = |line, end: Option<&str>| {
        let contract_end = end.map(|day| day.parse().unwrap());
        RosterRow { contract_end, ..row(line, "", "a@x.example") }
    };
    let (past, today, open) = (Some("2026-11-23"), Some("2026-11-24"), None);
    for (ends, by, ended) in [
        (vec![past, today], UNIQUE, 0),
        (vec![past, past, open], UNIQUE, 0),
        (vec![past], UNIQUE, 1),
        (vec![past, past], AMBIGUOUS, 2),
        (vec![today, open], AMBIGUOUS, 0),
        (vec![past, today, open], AMBIGUOUS, 0),
    ] {
        let rows: Vec<RosterRow> = (2..).zip(&ends).map(|(line, end)| ending(line, *end)).collect();
        let resolved = matched(&rows, &accounts);
        assert_eq!(members(&resolved), [(1, by)], "{ends:?}");
        assert_eq!(resolved.reconciliation.contract_ended.len(), ended, "{ends:?}");
    }
}

#[test]
fn accounts_of_any_kind_that_an_earlier_roster_named_are_missed() {
    let staff = Account { kind: Kind::User, ..named(2, "staff@x.example") };
    let accounts = [named(1, "a@x.example"), staff];
    let rows = [row(2, "", "a@x.example")];
    let roster = Roster { named_before: [id(1), id(2), id(7)].into(), ..known(&rows) };
    assert_eq!(resolved(&roster, &accounts).reconciliation.accounts_not_in_roster, [id(2)]);
}
