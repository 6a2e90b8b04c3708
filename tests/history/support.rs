//! A way to run commands on a store, and one to change it as somebody would who has the file and no
//! scruples.

use crate::common;
pub(crate) use crate::common::Ran;
use std::{io::Cursor, path::PathBuf, sync::Arc};

use dormouse::{
    app::World,
    config::Env,
    domain::history::Draft,
    output::{Streams, Terminal},
    prompt::{Input, Prompt},
    store::{
        Mode, Store,
        accounts::AccountKeys,
        history::append,
        signals::{AuditedAction, StatusChange, add_status_changes},
    },
    time::{FixedClock, Timestamp},
};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

use super::fixture::{TEMPLATE, block, id, now, rows};

/// A store in a folder of its own.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    /// With an empty history.
    pub(crate) fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("dormouse.db"), &*TEMPLATE).unwrap();
        Self { dir }
    }

    /// With these rows.
    pub(crate) fn with(rows: Vec<Draft>) -> Self {
        let place = Self::empty();
        place.append(rows);
        place
    }

    /// With one row of each kind.
    pub(crate) fn full() -> Self {
        Self::with(rows())
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("dormouse.db")
    }

    pub(crate) fn append(&self, rows: Vec<Draft>) {
        block(async {
            let mut store = Store::open(&self.file(), Mode::Record).await.unwrap();
            for draft in rows {
                append(store.conn(), draft).await.unwrap();
            }
            store.close().await.unwrap();
        });
    }

    /// A change of status in the portal's audit trail.
    pub(crate) fn audit(&self, event: i64, at: Timestamp, targets: &[u128], actor: u128) {
        block(async {
            let mut store = Store::open(&self.file(), Mode::Record).await.unwrap();
            let mut keys = AccountKeys::load(store.conn()).await.unwrap();
            let change = StatusChange {
                action: AuditedAction { event_id: event, at, code: 4020 },
                actor: id(actor),
                targets: targets.iter().map(|n| id(*n)).collect(),
            };
            add_status_changes(store.conn(), &mut keys, 1, &[change]).await.unwrap();
            store.close().await.unwrap();
        });
    }

    /// Runs a command in an environment without variables.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_on(line, Terminal::None)
    }

    pub(crate) fn run_on(&self, line: &str, terminal: Terminal) -> Ran {
        common::run(line, |streams| World {
            env: Env::default(),
            cwd: self.dir.path().to_owned(),
            clock: Arc::new(FixedClock::at(now())),
            input: Input { reader: Box::new(Cursor::new("")), prompt: Prompt::Nobody },
            streams: Streams { stdout_is: terminal, ..streams },
        })
    }

    /// `history head` as it is now.
    pub(crate) fn head(&self) -> String {
        self.run("history head").stdout.trim().to_owned()
    }

    /// Changes the file past the triggers, which are there again afterwards.
    pub(crate) fn tamper(&self, sql: &str) {
        block(async {
            let mut conn = self.connect().await;
            let triggers = drop_triggers(&mut conn).await;
            execute(&mut conn, sql).await.unwrap();
            for trigger in triggers {
                execute(&mut conn, &trigger).await.unwrap();
            }
            conn.close().await.unwrap();
        });
    }

    /// Changes the file as any program can.
    pub(crate) fn sql(&self, sql: &str) -> Result<(), String> {
        block(async {
            let mut conn = self.connect().await;
            let done = execute(&mut conn, sql).await.map_err(|e| e.to_string());
            conn.close().await.unwrap();
            done
        })
    }

    /// A connection that tests no constraint it can be told to ignore.
    pub(crate) async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.file()).foreign_keys(false);
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
