//! The recipes of the README, as they stand there, over a store with something to find.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Column, Row, ValueRef};

use super::support::{Site, story};

/// Title and SQL of each recipe.
fn recipes() -> Vec<(String, String)> {
    let text = include_str!("../../../README.md");
    text.split("<details><summary>")
        .skip(1)
        .map(|section| {
            let (title, rest) = section.split_once("</summary>").unwrap();
            let sql = rest.split_once("```sql\n").unwrap().1.split_once("```").unwrap().0;
            (title.to_owned(), sql.to_owned())
        })
        .collect()
}

/// Rows as text, columns by name.
fn rows(site: &Site, sql: &str) -> Vec<BTreeMap<String, String>> {
    site.with_store(async |store| {
        let rows =
            sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(store.conn()).await.unwrap();
        rows.iter()
            .map(|row| {
                let text = |place: usize| {
                    let value = row.try_get_raw(place).unwrap();
                    match value.is_null() {
                        true => "null".to_owned(),
                        false => row
                            .try_get_unchecked::<String, _>(place)
                            .unwrap_or_else(|e| panic!("{sql}: {e}")),
                    }
                };
                row.columns()
                    .iter()
                    .map(|column| (column.name().to_owned(), text(column.ordinal())))
                    .collect()
            })
            .collect()
    })
}

#[test]
fn every_recipe_finds_what_it_is_for() {
    let site = story();
    // What the story lacks: a hole, and a decision that is about the last day.
    site.with_store(async |store| {
        let sql = "INSERT INTO segments (from_ms, to_ms, oldest_ms, tail, reaches)
                   VALUES (1767225600000, 1769904000000, 1767225600000, '[]', 'end')";
        sqlx::query(sql).execute(store.conn()).await.unwrap();
    });
    site.must("decide");
    let back = {
        let sql = "SELECT email FROM history WHERE action = 'enable' AND outcome = 'applied'";
        rows(&site, sql)[0]["email"].clone()
    };
    let recipes = recipes();
    assert_eq!(recipes.len(), 10);
    for (title, sql) in recipes {
        let found = rows(&site, &sql.replace("ann@example.com", &back));
        let first = found.first().unwrap_or_else(|| panic!("{title}: nothing found"));
        match title.as_str() {
            "Who was disabled last quarter, and why?" => {
                assert_eq!(found.len(), 11);
                assert!(found.iter().all(|r| ["idle", "never_logged_in"].contains(&&*r["reason"])));
            }
            "Who came back after being disabled?" => {
                assert_eq!(found.len(), 1);
                assert_eq!(first["email"], back);
                assert_eq!(first["enabled_by_dormouse_at"], "2026-11-23T12:00:00.000Z");
            }
            "Who has been idle longest?" => {
                assert_eq!(found.len(), 10);
                let days = |r: &BTreeMap<String, String>| r["idle_days"].parse::<u32>().unwrap();
                assert!(found.windows(2).all(|pair| days(&pair[0]) >= days(&pair[1])));
            }
            "How many failed attempts were there, by day and address?" => {
                let all: u32 = found.iter().map(|r| r["attempts"].parse::<u32>().unwrap()).sum();
                let counted =
                    rows(&site, "SELECT count(*) AS n FROM login_events WHERE class = 'failure'");
                assert_eq!(all.to_string(), counted[0]["n"]);
            }
            "Which exemptions end within 14 days?" => {
                assert_eq!(found.len(), 1);
                assert_eq!(
                    (&*first["exempt"], &*first["owner"]),
                    ("kestrel.example", "Facilities")
                );
            }
            "For whom is there no evidence?" => {
                assert!(found.iter().all(|r| r["reason"] != "recent_activity"));
            }
            "Who did what, and how often?" => {
                assert_eq!((&*first["action"], &*first["accounts"]), ("disable", "11"));
                assert!(first["key_of"].contains('@'));
            }
            "How long after the threshold was each account disabled?" => {
                assert_eq!(found.len(), 11);
                assert_eq!(found[10]["days_over_threshold"], "10");
            }
            "Where does the record have holes?" => {
                assert_eq!(found.len(), 1);
                assert_eq!(first["hole_from"], "2026-02-01T00:00:00.000Z");
            }
            "What is the life of one account?" => {
                let life: Vec<&str> = found.iter().map(|r| r["what"].as_str()).collect();
                for part in [
                    "registered",
                    "decision 1: inactive, ",
                    "disable intent",
                    "enable outcome applied",
                ] {
                    assert!(life.iter().any(|w| w.starts_with(part)), "{part}: {life:?}");
                }
            }
            other => panic!("a recipe without expectations: {other}"),
        }
    }
}

#[test]
fn the_views_for_other_engines_say_what_the_older_names_say() {
    let site = story();
    for (view, older) in [
        ("SELECT * FROM login_log", "SELECT *, at AS occurred_at FROM login_events"),
        ("SELECT * FROM history_log", "SELECT *, at AS occurred_at FROM history"),
        (
            "SELECT * FROM actions",
            "SELECT *, at AS occurred_at, max(seq) FROM history WHERE phase = 'outcome'
             GROUP BY run_id, account_id, action ORDER BY seq",
        ),
        (
            "SELECT * FROM current_verdicts",
            "SELECT v.*, d.as_of, d.decided_at FROM verdicts v JOIN decisions d ON d.id = v.decision_id
             WHERE d.id = (SELECT max(id) FROM decisions WHERE current = 1)",
        ),
    ] {
        let shown = rows(&site, view);
        let mut known = rows(&site, older);
        for row in &mut known {
            row.retain(|column, _| shown[0].contains_key(column));
        }
        assert!(shown.len() > 1 && shown == known, "{view}");
    }
}
