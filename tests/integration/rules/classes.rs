//! The class of each login event code, in the rules and in the SQL that must agree with them.

use std::collections::BTreeMap;

use dormouse::domain::login::{EventClass, class_of};

use EventClass::{Failure, Login, Other, Presence};

/// MessageAction.cs at 3.7.2, with the neighbours on both sides.
const CODES: [(i64, EventClass); 32] = [
    (999, Other),
    (1000, Login),
    (1001, Login),
    (1002, Failure),
    (1003, Failure),
    (1004, Failure),
    (1005, Failure),
    (1006, Presence),
    (1007, Login),
    (1008, Failure),
    (1009, Failure),
    (1010, Login),
    (1011, Login),
    (1012, Login),
    (1013, Failure),
    (1014, Failure),
    (1015, Login),
    (1016, Presence),
    (1017, Presence),
    (1018, Failure),
    (1019, Login),
    (1020, Failure),
    (1021, Login),
    (1022, Failure),
    (1023, Failure),
    (1024, Login),
    (1025, Failure),
    (1026, Failure),
    (1027, Login),
    (1028, Login),
    (1029, Login),
    (1030, Other),
];

#[test]
fn every_code_has_the_class_that_the_server_gives_it() {
    for (code, class) in CODES {
        assert_eq!(class_of(code), class, "{code}");
    }
}

/// The lists `IN (…)` of a text, each with what stands behind it on the line.
fn lists(sql: &str) -> Vec<(Vec<i64>, &str)> {
    sql.lines()
        .filter_map(|line| line.split_once("IN (")?.1.split_once(')'))
        .filter_map(|(codes, rest)| {
            let codes: Option<Vec<i64>> = codes.split(',').map(|c| c.trim().parse().ok()).collect();
            Some((codes?, rest))
        })
        .collect()
}

#[test]
fn the_lists_in_the_schema_agree_with_the_rules() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/20261128000009_event_classes.sql");
    let sql = std::fs::read_to_string(path).expect("the migration of event classes");
    let of = |class: EventClass| -> Vec<i64> {
        CODES.iter().filter(|(_, c)| *c == class).map(|(code, _)| *code).collect()
    };

    let mut named = BTreeMap::new();
    for (codes, rest) in lists(&sql) {
        let class = rest.split('\'').nth(1).expect("a list has a class");
        assert_eq!(named.insert(class.to_owned(), codes), None, "one list a class");
    }
    let expected: BTreeMap<String, Vec<i64>> =
        [Login, Presence, Failure].map(|c| (c.to_string(), of(c))).into();
    assert_eq!(named, expected, "the column events.class");
    assert!(
        sql.contains("ON events (account_pk, at_ms) WHERE class <> 'failure'"),
        "the index of signs of life leaves out failures, only them"
    );
    assert!(sql.contains("ELSE 'other'"), "codes not listed are other");
}
