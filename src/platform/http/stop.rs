//! The operating system's wish that the process stop.

use std::io;

/// Resolves when the process is told to stop: SIGTERM, or SIGINT as Ctrl-C sends it.
///
/// # Errors
/// When the signals cannot be listened for.
#[cfg(unix)]
pub async fn stop_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    tracing::info!("{name}: stopping");
    Ok(())
}

/// Resolves when the process is told to stop by Ctrl-C.
///
/// # Errors
/// When the signal cannot be listened for.
#[cfg(not(unix))]
pub async fn stop_signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await?;
    tracing::info!("Ctrl-C: stopping");
    Ok(())
}
