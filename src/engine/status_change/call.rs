//! One call and what it proves. A 200 proves nothing by itself, no answer proves nothing either: where
//! the answer does not show the account as wanted, the account is read.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::{
    domain::{
        account::{AccountId, Status},
        history::{Action, Outcome},
    },
    engine::own_actions::reading::{Read, read},
    portal::{Decline, PortalError, PortalReader, PortalWriter, SetStatus},
};

/// What came of one call.
pub(super) enum Called {
    Ended(Ended),
    /// The portal did not look at it, or its time was over: it may be sent again after another look.
    Postponed(PortalError),
}

/// How it ended for one account.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
    /// The status that was read, if one was.
    pub(crate) status_after: Option<Status>,
    pub(crate) http_status: Option<u16>,
    pub(crate) stop: Stop,
}

impl Ended {
    pub(crate) fn new(
        outcome: Outcome,
        detail: String,
        status_after: Option<Status>,
        http_status: Option<u16>,
    ) -> Self {
        Self { outcome, detail, status_after, http_status, stop: Stop::No }
    }
}

/// Whether other calls can still succeed.
#[derive(Debug)]
pub(crate) enum Stop {
    No,
    /// No call after this one can succeed.
    Run(String),
}

/// How long a lost or unclear answer may still come true: moments of reading back.
const READ_BACK: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(4),
];

/// All reading back of one call, its own repeats included.
const PATIENCE: Duration = Duration::from_secs(60);

/// Changes one account, unless the call cannot leave before `leave_by`.
pub(super) async fn call(
    writer: &PortalWriter,
    reader: &PortalReader,
    id: AccountId,
    action: Action,
    leave_by: Instant,
) -> Called {
    let set = match action {
        Action::Disable => SetStatus::Disabled,
        Action::Enable => SetStatus::Active,
        Action::Notify => {
            let detail = "a notice changes nothing on the portal".to_owned();
            return Called::Ended(Ended::new(Outcome::Skipped, detail, None, None));
        }
    };
    Called::Ended(match writer.set_status(id, set, leave_by).await {
        Ok(answer) => match answer.value.map(|a| a.status) {
            Some(status) if action.is_reached(status) => {
                let detail = format!("the answer shows {}", wanted(status));
                Ended::new(Outcome::Applied, detail, Some(status), Some(200))
            }
            shown => unchanged(reader, id, action, shown).await,
        },
        Err(error) if error.is_postponed() => return Called::Postponed(error),
        Err(error) => failed(reader, id, action, &error).await,
    })
}

/// A 200 that leaves the account out or as it was: releases up to 3.6.1 skip silently.
async fn unchanged(
    reader: &PortalReader,
    id: AccountId,
    action: Action,
    shown: Option<Status>,
) -> Ended {
    let said = shown.map_or_else(|| "left it out".to_owned(), |s| format!("shows it {s}"));
    match read(reader, id).await {
        Read::Status(status) if action.is_reached(status) => {
            let detail = format!("the answer {said}, a fresh read shows {}", wanted(status));
            Ended::new(Outcome::Applied, detail, Some(status), Some(200))
        }
        Read::Status(status) => {
            let detail =
                format!("the portal declined: its answer {said}, and it still is {status}");
            Ended::new(Outcome::Refused, detail, Some(status), Some(200))
        }
        Read::Deleted => {
            let detail = "the portal declined: the account is deleted".to_owned();
            Ended::new(Outcome::Refused, detail, None, Some(200))
        }
        Read::Failed(error) => {
            let detail =
                format!("unproven: the answer {said}, and reading it back failed: {error}");
            Ended::new(Outcome::Failed, detail, None, Some(200))
        }
    }
}

/// Anything but a 200.
async fn failed(
    reader: &PortalReader,
    id: AccountId,
    action: Action,
    error: &PortalError,
) -> Ended {
    let http_status = error.http_status();
    let said = match error {
        PortalError::Forbidden { decline: Decline::Role(said), .. } => {
            format!("the portal declined (403, \"{said}\"): protected from this key, or deleted")
        }
        error => error.to_string(),
    };
    let declined = is_declined(error);
    let stop = match error {
        PortalError::Limited { .. } | PortalError::Unauthorized(_) => Stop::Run(error.to_string()),
        _ => Stop::No,
    };
    let moments = if declined { &READ_BACK[..1] } else { &READ_BACK[..] };
    let unproven = if declined { Outcome::Refused } else { Outcome::Failed };
    let (outcome, shown, status) =
        match timeout(PATIENCE, read_back(reader, id, action, moments)).await {
            Ok(Read::Status(status)) if action.is_reached(status) => {
                (Outcome::Applied, format!("a fresh read shows {}", wanted(status)), Some(status))
            }
            Ok(Read::Status(status)) => (unproven, format!("it still is {status}"), Some(status)),
            Ok(Read::Deleted) => (unproven, "the account is deleted".to_owned(), None),
            Ok(Read::Failed(again)) => (unproven, format!("reading it back failed: {again}"), None),
            Err(_) => (unproven, "reading it back took too long".to_owned(), None),
        };
    Ended { stop, ..Ended::new(outcome, format!("{said}; {shown}"), status, http_status) }
}

/// Reads at each of `moments` until the account is where the action wants it.
async fn read_back(
    reader: &PortalReader,
    id: AccountId,
    action: Action,
    moments: &[Duration],
) -> Read {
    let mut last = Read::Deleted;
    for pause in moments {
        tokio::time::sleep(*pause).await;
        last = read(reader, id).await;
        if matches!(last, Read::Status(status) if action.is_reached(status)) {
            break;
        }
    }
    last
}

/// A status that was wanted, with what it means where that is not plain.
fn wanted(status: Status) -> String {
    match status {
        Status::Pending => "pending again: the invitation was never accepted".to_owned(),
        Status::Active | Status::Disabled | Status::Unknown => status.to_string(),
    }
}

/// The portal saw the request and said no.
fn is_declined(error: &PortalError) -> bool {
    matches!(
        error,
        PortalError::Forbidden { .. }
            | PortalError::Unpaid(_)
            | PortalError::Unauthorized(_)
            | PortalError::Limited { .. }
    )
}
