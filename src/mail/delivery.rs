//! What became of one attempt to send, and the other side's words, made fit to be kept and shown.

use crate::domain::text::is_deceptive;

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
    /// It has surely not: its time was over before the text could begin.
    Overdue,
}

/// Longest reply that is kept, in characters.
const LONGEST_REPLY: usize = 300;

/// A text from outside, in one line, short, with the secrets in it replaced.
pub(super) fn reply_text(text: &str, secrets: &[&str]) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "[secret]");
    }
    let mut shown = String::new();
    for c in text.chars().take(LONGEST_REPLY) {
        match is_deceptive(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    if text.chars().nth(LONGEST_REPLY).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_one_short_line_without_secrets() {
        let reply = "550 5.1.1 no\r\n550 such\u{1b}[2J \u{202e}user pass-word";
        let shown = reply_text(reply, &["", "pass-word"]);
        assert_eq!(shown, r"550 5.1.1 no 550 such\u{1b}[2J \u{202e}user [secret]");
        let long = reply_text(&"é".repeat(2_000), &[]);
        assert_eq!(long.chars().count(), LONGEST_REPLY + 1);
        assert!(long.ends_with('…'));
    }
}
