//! Where a command reads from: stdin, and the person at the terminal if there is one.

use std::io::{self, BufRead};

use crate::{exit::Failure, output::Output};

/// Stdin of a process, or a test's stand-in for it.
pub struct Input {
    pub reader: Box<dyn BufRead + Send>,
    pub prompt: Prompt,
}

/// Whether questions can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Stdin and stderr are a terminal: answers are typed, secrets without echo.
    Terminal,
    /// A test answers from the reader.
    Scripted,
    /// There is no terminal.
    Nobody,
}

/// The answer to a question before something is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    Given,
    Declined,
}

impl Input {
    /// Asks a yes-or-no question; only `y` or `yes` is consent.
    pub fn confirm(&mut self, out: &mut Output, question: &str) -> anyhow::Result<Consent> {
        self.refuse_without_terminal("cannot prompt without a terminal; pass --yes")?;
        let answer = self.read(out, &format!("{question} [y/N]"))?;
        let is_yes = matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes");
        Ok(if is_yes { Consent::Given } else { Consent::Declined })
    }

    /// Asks for a line of text; an empty answer takes the default. Without a terminal the error is
    /// `otherwise`.
    pub fn line(
        &mut self,
        out: &mut Output,
        question: &str,
        default: &str,
        otherwise: &str,
    ) -> anyhow::Result<String> {
        self.refuse_without_terminal(otherwise)?;
        let shown = if default.is_empty() {
            question.to_owned()
        } else {
            format!("{} [{default}]:", question.trim_end_matches(':'))
        };
        let answer = self.read(out, &shown)?;
        Ok(if answer.is_empty() { default.to_owned() } else { answer })
    }

    /// Asks for a secret, which the terminal does not echo.
    pub fn secret(
        &mut self,
        out: &mut Output,
        question: &str,
        otherwise: &str,
    ) -> anyhow::Result<String> {
        self.refuse_without_terminal(otherwise)?;
        if self.prompt == Prompt::Terminal {
            out.ask(question)?;
            return Ok(console::Term::stderr().read_secure_line()?.trim().to_owned());
        }
        Ok(self.read(out, question)?)
    }

    fn refuse_without_terminal(&self, otherwise: &str) -> Result<(), Failure> {
        match self.prompt {
            Prompt::Nobody => Err(Failure::usage(otherwise)),
            Prompt::Terminal | Prompt::Scripted => Ok(()),
        }
    }

    fn read(&mut self, out: &mut Output, question: &str) -> io::Result<String> {
        out.ask(question)?;
        let mut answer = String::new();
        self.reader.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }
}
