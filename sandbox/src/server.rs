//! The server around a [`World`]: its own thread and runtime, so that sync tests can use it too.
//!
//! The state outlives the server: a portal that was stopped comes back on the same port.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::MutexGuard;
use std::thread::JoinHandle;

use anyhow::Context as _;
use axum::Router;
use chrono::TimeDelta;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::oneshot;

use crate::body::Dropped;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::journal::Journal;
use crate::rule::{Faults, Rule};
use crate::state::Shared;
use crate::world::{Login, World};
use crate::{pipeline, routes};

/// How to serve.
#[derive(Clone, Copy, Debug)]
pub struct Serve {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Threads of the server; 1 is enough but for benchmarks with many connections.
    pub threads: usize,
}

impl Default for Serve {
    fn default() -> Self {
        Self { port: 0, threads: 1 }
    }
}

/// A running portal. It stops when dropped.
pub struct Sandbox {
    shared: Shared,
    address: SocketAddr,
    threads: usize,
    running: Option<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a portal on a free port of 127.0.0.1.
    pub async fn start(world: World) -> anyhow::Result<Self> {
        Self::spawn(world)
    }

    /// The same from code that is not async.
    pub fn spawn(world: World) -> anyhow::Result<Self> {
        Self::spawn_with(world, Serve::default())
    }

    /// The same with a port and a number of threads.
    pub fn spawn_with(world: World, serve: Serve) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, serve.port))
            .with_context(|| format!("binding 127.0.0.1:{}", serve.port))?;
        let address = listener.local_addr()?;
        let shared = Shared::new(world);
        let running = Some(run(listener, shared.clone(), serve.threads)?);
        Ok(Self { shared, address, threads: serve.threads, running })
    }

    /// "http://127.0.0.1:PORT".
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The secret of a key of the owner, with `*:read` and `accounts:write`.
    pub fn admin_key(&self) -> String {
        self.world().admin_key().to_owned()
    }

    /// The state, locked: requests wait while the guard lives. A second guard in the same
    /// statement would wait for ever.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// The rules for faults.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Something that happens in mid-run: after the next `requests` requests, before the one that
    /// follows them. A role that is lost, a plan that lapses, a clock that jumps.
    pub fn after_requests(
        &self,
        requests: u64,
        happening: impl Fn(&mut World) + Send + Sync + 'static,
    ) {
        self.faults().push(Rule::any(Fault::before(happening)).nth(requests + 1));
    }

    /// Something that happens just before each request is answered.
    pub fn with_every_request(&self, happening: impl Fn(&mut World) + Send + Sync + 'static) {
        self.faults().push(Rule::any(Fault::before(happening)));
    }

    /// So many events like this one arrive with every request; without a date of their own, in
    /// the very second that is being read.
    pub fn logins_with_every_request(&self, login: Login, count: usize) {
        self.with_every_request(move |world| {
            world.add_login_burst(&login, count);
        });
    }

    /// A copy of the journal.
    pub fn journal(&self) -> Journal {
        self.shared.journal.snapshot()
    }

    /// The portal's clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Moves the portal's clock.
    pub fn advance(&self, by: TimeDelta) {
        self.clock().advance(by);
    }

    /// Closes the port and all connections; the state stays.
    pub async fn stop(&mut self) {
        self.shut_down();
    }

    /// The same from code that is not async.
    pub fn shut_down(&mut self) {
        if let Some(running) = self.running.take() {
            // Both fail only when the thread is gone, which is what is wanted.
            let _ = running.stop.send(());
            let _ = running.thread.join();
        }
    }

    /// Opens the same port again.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.shut_down();
        let listener = TcpListener::bind(self.address)
            .with_context(|| format!("binding {} again", self.address))?;
        self.running = Some(run(listener, self.shared.clone(), self.threads)?);
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shut_down();
    }
}

fn run(listener: TcpListener, shared: Shared, threads: usize) -> anyhow::Result<Running> {
    listener.set_nonblocking(true)?;
    let runtime = match threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        _ => {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(threads).enable_all().build()?
        }
    };
    let (stop, stopped) = oneshot::channel();
    let router = routes::router().with_state(shared.clone());
    let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = accept(listener, shared, router) => {}
                _ = stopped => {}
            }
        });
        // Dropping the runtime drops every connection.
    })?;
    Ok(Running { stop, thread })
}

async fn accept(listener: TcpListener, shared: Shared, router: Router) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        // A connection that fails while it is accepted is the client's loss.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (shared, router) = (shared.clone(), router.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                // A task of its own: the server works on when its client has gone.
                let work = tokio::spawn(pipeline::answer(shared.clone(), router.clone(), request));
                async move { work.await.unwrap_or(Err(Dropped)) }
            });
            // Ends with an error whenever a fault drops the connection.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
