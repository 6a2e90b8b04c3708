//! Ctrl-C and SIGTERM as a request to stop at the next safe place.

use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first signal from now on. Needs a tokio runtime.
pub(crate) fn on_signal() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        signal().await;
        tracing::warn!("stopping safely…");
        cancelled.cancel();
    });
    token
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler the signal ends the process, which is safe as well.
    let _ = tokio::signal::ctrl_c().await;
}
