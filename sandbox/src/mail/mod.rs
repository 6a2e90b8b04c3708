//! A mail server on two ports, one with TLS from the first byte and one with STARTTLS, that keeps what it
//! accepts. Nothing is ever delivered.
//!
//! It keeps to RFC 5321 as a client sees it, and is strict where a lax server would hide a fault of the
//! client: order of commands, line ends, letters beyond ASCII that were not announced.

mod authority;
mod letter;
mod session;
mod trouble;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use authority::Authority;
pub use letter::Letter;
pub use trouble::{Moment, Reaction, Trouble};

/// What a mail server offers and asks for.
#[derive(Clone, Debug)]
pub struct MailOffers {
    pub starttls: bool,
    pub eight_bit: bool,
    pub smtp_utf8: bool,
    /// User and password; `None` takes mail from anybody.
    pub login: Option<(String, String)>,
    /// Names in its certificate.
    pub names: Vec<String>,
}

impl Default for MailOffers {
    fn default() -> Self {
        Self {
            starttls: true,
            eight_bit: true,
            smtp_utf8: true,
            login: Some(("dormouse".to_owned(), "a-pass-word-of-the-sandbox".to_owned())),
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        }
    }
}

/// A running mail server. It stops when dropped.
pub struct MailServer {
    shared: Arc<Shared>,
    starttls: SocketAddr,
    implicit: SocketAddr,
    authority: String,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

pub(crate) struct Shared {
    offers: MailOffers,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    letters: Vec<Letter>,
    troubles: Vec<Trouble>,
    connections: u64,
    reached: HashMap<Moment, u64>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MailServer {
    /// Starts a server on two free ports of 127.0.0.1, with a certificate authority of its own.
    pub fn spawn() -> anyhow::Result<Self> {
        Self::spawn_with(MailOffers::default())
    }

    pub fn spawn_with(offers: MailOffers) -> anyhow::Result<Self> {
        let Authority { certificate, acceptor } = authority::issue(&offers.names)?;
        let listen = || -> std::io::Result<(TcpListener, SocketAddr)> {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let ((plain, starttls), (secure, implicit)) = (listen()?, listen()?);
        let shared = Arc::new(Shared { offers, state: Mutex::default() });
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let serving = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("mail".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = accept(plain, TlsBegins::Asked, &serving, &acceptor) => {}
                    _ = accept(secure, TlsBegins::AtOnce, &serving, &acceptor) => {}
                    _ = stopped => {}
                }
            });
        })?;
        let running = Some((stop, thread));
        Ok(Self { shared, starttls, implicit, authority: certificate, running })
    }

    /// `smtp://USER@localhost:PORT`: STARTTLS.
    pub fn url(&self) -> String {
        self.address("smtp", self.starttls)
    }

    /// `smtps://USER@localhost:PORT`: TLS at once.
    pub fn tls_url(&self) -> String {
        self.address("smtps", self.implicit)
    }

    fn address(&self, scheme: &str, address: SocketAddr) -> String {
        let user = self.shared.offers.login.as_ref().map(|(user, _)| format!("{user}@"));
        format!("{scheme}://{}localhost:{}", user.unwrap_or_default(), address.port())
    }

    /// Port with STARTTLS.
    pub fn port(&self) -> u16 {
        self.starttls.port()
    }

    /// Port with TLS at once.
    pub fn tls_port(&self) -> u16 {
        self.implicit.port()
    }

    /// The password of its user; empty where it asks for none.
    pub fn password(&self) -> &str {
        self.shared.offers.login.as_ref().map_or("", |(_, password)| password)
    }

    /// The certificate of its authority, in PEM form.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Everything it has accepted, in that order; also where its answer never arrived.
    pub fn letters(&self) -> Vec<Letter> {
        self.shared.state().letters.clone()
    }

    /// The same without the first ones.
    pub fn letters_after(&self, first: usize) -> Vec<Letter> {
        self.shared.state().letters.iter().skip(first).cloned().collect()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u64 {
        self.shared.state().connections
    }

    /// How often this moment has come.
    pub fn reached(&self, moment: Moment) -> u64 {
        self.shared.state().reached.get(&moment).copied().unwrap_or(0)
    }

    /// From now on something goes wrong; of several that fit, the first one does.
    pub fn trouble(&self, trouble: Trouble) {
        self.shared.state().troubles.push(trouble);
    }

    /// Ends all trouble.
    pub fn heal(&self) {
        self.shared.state().troubles.clear();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            // Both fail only when the thread is gone, which is what is wanted.
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

#[derive(Clone, Copy)]
enum TlsBegins {
    AtOnce,
    Asked,
}

async fn accept(
    listener: TcpListener,
    tls: TlsBegins,
    shared: &Arc<Shared>,
    acceptor: &TlsAcceptor,
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        // A connection that fails while it is accepted is the client's loss.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let number = {
            let mut state = shared.state();
            state.connections += 1;
            state.connections
        };
        let (shared, acceptor) = (Arc::clone(shared), acceptor.clone());
        tokio::spawn(async move {
            // It ends with an error whenever the client or a trouble drops it.
            let _ = match tls {
                TlsBegins::AtOnce => session::secure(stream, &acceptor, shared, number).await,
                TlsBegins::Asked => session::plain(stream, &acceptor, shared, number).await,
            };
        });
    }
}
