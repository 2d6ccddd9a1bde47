//! Unpacks gzip bodies of handhelds. Bytes are counted before and after: a bomb costs what the limit allows.

use super::limits;
use super::problem::Failure;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::read::GzDecoder;
use std::io::Read as _;

/// Hands the handler plain bytes.
pub async fn unpack(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let encoding =
        parts.headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
    let body = match encoding.as_deref().map(str::trim) {
        None | Some("" | "identity") => body,
        Some("gzip" | "x-gzip") => {
            parts.headers.remove(header::CONTENT_ENCODING);
            parts.headers.remove(header::CONTENT_LENGTH);
            match inflate(body).await {
                Ok(body) => body,
                Err(failure) => return failure.into_response(),
            }
        }
        Some(_) => {
            let mut response = Failure::not_gzip().into_response();
            response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity"));
            return response;
        }
    };
    next.run(Request::from_parts(parts, body)).await
}

async fn inflate(body: Body) -> Result<Body, Failure> {
    let packed = to_bytes(body, limits::PUSH_WIRE_BYTES_MAX).await.map_err(|_| Failure::too_large())?;
    let most = limits::PUSH_BODY_BYTES_MAX;
    let room = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::with_capacity(packed.len().saturating_mul(4).min(most));
    match GzDecoder::new(packed.as_ref()).take(room).read_to_end(&mut plain) {
        Ok(read) if read > most => Err(Failure::too_large()),
        Ok(_) => Ok(Body::from(plain)),
        Err(_) => Err(Failure::unreadable(
            "broken_body",
            "The gzip packing of the body is damaged. Nothing was kept; send it again.",
        )),
    }
}
