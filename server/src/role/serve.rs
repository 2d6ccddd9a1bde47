//! `trueup serve`: opens the data folder, listens, and serves until it is told to stop.
//!
//! Absent: TLS (a proxy in front does it) and the sample warehouse ([`super::demo`]).

use crate::{
    action::set_up::offer_set_up,
    cli::{self, Ending},
    http::{self, AppState},
    job,
    store::{Store, SystemClock},
};
use anyhow::Context;
use std::{future::Future, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// Runs the server until SIGINT or SIGTERM.
///
/// # Errors
/// A sentence when the port is taken, the folder cannot be written, or the database is not one this program can use.
pub fn serve(wanted: &cli::Serve) -> anyhow::Result<Ending> {
    log_to_stderr();
    let store = Store::open(&wanted.data.data, Arc::new(SystemClock))?;
    run(async {
        let listener = listen(wanted.listen).await?;
        let origin = origin(listener.local_addr()?);
        // before anybody hears that it is there, and might tell it to stop
        let told = told_to_stop()?;
        ready(&origin);
        if let Some(path) = store.write(offer_set_up).await? {
            println!("Nobody is known here yet. Set up the first admin, once within a day, at {origin}{path}");
        }
        serve_until_told(listener, AppState::new(store, wanted.https), told).await
    })?;
    Ok(Ending::Done)
}

/// Says that the server is there; programs that start it wait for this line.
pub(super) fn ready(origin: &str) {
    println!("Trueup is ready: {origin}");
}

/// Messages of the server itself, with fields; `RUST_LOG` chooses others than warnings.
pub(super) fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    // a second server in one process logs to where the first does
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// Runs on a runtime with a thread for each core.
pub(super) fn run<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("the threads of the server cannot be started")?.block_on(work)
}

/// Takes the port.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program is using it. Stop that one, or give another address with --listen"
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 are for the administrator. Give a higher one with --listen"
            }
            std::io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address. Give one of its own, or 0.0.0.0 for all, with --listen"
            }
            _ => return anyhow::Error::new(error).context(format!("cannot listen on {address}")),
        };
        anyhow::anyhow!("cannot listen on {address}: {advice}")
    })
}

/// What a browser on this machine opens.
pub(super) fn origin(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://127.0.0.1:{}", address.port());
    }
    format!("http://{address}")
}

/// Serves until it is told to stop; what has begun is finished.
pub(super) async fn serve_until_told(
    listener: TcpListener,
    state: AppState,
    told: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let watching = tokio::spawn(job::silence::watch(state.store.clone()));
    let ended = http::serve(listener, state, told).await.context("the server cannot go on");
    watching.abort();
    // the store is closed once nobody holds it, this job included
    let _ = watching.await;
    ended
}

/// Ends with SIGINT or SIGTERM; both are listened for from this call on.
#[cfg(unix)]
pub(super) fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends with Ctrl-C.
#[cfg(not(unix))]
pub(super) fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // where no signal can be waited for, the process is ended from outside
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_all_interfaces_is_opened_on_this_machine() {
        let check = |listen: &str, opened: &str| assert_eq!(origin(listen.parse().expect("an address")), opened);
        check("0.0.0.0:80", "http://127.0.0.1:80");
        check("[::]:8080", "http://127.0.0.1:8080");
        check("127.0.0.1:9", "http://127.0.0.1:9");
        check("[::1]:9", "http://[::1]:9");
    }
}
