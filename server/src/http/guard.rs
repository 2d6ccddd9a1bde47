//! Who may pass: runs before every handler, by what its row in the route table says.
//!
//! Absent: rules about whose work is decided on; those are the actions'.

use super::extract::path_word;
use super::problem::Failure;
use super::session;
use super::state::AppState;
use crate::action::Doer;
use crate::read::access::{self, Access};
use crate::store::credential;
use crate::store::device::DeviceRow;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use shared::id::PersonId;
use shared::role::{Permission, Role, grants, may};
use std::net::SocketAddr;
use tower_sessions::Session;

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Open,
    /// Somebody signed in at the desk.
    Session,
    /// Somebody signed in who holds one of these permissions on the site in the path.
    Site(&'static [Permission]),
    /// A handheld that was not revoked.
    Device,
    /// A handheld, revoked or not: it may always deposit what it holds (`SYNC.md` section 5).
    AnyDevice,
}

/// Somebody signed in.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub PersonId);

/// Somebody signed in, on the site in the path.
#[derive(Debug, Clone)]
pub struct AtSite {
    /// Who.
    pub person: PersonId,
    /// What they are there.
    pub access: Access,
}

impl AtSite {
    /// Them, as actions know who does something.
    pub const fn doer(&self) -> Doer {
        Doer::desk(self.access.site, self.person)
    }
    /// Whether they hold a permission there.
    pub fn may(&self, permission: Permission) -> bool {
        may(&self.access.roles, permission)
    }
}

/// The handheld that calls.
#[derive(Debug, Clone)]
pub struct Device(pub DeviceRow);

/// Where a request came from, for slowing guesses down. Addresses that a proxy tells are not believed.
#[derive(Debug, Clone)]
pub struct Place(pub String);

macro_rules! from_guard {
    ($($of:ident),+) => {$(
        impl<S: Send + Sync> FromRequestParts<S> for $of {
            type Rejection = Failure;
            async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
                // absent only where a handler stands on a route that does not ask for it
                parts.extensions.get::<Self>().cloned().ok_or_else(Failure::internal)
            }
        }
    )+};
}
from_guard!(Caller, AtSite, Device);

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        Ok(Self(address.map_or_else(|| "address:unknown".into(), |address| format!("address:{address}"))))
    }
}

/// The check itself.
pub async fn check(State((state, needs)): State<(AppState, Needs)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match pass(&state, needs, &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(failure) => failure.into_response(),
    }
}

async fn pass(state: &AppState, needs: Needs, parts: &mut Parts) -> Result<(), Failure> {
    match needs {
        Needs::Open => Ok(()),
        Needs::Session => {
            let person = signed_in(state, parts).await?;
            parts.extensions.insert(Caller(person));
            Ok(())
        }
        Needs::Site(permissions) => {
            let person = signed_in(state, parts).await?;
            let code = path_word(parts, state, "site").await?;
            let found = state.store.read(move |tx| access::find_access(tx, person, &code)).await?;
            let access = found.ok_or_else(Failure::no_such_site)?;
            if !permissions.iter().any(|permission| may(&access.roles, *permission)) {
                return Err(forbidden(&access, permissions));
            }
            parts.extensions.insert(AtSite { person, access });
            Ok(())
        }
        Needs::Device | Needs::AnyDevice => {
            let secret = bearer(parts).ok_or_else(Failure::device_unknown)?.to_owned();
            let found = state.store.read(move |tx| credential::find_device(tx, &secret)).await?;
            let device = found.ok_or_else(Failure::device_unknown)?;
            if device.revoked && needs == Needs::Device {
                return Err(Failure::device_revoked());
            }
            parts.extensions.insert(Device(device));
            Ok(())
        }
    }
}

async fn signed_in(state: &AppState, parts: &mut Parts) -> Result<PersonId, Failure> {
    let session = parts.extensions.get::<Session>().cloned().ok_or_else(Failure::internal)?;
    session::find_person(&session, state.store.clock().now()).await?.ok_or_else(Failure::not_signed_in)
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

fn forbidden(access: &Access, permissions: &[Permission]) -> Failure {
    let is_enough = |role: &Role| permissions.iter().any(|permission| grants(*role, *permission));
    let needed: Vec<Role> = Role::ALL.into_iter().filter(is_enough).collect();
    let site = &access.site_code;
    if needed.iter().any(|role| access.roles.contains(role)) {
        return Failure::forbidden(
            "forbidden",
            format!(
                "Whoever counts at {site} stays blind to its books, so the role counter excludes this. Use another name for it."
            ),
        );
    }
    let words = |roles: &[Role], joint: &str| roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(joint);
    let (needed, held) = (words(&needed, " or "), words(&access.roles, " and "));
    Failure::forbidden(
        "forbidden",
        format!("This needs the role {needed} at {site}; you are {held} there. Ask an admin of the site."),
    )
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        tracing::error!(%error, "the store failed");
        match error {
            crate::store::Error::Stopped => Self::busy(),
            _ => Self::internal(),
        }
    }
}

impl From<crate::action::Failure> for Failure {
    fn from(failure: crate::action::Failure) -> Self {
        match failure {
            crate::action::Failure::Refused(refusal) => refusal.into(),
            crate::action::Failure::Store(error) => error.into(),
        }
    }
}
