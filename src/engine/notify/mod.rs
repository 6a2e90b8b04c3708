//! Telling people before their accounts are disabled: the store is brought up to date, whoever becomes
//! inactive within the days configured is looked at once more, and each message has its intent on disk
//! before it leaves and its outcome after the server answered. What a server may have taken over is
//! never sent twice.

mod carriers;
mod letters;
mod look;
mod record;
mod send;

use crate::{
    config::{Notices, Settings},
    domain::{
        account::AccountId,
        history::{Action, Draft, Outcome, Phase},
        notices::{NoticeDetail, Receipt},
    },
    engine::{
        Engine,
        evaluate::{self, Judged},
        notify::{carriers::Carriers, letters::letters, record::Sender},
        silences::silences,
        status_change::{ChangeOptions, ChangeReport, ChangeRun, recheck::Recheck},
        warnings::warnings,
    },
    exit::Exit,
    store::{
        self, Store, StoreError, decisions::Currency, notices::NoticesOf, portal::OwnerChange,
        runs::Command,
    },
    time::Clock,
};

pub(crate) use self::{
    carriers::preview,
    letters::{AskedAccount, Letter, Letters, Order, Subject, Uninvited, without_inviter},
};

/// How a notice about one account ended.
#[derive(Debug, Clone)]
pub(crate) struct NoticeOutcome {
    pub(crate) account_id: AccountId,
    pub(crate) email: String,
    pub(crate) outcome: Outcome,
    pub(crate) detail: NoticeDetail,
}

/// What came of a run, to be shown.
pub(crate) struct NotifyReport {
    pub(crate) run_id: i64,
    pub(crate) outcomes: Vec<NoticeOutcome>,
    /// Why the rest was not sent, where the server takes no more.
    pub(crate) rest: Option<String>,
    pub(crate) result: anyhow::Result<Exit>,
}

/// Whether secrets, certificates and templates can be used and the mail server takes mail; sends nothing.
pub(crate) async fn check(settings: &Settings, notices: &Notices) -> anyhow::Result<()> {
    Carriers::new(settings, notices)?.reach().await
}

/// Sends what is due.
///
/// # Errors
/// Nothing can be sent with these settings, or another dormouse holds the store; what fails later is in
/// the report.
pub(crate) async fn notify(
    mut engine: Engine<'_>,
    notices: &Notices,
    order: &Order,
) -> anyhow::Result<NotifyReport> {
    let carriers = Carriers::new(engine.settings, notices)?;
    let clock = engine.clock.clone();
    let options = ChangeOptions {
        command: Command::Notify,
        action: Action::Notify,
        owner: OwnerChange::Refuse,
        overrides: order.overrides(),
    };
    let mut run = ChangeRun::start(&engine, options).await?;
    let mut outcomes = Vec::new();
    let result = work(&mut run, &mut engine, notices, order, &carriers, &mut outcomes).await;
    let ChangeReport { run_id, rest, result, .. } = run.finish(clock.as_ref(), result).await;
    Ok(NotifyReport { run_id, outcomes, rest, result })
}

async fn work(
    run: &mut ChangeRun,
    engine: &mut Engine<'_>,
    notices: &Notices,
    order: &Order,
    carriers: &Carriers,
    outcomes: &mut Vec<NoticeOutcome>,
) -> anyhow::Result<()> {
    let (id, clock) = (run.recorded.id, engine.clock.clone());
    match settle_notices(&mut run.recorded.store, clock.as_ref(), id).await? {
        0 => {}
        1 => engine.notes.warn(&format_args!(
            "an earlier run was killed while a notice was on its way; the server may have accepted it, so \
             it is not sent again: `dormouse notify --resend ACCOUNT` repeats it"
        )),
        n => engine.notes.warn(&format_args!(
            "an earlier run was killed while {n} notices were on their way; the server may have accepted \
             them, so they are not sent again: `dormouse notify --resend ACCOUNT` repeats them"
        )),
    }
    let policy = engine.settings.policy.clone();
    let Engine { settings, clock: shared, operator, .. } = *engine;
    let engine = Engine { settings, clock: shared, operator, notes: &mut *engine.notes };
    let mut session = run.connect(engine).await?;
    session.pull(&policy).await?;
    let conn = session.store.conn();
    let (snapshot, end) = evaluate::newest(conn, &policy).await?;
    let judged = evaluate::judge(conn, snapshot, policy, end, Currency::Current).await?;
    let sync_run = &judged.snapshot.sync_run;
    let silences = silences(conn, sync_run.id, sync_run.coverage, &judged.policy).await?;
    let Letters { letters, unaddressed } = due_letters(conn, &judged, notices, order).await?;
    for warning in warnings(&judged, &silences, clock.now()) {
        session.engine.notes.warn(&warning);
    }
    for problem in unaddressed {
        session.engine.notes.warn(&problem);
    }
    if letters.is_empty() {
        return Ok(());
    }
    let digest = judged.digest()?.to_owned();
    let recheck = Recheck::new(&mut session, &judged, digest.clone()).await?;
    carriers.check(&letters, &session.portal.known.url, notices, &judged, clock.now()).await?;
    let mut sender =
        Sender { session, notices, judged: &judged, digest, carriers, recheck, outcomes };
    let sent = sender.send(&letters, order.limit).await;
    carriers.close().await;
    sent
}

/// What is due by the store as it is.
pub(crate) async fn due_letters(
    conn: &mut sqlx::SqliteConnection,
    judged: &Judged,
    notices: &Notices,
    order: &Order,
) -> anyhow::Result<Letters> {
    let sent = store::notices::sent(conn, NoticesOf::Everybody).await?;
    Ok(letters(judged, notices, &sent, order)?)
}

/// Ends what a killed run left open: the server may have accepted it, and nothing can tell.
async fn settle_notices(
    store: &mut Store,
    clock: &dyn Clock,
    run_id: i64,
) -> Result<usize, StoreError> {
    let mut tx = store.begin().await?;
    let open = store::history::open_notices(&mut tx).await?;
    let count = open.len();
    for intent in open {
        let Some(detail) = NoticeDetail::from_json(&intent.detail) else { continue };
        let detail = NoticeDetail {
            delivery: Some(Receipt::Unproven),
            reply: Some(format!(
                "settled by run {run_id}: interrupted, the server may have accepted it"
            )),
            ..detail
        };
        let row = Draft { at: clock.now(), ..ended(intent, &detail, Outcome::Failed) };
        store::history::append(&mut tx, row).await?;
    }
    tx.commit().await?;
    Ok(count)
}

/// The row that ends what `intent` began.
fn ended(intent: Draft, detail: &NoticeDetail, outcome: Outcome) -> Draft {
    Draft { phase: Phase::Outcome, outcome: Some(outcome), detail: detail.to_json(), ..intent }
}
