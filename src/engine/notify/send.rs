//! One message after the other: its accounts are looked at, its intents are on disk, it leaves, and what
//! the server made of it is written down.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, sleep_until};

use crate::{
    config::Notices,
    domain::{
        account::AccountId,
        decision::Finding,
        explain::message,
        history::{Action, Draft, Outcome, Phase},
        notices::{NoticeDetail, Receipt, due},
        outcomes::AccountOutcome,
        verdict::judge,
    },
    engine::{
        evaluate::Judged,
        notify::{
            NoticeOutcome,
            carriers::Carriers,
            ended,
            letters::{Letter, Subject},
        },
        status_change::{
            Session,
            recheck::{Fresh, Recheck},
        },
    },
    mail::Notice,
    store::{self, StoreError},
    time::Timestamp,
};

/// Minutes from which a run says how long it takes.
const LONG: usize = 5;

/// After so many messages in a row that the server would not take now, the rest waits for the next run.
const HOPELESS: usize = 5;

pub(super) struct Sender<'a, 's> {
    pub(super) session: Session<'s>,
    pub(super) notices: &'a Notices,
    pub(super) judged: &'a Judged,
    /// Of the evaluation.
    pub(super) digest: String,
    pub(super) carriers: &'a Carriers,
    pub(super) recheck: Recheck,
    pub(super) outcomes: &'a mut Vec<NoticeOutcome>,
}

impl Sender<'_, '_> {
    /// Sends until `limit` messages have left. Stops between two messages when asked to.
    pub(super) async fn send(
        &mut self,
        letters: &[Letter],
        limit: Option<u32>,
    ) -> anyhow::Result<()> {
        let most = limit.map_or(usize::MAX, |n| n as usize);
        let pause = Duration::from_secs(60) / self.notices.per_minute;
        if let Some(note) = long_run(letters.len().min(most), self.notices.per_minute) {
            self.session.engine.notes.note(&note);
        }
        let mut progress = self.session.engine.notes.progress();
        progress.notices(letters.len().min(most));
        let (mut left, mut deferred, mut next) = (0, 0, Instant::now());
        for (place, letter) in letters.iter().enumerate() {
            if left == most {
                break;
            }
            let untouched = (letters.len() - place).min(most - left);
            let cancel = self.session.cancel.clone();
            cancel.run_until_cancelled(sleep_until(next)).await;
            if deferred == HOPELESS {
                *self.session.rest = Some(format!(
                    "{}: the server took none of the last {HOPELESS}; the next run tries again",
                    not_sent(untouched)
                ));
                break;
            }
            let stopped = || format!("stopped; {}", not_sent(untouched));
            let looked = self.look(letter).await.with_context(stopped)?;
            if cancel.is_cancelled() {
                anyhow::bail!("stopped on request; {}", not_sent(untouched));
            }
            let Some(letter) = looked else { continue };
            next = Instant::now() + pause;
            left += 1;
            match self.deliver(&letter).await? {
                Receipt::Deferred => deferred += 1,
                Receipt::Accepted | Receipt::Refused | Receipt::Unproven => deferred = 0,
            }
            progress.sent();
        }
        Ok(())
    }

    /// The message without the accounts that a look of this moment shows back; none where all are, or
    /// where the run is asked to stop: a message can be about thousands.
    async fn look(&mut self, letter: &Letter) -> anyhow::Result<Option<Letter>> {
        let mut subjects = Vec::with_capacity(letter.subjects.len());
        for group in letter.subjects.chunks(self.session.group_size) {
            if self.session.cancel.is_cancelled() {
                return Ok(None);
            }
            let findings: Vec<Finding> = group.iter().map(|s| s.finding.clone()).collect();
            let fresh = self.recheck.fresh(&mut self.session, &findings).await?;
            for (subject, fresh) in group.iter().zip(fresh) {
                match self.objection(subject, &fresh) {
                    None => subjects.push(subject.clone()),
                    Some(why) => self.skip(letter, subject, why).await?,
                }
            }
        }
        let Letter { role, recipient, .. } = letter.clone();
        Ok((!subjects.is_empty()).then_some(Letter { role, recipient, subjects }))
    }

    /// Why nothing is to be sent about the account.
    fn objection(&self, subject: &Subject, fresh: &Fresh) -> Option<String> {
        let evidence = match fresh {
            Ok(evidence) => evidence,
            Err(why) => return Some(why.clone()),
        };
        let Judged { policy, as_of, .. } = self.judged;
        if due(&self.notices.rules, policy, evidence, *as_of) == Some(subject.due) {
            return None;
        }
        let reason = judge(policy, evidence, *as_of);
        let why = message(reason, policy, evidence, *as_of);
        Some(format!("{} ({reason}): {why}", reason.verdict()))
    }

    /// Sends one message; its accounts share what comes of it.
    async fn deliver(&mut self, letter: &Letter) -> anyhow::Result<Receipt> {
        let now = self.session.engine.clock.now();
        let portal = self.session.portal.known.url.clone();
        let id = letter.message_id(&portal, self.session.run_id());
        let notice = letter.notice(&portal, self.notices, self.judged, now, id);
        let intents: Vec<Draft> = letter
            .subjects
            .iter()
            .map(|subject| self.intent(letter, subject, &notice, now))
            .collect();
        self.append(intents.clone()).await?;
        let (receipt, reply) = self.carriers.send(letter.role, &notice).await;
        let at = self.session.engine.clock.now();
        let outcome = receipt.outcome();
        let mut rows = Vec::with_capacity(intents.len());
        for (intent, subject) in intents.into_iter().zip(&letter.subjects) {
            let detail = NoticeDetail {
                delivery: Some(receipt),
                reply: Some(reply.clone()),
                ..self.detail(letter, subject, Some(notice.message_id.clone()), now)
            };
            self.note(intent.account_id, &intent.email, outcome, &detail);
            rows.push(Draft { at, ..ended(intent, &detail, outcome) });
        }
        self.append(rows).await?;
        Ok(receipt)
    }

    async fn skip(
        &mut self,
        letter: &Letter,
        subject: &Subject,
        why: String,
    ) -> anyhow::Result<()> {
        let now = self.session.engine.clock.now();
        let detail = NoticeDetail { reply: Some(why), ..self.detail(letter, subject, None, now) };
        let row = ended(self.draft(subject, &detail, now), &detail, Outcome::Skipped);
        self.note(row.account_id, &row.email, Outcome::Skipped, &detail);
        self.append(vec![row]).await
    }

    fn detail(
        &self,
        letter: &Letter,
        subject: &Subject,
        message_id: Option<String>,
        now: Timestamp,
    ) -> NoticeDetail {
        NoticeDetail {
            stage: subject.due.stage,
            recipient: letter.recipient.clone(),
            role: letter.role,
            stretch: subject.due.stretch,
            not_before: subject.due.not_before(&self.notices.rules, now),
            digest: self.digest.clone(),
            message_id,
            delivery: None,
            reply: None,
        }
    }

    fn intent(&self, letter: &Letter, subject: &Subject, notice: &Notice, now: Timestamp) -> Draft {
        let detail = self.detail(letter, subject, Some(notice.message_id.clone()), now);
        self.draft(subject, &detail, now)
    }

    fn draft(&self, subject: &Subject, detail: &NoticeDetail, at: Timestamp) -> Draft {
        Draft {
            at,
            run_id: self.session.run_id(),
            decision_id: None,
            account_id: subject.finding.account_id,
            email: subject.finding.email.clone(),
            action: Action::Notify,
            phase: Phase::Intent,
            outcome: None,
            detail: detail.to_json(),
            actor: self.session.portal.key_account.to_string(),
            status_before: None,
            status_after: None,
            http_status: None,
            portal_event_id: None,
        }
    }

    async fn append(&mut self, rows: Vec<Draft>) -> anyhow::Result<()> {
        let mut tx = self.session.store.begin().await?;
        for row in rows {
            store::history::append(&mut tx, row).await?;
        }
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    fn note(
        &mut self,
        account_id: AccountId,
        email: &str,
        outcome: Outcome,
        detail: &NoticeDetail,
    ) {
        let reply = detail.reply.clone().unwrap_or_default();
        let email = email.to_owned();
        let counted = AccountOutcome { account_id, email: email.clone(), outcome, detail: reply };
        self.session.outcomes.push(counted);
        self.outcomes.push(NoticeOutcome { account_id, email, outcome, detail: detail.clone() });
    }
}

/// What a person who watches should know of a run that takes its time.
fn long_run(messages: usize, per_minute: u32) -> Option<String> {
    let minutes = messages / usize::try_from(per_minute).unwrap_or(usize::MAX);
    (minutes >= LONG).then(|| {
        format!(
            "{messages} messages at {per_minute} a minute (per_minute in [notices]) take {minutes} \
             minutes or more; Ctrl-C stops safely, and the next run sends the rest"
        )
    })
}

fn not_sent(messages: usize) -> String {
    match messages {
        1 => "1 message was not sent".to_owned(),
        n => format!("{n} messages were not sent"),
    }
}
