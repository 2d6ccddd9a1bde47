//! Handhelds of a site: the list, codes to enrol one, revoking.

use super::extract::{Body, Id};
use super::guard::AtSite;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{enrol, revoke_device};
use crate::read::device;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use qrcodegen::{QrCode, QrCodeEcc};
use shared::api::people::{DeviceRow, Enrolment, NewEnrolment};
use shared::id::DeviceId;
use std::fmt::Write as _;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<DeviceRow>> {
    Ok(Json(state.store.read(move |tx| device::list(tx, at.access.site)).await?))
}

pub async fn offer_enrolment(
    State(state): State<AppState>,
    at: AtSite,
    headers: HeaderMap,
    Body(new): Body<NewEnrolment>,
) -> Reply<Enrolment> {
    let doer = at.doer();
    let made = state.store.write(move |tx| enrol::offer_enrolment(tx, &doer, &new.device_name, 1)).await?;
    let path = format!("/#enrol={}", made.code);
    let qr_svg = draw_qr(&format!("{}{path}", origin(&state, &headers)?))?;
    Ok(Json(Enrolment { code: made.code, path, qr_svg, expires_at: made.expires_at }))
}

pub async fn revoke(State(state): State<AppState>, at: AtSite, Id(id): Id<DeviceId>) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| revoke_device::revoke_device(tx, &doer, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the admin's browser reached this server, which is where the handheld reaches it as well.
fn origin(state: &AppState, headers: &HeaderMap) -> Result<String, Failure> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.ok_or_else(|| {
        Failure::unreadable("no_host", "The request has no header `Host`, so no address for the QR code is known.")
    })?;
    Ok(format!("{}://{host}", if state.https { "https" } else { "http" }))
}

/// A QR code as an SVG text of one path, with the four modules of quiet zone that scanners want.
fn draw_qr(text: &str) -> Result<String, Failure> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|_| Failure::unreadable("no_host", "The address of this server is too long for a QR code."))?;
    let size = code.size();
    let side = size + 8;
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            // writing into a string cannot fail
            let _ = write!(path, "M{},{}h1v1h-1z", x + 4, y + 4);
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}
