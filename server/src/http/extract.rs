//! Reads requests at the door: JSON bodies, query texts and numbers in paths, each refused with the line, field or word
//! that is wrong. What comes out is typed and inside its limits.
//!
//! Absent: permissions (see [`super::guard`]) and rules about content, which are the actions'.

use super::limits;
use super::problem::Failure;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// A JSON body.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if !is_json(request.headers()) {
            return Err(Failure::not_json().into_response());
        }
        // a body that is too large is refused by the limit of the route; `explain` puts it in words
        let bytes = Bytes::from_request(request, state).await.map_err(|refused| {
            if refused.status() == StatusCode::BAD_REQUEST {
                let sentence = "The body broke off, or its packing is damaged. Nothing was kept; send it again.";
                return Failure::unreadable("broken_body", sentence).into_response();
            }
            refused.into_response()
        })?;
        parse(&bytes).map(Self).map_err(Failure::into_response)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
        .and_then(|value| reader.end().map(|()| value).map_err(|error| (String::new(), error)));
    read.map_err(|(path, error)| {
        let at = format!("line {}, column {}", error.line(), error.column());
        let said = error.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said).to_owned();
        if error.is_data() {
            let field = named_field(&said).or_else(|| (path != "." && !path.is_empty()).then_some(path));
            let failure = Failure::unreadable("bad_field", format!("The JSON does not fit ({at}): {said}."));
            return match field {
                Some(field) => failure.about(&field),
                None => failure,
            };
        }
        Failure::unreadable("bad_json", format!("The body is not JSON ({at}): {said}."))
    })
}

/// The field that a message of the JSON reader names between backticks, for missing and unknown ones.
fn named_field(said: &str) -> Option<String> {
    let rest = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| said.strip_prefix(start))?;
    rest.split('`').next().map(str::to_owned)
}

/// The query text. Unknown and doubled parameters are refused.
pub struct Filter<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Filter<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(filter)) => Ok(Self(filter)),
            Err(refused) => {
                let said = refused.body_text();
                let said = said.rsplit(": ").next().unwrap_or_default().to_owned();
                let failure = Failure::unreadable(
                    "bad_query",
                    format!("The part of the address after `?` cannot be read: {said}."),
                );
                Err(match named_field(&said) {
                    Some(field) => failure.about(&field),
                    None => failure,
                })
            }
        }
    }
}

/// The number (or other id) that a path has in its `{id}`. What is no id is not there: 404.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let text = path_word(parts, state, "id").await?;
        text.parse().map(Self).map_err(|_| Failure::not_found(format!("There is nothing with the number {text}.")))
    }
}

/// One word of the path by its name in the route.
pub async fn path_word<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Result<String, Failure> {
    let words = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| Failure::not_found("The address cannot be read."))?;
    let found = words.iter().find(|(known, _)| *known == name).map(|(_, word)| word.to_owned());
    found.ok_or_else(Failure::internal)
}

/// A page size inside its limits.
///
/// # Errors
/// 400 for zero and for more than the limit: a caller that asked for 10,000 rows and got 500 would not notice.
pub fn rows(asked: Option<u32>, usual: u32, most: u32) -> Result<u32, Failure> {
    match asked {
        None => Ok(usual),
        Some(rows) if (1..=most).contains(&rows) => Ok(rows),
        Some(rows) => Err(Failure::unreadable(
            "bad_limit",
            format!("`limit` is {rows}; this list gives 1 to {most} rows at once."),
        )
        .about("limit")),
    }
}

/// A search text inside its limits, trimmed; `None` when there is nothing in it.
///
/// # Errors
/// 400 when it is too long.
pub fn search_text(text: Option<String>) -> Result<Option<String>, Failure> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > limits::SEARCH_LETTERS_MAX => {
            let most = limits::SEARCH_LETTERS_MAX;
            Err(Failure::unreadable("bad_query", format!("The search text is longer than {most} letters.")).about("q"))
        }
        text => Ok(text),
    }
}
