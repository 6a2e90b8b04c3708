//! One message as it goes over the wire: a sender, one recipient, plain text and HTML.

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{
    domain::text::is_deceptive,
    mail::{
        MailError,
        templates::{Preview, one_line},
    },
};

/// Tells other programs not to answer (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The sender as the configuration names it.
///
/// # Errors
/// It is not an address.
pub(super) fn sender(from: &str) -> Result<Mailbox, MailError> {
    let bad = |reason: &str| MailError::Sender { from: one_line(from), reason: reason.to_owned() };
    if from.contains(is_deceptive) {
        return Err(bad("it holds a line break or a control character"));
    }
    let mailbox: Mailbox = from
        .trim()
        .parse()
        .map_err(|_| bad("it is neither an address nor of the form Name <address>"))?;
    Ok(mailbox)
}

/// # Errors
/// Why nothing can be sent to this recipient, as a sentence.
pub(super) fn recipient(address: &str) -> Result<Address, String> {
    if address.contains(is_deceptive) {
        return Err(
            "the address holds a line break or a control character; nothing was sent".to_owned()
        );
    }
    address
        .parse()
        .map_err(|_| "the address is not a valid e-mail address; nothing was sent".to_owned())
}

/// # Errors
/// What cannot stand in a message, as a sentence.
pub(super) fn compose(
    from: &Mailbox,
    to: &Address,
    message_id: &str,
    preview: Preview,
) -> Result<String, String> {
    if message_id.contains(|c: char| is_deceptive(c) || c.is_whitespace()) {
        return Err("the message ID holds a space or a control character".to_owned());
    }
    let Preview { subject, text, html } = preview;
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(subject)
        .message_id(Some(message_id.to_owned()))
        .date_now()
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(|e| e.to_string())?;
    // Headers with an address beyond ASCII are UTF-8, all else is ASCII.
    String::from_utf8(message.formatted()).map_err(|e| e.to_string())
}
