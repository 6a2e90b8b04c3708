//! The policy's one text form, and the names in it that mean nobody.

use chrono::NaiveDate;
use dormouse::{
    domain::{
        account::{Account, AccountId, Kind},
        policy::{
            Exemption, ExemptionSubject, Policy, PolicyError, Population, PopulationSource,
            Signals, unmatched,
        },
        recorded::{QuietPeriod, SilencePolicy},
        verdict::Reason,
    },
    time::days,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::support::{account, at, exemption, exemptions, group, now, policies, policy};
use crate::harness::generated;

fn date(text: &str) -> Option<NaiveDate> {
    Some(text.parse().expect("a date"))
}

/// One of everything, written in no particular order.
fn full() -> Policy {
    Policy {
        inactivity_days: 45,
        grace_days: 60,
        signals: Signals::LoginsAndAudit,
        population: Population {
            source: Some(PopulationSource::Roster),
            kinds: vec![Kind::Guest, Kind::User, Kind::Guest],
            groups: vec!["Zeitarbeit".into(), "Agentur \"Süd\"".into()],
            email_domains: vec!["Z.example".into(), "@a.example".into(), "z.example".into()],
        },
        exemptions: vec![
            exemption(ExemptionSubject::Group("Zeitarbeit".into())),
            exemption(ExemptionSubject::Domain("@Agency.example".into())),
            Exemption {
                owner: Some("hr@company.example".into()),
                expires: date("2026-12-31"),
                ..exemption(ExemptionSubject::Email("Anna@X.example".into()))
            },
            exemption(ExemptionSubject::Account(account(1).id)),
        ],
        silence: Some(SilencePolicy {
            max_silence_hours: 96,
            quiet: vec![QuietPeriod {
                from: date("2026-12-24").unwrap(),
                to: date("2027-01-01").unwrap(),
                reason: "closed".into(),
                owner: "Ann".into(),
            }],
        }),
    }
}

#[test]
fn the_canonical_text_is_this_one() {
    assert_eq!(
        full().canonical_json(),
        concat!(
            r#"{"inactivity_days":45,"never_logged_in_grace_days":60,"signals":["logins","audit"],"#,
            r#""population":{"source":"roster","kinds":["user","guest"],"#,
            r#""groups":["Agentur \"Süd\"","Zeitarbeit"],"email_domains":["a.example","z.example"]},"#,
            r#""exemptions":["#,
            r#"{"group":"Zeitarbeit","reason":"on parental leave"},"#,
            r#"{"domain":"agency.example","reason":"on parental leave"},"#,
            r#"{"email":"anna@x.example","reason":"on parental leave","owner":"hr@company.example","expires":"2026-12-31"},"#,
            r#"{"account":"00000000-0000-0000-0000-000000000001","reason":"on parental leave"}],"#,
            r#""max_silence_hours":96,"quiet":[{"from":"2026-12-24","to":"2027-01-01","reason":"closed","owner":"Ann"}]}"#,
        )
    );
    let plain = policy();
    assert_eq!(
        plain.canonical_json(),
        concat!(
            r#"{"inactivity_days":30,"never_logged_in_grace_days":30,"signals":["logins","audit"],"#,
            r#""population":{"kinds":["guest"],"groups":[],"email_domains":[]},"exemptions":[]}"#,
        )
    );
    // echo -n '…' | sha256sum
    assert_eq!(plain.sha256(), "e9a49923c832cd10a4908aab083cc5770076c4f0f306b3fe30e88ca5be028936");
}

#[test]
fn every_part_of_the_policy_is_in_its_digest() {
    let with = |change: fn(&mut Policy)| {
        let mut policy = full();
        change(&mut policy);
        policy.sha256()
    };
    let digests = [
        with(|_| {}),
        with(|p| p.inactivity_days = 46),
        with(|p| p.grace_days = 61),
        with(|p| p.signals = Signals::Logins),
        with(|p| p.population.source = None),
        with(|p| p.population.source = Some(PopulationSource::Portal)),
        with(|p| p.population.kinds.push(Kind::RoomAdmin)),
        with(|p| p.population.groups.push("zeitarbeit".into())),
        with(|p| p.population.email_domains.clear()),
        with(|p| p.exemptions[0].subject = ExemptionSubject::Group("zeitarbeit".into())),
        with(|p| p.exemptions[0].reason.push('!')),
        with(|p| p.exemptions[0].owner = Some(String::new())),
        with(|p| p.exemptions[0].expires = date("2026-12-31")),
        with(|p| drop(p.exemptions.pop())),
        with(|p| p.silence.as_mut().unwrap().max_silence_hours = 72),
        with(|p| p.silence.as_mut().unwrap().quiet.clear()),
        with(|p| p.silence.as_mut().unwrap().quiet[0].owner.push('!')),
    ];
    let distinct: std::collections::BTreeSet<&String> = digests.iter().collect();
    assert_eq!(distinct.len(), digests.len());
}

#[test]
fn what_is_no_policy_is_refused() {
    let text = full().canonical_json();
    let read = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Policy::from_canonical_json(&text.replace(from, to)).expect_err(to)
    };
    assert!(matches!(
        read(r#""inactivity_days":45"#, r#""inactivity_days":0"#),
        PolicyError::Threshold
    ));
    assert!(matches!(read(r#"["logins","audit"]"#, r#"["audit"]"#), PolicyError::Signals(_)));
    assert!(matches!(
        read(r#"["logins","audit"]"#, r#"["logins","mail"]"#),
        PolicyError::Signals(_)
    ));
    assert!(matches!(read(r#"["logins","audit"]"#, "[]"), PolicyError::Signals(_)));
    assert!(matches!(read("2026-12-31", "2026-13-31"), PolicyError::Expires(_)));
    assert!(matches!(read(r#""group":"Zeitarbeit","#, ""), PolicyError::Subject));
    assert!(matches!(read(r#""group":"#, r#""email":"a@b","group":"#), PolicyError::Subject));
    for (from, to) in [
        (r#""guest""#, r#""visitor""#),
        (r#""roster""#, r#""crm""#),
        (r#""owner""#, r#""Owner""#),
        (r#""account":"00000000-"#, r#""account":"x"#),
        (r#""inactivity_days":45"#, r#""inactivity_days":-1"#),
        (r#""exemptions":["#, r#""exemptions":[7,"#),
    ] {
        assert!(matches!(read(from, to), PolicyError::Json(_)), "{to}");
    }
}

fn populations() -> impl Strategy<Value = Population> {
    (
        option::of(select(PopulationSource::ALL)),
        vec(select(Kind::ALL), 0..4),
        vec(select(vec!["Externals", "externals", "Внешние \"1\"\n"]), 0..3),
        vec(select(vec!["a.example", "A.Example", "@b.example"]), 0..3),
    )
        .prop_map(|(source, kinds, groups, domains)| Population {
            source,
            kinds,
            groups: groups.into_iter().map(Into::into).collect(),
            email_domains: domains.into_iter().map(Into::into).collect(),
        })
}

proptest! {
    #![proptest_config(generated(256))]

    #[test]
    fn the_text_is_read_back_without_loss(
        policy in policies(),
        population in populations(),
        exemptions in vec(exemptions(), 0..5),
    ) {
        let policy = Policy { population, exemptions, ..policy };
        let text = policy.canonical_json();
        let read = Policy::from_canonical_json(&text).expect("its own text");
        prop_assert_eq!(read.canonical_json(), text);
        prop_assert_eq!(read.sha256(), policy.sha256());
        // What was in one form already is equal, not only the same in meaning.
        let again = Policy::from_canonical_json(&read.canonical_json()).expect("its own text");
        prop_assert_eq!(again, read.clone());
        let judged = |p: &Policy| p.exemption_for(&account(1), now()).map(|e| (e.reason.clone(), e.owner.clone(), e.expires));
        prop_assert_eq!(judged(&read).is_some(), judged(&policy).is_some());
        prop_assert_eq!(judged(&read).map(|e| e.2), judged(&policy).map(|e| e.2));
    }

    #[test]
    fn policies_that_mean_the_same_have_the_same_text(
        policy in policies(),
        (kinds, other_kinds) in vec(select(Kind::ALL), 0..4).prop_flat_map(|l| (Just(l.clone()), Just([l.clone(), l].concat()).prop_shuffle())),
        (list, other_list) in vec(exemptions(), 0..5).prop_flat_map(|l| (Just(l.clone()), Just([l.clone(), l].concat()).prop_shuffle())),
    ) {
        let with = |kinds: Vec<Kind>, exemptions: Vec<Exemption>| {
            let population = Population { kinds, ..policy.population.clone() };
            Policy { population, exemptions, ..policy.clone() }.canonical_json()
        };
        prop_assert_eq!(with(kinds, list), with(other_kinds, other_list));
    }
}

#[test]
fn names_are_written_in_json_as_everywhere() {
    fn both_ways<T>(all: &[T])
    where
        T: Copy + PartialEq + std::fmt::Debug + std::fmt::Display,
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        for value in all {
            let text = serde_json::to_string(value).expect("a name");
            assert_eq!(text, format!("\"{value}\""));
            assert_eq!(serde_json::from_str::<T>(&text).expect("the same name"), *value);
        }
    }
    both_ways(Kind::ALL);
    both_ways(Reason::ALL);
    both_ways(Signals::ALL);
    both_ways(&[account(1).id]);
    let error = serde_json::from_str::<Kind>("\"visitor\"").expect_err("no kind");
    assert!(error.to_string().contains("owner, docspace_admin"), "{error}");
    assert!(serde_json::from_str::<AccountId>("\"visitor\"").is_err());
}

#[test]
fn exemptions_that_ended_or_end_soon_are_listed() {
    let until = |day: Option<&str>| Exemption {
        expires: day.and_then(date),
        ..exemption(ExemptionSubject::Account(account(1).id))
    };
    let policy = Policy {
        exemptions: vec![
            until(Some("2026-11-23")),
            until(Some("2026-11-24")),
            until(Some("2026-12-03")),
            until(Some("2026-12-04")),
            until(None),
        ],
        ..policy()
    };
    let ends = |list: Vec<&Exemption>| list.iter().map(|e| e.expires).collect::<Vec<_>>();
    assert_eq!(ends(policy.expired_exemptions(now())), [date("2026-11-23")]);
    assert_eq!(
        ends(policy.ending_within(now(), 10)),
        [date("2026-11-24"), date("2026-12-03")],
        "the end of the last day falls within ten days"
    );
    assert_eq!(ends(policy.ending_within(at("2026-11-24T23:59:59.999Z"), 0)), []);
    assert_eq!(policy.expired_exemptions(now() + days(3650)).len(), 4);
}

#[test]
fn names_that_mean_nobody_are_found_and_say_that_guests_are_never_in_groups() {
    let staff = Account {
        kind: Kind::User,
        groups: vec![group("g1", "Agency"), group("g2", "Twins"), group("g3", "Twins")],
        ..account(2)
    };
    let accounts = [account(1), staff];
    let policy = Policy {
        population: Population {
            groups: vec!["Agency".into(), "agency".into(), "Twins".into()],
            email_domains: vec!["CONTRACTOR.example".into(), "nowhere.example".into()],
            ..policy().population
        },
        exemptions: vec![
            exemption(ExemptionSubject::Account(account(1).id)),
            exemption(ExemptionSubject::Account(account(9).id)),
            exemption(ExemptionSubject::Email("GUEST2@contractor.example".into())),
            exemption(ExemptionSubject::Email("guest3@contractor.example".into())),
            exemption(ExemptionSubject::Domain("contractor.example".into())),
            exemption(ExemptionSubject::Domain("example".into())),
            exemption(ExemptionSubject::Group("Agency".into())),
            exemption(ExemptionSubject::Group("Guests".into())),
            exemption(ExemptionSubject::Group("Guests".into())),
        ],
        ..policy()
    };
    let found: Vec<String> =
        unmatched(&policy, &accounts).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "exemption of account 00000000-0000-0000-0000-000000000009 matches no account on the portal",
            "exemption of email guest3@contractor.example matches no account on the portal",
            "exemption of domain example matches no account on the portal",
            "exemption of group \"Guests\" matches no account on the portal; group names match exactly, \
             and guests are never in groups",
            "population group \"Twins\" matches 2 groups of that name; group names match exactly, \
             and guests are never in groups",
            "population group \"agency\" matches no account on the portal; group names match exactly, \
             and guests are never in groups",
            "population domain nowhere.example matches no account on the portal",
        ]
    );
}
