//! What changes, as it changes: a stream of server-sent events that says what to fetch again, and nothing more.
//!
//! Absent: the changes themselves. Each fetch asks for permission anew.

use super::guard::AtSite;
use super::limits;
use super::state::AppState;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use shared::api::dashboard::LiveChange;
use shared::role::Permission;
use std::convert::Infallible;
use tokio::time::{Instant, interval_at};
use tokio_stream::wrappers::{BroadcastStream, IntervalStream, WatchStream};
use tokio_stream::{Stream, StreamExt as _};

enum Signal {
    Change(LiveChange),
    /// The server stops, the stream has lived its time, or the listener was too slow: the browser connects again and
    /// fetches everything.
    End,
}

/// Topics whose mere stirring tells about variances.
const BOOK_TOPICS: [&str; 2] = ["discrepancy", "finding"];

pub async fn follow(State(state): State<AppState>, at: AtSite) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let sees_books = at.may(Permission::SeeBooks);
    let site = at.access.site;
    let changes = BroadcastStream::new(state.store.changes()).filter_map(move |change| match change {
        Ok(change) if change.site != site || (!sees_books && BOOK_TOPICS.contains(&change.what)) => None,
        Ok(change) => Some(Signal::Change(LiveChange { what: change.what.into(), position: change.position })),
        Err(_) => Some(Signal::End),
    });
    let closing = WatchStream::new(state.closing.subscribe()).filter(|closing| *closing).map(|_| Signal::End);
    // roles are looked at when a stream begins, so that none may go on for ever
    let old = IntervalStream::new(interval_at(Instant::now() + limits::LIVE_AGE_MAX, limits::LIVE_AGE_MAX))
        .map(|_| Signal::End);
    let events = changes.merge(closing).merge(old).map_while(|signal| match signal {
        Signal::Change(change) => Some(Ok(event(&change))),
        Signal::End => None,
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(limits::LIVE_KEEP_ALIVE))
}

fn event(change: &LiveChange) -> Event {
    // a text and a number always become JSON
    Event::default().json_data(change).unwrap_or_default()
}
