//! Sessions of the desk: kept in the store under the hash of their id, ended by idleness, age, signing out, a new
//! password, or being shut out.
//!
//! Absent: what a person may do; that is asked anew with every request (see [`super::guard`]).

use super::limits;
use super::problem::Failure;
use super::state::AppState;
use crate::store::session::{self as rows, SessionRow};
use crate::store::{Error, Store};
use async_trait::async_trait;
use shared::id::PersonId;
use shared::moment::Moment;
use std::fmt;
use tower_sessions::cookie::{SameSite, time::OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Session, SessionManagerLayer};

const PERSON: &str = "person";
const SIGNED_IN_AT: &str = "signed_in_at";
const TOUCHED_AT: &str = "touched_at";
const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The layer that finds a request's session by its cookie.
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    // `__Host-` binds the cookie to https and to this very host; plain http is for loopback alone and cannot have it
    let name = if state.https { "__Host-trueup" } else { "trueup" };
    SessionManagerLayer::new(Sessions(state.store.clone()))
        .with_name(name)
        .with_secure(state.https)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_path("/")
}

/// Begins a session for a person who has just proved who they are, under a fresh id.
pub async fn begin(session: &Session, person: PersonId, now: Moment) -> Result<(), Failure> {
    session.cycle_id().await.map_err(failed)?;
    session.clear().await;
    session.insert(PERSON, person.0).await.map_err(failed)?;
    session.insert(SIGNED_IN_AT, now.0).await.map_err(failed)?;
    session.insert(TOUCHED_AT, now.0).await.map_err(failed)?;
    // written now, so that an answer that says "signed in" is true
    session.save().await.map_err(failed)
}

/// Whose session it is, and notes now and then that it is used.
pub async fn find_person(session: &Session, now: Moment) -> Result<Option<PersonId>, Failure> {
    let Some(person) = session.get::<i64>(PERSON).await.map_err(failed)? else { return Ok(None) };
    let touched = session.get::<i64>(TOUCHED_AT).await.map_err(failed)?.map_or(now, Moment);
    if now.ms_since(touched) >= limits::SESSION_TOUCH_MINUTES * MINUTE_MS {
        session.insert(TOUCHED_AT, now.0).await.map_err(failed)?;
    }
    Ok(Some(PersonId(person)))
}

/// Ends the session.
pub async fn end(session: &Session) -> Result<(), Failure> {
    session.flush().await.map_err(failed)
}

fn failed(error: tower_sessions::session::Error) -> Failure {
    tracing::error!(%error, "a session could not be read or written");
    Failure::busy()
}

/// The store's sessions, in the form that the layer wants.
#[derive(Clone)]
pub struct Sessions(Store);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// When a session ends: idle or too old, whichever comes first, by the store's clock.
fn expires_at(record: &Record, now: Moment) -> Moment {
    let idle = now.plus_ms(limits::SESSION_IDLE_HOURS * HOUR_MS);
    match record.data.get(SIGNED_IN_AT).and_then(serde_json::Value::as_i64) {
        Some(signed_in_at) => idle.min(Moment(signed_in_at).plus_ms(limits::SESSION_DAYS_MAX * 24 * HOUR_MS)),
        None => idle,
    }
}

fn to_row(record: &Record, now: Moment) -> session_store::Result<SessionRow> {
    let data = serde_json::to_vec(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))?;
    let person = record.data.get(PERSON).and_then(serde_json::Value::as_i64).map(PersonId);
    Ok(SessionRow { person, data, expires_at: expires_at(record, now) })
}

fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let (id, row) = (record.id.to_string(), to_row(record, self.0.clock().now())?);
            if self.0.write(move |tx| rows::create(tx, id.as_bytes(), &row)).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let (id, row) = (record.id.to_string(), to_row(record, self.0.clock().now())?);
        self.0.write(move |tx| rows::save(tx, id.as_bytes(), &row)).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let key = id.to_string();
        let Some(row) = self.0.read(move |tx| rows::find(tx, key.as_bytes())).await.map_err(backend)? else {
            return Ok(None);
        };
        let data =
            serde_json::from_slice(&row.data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.0 / 1000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let key = id.to_string();
        self.0.write(move |tx| rows::delete(tx, key.as_bytes())).await.map_err(backend)
    }
}
