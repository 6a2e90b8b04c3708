//! Bodies that end badly or slowly.

use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, StreamExt as _};

/// Lets what was written reach the client before the connection closes.
const FLUSH: Duration = Duration::from_millis(20);

/// The connection closes without a proper end.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Sends this part, then closes the connection.
pub(crate) fn aborted(part: Bytes) -> Body {
    let end = stream::once(async {
        tokio::time::sleep(FLUSH).await;
        Err(Dropped)
    });
    Body::from_stream(stream::iter([Ok(part)]).chain(end))
}

/// Sends this part, then nothing: the connection stays open.
pub(crate) fn stalled(part: Bytes) -> Body {
    Body::from_stream(stream::iter([Ok::<_, Infallible>(part)]).chain(stream::pending()))
}

/// Sends pieces of this size, with a pause before each.
pub(crate) fn trickled(whole: Bytes, piece: usize, pause: Duration) -> Body {
    let pieces = stream::unfold(whole, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(piece.clamp(1, rest.len()));
        Some((Ok::<_, Infallible>(piece), rest))
    });
    Body::from_stream(pieces)
}
