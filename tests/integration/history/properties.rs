//! Any change of any value of any row is found. The table is one without types and constraints, so
//! that really any value can be there.

use std::cell::RefCell;

use dormouse::{
    domain::history::{COLUMNS, Check, Row, Verified},
    store::{
        history::{RowFilter, rows},
        verification::verify,
    },
};
use futures_util::TryStreamExt;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::{
    fixture::ROWS,
    support::{Machine, block, drop_triggers, execute, full},
};
use crate::harness::generated;

/// What somebody writes instead.
#[derive(Debug, Clone)]
enum New {
    Null,
    Integer(i64),
    Fraction(f64),
    Text(String),
    /// Text of bytes that need not be UTF-8.
    Bytes(Vec<u8>),
    Blob(Vec<u8>),
    /// The stored text with one bit of one byte flipped.
    Flipped {
        machine: usize,
        bit: u8,
    },
}

fn news() -> impl Strategy<Value = New> {
    prop_oneof![
        Just(New::Null),
        any::<i64>().prop_map(New::Integer),
        (-9_i64..99).prop_map(New::Integer),
        any::<f64>().prop_map(New::Fraction),
        ".{0,9}".prop_map(New::Text),
        select(vec!["disable", "enable", "intent", "outcome", "applied", "failed", "active", "1"])
            .prop_map(|text| New::Text(text.to_owned())),
        vec(any::<u8>(), 0..9).prop_map(New::Bytes),
        vec(any::<u8>(), 0..9).prop_map(New::Blob),
        (any::<usize>(), 0..8_u8).prop_map(|(machine, bit)| New::Flipped { machine, bit }),
    ]
}

/// The same store with a history that takes any value.
async fn lenient(machine: &Machine) -> SqliteConnection {
    let mut conn = machine.connect().await;
    drop_triggers(&mut conn).await;
    let names = COLUMNS.map(|c| if c == "seq" { "seq INTEGER PRIMARY KEY" } else { c }).join(", ");
    let columns = COLUMNS.join(", ");
    // Views that name the table must not stop its renaming.
    let sql = format!(
        "PRAGMA legacy_alter_table = ON; CREATE TABLE any ({names}); INSERT INTO any SELECT {columns} FROM history; DROP TABLE history; \
         ALTER TABLE any RENAME TO history"
    );
    execute(&mut conn, &sql).await.unwrap();
    conn
}

async fn all(conn: &mut SqliteConnection) -> Vec<Row> {
    rows(conn, &RowFilter::default()).try_collect().await.unwrap()
}

/// Makes the change, looks, and takes it back. None where it changes nothing.
async fn changed(
    conn: &mut SqliteConnection,
    seq: i64,
    column: &str,
    new: &New,
) -> Option<(i64, Verified)> {
    let before = all(conn).await;
    let mut tx = conn.begin().await.unwrap();
    let text = format!("UPDATE history SET {column} = ? WHERE seq = ?");
    let cast = format!("UPDATE history SET {column} = CAST(? AS TEXT) WHERE seq = ?");
    let update = match new {
        New::Null => sqlx::query(AssertSqlSafe(text)).bind(None::<i64>),
        New::Integer(number) => sqlx::query(AssertSqlSafe(text)).bind(*number),
        New::Fraction(number) => sqlx::query(AssertSqlSafe(text)).bind(*number),
        New::Text(new) => sqlx::query(AssertSqlSafe(text)).bind(new.clone()),
        New::Bytes(bytes) => sqlx::query(AssertSqlSafe(cast)).bind(bytes.clone()),
        New::Blob(bytes) => sqlx::query(AssertSqlSafe(text)).bind(bytes.clone()),
        New::Flipped { machine, bit } => {
            let row = before.iter().find(|row| row.seq() == seq).unwrap();
            let mut bytes = row.get(column).to_string().into_bytes();
            let length = bytes.len();
            *bytes.get_mut(machine % length.max(1))? ^= 1 << bit;
            sqlx::query(AssertSqlSafe(cast)).bind(bytes)
        }
    };
    // A machine that is taken, or a machine that is no number, SQLite itself refuses.
    update.bind(seq).execute(&mut *tx).await.ok()?;
    let after = all(&mut tx).await;
    let verified = verify(&mut tx, None).await.unwrap();
    tx.rollback().await.unwrap();
    let old: Vec<i64> = before.iter().map(Row::seq).collect();
    let moved = after.iter().map(Row::seq).find(|seq| !old.contains(seq));
    (before != after).then_some((moved.unwrap_or(seq), verified))
}

/// The row is named, by more than the table's being another.
fn names(verified: &Verified, row: i64) -> bool {
    verified.findings.iter().any(|f| f.check != Check::Schema && f.seq == Some(row))
}

#[test]
fn a_flipped_bit_in_any_column_of_any_row_is_found() {
    let machine = full();
    block(async {
        let mut conn = lenient(&machine).await;
        assert!(
            verify(&mut conn, None)
                .await
                .unwrap()
                .findings
                .iter()
                .all(|f| f.check == Check::Schema)
        );
        let mut changes = 0;
        for seq in 1..=ROWS {
            for column in COLUMNS {
                for bit in [0, 7] {
                    let new = New::Flipped { machine: 0, bit };
                    let Some((row, verified)) = changed(&mut conn, seq, column, &new).await else {
                        continue;
                    };
                    assert!(names(&verified, row), "{seq} {column}: {:?}", verified.findings);
                    changes += 1;
                }
            }
        }
        // All but what is null or empty, and places that are taken.
        assert!(changes > 200, "{changes}");
    });
}

#[test]
fn any_value_in_any_column_of_any_row_is_found() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let machine = full();
    let conn = RefCell::new(runtime.block_on(lenient(&machine)));
    TestRunner::new(generated(400))
        .run(&(1..=ROWS, select(COLUMNS.to_vec()), news()), |(seq, column, new)| {
            let mut conn = conn.borrow_mut();
            let found = runtime.block_on(changed(&mut conn, seq, column, &new));
            if let Some((row, verified)) = found {
                prop_assert!(names(&verified, row), "{:?}", verified.findings);
            }
            Ok(())
        })
        .unwrap();
}
