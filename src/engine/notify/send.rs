//! One message after the other: its accounts are looked at, its intents are on disk, it leaves while the
//! look is good, and what the server made of it is written down.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, sleep_until};

use crate::{
    domain::{human::many, notices::Receipt},
    engine::{
        notify::{
            letters::Letter,
            look::Ready,
            record::{Sender, Sending},
        },
        status_change::{LOOK_LIFE, MILESTONE, recheck::LOOKS},
    },
    mail::Delivery,
};

/// Minutes from which a run says how long it takes.
const LONG: usize = 5;

/// After so many messages in a row that the server would not take now, the rest waits for the next run.
const HOPELESS: usize = 5;

impl Sender<'_, '_> {
    /// Sends until `limit` messages have left. Stops between two messages when asked to.
    pub(super) async fn send(
        &mut self,
        letters: &[Letter],
        limit: Option<u32>,
    ) -> anyhow::Result<()> {
        let most = limit.map_or(usize::MAX, |n| n as usize);
        let wanted = letters.len().min(most);
        let pause = Duration::from_secs(60) / self.notices.per_minute;
        if let Some(note) = long_run(wanted, self.notices.per_minute) {
            self.session.engine.notes.note(&note);
        }
        let mut progress = self.session.engine.notes.progress();
        progress.notices(wanted);
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
            let Some(ready) = looked else { continue };
            next = Instant::now() + pause;
            match self.deliver(ready).await? {
                None => continue,
                Some(Receipt::Deferred) => deferred += 1,
                Some(Receipt::Accepted | Receipt::Refused | Receipt::Unproven) => deferred = 0,
            }
            left += 1;
            progress.sent();
            if left.is_multiple_of(MILESTONE) {
                let notes = &mut self.session.engine.notes;
                notes.milestone(&format_args!("{left} of {wanted} messages sent"));
            }
        }
        Ok(())
    }

    /// Sends one message; its accounts share what comes of it. None where all are back before it can
    /// leave: a mail server takes its time, and then its accounts are looked at again.
    async fn deliver(&mut self, mut ready: Ready) -> anyhow::Result<Option<Receipt>> {
        let now = self.session.engine.clock.now();
        let portal = self.session.portal.known.url.clone();
        let id = ready.letter.message_id(&portal, self.session.run_id());
        let sending = Sending { message_id: id.clone(), at: now };
        self.intend(&ready.letter, &sending).await?;
        let mut looks = 1;
        let (receipt, reply) = loop {
            let letter = &ready.letter;
            let notice = letter.notice(&portal, self.notices, self.judged, now, id.clone());
            match self.carriers.send(letter.role, &notice, ready.leave_by).await {
                Delivery::Accepted { reply } => break (Receipt::Accepted, reply),
                Delivery::Deferred { reply } => break (Receipt::Deferred, reply),
                Delivery::Refused { reply } => break (Receipt::Refused, reply),
                Delivery::Unproven { reply } => break (Receipt::Unproven, reply),
                Delivery::Overdue if looks == LOOKS => break (Receipt::Deferred, too_slow()),
                Delivery::Overdue => {}
            }
            looks += 1;
            let letter = ready.letter.clone();
            match self.look_again(ready).await {
                Ok(Some(again)) => ready = again,
                Ok(None) => return Ok(None),
                // It has surely not left, and must not be found open and taken for sent perhaps.
                Err(error) => {
                    let why = format!("nothing was sent: {error:#}");
                    self.conclude(&letter, &sending, Receipt::Deferred, &why).await?;
                    return Err(error);
                }
            }
        };
        self.conclude(&ready.letter, &sending, receipt, &reply).await?;
        Ok(Some(receipt))
    }
}

/// What a person who watches should know of a run that takes its time.
fn long_run(messages: usize, per_minute: u32) -> Option<String> {
    let minutes = messages / usize::try_from(per_minute).unwrap_or(usize::MAX);
    (minutes >= LONG).then(|| {
        format!(
            "{} at {per_minute} a minute (per_minute in [notices]) take {} or more; Ctrl-C stops safely, \
             and the next run sends the rest",
            many(messages, "message"),
            many(minutes, "minute")
        )
    })
}

fn not_sent(messages: usize) -> String {
    match messages {
        1 => "1 message was not sent".to_owned(),
        n => format!("{} were not sent", many(n, "message")),
    }
}

fn too_slow() -> String {
    format!(
        "a message leaves within {} seconds of the look at its accounts, and the server took longer before \
         it asked for the text; nothing was sent",
        LOOK_LIFE.as_secs()
    )
}
