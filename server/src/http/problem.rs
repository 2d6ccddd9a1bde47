//! The one place where anything that went wrong becomes a status code and a problem (RFC 9457): refusals of the domain,
//! the store's troubles, limits, and what the web framework refuses by itself.
//!
//! Absent: details of the store. They are logged once, here, and never sent.

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::problem::Problem;
use shared::refusal::Refusal;
use std::any::Any;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What most handlers answer.
pub type Reply<T> = Result<Json<T>, Failure>;

/// An answer that is not the one hoped for.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    code: String,
    sentence: String,
    field: Option<String>,
    retry_seconds: Option<u64>,
}

impl Failure {
    fn new(status: StatusCode, code: &str, sentence: impl Into<String>) -> Self {
        Self { status, code: code.into(), sentence: sentence.into(), field: None, retry_seconds: None }
    }
    /// 400: the request cannot be read.
    pub fn unreadable(code: &str, sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, sentence)
    }
    /// 422: the request can be read, and one of its fields cannot be meant.
    pub fn invalid(field: &str, code: &str, sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, sentence).about(field)
    }
    /// 401: nobody is signed in.
    pub fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not_signed_in",
            "You are not signed in, or your session has ended. Sign in again; nothing is lost.",
        )
    }
    /// 401: the handheld's credential is missing or unknown.
    pub fn device_unknown() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "device_unknown",
            "This server does not know this handheld. Its counts stay on it; ask an admin for a new enrolment code.",
        )
    }
    /// 403 for a handheld that was revoked and wants to read.
    pub fn device_revoked() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "device_revoked",
            "This handheld was revoked. What it still holds may be sent, but it is shown nothing more; ask an admin to enrol it again.",
        )
    }
    /// 403: signed in, and not allowed to.
    pub fn forbidden(code: &str, sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, sentence)
    }
    /// 404.
    pub fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", sentence)
    }
    /// 404 for whoever asks about a site that does not exist or is none of their business: one answer for both.
    pub fn no_such_site() -> Self {
        Self::not_found("There is no such site, or you have no role there. Ask an admin of the site for one.")
    }
    /// 415: not JSON.
    pub fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "This route reads JSON. Send the header `Content-Type: application/json`.",
        )
    }
    /// 413.
    pub fn too_large() -> Self {
        bare(StatusCode::PAYLOAD_TOO_LARGE)
    }
    /// 415: packed in a way that is not read.
    pub fn not_gzip() -> Self {
        bare(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }
    /// 500 after something that must never happen was logged.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server met an error of its own. Nothing of your request was kept; try again, and tell an admin if it stays.",
        )
    }
    /// 503: cannot be done now.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "The server cannot do this at the moment. Nothing of your request was kept; try again in a few seconds.",
        )
        .retry_after(5)
    }
    /// Names the field it is about.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }
    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_seconds = Some(seconds);
        self
    }
    /// Its stable code.
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// Codes of refusals that mean "what you named does not exist".
const MISSING: [&str; 1] = ["not_found"];
/// Codes that mean "you may not", whatever the state of things.
const FORBIDDEN: [&str; 3] = ["forbidden", "may_not_count", "person_of_other_sites"];
/// Codes of credentials that are wrong.
const UNAUTHORISED: [&str; 4] = ["wrong_credentials", "link_unknown", "code_unknown", "device_unknown"];
/// Codes that mean "the request itself is not right", so that sending it again unchanged never helps.
const UNFIT: [&str; 9] = [
    "nothing_counted",
    "reason_unknown",
    "note_too_long",
    "person_needed",
    "nothing_chosen",
    "nothing_to_count",
    "too_many_rules",
    "too_many",
    "not_a_counter",
];

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code.as_str();
        let status = match code {
            "too_many_tries" => StatusCode::TOO_MANY_REQUESTS,
            "busy" => StatusCode::SERVICE_UNAVAILABLE,
            _ if MISSING.contains(&code) => StatusCode::NOT_FOUND,
            _ if FORBIDDEN.contains(&code) => StatusCode::FORBIDDEN,
            _ if UNAUTHORISED.contains(&code) => StatusCode::UNAUTHORIZED,
            _ if UNFIT.contains(&code) || code.starts_with("bad_") => StatusCode::UNPROCESSABLE_ENTITY,
            // the state of things does not allow it: it may be allowed later, or after looking again
            _ => StatusCode::CONFLICT,
        };
        Self::new(status, &refusal.code, refusal.sentence)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem =
            Problem { code: self.code, status: self.status.as_u16(), detail: self.sentence, field: self.field };
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Trueup"));
        }
        response
    }
}

/// Whether an address belongs to programs, which get problems, and not to people, who get pages.
pub fn speaks_json(path: &str) -> bool {
    ["/api", "/sync"].iter().any(|prefix| path == *prefix || path.starts_with(&format!("{prefix}/")))
}

/// The answer for an address below `/api` or `/sync` that does not exist.
pub fn unknown_route(path: &str) -> Failure {
    Failure::not_found(format!(
        "There is nothing at {path}. Look at the address, or update the program that asked for it."
    ))
}

/// Gives the bare refusals of the framework and of layers (405, 408, 413, 415 …) a code and a sentence.
pub async fn explain(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE);
    if !(status.is_client_error() || status.is_server_error()) || is_problem || !speaks_json(&path) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut explained = bare(status).into_response();
    if let Some(allow) = allow {
        explained.headers_mut().insert(header::ALLOW, allow);
    }
    explained
}

fn bare(status: StatusCode) -> Failure {
    let (code, sentence) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "This address exists, but not for this method; the header `Allow` names those it has.",
        ),
        StatusCode::REQUEST_TIMEOUT => ("timeout", "The request took too long. Nothing of it was kept; send it again."),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too_large",
            "The request is larger than this route reads. Send less at once; a handheld halves its batch.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_encoding",
            "The body came in a form that this route does not read. Send JSON, as it is or packed with gzip.",
        ),
        StatusCode::FORBIDDEN => ("cross_site", "This request came from another site's page and was not carried out."),
        status if status.is_client_error() => ("bad_request", "The request could not be read."),
        _ => return Failure { status, ..Failure::internal() },
    };
    Failure::new(status, code, sentence)
}

/// What is answered when a handler panics; the message goes to the log alone.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> axum::http::Response<Body> {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(said = said.unwrap_or("nothing"), "a handler panicked");
    Failure::internal().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_refusal_has_its_status() {
        let check = |code: &str, status: u16| {
            assert_eq!(Failure::from(Refusal::new(code, "A sentence.")).status.as_u16(), status, "{code}");
        };
        check("not_found", 404);
        check("wrong_credentials", 401);
        check("may_not_count", 403);
        check("too_many_tries", 429);
        check("busy", 503);
        check("bad_name", 422);
        check("reason_unknown", 422);
        // what depends on how things stand, the rules of approval among it
        for code in ["evidence_changed", "stale_version", "approver_counted", "above_limit"] {
            check(code, 409);
        }
    }

    #[test]
    fn only_programs_get_problems() {
        for (path, is_json) in [
            ("/api", true),
            ("/api/v1/me", true),
            ("/sync/v1/push", true),
            ("/apiary", false),
            ("/", false),
            ("/desk", false),
        ] {
            assert_eq!(speaks_json(path), is_json, "{path}");
        }
    }
}
