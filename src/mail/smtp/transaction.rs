//! One message over an open connection, step by step, so that it is known whether its end was sent before
//! anything went wrong.

use std::{
    iter,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt, Rset},
        extension::{Extension, MailBodyParameter, MailParameter},
        response::{Response, Severity},
    },
};
use tokio::time::{Instant, timeout};

use super::reply::{Stop, full_text};

pub(super) enum Outcome {
    /// With the server's answer.
    Accepted(String),
    /// Not accepted, in any case.
    Stopped(Stop),
    /// Its time was over before DATA.
    Overdue,
    /// The end of the text was on its way, and no answer that could be understood came back.
    Unanswered(String),
}

/// A server looks at the whole text before it answers (RFC 5321, 4.5.3.2.6, gives it ten minutes).
const TEXT_TIMEOUTS: u32 = 4;

const NO_UTF8: &str = "the address has letters beyond ASCII, and the mail server does not offer SMTPUTF8; \
                       nothing was sent";

/// What MAIL has to announce.
///
/// # Errors
/// The server cannot take it, as a sentence.
pub(super) fn parameters(
    connection: &AsyncSmtpConnection,
    from: &Address,
    to: &Address,
    text: &str,
) -> Result<Vec<MailParameter>, &'static str> {
    let server = connection.server_info();
    let mut parameters = Vec::new();
    let addresses: [&str; 2] = [from.as_ref(), to.as_ref()];
    if addresses.iter().any(|address| !address.is_ascii()) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err(NO_UTF8);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    // Only addresses can be beyond ASCII: all else is encoded.
    if !text.is_ascii() && server.supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

pub(super) async fn mail(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    parameters: Vec<MailParameter>,
    wait: Duration,
) -> Result<(), Stop> {
    let answer = connection.command(Mail::new(Some(from.clone()), parameters));
    within(wait, answer, Severity::PositiveCompletion).await.map(drop)
}

/// Sends the text to one recipient, after MAIL, if DATA can begin before `leave_by`.
pub(super) async fn deliver(
    connection: &mut AsyncSmtpConnection,
    to: &Address,
    text: &[u8],
    leave_by: Instant,
    wait: Duration,
) -> Outcome {
    let answer = connection.command(Rcpt::new(to.clone(), Vec::new()));
    if let Err(stop) = within(wait, answer, Severity::PositiveCompletion).await {
        return Outcome::Stopped(stop);
    }
    if Instant::now() > leave_by {
        return Outcome::Overdue;
    }
    let answer = connection.command(Data);
    if let Err(stop) = within(wait, answer, Severity::PositiveIntermediate).await {
        return Outcome::Stopped(stop);
    }
    // Asked for what follows the text, and before the end of it is written.
    let is_ending = AtomicBool::new(false);
    let end = iter::from_fn(|| {
        is_ending.store(true, Ordering::Relaxed);
        None
    });
    let answer = connection.message_iter(iter::once(text).chain(end));
    match within(wait * TEXT_TIMEOUTS, answer, Severity::PositiveCompletion).await {
        Ok(response) => Outcome::Accepted(full_text(&response)),
        Err(Stop::Lost(reason)) if is_ending.load(Ordering::Relaxed) => {
            Outcome::Unanswered(format!("the message was sent, and then: {reason}"))
        }
        Err(stop) => Outcome::Stopped(stop),
    }
}

/// The connection, ready for another message.
pub(super) async fn reset(
    mut connection: AsyncSmtpConnection,
    wait: Duration,
) -> Option<AsyncSmtpConnection> {
    let answer = connection.command(Rset);
    within(wait, answer, Severity::PositiveCompletion).await.ok().map(|_| connection)
}

/// An answer of the kind that this step must have: one that is a step late would be taken for that of the
/// next message.
async fn within(
    wait: Duration,
    answer: impl Future<Output = Result<Response, Error>>,
    kind: Severity,
) -> Result<Response, Stop> {
    match timeout(wait, answer).await {
        Ok(Ok(response)) if response.code().severity == kind => Ok(response),
        Ok(Ok(response)) => Err(Stop::unexpected(&response)),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(Stop::silence(wait)),
    }
}
