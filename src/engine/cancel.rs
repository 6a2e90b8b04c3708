//! Ctrl-C and SIGTERM as a request to stop at the next safe place.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Whether the user asked to stop.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. Needs a tokio runtime.
    #[must_use]
    pub fn listen() -> Self {
        let interrupt = Self::default();
        let flag = Arc::clone(&interrupt.0);
        tokio::spawn(async move {
            asked_to_stop().await;
            tracing::warn!("stopping as soon as that is safe");
            flag.store(true, Ordering::Relaxed);
        });
        interrupt
    }

    /// What `work` gives, or nothing where the user asks to stop before it is done.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let asked = async {
            while !self.is_set() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = asked => None,
        }
    }

    /// True once it was asked for.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

async fn asked_to_stop() {
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
