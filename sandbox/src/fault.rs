//! What can go wrong with one request: before, during or after the work.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::world::{Login, World};

type Happening = Arc<dyn Fn(&mut World) + Send + Sync>;
type Edit = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// How a cut body was announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Framing {
    /// `Content-Length` of the whole body.
    ContentLength,
    /// Chunks, without the last one.
    Chunked,
}

/// Where an answer repeats the headers of its request, `Authorization` included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Echo {
    /// Plain text, as a debugging proxy writes it.
    Text,
    /// The `message` of the API's error envelope.
    Envelope,
}

/// What goes wrong.
#[derive(Clone)]
pub enum Fault {
    /// Another answer; no work is done.
    Answer {
        /// HTTP status.
        status: u16,
        /// Headers to add.
        headers: Vec<(String, String)>,
        /// Whole body.
        body: String,
    },
    /// An answer that repeats the request's headers; no work is done.
    Echo {
        /// HTTP status.
        status: u16,
        /// Where the headers stand.
        form: Echo,
    },
    /// A 200 with gzip of about a thousandth of this size; no work is done.
    GzipBomb {
        /// Bytes after unpacking.
        unpacked: u64,
    },
    /// The connection closes before any work is done.
    Reset,
    /// The request is never answered; no work is done.
    Hang,
    /// The work starts later.
    Delay(Duration),
    /// Something happens just before the work is done.
    Before(Happening),
    /// Something happens just after the work was done.
    After(Happening),
    /// The work is done, the answer is changed.
    Edit(Edit),
    /// The work is done, the answer comes later.
    DelayAnswer(Duration),
    /// The work is done, the connection closes without an answer.
    LoseAnswer,
    /// The work is done, the answer never comes and the connection stays open.
    HangAnswer,
    /// The work is done, this many bytes of the body are sent, then the connection closes.
    Truncate {
        /// Bytes sent.
        keep: usize,
        /// How the body was announced.
        framing: Framing,
    },
    /// The work is done, this many bytes of the body are sent, then nothing more.
    Stall {
        /// Bytes sent.
        keep: usize,
    },
    /// The body comes in pieces of this size, with a pause before each.
    Trickle {
        /// Bytes in a piece.
        piece: usize,
        /// Pause before each piece.
        pause: Duration,
    },
}

impl Fault {
    /// An empty answer with this status.
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: String::new() }
    }

    /// An empty 429, with or without `Retry-After`.
    pub fn too_many(retry_after: Option<u64>) -> Self {
        let headers = retry_after.map(|wait| ("Retry-After".to_owned(), wait.to_string()));
        Self::Answer { status: 429, headers: headers.into_iter().collect(), body: String::new() }
    }

    /// A proxy's page with this status; 200 too.
    pub fn html(status: u16) -> Self {
        let body = format!(
            "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}\
             </h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::typed(status, "text/html", body)
    }

    /// A JSON answer of the test's own making.
    pub fn json(status: u16, body: &str) -> Self {
        Self::typed(status, "application/json; charset=utf-8", body.to_owned())
    }

    fn typed(status: u16, kind: &str, body: String) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self::Answer { status, headers, body }
    }

    /// Something that happens between two requests of the client.
    pub fn before(happening: impl Fn(&mut World) + Send + Sync + 'static) -> Self {
        Self::Before(Arc::new(happening))
    }

    /// Something that happens after the work was done.
    pub fn after(happening: impl Fn(&mut World) + Send + Sync + 'static) -> Self {
        Self::After(Arc::new(happening))
    }

    /// An answer that is changed on its way: what stands in its `response`.
    pub fn edit(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Edit(Arc::new(edit))
    }

    /// Login events that arrive just before the request is answered; without a date of their own,
    /// in the very second that is being read.
    pub fn logins_arrive(logins: Vec<Login>) -> Self {
        Self::before(move |world| {
            for login in &logins {
                world.add_login(login.clone());
            }
        })
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, .. } => write!(f, "Answer({status})"),
            Self::Echo { status, form } => write!(f, "Echo({status}, {form:?})"),
            Self::GzipBomb { unpacked } => write!(f, "GzipBomb({unpacked})"),
            Self::Reset => f.write_str("Reset"),
            Self::Hang => f.write_str("Hang"),
            Self::Delay(time) => write!(f, "Delay({time:?})"),
            Self::Before(_) => f.write_str("Before"),
            Self::After(_) => f.write_str("After"),
            Self::Edit(_) => f.write_str("Edit"),
            Self::DelayAnswer(time) => write!(f, "DelayAnswer({time:?})"),
            Self::LoseAnswer => f.write_str("LoseAnswer"),
            Self::HangAnswer => f.write_str("HangAnswer"),
            Self::Truncate { keep, framing } => write!(f, "Truncate({keep}, {framing:?})"),
            Self::Stall { keep } => write!(f, "Stall({keep})"),
            Self::Trickle { piece, pause } => write!(f, "Trickle({piece}, {pause:?})"),
        }
    }
}
