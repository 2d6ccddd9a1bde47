//! `trueup serve`: opens the data folder, listens, and serves until it is told to stop.
//!
//! Absent: TLS (a proxy in front does it) and the sample warehouse ([`super::demo`]).

use crate::{
    action::{decide_marks, set_up::offer_set_up},
    cli::{self, Ending},
    http::{self, AppState},
    job,
    store::{
        OpenError, Store, SystemClock, backup,
        restore::{self, RestoreError},
    },
};
use anyhow::Context;
use std::{future::Future, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Until it is looked for the first time whether a backup is due: a server that is started and stopped makes none.
const FIRST_BACKUP: Duration = Duration::from_secs(60);
/// Until what still runs when the server has stopped is left behind.
const END_SECONDS_MAX: Duration = Duration::from_secs(10);

/// Runs the server until SIGINT or SIGTERM. A restore that an admin asks for is done between two lives of it.
///
/// # Errors
/// A sentence when the port is taken, the folder cannot be written, or the database is not one this program can use.
pub fn serve(wanted: &cli::Serve) -> anyhow::Result<Ending> {
    log_to_stderr();
    let folder = &wanted.data.data;
    let mut is_new = wanted.new;
    lives(folder, wanted.listen, |address, failed| {
        let open = if std::mem::take(&mut is_new) { Store::open_anew } else { Store::open };
        let store = open(folder, Arc::new(SystemClock))?;
        run(async {
            // before anything new arrives: what only this version understands takes effect
            store.write(decide_marks::read_again).await?;
            let listener = listen(address).await?;
            let address = listener.local_addr()?;
            let origin = origin(address);
            // before anybody hears that it is there, and might tell it to stop
            let told = told_to_stop()?;
            ready(&origin);
            if let Some(path) = store.write(offer_set_up).await? {
                println!("Nobody is known here yet. Set up the first admin, once within a day, at {origin}{path}");
            }
            let ended = serve_until_told(listener, AppState::new(store, wanted.https), told, (failed, FIRST_BACKUP));
            Ok((ended.await?, address))
        })
    })
}

/// Why a life of the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was told to stop.
    Told,
    /// Somebody asked to go back to a backup.
    Restore,
}

/// Lives until it is told to stop. Before each life a restore that is wanted is done, with nothing open; `live` is handed
/// where to listen and why a restore failed, and answers where it did listen.
pub(super) fn lives(
    folder: &Path,
    mut address: SocketAddr,
    mut live: impl FnMut(SocketAddr, Option<String>) -> anyhow::Result<(Ended, SocketAddr)>,
) -> anyhow::Result<Ending> {
    loop {
        let failed = match restore::apply_wanted(folder) {
            Ok(None) => None,
            Ok(Some(done)) => {
                println!("The backup was restored. {}", super::restore::aftermath(&done));
                None
            }
            Err(RestoreError::Open(OpenError::InUse { .. })) => {
                println!("The restore waits until nothing uses the folder. Start the server again.");
                return Ok(Ending::StartAgain);
            }
            Err(error) => {
                tracing::error!(%error, "the restore that was asked for was not done");
                Some(format!("The restore was not done, and the database is as it was: {error}."))
            }
        };
        let (ended, listened) = live(address, failed)?;
        if ended == Ended::Told {
            return Ok(Ending::Done);
        }
        address = listened;
    }
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
    let runtime = runtime.context("the threads of the server cannot be started")?;
    let done = runtime.block_on(work);
    // whatever still holds the store lets go of it here
    runtime.shutdown_timeout(END_SECONDS_MAX);
    done
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

/// Serves until it is told to stop, or to restore; what has begun is finished. Says at the desk why a restore failed, and
/// makes backups, from a while after the start on.
pub(super) async fn serve_until_told(
    listener: TcpListener,
    state: AppState,
    told: impl Future<Output = ()> + Send + 'static,
    (failed, first_backup): (Option<String>, Duration),
) -> anyhow::Result<Ended> {
    if let Some(why) = failed {
        state.store.write(move |tx| backup::note_failure(tx, &why)).await?;
    }
    let watching = tokio::spawn(job::silence::watch(state.store.clone()));
    let backups = tokio::spawn(job::backup::run(state.store.clone(), first_backup));
    let mut restoring = state.restoring.subscribe();
    let mut asked = state.restoring.subscribe();
    let ending = async move {
        tokio::select! {
            () = told => {}
            _ = asked.wait_for(|restoring| *restoring) => {}
        }
    };
    let ended = http::serve(listener, state, ending).await.context("the server cannot go on");
    for job in [watching, backups] {
        job.abort();
        // the store is closed once nobody holds it, these jobs included
        let _ = job.await;
    }
    ended?;
    Ok(if *restoring.borrow_and_update() { Ended::Restore } else { Ended::Told })
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
