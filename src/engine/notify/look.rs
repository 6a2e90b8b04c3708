//! The look at the accounts of a message directly before it leaves: it names nobody who is back.

use tokio::time::Instant;

use crate::{
    domain::{
        decision::Finding, evidence::Evidence, explain::conclusion, notices::due, verdict::judge,
    },
    engine::{
        evaluate::Judged,
        notify::{
            letters::{Letter, Subject},
            record::Sender,
        },
        status_change::{
            LOOK_LIFE,
            recheck::{Fresh, Looked},
        },
    },
    time::Timestamp,
};

/// A message whose accounts have passed a look.
pub(super) struct Ready {
    pub(super) letter: Letter,
    /// What the look showed, in the order of the message.
    known: Vec<Evidence>,
    /// The portal's clock when it answered first.
    since: Timestamp,
    /// After this moment another look is needed.
    pub(super) leave_by: Instant,
}

impl Sender<'_, '_> {
    /// The message without the accounts that a look of this moment shows back; none where all are, or
    /// where the run is asked to stop. A message can be about thousands: their looks take minutes, and
    /// after the last one all of them are looked at together.
    pub(super) async fn look(&mut self, letter: &Letter) -> anyhow::Result<Option<Ready>> {
        let (mut passed, mut first) = (Vec::new(), None);
        for group in letter.subjects.chunks(self.session.group_size) {
            if self.session.cancel.is_cancelled() {
                return Ok(None);
            }
            let findings: Vec<Finding> = group.iter().map(|s| s.finding.clone()).collect();
            let Looked { began, at, accounts } =
                self.recheck.fresh(&mut self.session, &findings).await?;
            first.get_or_insert((began, at));
            passed.extend(self.sift(letter, group, accounts).await?);
        }
        let Some((began, since)) = first else { return Ok(None) };
        match Ready::new(letter, passed, began, since) {
            Some(ready) if letter.subjects.len() > self.session.group_size => {
                self.look_again(ready).await
            }
            ready => Ok(ready),
        }
    }

    /// The same with all accounts looked at together.
    pub(super) async fn look_again(&mut self, ready: Ready) -> anyhow::Result<Option<Ready>> {
        let Ready { letter, known, since, .. } = ready;
        let Looked { began, at, accounts } =
            self.recheck.since(&mut self.session, &known, since).await?;
        let passed = self.sift(&letter, &letter.subjects, accounts).await?;
        Ok(Ready::new(&letter, passed, began, at))
    }

    /// Those about whom the message is still due; the others are skipped.
    async fn sift(
        &mut self,
        letter: &Letter,
        subjects: &[Subject],
        looked: Vec<Fresh>,
    ) -> anyhow::Result<Vec<(Subject, Evidence)>> {
        let mut passed = Vec::with_capacity(subjects.len());
        for (subject, fresh) in subjects.iter().zip(looked) {
            match fresh.and_then(|evidence| self.still_due(subject, evidence)) {
                Ok(evidence) => passed.push((subject.clone(), evidence)),
                Err(why) => self.skip(letter, subject, why).await?,
            }
        }
        Ok(passed)
    }

    /// # Errors
    /// Why nothing is to be sent about the account.
    fn still_due(&self, subject: &Subject, evidence: Evidence) -> Result<Evidence, String> {
        let Judged { policy, as_of, .. } = self.judged;
        if due(&self.notices.rules, policy, &evidence, *as_of) == Some(subject.due) {
            return Ok(evidence);
        }
        let reason = judge(policy, &evidence, *as_of);
        Err(conclusion(reason, policy, &evidence, *as_of))
    }
}

impl Ready {
    fn new(
        letter: &Letter,
        passed: Vec<(Subject, Evidence)>,
        began: Instant,
        since: Timestamp,
    ) -> Option<Self> {
        let (subjects, known): (Vec<_>, Vec<_>) = passed.into_iter().unzip();
        let letter = Letter { role: letter.role, recipient: letter.recipient.clone(), subjects };
        let leave_by = began + LOOK_LIFE;
        (!known.is_empty()).then_some(Self { letter, known, since, leave_by })
    }
}
