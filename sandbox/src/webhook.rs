//! A receiver of webhooks, which keeps what is posted to it and answers as told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// With its query.
    pub path: String,
    pub body: String,
    /// `X-Dormouse-Signature`.
    pub signature: String,
}

/// A running receiver. It stops when dropped.
pub struct WebhookReceiver {
    shared: Shared,
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    posted: Vec<Posted>,
    answers: VecDeque<Answer>,
}

/// What comes back instead of 200.
enum Answer {
    Status(u16, String),
    /// Nothing for so long.
    Late(Duration),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WebhookReceiver {
    /// Starts a receiver on a free port of 127.0.0.1.
    pub fn spawn() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Shared::default();
        let serving = shared.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("webhook".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = accept(listener, serving) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { shared, address, running: Some((stop, thread)) })
    }

    /// `http://127.0.0.1:PORT/notices`.
    pub fn url(&self) -> String {
        format!("http://{}/notices", self.address)
    }

    /// Everything that was posted, in that order.
    pub fn posted(&self) -> Vec<Posted> {
        self.shared.lock().posted.clone()
    }

    /// The next request that has no answer yet gets this one; without any it is 200.
    pub fn answer(&self, status: u16, text: &str) {
        self.shared.lock().answers.push_back(Answer::Status(status, text.to_owned()));
    }

    /// The next request is kept, and answered so much later.
    pub fn answer_late(&self, by: Duration) {
        self.shared.lock().answers.push_back(Answer::Late(by));
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            // Both fail only when the thread is gone, which is what is wanted.
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Shared) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = receive(shared.clone(), request);
                async move { Ok::<_, Infallible>(answer.await) }
            });
            // Ends with an error where the client goes away.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn receive(shared: Shared, request: Request<Incoming>) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(Body::new(body), 1 << 20).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let signature = head.headers.get("x-dormouse-signature");
    let posted = Posted {
        path: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        body: String::from_utf8_lossy(&body).into_owned(),
        signature: signature.and_then(|s| s.to_str().ok()).unwrap_or_default().to_owned(),
    };
    let answer = {
        let mut inner = shared.lock();
        inner.posted.push(posted);
        inner.answers.pop_front()
    };
    match answer {
        None => StatusCode::OK.into_response(),
        Some(Answer::Status(status, text)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, text).into_response()
        }
        Some(Answer::Late(by)) => {
            tokio::time::sleep(by).await;
            StatusCode::OK.into_response()
        }
    }
}
