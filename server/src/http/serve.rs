//! Runs the router on a listener until it is told to stop: what has begun is finished, within a limit.
//!
//! Absent: TLS, which is a proxy's or comes with its own listener.

use super::limits;
use super::route::router;
use super::state::AppState;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves until `shutdown` is done. Live streams end at once, other requests are finished.
///
/// # Errors
/// What the listener meets.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let closing = state.closing.clone();
    let mut closed = closing.subscribe();
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let running = axum::serve(listener, service).with_graceful_shutdown(async move {
        shutdown.await;
        closing.send_replace(true);
    });
    let late = async move {
        // an error means that nobody can close any more, which is the same as never
        if closed.wait_for(|closing| *closing).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(limits::STOP_SECONDS_MAX).await;
    };
    tokio::select! {
        ended = running => ended,
        () = late => {
            tracing::warn!("some requests did not end in time and were cut");
            Ok(())
        }
    }
}
