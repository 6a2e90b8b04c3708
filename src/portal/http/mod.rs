//! One HTTP exchange: base address, key, limits, envelope, retries. Reads are repeated after transient
//! faults, writes never. The key is sent to the portal alone, and replaced in whatever comes
//! back before anyone sees it.

mod unanswered;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::{
    Client, Method, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};

use crate::portal::{
    Answer, Connection, PortalError, Proxy, Traffic,
    answer::{
        Body, Failed, LARGEST_BODY, declined, is_json, portal_clock, retry_after, root_cause,
    },
    error::{LIMITED_MOST, Request, Unreached},
    pacing::{Pacer, Turn},
    route::client_builder,
    wire,
};
use crate::time::{Clock, MAX_CLOCK_SKEW, Timestamp};

/// Waits at least this long after a 429 that names no time, or none worth the name.
const LIMITED_FLOOR: Duration = Duration::from_secs(1);
const LIMITED_DEFAULT: Duration = Duration::from_secs(5);
/// Total wait for one read's place among the limits.
const LIMITED_PATIENCE: Duration = Duration::from_secs(15 * 60);
/// Repeats of one read.
const REPEATS: usize = 5;
/// Repeats of all reads of one process: a portal this ill is reported.
const REPEATS_IN_ALL: u64 = 200;

/// A portal that has never answered is given up after so long: its address is wrong, or it is down.
const UNREACHED_PATIENCE: Duration = Duration::from_secs(5);
/// The first request of all waits no longer: a port that accepts and never answers is no portal.
const FIRST_ANSWER: Duration = Duration::from_secs(12);

/// What stands in the place of the key.
const REDACTED: &str = "[API key]";

pub(super) struct Transport {
    client: Client,
    key: SecretString,
    /// As errors name it.
    proxy: Option<String>,
    base: Url,
    shown_base: String,
    pacer: Pacer,
    requests: AtomicU64,
    retries: AtomicU64,
    /// Repeats after faults alone: 429 is no fault.
    faults: AtomicU64,
    /// Whether anything ever answered, and how long a request waits until then.
    answered: AtomicBool,
    first_answer: Duration,
    /// This machine's clock, where the portal's must agree with it.
    clock: Option<Arc<dyn Clock>>,
}

impl Transport {
    pub(super) fn new(
        connection: &Connection,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Self, PortalError> {
        let mut key = HeaderValue::try_from(format!("Bearer {}", connection.key.expose_secret()))
            .map_err(|_| PortalError::BadKey)?;
        key.set_sensitive(true);
        let client = client_builder(connection)?
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, key)]))
            .build()
            .map_err(|e| PortalError::Unreachable {
                request: Request { method: "GET", path: "/".to_owned() },
                host: connection.url.to_string(),
                reason: Unreached::Unconnected(root_cause(&e)),
                proxy: None,
            })?;
        Ok(Self {
            client,
            key: connection.key.clone(),
            proxy: connection.route.proxy.as_ref().map(Proxy::shown),
            base: connection.url.clone(),
            shown_base: connection.url.to_string(),
            pacer: Pacer::new(connection.pace.concurrency, connection.pace.requests_per_minute),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            answered: AtomicBool::new(false),
            first_answer: connection.pace.timeout.min(FIRST_ANSWER),
            clock,
        })
    }

    pub(super) fn base(&self) -> &str {
        self.shown_base.trim_end_matches('/')
    }

    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
        }
    }

    /// Reads `path` under `/api/2.0/` and decodes the whole body with `decode`.
    pub(super) async fn get<T>(
        &self,
        path: &str,
        query: &[(&str, String)],
        decode: impl Fn(&str) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, PortalError> {
        self.read(REPEATS, path, query, decode).await
    }

    /// The same where a fault is expected: it is repeated once.
    pub(super) async fn try_get<T>(
        &self,
        path: &str,
        query: &[(&str, String)],
        decode: impl Fn(&str) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, PortalError> {
        self.read(1, path, query, decode).await
    }

    async fn read<T>(
        &self,
        repeats: usize,
        path: &str,
        query: &[(&str, String)],
        decode: impl Fn(&str) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, PortalError> {
        let request = Request { method: "GET", path: path.to_owned() };
        let url = self.url(path, query);
        let answer = self
            .with_repeats(repeats, &request, || self.read_once(&request, &url, &decode))
            .await?;
        self.keeps_step(answer.at)?;
        Ok(answer)
    }

    /// A clock that jumps dates what is read now as of another day.
    fn keeps_step(&self, portal: Timestamp) -> Result<(), PortalError> {
        let Some(here) = self.clock.as_ref().map(|clock| clock.now()) else { return Ok(()) };
        match (portal - here).abs() > MAX_CLOCK_SKEW {
            true => Err(PortalError::ClockSkew { here, portal }),
            false => Ok(()),
        }
    }

    async fn read_once<T>(
        &self,
        request: &Request,
        url: &Url,
        decode: &impl Fn(&str) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, Failed> {
        let turn = self.pacer.turn().await;
        self.exchange(turn, request, self.client.request(Method::GET, url.clone()), decode).await
    }

    /// Waits until so many requests can follow each other without waiting.
    pub(super) async fn room_for(&self, requests: usize) {
        self.pacer.room_for(requests).await;
    }

    /// Sends `body` once, not after `leave_by`. Where the portal refuses to look at it (429), others
    /// wait as long as it says; whether it is sent again the caller decides.
    pub(super) async fn put<T>(
        &self,
        path: &str,
        body: &serde_json::Value,
        leave_by: Instant,
        decode: impl Fn(&str) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, PortalError> {
        let request = Request { method: "PUT", path: path.to_owned() };
        let Ok(turn) = timeout_at(leave_by, self.pacer.turn()).await else {
            return Err(PortalError::NotSent(request));
        };
        let builder = self
            .client
            .request(Method::PUT, self.url(path, &[]))
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string());
        match self.exchange(turn, &request, builder, &decode).await {
            Ok(answer) => Ok(answer),
            Err(Failed::Error(error)) => Err(error),
            Err(Failed::Limited { retry_after }) => {
                let wait = retry_after.unwrap_or(LIMITED_DEFAULT).max(LIMITED_FLOOR);
                if wait <= LIMITED_MOST {
                    self.pacer.pause(wait);
                }
                Err(PortalError::Limited { request, wait })
            }
        }
    }

    fn url(&self, path: &str, query: &[(&str, String)]) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("/api/2.0/{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn with_repeats<T, F>(
        &self,
        repeats: usize,
        request: &Request,
        mut exchange: impl FnMut() -> F,
    ) -> Result<T, PortalError>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let mut delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(repeats)
            .with_jitter()
            .build();
        let mut waited = Duration::ZERO;
        let started = Instant::now();
        loop {
            let failed = match exchange().await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            match failed {
                Failed::Limited { retry_after } => {
                    let wait = retry_after.unwrap_or(LIMITED_DEFAULT).max(LIMITED_FLOOR);
                    waited += wait;
                    if wait > LIMITED_MOST || waited > LIMITED_PATIENCE {
                        return Err(PortalError::Limited { request: request.clone(), wait });
                    }
                    tracing::debug!(%request, ?wait, "the portal's limit is reached");
                    self.pacer.pause(wait);
                }
                Failed::Error(error) => {
                    let is_lost = match &error {
                        PortalError::Unreachable { reason, .. } => {
                            let patience = match reason {
                                Unreached::Silent => FIRST_ANSWER,
                                Unreached::Unconnected(_) => UNREACHED_PATIENCE,
                            };
                            !self.answered.load(Ordering::Relaxed) && started.elapsed() > patience
                        }
                        _ => false,
                    };
                    let may = repeats > 0
                        && error.is_transient()
                        && !is_lost
                        && self.faults.load(Ordering::Relaxed) < REPEATS_IN_ALL;
                    let Some(delay) = may.then(|| delays.next()).flatten() else {
                        return Err(error);
                    };
                    self.faults.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(%error, ?delay, "trying again");
                    tokio::time::sleep(delay).await;
                }
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn exchange<T>(
        &self,
        turn: Turn<'_>,
        request: &Request,
        builder: reqwest::RequestBuilder,
        decode: &impl Fn(&str) -> Result<T, serde_json::Error>,
    ) -> Result<Answer<T>, Failed> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let builder = match self.answered.load(Ordering::Relaxed) {
            true => builder,
            false => builder.timeout(self.first_answer),
        };
        let sent = Instant::now();
        let response = builder.send().await.map_err(|e| self.unanswered(request, &e))?;
        self.answered.store(true, Ordering::Relaxed);
        let status = response.status().as_u16();
        let query = response.url().query().unwrap_or_default();
        tracing::debug!(%request, query, status, millis = sent.elapsed().as_millis(), "request");
        let headers = response.headers().clone();
        let body = Body::read(response).await;
        drop(turn);
        if status == 429 {
            return Err(Failed::Limited { retry_after: retry_after(&headers) });
        }
        if (300..400).contains(&status) {
            let location = headers.get(LOCATION).and_then(|l| l.to_str().ok()).unwrap_or("nowhere");
            let location = self.redacted(location.split('?').next().unwrap_or_default());
            return Err(PortalError::Redirected { request: request.clone(), location }.into());
        }
        let body = body.map_err(|e| PortalError::Broken {
            request: request.clone(),
            reason: format!("the answer ({status}) broke off: {}", root_cause(&e)),
        })?;
        let text = self.redacted(&String::from_utf8_lossy(body.bytes()));
        let unexpected = |reason: String| PortalError::Unexpected {
            request: request.clone(),
            status,
            reason,
            said: wire::first_bytes(&text),
        };
        if let Body::TooLong(_) = body {
            let most = LARGEST_BODY >> 20;
            return Err(unexpected(format!("it is larger than {most} MiB")).into());
        }
        if status != 200 {
            return Err(declined(request, status, &text).into());
        }
        if !is_json(&headers) {
            return Err(unexpected("it is not JSON".to_owned()).into());
        }
        let at =
            portal_clock(&headers).ok_or_else(|| unexpected("it has no Date header".to_owned()))?;
        let value = decode(&text).map_err(|e| PortalError::Garbled {
            request: request.clone(),
            reason: e.to_string(),
            said: wire::first_bytes(&text),
        })?;
        Ok(Answer { value, at })
    }

    fn redacted(&self, text: &str) -> String {
        text.replace(self.key.expose_secret(), REDACTED)
    }
}
