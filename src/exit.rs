//! Exit codes, and the one error type that carries one. Scripts rely on these numbers: they are
//! never given another meaning.

use std::process::ExitCode;

use crate::{
    config::ConfigError,
    domain::brakes::Braked,
    lock::LockError,
    mail::MailError,
    output::files::FileError,
    portal::{Decline, PortalError},
    roster::RosterError,
    store::StoreError,
};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Also where there was nothing to do, everything was skipped or some accounts are undetermined.
    Done,
    Failed,
    /// Wrong usage or configuration, a bad roster row, or no terminal to prompt on without `--yes`.
    Usage,
    /// Evidence is missing, stale, incomplete or of another portal.
    Refused,
    /// An account was refused or failed.
    Partly,
    /// Stopped by a brake, a shrunken or unmatched roster, or a declined prompt; no account was touched.
    Braked,
    /// Another dormouse holds the store.
    Locked,
    /// `decide --check` found inactive accounts.
    FoundInactive,
}

impl Exit {
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Partly => 4,
            Self::Braked => 5,
            Self::Locked => 6,
            Self::FoundInactive => 10,
        }
    }

    /// The code of an error: of the outermost cause that has one, else [`Exit::Failed`].
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Self {
        // A failure given as anyhow context is not in the chain under its own type.
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return failure.exit;
        }
        error.chain().find_map(code_of_cause).unwrap_or(Self::Failed)
    }
}

fn code_of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        Some(failure.exit)
    } else if cause.is::<ConfigError>() || cause.is::<RosterError>() {
        Some(Exit::Usage)
    } else if let Some(FileError::Refused { .. }) = cause.downcast_ref() {
        Some(Exit::Usage)
    } else if let Some(error) = cause.downcast_ref::<MailError>() {
        of_mail(error)
    } else if cause.is::<Braked>() {
        Some(Exit::Braked)
    } else if let Some(error) = cause.downcast_ref::<LockError>() {
        of_lock(error)
    } else if let Some(error) = cause.downcast_ref::<StoreError>() {
        of_store(error)
    } else if let Some(error) = cause.downcast_ref::<PortalError>() {
        of_portal(error)
    } else {
        None
    }
}

/// What the configuration has to put right; else a failure.
fn of_mail(error: &MailError) -> Option<Exit> {
    match error {
        MailError::Sender { .. }
        | MailError::TemplateFile { .. }
        | MailError::Template { .. }
        | MailError::Untrusted { .. }
        | MailError::NoTls(_)
        | MailError::Login { .. }
        | MailError::SenderRefused { .. } => Some(Exit::Usage),
        MailError::Unreachable { .. } | MailError::Broken { .. } | MailError::Webhook(_) => None,
    }
}

fn of_lock(error: &LockError) -> Option<Exit> {
    match error {
        LockError::Held { .. } => Some(Exit::Locked),
        LockError::Shared { .. } => Some(Exit::Refused),
        LockError::Io { .. } => None,
    }
}

fn of_store(error: &StoreError) -> Option<Exit> {
    match error {
        StoreError::Missing(_)
        | StoreError::Foreign(_)
        | StoreError::OlderSchema(_)
        | StoreError::OtherPortal { .. }
        | StoreError::OtherOwner { .. }
        | StoreError::UnknownOwner { .. } => Some(Exit::Refused),
        _ => None,
    }
}

/// What a portal does not show to this key is missing evidence; what fails is a failure.
fn of_portal(error: &PortalError) -> Option<Exit> {
    match error {
        PortalError::BadProxy(..) | PortalError::BadCertificates { .. } => Some(Exit::Usage),
        PortalError::HiddenHistory(_)
        | PortalError::ClockSkew { .. }
        | PortalError::Forbidden { decline: Decline::Scope | Decline::Role(_), .. } => {
            Some(Exit::Refused)
        }
        _ => None,
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// What a run records whose prompt was declined.
pub(crate) const DECLINED: &str = "Cancelled. Nothing was changed.";

/// An error that decides the exit code. Give it as the error itself or as context of another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub exit: Exit,
    /// What happened, to which thing, and what to do next.
    pub message: String,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    pub fn braked(message: impl Into<String>) -> Self {
        Self::new(Exit::Braked, message)
    }

    pub(crate) fn declined() -> Self {
        Self::braked(DECLINED)
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;
    use crate::domain::brakes::BrakeLoad;

    #[test]
    fn the_outermost_cause_with_a_code_decides() {
        assert_eq!(Exit::of(&anyhow!("disk full")), Exit::Failed);
        assert_eq!(Exit::of(&Failure::refused("no coverage").into()), Exit::Refused);
        let wrapped = anyhow::Error::from(Failure::braked("too many")).context("cannot apply");
        assert_eq!(Exit::of(&wrapped), Exit::Braked);
        let given = Err::<(), _>(anyhow!("no such file")).context(Failure::refused("no store"));
        assert_eq!(Exit::of(&given.unwrap_err()), Exit::Refused);
        let load = BrakeLoad { acting_on: 60, recent: 0, population: 1000 };
        let braked = Braked { load, max_accounts: Some(50), max_percent: None, room: 50 };
        assert_eq!(Exit::of(&braked.into()), Exit::Braked);
    }
}
