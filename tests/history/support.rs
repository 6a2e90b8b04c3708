//! A store with a history of every kind of row, a way to run commands on it, and one to change it as
//! somebody would who has the file and no scruples.

use std::{
    io::{self, Cursor, Write},
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex},
};

use chrono::TimeDelta;
use dormouse::{
    app::{self, World},
    clock::FixedClock,
    config::Env,
    domain::{
        account::{Account, AccountId, Kind, Management, Status},
        decision::Finding,
        history::{Action, Draft, Outcome, Phase, sha256},
        time::{Instant, parse},
        verdict::Reason,
    },
    prompt::{Input, Prompt},
    report::{Streams, Terminal},
    store::{
        Mode, Store,
        accounts::{AccountKeys, Listing, record_listing},
        decisions::{self, Currency, DecisionHead},
        history::append,
        runs::{self, Command, NewRun},
        signals::{AuditedAction, StatusChange, add_status_changes},
    },
};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;
use uuid::Uuid;

/// Runs of the store, in order.
pub(crate) const APPLY: i64 = 3;
pub(crate) const RESTORE: i64 = 4;
/// Its one decision.
pub(crate) const DECISION: i64 = 1;
/// Rows of its history.
pub(crate) const ROWS: i64 = 10;
/// The account whose key was used.
pub(crate) const KEY: u128 = 255;

pub(crate) fn at(text: &str) -> Instant {
    parse(text).unwrap()
}

pub(crate) fn now() -> Instant {
    at("2026-11-24T12:00:00Z")
}

pub(crate) fn id(number: u128) -> AccountId {
    Uuid::from_u128(number).into()
}

pub(crate) fn digest() -> String {
    format!("sha256:{}", sha256(b"the decision"))
}

pub(crate) fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// An intent to disable an account, at a second of the hour.
pub(crate) fn intent(account: u128, second: i64) -> Draft {
    Draft {
        at: now() + TimeDelta::seconds(second),
        run_id: APPLY,
        decision_id: Some(DECISION),
        account_id: id(account),
        email: format!("guest{account}@contractor.example"),
        action: Action::Disable,
        phase: Phase::Intent,
        outcome: None,
        detail: format!("decision {DECISION} {}", digest()),
        actor: id(KEY).to_string(),
        status_before: Some(Status::Active),
        status_after: None,
        http_status: None,
        portal_event_id: None,
    }
}

/// An intent to enable one.
pub(crate) fn restoring(account: u128, second: i64) -> Draft {
    Draft {
        run_id: RESTORE,
        decision_id: None,
        action: Action::Enable,
        detail: "undoes run 3".into(),
        status_before: Some(Status::Disabled),
        ..intent(account, second)
    }
}

/// How an intent ended, a second later.
pub(crate) fn outcome(intent: Draft, outcome: Outcome) -> Draft {
    let shown = match (outcome, intent.action) {
        (Outcome::Applied, Action::Disable) => Status::Disabled,
        (Outcome::Failed, Action::Enable) => Status::Disabled,
        _ => Status::Active,
    };
    Draft {
        at: intent.at + TimeDelta::seconds(1),
        phase: Phase::Outcome,
        outcome: Some(outcome),
        detail: "Zoë said \"=1+1\" \u{1f600} \u{202e}\u{7}".into(),
        status_after: Some(shown),
        http_status: Some(200),
        ..intent
    }
}

/// The portal's own event for it.
pub(crate) fn corroboration(intent: Draft, event: i64) -> Draft {
    Draft {
        phase: Phase::Corroboration,
        detail: "the portal's audit trail shows the change".into(),
        status_before: None,
        portal_event_id: Some(event),
        ..intent
    }
}

/// One row of each kind: applied and corroborated, failed and late after all, skipped before a call,
/// refused, enabled again.
fn rows() -> Vec<Draft> {
    vec![
        intent(1, 0),
        outcome(intent(1, 0), Outcome::Applied),
        intent(2, 1),
        outcome(intent(2, 1), Outcome::Failed),
        corroboration(intent(1, 0), 900),
        outcome(intent(3, 2), Outcome::Skipped),
        outcome(intent(2, 60), Outcome::Applied),
        restoring(1, 120),
        outcome(restoring(1, 120), Outcome::Applied),
        outcome(intent(4, 3), Outcome::Skipped),
    ]
}

/// The store without its history.
static TEMPLATE: LazyLock<Vec<u8>> =
    LazyLock::new(|| std::thread::spawn(|| block(template())).join().unwrap());

async fn template() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dormouse.db");
    let mut store = Store::open(&path, Mode::Create).await.unwrap();
    let conn = store.conn();
    for command in [Command::Sync, Command::Decide, Command::Apply, Command::Restore] {
        let actor = "ann@host".to_owned();
        let run = NewRun { command, started_at: now(), actor, overrides: String::new() };
        runs::start(conn, &run).await.unwrap();
    }
    sqlx::query(
        "INSERT INTO sync_runs (id, run_id, started_at, status, reason, events_added, accounts_seen, \
         contractors_seen, requests, retries) VALUES (1, 1, '', 'running', '', 0, 0, 0, 0, 0)",
    )
    .execute(&mut *conn)
    .await
    .unwrap();
    let accounts: Vec<Account> = (1..=6).map(account).collect();
    let mut keys = AccountKeys::load(conn).await.unwrap();
    record_listing(conn, &mut keys, 1, now(), &accounts, Listing::Complete).await.unwrap();
    let head = DecisionHead {
        decided_at: now(),
        as_of: now(),
        currency: Currency::Current,
        inactivity_days: 30,
        policy: "{}".into(),
        policy_sha256: sha256(b"{}"),
        digest: digest(),
        sync_run_id: 1,
        history_seq: 0,
        coverage: None,
    };
    // The last one is active: nobody may be disabled by this decision who is not called inactive.
    let findings: Vec<Finding> = accounts.into_iter().map(finding).collect();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(decisions::save(&mut tx, &head, &findings).await.unwrap(), DECISION);
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    std::fs::read(path).unwrap()
}

fn account(number: u128) -> Account {
    Account {
        id: id(number),
        email: format!("guest{number}@contractor.example"),
        display_name: format!("Guest {number}"),
        kind: Kind::Guest,
        status: Status::Active,
        registered_at: None,
        management: Management::Portal,
        groups: Vec::new(),
    }
}

fn finding(account: Account) -> Finding {
    let active = account.id == id(6);
    Finding {
        account_id: account.id,
        email: account.email,
        display_name: account.display_name,
        kind: account.kind,
        registered_at: None,
        reason: if active { Reason::RecentActivity } else { Reason::Idle },
        last_activity: None,
        idle_days: Some(40),
    }
}

/// A store in a folder of its own.
pub(crate) struct Place {
    dir: TempDir,
}

pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
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
    pub(crate) fn audit(&self, event: i64, at: Instant, targets: &[u128], actor: u128) {
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
        let (stdout, stderr) = (Buffer::default(), Buffer::default());
        let mut world = World {
            env: Env::default(),
            cwd: self.dir.path().to_owned(),
            clock: Arc::new(FixedClock::at(now())),
            input: Input { reader: Box::new(Cursor::new("")), prompt: Prompt::Nobody },
            streams: Streams {
                stdout: Box::new(stdout.clone()),
                stderr: Box::new(stderr.clone()),
                stdout_is: terminal,
                stderr_is: Terminal::None,
            },
        };
        let args = std::iter::once("dormouse").chain(line.split_whitespace());
        let exit =
            app::parse(args, &mut world).map_or_else(|exit| exit, |cli| app::run(cli, world));
        Ran { code: exit.code(), stdout: stdout.text(), stderr: stderr.text() }
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

/// A stream that the test reads afterwards.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
