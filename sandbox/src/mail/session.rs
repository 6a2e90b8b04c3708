//! One connection, from greeting to goodbye.

use std::future::pending;
use std::io;
use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::{Letter, Moment, Reaction, Shared};

/// More is no command and no line of a text.
const LONGEST_LINE: usize = 4096;

pub(super) async fn secure(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    shared: Arc<Shared>,
    number: u64,
) -> io::Result<()> {
    let mut session = Session::new(acceptor.accept(stream).await?, shared, number, Tls::On);
    session.greet().await?;
    session.run().await.map(drop)
}

pub(super) async fn plain(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    shared: Arc<Shared>,
    number: u64,
) -> io::Result<()> {
    let mut session = Session::new(stream, Arc::clone(&shared), number, Tls::Off);
    session.greet().await?;
    if let End::StartTls = session.run().await? {
        // What came in behind the command is forgotten with the reader.
        let stream = acceptor.accept(session.stream.into_inner()).await?;
        Session::new(stream, shared, number, Tls::On).run().await?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    On,
    Off,
}

enum End {
    Closed,
    StartTls,
}

/// Whether a trouble has answered already.
enum Turn {
    GoOn,
    Said(String),
}

struct Session<S> {
    stream: BufReader<S>,
    shared: Arc<Shared>,
    number: u64,
    tls: Tls,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
    may_be_utf8: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn new(stream: S, shared: Arc<Shared>, number: u64, tls: Tls) -> Self {
        Self {
            stream: BufReader::new(stream),
            shared,
            number,
            tls,
            user: None,
            from: None,
            to: Vec::new(),
            may_be_utf8: false,
        }
    }

    async fn greet(&mut self) -> io::Result<()> {
        match self.trouble(Moment::Greeting).await? {
            Turn::Said(_) => Ok(()),
            Turn::GoOn => self.say("220 sandbox ESMTP").await,
        }
    }

    async fn run(&mut self) -> io::Result<End> {
        loop {
            let line = self.line().await?;
            let Some(line) = line.strip_suffix("\r\n") else { return Ok(End::Closed) };
            let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.hello().await?,
                "STARTTLS" if self.tls == Tls::Off && self.shared.offers.starttls => {
                    match self.trouble(Moment::StartTls).await? {
                        Turn::Said(said) if !said.starts_with('2') => {}
                        Turn::Said(_) => return Ok(End::StartTls),
                        Turn::GoOn => {
                            self.say("220 go ahead").await?;
                            return Ok(End::StartTls);
                        }
                    }
                }
                "AUTH" if self.tls == Tls::On => self.log_in(rest).await?,
                "MAIL" => self.sender(rest).await?,
                "RCPT" => self.recipient(rest).await?,
                "DATA" => self.text().await?,
                "RSET" => {
                    self.forget();
                    self.say("250 ok").await?;
                }
                "NOOP" => self.say("250 ok").await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(End::Closed);
                }
                _ => self.say("502 5.5.1 not here").await?,
            }
        }
    }

    async fn hello(&mut self) -> io::Result<()> {
        self.forget();
        let offers = &self.shared.offers;
        let mut lines = vec!["sandbox"];
        if self.tls == Tls::Off && offers.starttls {
            lines.push("STARTTLS");
        }
        if self.tls == Tls::On && offers.login.is_some() {
            lines.push("AUTH PLAIN LOGIN");
        }
        if offers.eight_bit {
            lines.push("8BITMIME");
        }
        if offers.smtp_utf8 {
            lines.push("SMTPUTF8");
        }
        let last = lines.len() - 1;
        let mark = |number| if number == last { ' ' } else { '-' };
        let answer = lines.iter().enumerate().map(|(n, line)| format!("250{}{line}", mark(n)));
        let answer = answer.collect::<Vec<_>>().join("\r\n");
        self.say(&answer).await
    }

    async fn log_in(&mut self, rest: &str) -> io::Result<()> {
        if let Turn::Said(_) = self.trouble(Moment::Login).await? {
            return Ok(());
        }
        let (mechanism, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let given = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let whole = decoded(first);
                let mut parts = whole.split('\0').skip(1).map(str::to_owned);
                parts.next().zip(parts.next())
            }
            "LOGIN" => Some((self.ask("Username:").await?, self.ask("Password:").await?)),
            _ => None,
        };
        if given.is_some() && given == self.shared.offers.login {
            self.user = given.map(|(user, _)| user);
            self.say("235 2.7.0 welcome").await
        } else {
            self.say("535 5.7.8 authentication failed").await
        }
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        let question = BASE64_STANDARD.encode(question);
        self.say(&format!("334 {question}")).await?;
        Ok(decoded(self.line().await?.trim_end()))
    }

    async fn sender(&mut self, rest: &str) -> io::Result<()> {
        if let Turn::Said(_) = self.trouble(Moment::Sender).await? {
            return Ok(());
        }
        if self.tls == Tls::Off {
            return self.say("530 5.7.0 TLS comes first").await;
        }
        if self.shared.offers.login.is_some() && self.user.is_none() {
            return self.say("530 5.7.0 log in first").await;
        }
        if self.from.is_some() {
            return self.say("503 5.5.1 one mail at a time").await;
        }
        let Some((address, parameters)) = address(rest, "FROM:") else {
            return self.say("501 5.5.4 no address").await;
        };
        let offers = &self.shared.offers;
        for parameter in parameters.split_whitespace() {
            match parameter {
                "SMTPUTF8" if offers.smtp_utf8 => self.may_be_utf8 = true,
                "BODY=8BITMIME" if offers.eight_bit => {}
                _ => return self.say("555 5.5.4 not offered").await,
            }
        }
        if !address.is_ascii() && !self.may_be_utf8 {
            return self.say("553 5.6.7 not announced").await;
        }
        self.from = Some(address.to_owned());
        self.say("250 2.1.0 ok").await
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        let Some((address, _)) = address(rest, "TO:").filter(|_| self.from.is_some()) else {
            return self.say("503 5.5.1 no sender or no address").await;
        };
        if !address.is_ascii() && !self.may_be_utf8 {
            return self.say("553 5.6.7 not announced").await;
        }
        self.to.push(address.to_owned());
        if let Turn::Said(said) = self.trouble(Moment::Recipient).await? {
            if !said.starts_with('2') {
                self.to.pop();
            }
            return Ok(());
        }
        self.say("250 2.1.5 ok").await
    }

    async fn text(&mut self) -> io::Result<()> {
        if self.to.is_empty() {
            return self.say("503 5.5.1 no recipient").await;
        }
        if let Turn::Said(_) = self.trouble(Moment::Data).await? {
            return Ok(());
        }
        self.say("354 go on").await?;
        let mut data = String::new();
        let mut is_odd = false;
        loop {
            let line = self.line().await?;
            if data.is_empty()
                && let Turn::Said(_) = self.trouble(Moment::InText).await?
            {
                return Ok(());
            }
            if line == ".\r\n" {
                break;
            }
            is_odd |= !line.ends_with("\r\n") || line.trim_end_matches("\r\n").contains('\r');
            is_odd |= !line.is_ascii() && !self.may_be_utf8;
            if line.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        let (from, to) = (self.from.take().unwrap_or_default(), std::mem::take(&mut self.to));
        if is_odd {
            return self.say("550 5.6.0 not a text as SMTP has it").await;
        }
        let recipient = to.last().cloned();
        let letter = Letter { from, to, data, user: self.user.clone(), connection: self.number };
        let reaction = self.reaction(Moment::AfterText, recipient.as_deref());
        if !matches!(&reaction, Some(Reaction::Say(said)) if !said.starts_with('2')) {
            self.shared.state().letters.push(letter);
        }
        if let Turn::GoOn = self.react(reaction).await? {
            self.say("250 2.0.0 kept").await?;
        }
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
        self.may_be_utf8 = false;
    }

    fn reaction(&self, moment: Moment, recipient: Option<&str>) -> Option<Reaction> {
        let mut state = self.shared.state();
        *state.reached.entry(moment).or_default() += 1;
        state.troubles.iter_mut().find_map(|trouble| trouble.strike(moment, recipient))
    }

    async fn trouble(&mut self, moment: Moment) -> io::Result<Turn> {
        let reaction = self.reaction(moment, self.to.last().map(String::as_str));
        self.react(reaction).await
    }

    async fn react(&mut self, reaction: Option<Reaction>) -> io::Result<Turn> {
        match reaction {
            None => Ok(Turn::GoOn),
            Some(Reaction::Say(line)) => {
                self.say(&line).await?;
                Ok(Turn::Said(line))
            }
            Some(Reaction::Drop) => Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Reaction::Hang) => pending().await,
            Some(Reaction::Wait(time)) => {
                tokio::time::sleep(time).await;
                Ok(Turn::GoOn)
            }
        }
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// A line with its end; empty where the client has gone.
    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        match line.len() > LONGEST_LINE {
            true => Err(io::ErrorKind::InvalidData.into()),
            false => Ok(line),
        }
    }
}

/// The address between angle brackets, and what follows it.
fn address<'t>(rest: &'t str, begin: &str) -> Option<(&'t str, &'t str)> {
    let (head, rest) = rest.split_at_checked(begin.len())?;
    let rest = rest.strip_prefix('<').filter(|_| head.eq_ignore_ascii_case(begin))?;
    rest.split_once('>')
}

fn decoded(text: &str) -> String {
    let bytes = BASE64_STANDARD.decode(text).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
