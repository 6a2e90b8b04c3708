//! What can go wrong with a mail, and at which moment.

use std::time::Duration;

/// When the server would otherwise answer as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    Greeting,
    StartTls,
    Login,
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA, before the text.
    Data,
    /// Half of the text has arrived.
    InText,
    /// All of it has, with its end.
    AfterText,
}

/// What the server does instead.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// Answers so, one line or several. After the text: it is kept only with a 2xx.
    Say(String),
    /// Closes the connection. After the text: it has been kept.
    Drop,
    /// Says nothing more. After the text: it has been kept.
    Hang,
    /// Goes on as it should, later.
    Wait(Duration),
}

/// One thing that goes wrong, by default whenever it can.
#[derive(Clone, Debug)]
pub struct Trouble {
    moment: Moment,
    reaction: Reaction,
    recipient: Option<String>,
    /// How many times more; `None` always.
    left: Option<u64>,
}

impl Trouble {
    pub fn at(moment: Moment, reaction: Reaction) -> Self {
        Self { moment, reaction, recipient: None, left: None }
    }

    /// The server answers so.
    pub fn say(moment: Moment, line: &str) -> Self {
        Self::at(moment, Reaction::Say(line.to_owned()))
    }

    /// Only for mails to this address; from RCPT on.
    #[must_use]
    pub fn to(mut self, recipient: &str) -> Self {
        self.recipient = Some(recipient.to_owned());
        self
    }

    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.left = Some(times);
        self
    }

    /// What happens, where it is this trouble's turn; it is counted then.
    pub(super) fn strike(&mut self, moment: Moment, recipient: Option<&str>) -> Option<Reaction> {
        let fits = self.moment == moment
            && self.left != Some(0)
            && self.recipient.as_deref().is_none_or(|only| recipient == Some(only));
        if !fits {
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(self.reaction.clone())
    }
}
