//! What the history keeps of a message: a row for each of its accounts before it leaves, and one with
//! what came of it.

use crate::{
    config::Notices,
    domain::{
        history::{Action, Draft, Outcome, Phase},
        notices::{NoticeDetail, Receipt},
        outcomes::AccountOutcome,
    },
    engine::{
        evaluate::Judged,
        notify::{
            NoticeOutcome,
            carriers::Carriers,
            ended,
            letters::{Letter, Subject},
        },
        status_change::{Session, recheck::Recheck},
    },
    store::{self, StoreError},
    time::Timestamp,
};

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

/// What a message has in every row about it.
pub(super) struct Sending {
    pub(super) message_id: String,
    /// When its intents were written.
    pub(super) at: Timestamp,
}

impl Sender<'_, '_> {
    pub(super) async fn intend(
        &mut self,
        letter: &Letter,
        sending: &Sending,
    ) -> anyhow::Result<()> {
        let intent = |subject: &Subject| {
            self.draft(subject, &self.detail(letter, subject, Some(sending)), sending.at)
        };
        let intents = letter.subjects.iter().map(intent).collect();
        self.append(intents).await
    }

    pub(super) async fn conclude(
        &mut self,
        letter: &Letter,
        sending: &Sending,
        receipt: Receipt,
        reply: &str,
    ) -> anyhow::Result<()> {
        let now = self.session.engine.clock.now();
        let mut rows = Vec::with_capacity(letter.subjects.len());
        for subject in &letter.subjects {
            let detail = NoticeDetail {
                delivery: Some(receipt),
                reply: Some(reply.to_owned()),
                ..self.detail(letter, subject, Some(sending))
            };
            rows.push(self.end(subject, detail, receipt.outcome(), now));
        }
        self.append(rows).await
    }

    /// Records that the message is not sent about this account, and why.
    pub(super) async fn skip(
        &mut self,
        letter: &Letter,
        subject: &Subject,
        why: String,
    ) -> anyhow::Result<()> {
        let now = self.session.engine.clock.now();
        let detail = NoticeDetail { reply: Some(why), ..self.detail(letter, subject, None) };
        let row = self.end(subject, detail, Outcome::Skipped, now);
        self.append(vec![row]).await
    }

    fn detail(
        &self,
        letter: &Letter,
        subject: &Subject,
        sending: Option<&Sending>,
    ) -> NoticeDetail {
        let at = sending.map_or_else(|| self.session.engine.clock.now(), |sending| sending.at);
        NoticeDetail {
            stage: subject.due.stage,
            recipient: letter.recipient.clone(),
            role: letter.role,
            stretch: subject.due.stretch,
            not_before: subject.due.not_before(&self.notices.rules, at),
            digest: self.digest.clone(),
            message_id: sending.map(|sending| sending.message_id.clone()),
            delivery: None,
            reply: None,
        }
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

    /// The row that says how it ended for one account; it is counted and shown.
    fn end(
        &mut self,
        subject: &Subject,
        detail: NoticeDetail,
        outcome: Outcome,
        at: Timestamp,
    ) -> Draft {
        let row = ended(self.draft(subject, &detail, at), &detail, outcome);
        let (account_id, email) = (row.account_id, row.email.clone());
        let reply = detail.reply.clone().unwrap_or_default();
        let counted = AccountOutcome {
            account_id,
            email: email.clone(),
            outcome,
            detail: reply,
            skipped_as: None,
        };
        self.session.outcomes.push(counted);
        self.outcomes.push(NoticeOutcome { account_id, email, outcome, detail });
        row
    }

    async fn append(&mut self, rows: Vec<Draft>) -> anyhow::Result<()> {
        let mut tx = self.session.store.begin().await?;
        for row in rows {
            store::history::append(&mut tx, row).await?;
        }
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }
}
