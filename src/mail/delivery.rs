//! What became of one attempt to send, and the other side's words, made fit to be kept and shown.

/// What the other side made of one message. `reply` is what it said, or what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It has taken the message over: SMTP 250 after the text, 2xx of a webhook.
    Accepted { reply: String },
    /// It has surely not, and may later.
    Deferred { reply: String },
    /// It has surely not, and will not: this recipient or this text is refused for good.
    Refused { reply: String },
    /// It may have: the text was sent to its end, and no answer came.
    Unproven { reply: String },
}
