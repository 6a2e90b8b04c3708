//! Stores with a history, and a way to change one as somebody would who has the file and no scruples.

use dormouse::{
    domain::history::Draft,
    store::{
        accounts::AccountKeys,
        history::append,
        signals::{AuditedAction, StatusChange, add_status_changes},
    },
    time::Timestamp,
};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions,
};

use super::fixture::{TEMPLATE, id, now, rows};
pub(crate) use crate::harness::{Machine, block};

/// A machine whose store has an empty history.
pub(crate) fn empty() -> Machine {
    let machine = Machine::at(now());
    std::fs::write(machine.store(), &*TEMPLATE).unwrap();
    machine
}

/// With these rows.
pub(crate) fn store_with(rows: Vec<Draft>) -> Machine {
    let machine = empty();
    machine.append(rows);
    machine
}

/// With one row of each kind.
pub(crate) fn full() -> Machine {
    store_with(rows())
}

impl Machine {
    pub(crate) fn append(&self, rows: Vec<Draft>) {
        self.with_store(async |store| {
            for draft in rows {
                append(store.conn(), draft).await.unwrap();
            }
        });
    }

    /// A change of status in the portal's audit trail.
    pub(crate) fn audit(&self, event: i64, at: Timestamp, targets: &[u128], actor: u128) {
        self.with_store(async |store| {
            let mut keys = AccountKeys::load(store.conn()).await.unwrap();
            let change = StatusChange {
                action: AuditedAction { event_id: event, at, code: 4020 },
                actor: id(actor),
                targets: targets.iter().map(|n| id(*n)).collect(),
            };
            add_status_changes(store.conn(), &mut keys, 1, &[change]).await.unwrap();
        });
    }

    /// `history head` as it is now.
    pub(crate) fn head(&self) -> String {
        self.run("history head").stdout.trim().to_owned()
    }

    /// Changes the file past the triggers, which are there again afterwards.
    pub(crate) fn tamper(&self, sql: &str) {
        block(async {
            let mut conn = self.connect().await;
            // As one transaction: a hundred are slow.
            execute(&mut conn, "BEGIN").await.unwrap();
            let triggers = drop_triggers(&mut conn).await;
            execute(&mut conn, sql).await.unwrap();
            for trigger in triggers {
                execute(&mut conn, &trigger).await.unwrap();
            }
            execute(&mut conn, "COMMIT").await.unwrap();
            conn.close().await.unwrap();
        });
    }

    /// Changes the file as any program can.
    pub(crate) fn attempt(&self, sql: &str) -> Result<(), String> {
        block(async {
            let mut conn = self.connect().await;
            let done = execute(&mut conn, sql).await.map_err(|e| e.to_string());
            conn.close().await.unwrap();
            done
        })
    }

    /// A connection that tests no constraint it can be told to ignore.
    pub(crate) async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.store()).foreign_keys(false);
        let mut conn = options.connect().await.unwrap();
        execute(&mut conn, "PRAGMA ignore_check_constraints = ON").await.unwrap();
        conn
    }
}

pub(crate) async fn execute(conn: &mut SqliteConnection, sql: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())
}

/// Drops every trigger and returns their texts.
pub(crate) async fn drop_triggers(conn: &mut SqliteConnection) -> Vec<String> {
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    for (name, _) in &triggers {
        execute(conn, &format!("DROP TRIGGER {name}")).await.unwrap();
    }
    triggers.into_iter().map(|(_, sql)| sql).collect()
}
