//! The one route table: method, path, what it asks of whoever calls, and the handler. The router is built from it, and
//! the permission test walks it.
//!
//! Absent: addresses without a row. Below `/api` and `/sync` they are a 404 in JSON, elsewhere they are pages.

use super::guard::{self, Needs};
use super::state::AppState;
use super::{
    account, adjustment, backup, barcode, bundle, count, dashboard, device, discrepancy, finding, health, history,
    incident, item, label, limits, live, location, mark, paper, person, problem, reason, rescue, search, session, sync,
    task, threshold, unpack,
};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use shared::role::Permission::{self, Administer, Decide, ExportAdjustments, PlanWork, SeeBooks, SeePeople, SeeWork};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

/// One row of the table.
pub struct Route {
    /// Which method.
    pub method: Method,
    /// Which path; `{site}` and `{id}` stand for words.
    pub path: &'static str,
    /// What it asks of whoever calls.
    pub needs: Needs,
    size: Size,
    handler: MethodRouter<AppState>,
}

/// How much a request may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    /// Names, passwords, codes.
    Small,
    /// What a desk sends.
    Desk,
    /// What a handheld sends, packed or not.
    Push,
    /// A journal that somebody carries in.
    Rescue,
    /// Little, but the answer takes as long as copying the database does.
    Backup,
}

fn row<H, T>(filter: MethodFilter, method: Method, path: &'static str, needs: Needs, handler: H) -> Route
where
    H: Handler<T, AppState>,
    T: 'static,
{
    let size = if matches!(needs, Needs::Site(_)) { Size::Desk } else { Size::Small };
    Route { method, path, needs, size, handler: on(filter, handler) }
}

fn get<H: Handler<T, AppState>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    row(MethodFilter::GET, Method::GET, path, needs, handler)
}

fn post<H: Handler<T, AppState>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    row(MethodFilter::POST, Method::POST, path, needs, handler)
}

fn put<H: Handler<T, AppState>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    row(MethodFilter::PUT, Method::PUT, path, needs, handler)
}

/// One permission of the site in the path.
macro_rules! at_site {
    ($($permission:expr),+) => {{
        const PERMISSIONS: &[Permission] = &[$($permission),+];
        Needs::Site(PERMISSIONS)
    }};
}

macro_rules! site {
    ($rest:literal) => {
        concat!("/api/v1/sites/{site}", $rest)
    };
}

/// Every route.
#[must_use]
pub fn table() -> Vec<Route> {
    vec![
        get("/healthz", Needs::Open, health::live),
        get("/readyz", Needs::Open, health::ready),
        post("/api/v1/sign-in", Needs::Open, account::sign_in),
        post("/api/v1/setup", Needs::Open, account::set_up),
        post("/api/v1/join", Needs::Open, account::join),
        post("/api/v1/sign-out", Needs::Session, account::sign_out),
        get("/api/v1/me", Needs::Session, account::me),
        get(site!("/dashboard"), at_site!(SeeWork), dashboard::find),
        get(site!("/counts"), at_site!(SeeWork), count::list),
        post(site!("/counts"), at_site!(PlanWork), count::create),
        get(site!("/counts/{id}"), at_site!(SeeWork), count::detail),
        get(site!("/counts/{id}/lacks"), at_site!(SeeWork), count::lacks),
        post(site!("/counts/{id}/close"), at_site!(PlanWork), count::close),
        get(site!("/tasks"), at_site!(SeeWork), task::list),
        post(site!("/tasks/assign"), at_site!(PlanWork), task::assign),
        post(site!("/tasks/{id}/cancel"), at_site!(PlanWork), task::cancel),
        get(site!("/counters"), at_site!(SeeWork), task::list_counters),
        get(site!("/locations"), at_site!(SeeWork), location::list),
        get(site!("/items"), at_site!(SeeWork), item::list),
        get(site!("/aisles"), at_site!(SeeWork), label::list_aisles),
        get(site!("/labels/bins"), at_site!(PlanWork, Administer), label::preview::<label::WantedBins>),
        get(site!("/labels/bins/print"), at_site!(PlanWork, Administer), label::print::<label::WantedBins>),
        get(site!("/labels/bins/zpl"), at_site!(PlanWork, Administer), label::zpl::<label::WantedBins>),
        get(site!("/labels/items"), at_site!(PlanWork, Administer), label::preview::<label::WantedItems>),
        get(site!("/labels/items/print"), at_site!(PlanWork, Administer), label::print::<label::WantedItems>),
        get(site!("/labels/items/zpl"), at_site!(PlanWork, Administer), label::zpl::<label::WantedItems>),
        get(site!("/paper/print"), at_site!(PlanWork), paper::print),
        get(site!("/paper/sheet"), at_site!(PlanWork), paper::find),
        post(site!("/paper/sheets"), at_site!(PlanWork), paper::type_in),
        get(site!("/barcodes/unknown"), at_site!(SeeWork), barcode::list_unknown),
        post(site!("/barcodes/name"), at_site!(PlanWork), barcode::name),
        get(site!("/people"), at_site!(SeePeople), person::list),
        post(site!("/people"), at_site!(Administer), person::add),
        put(site!("/people/{id}"), at_site!(Administer), person::change),
        post(site!("/people/{id}/link"), at_site!(Administer), person::link),
        get(site!("/devices"), at_site!(SeePeople), device::list),
        post(site!("/devices/enrolment"), at_site!(Administer), device::offer_enrolment),
        post(site!("/devices/{id}/revoke"), at_site!(Administer), device::revoke),
        get(site!("/rescue"), at_site!(PlanWork, Administer), rescue::list),
        Route { size: Size::Rescue, ..post(site!("/rescue"), at_site!(PlanWork, Administer), rescue::take) },
        post(site!("/rescue/{id}/again"), at_site!(PlanWork, Administer), rescue::take_again),
        get(site!("/thresholds"), at_site!(SeeBooks, Administer), threshold::find),
        put(site!("/thresholds"), at_site!(Administer), threshold::set),
        get(site!("/reasons"), at_site!(SeeWork), reason::list),
        post(site!("/reasons"), at_site!(Administer), reason::add),
        get(site!("/findings"), at_site!(SeeBooks), finding::list),
        get(site!("/attention"), at_site!(SeeWork), incident::attention),
        get(site!("/incidents"), at_site!(SeeWork), incident::list),
        post(site!("/incidents/{id}/close"), at_site!(PlanWork, Administer), incident::close),
        get(site!("/marks"), at_site!(SeeWork), mark::list),
        post(site!("/marks/decide"), at_site!(PlanWork, Administer), mark::decide),
        get(site!("/discrepancies"), at_site!(SeeBooks), discrepancy::list),
        get(site!("/discrepancies/{id}"), at_site!(SeeBooks), discrepancy::detail),
        post(site!("/discrepancies/{id}/approve"), at_site!(Decide), discrepancy::approve),
        post(site!("/discrepancies/{id}/reject"), at_site!(Decide), discrepancy::reject),
        post(site!("/discrepancies/{id}/recount"), at_site!(Decide), discrepancy::order_round),
        post(site!("/discrepancies/{id}/pair"), at_site!(Decide), discrepancy::pair),
        get(site!("/adjustments"), at_site!(SeeBooks, ExportAdjustments), adjustment::list),
        post(site!("/adjustments/export"), at_site!(ExportAdjustments), adjustment::export),
        post(site!("/adjustments/acknowledge"), at_site!(ExportAdjustments), adjustment::acknowledge),
        get(site!("/history/{subject}/{id}"), at_site!(SeeBooks), history::list),
        get(site!("/search"), at_site!(SeeBooks), search::list),
        get(site!("/backups"), at_site!(Administer), backup::list),
        Route { size: Size::Backup, ..post(site!("/backups"), at_site!(Administer), backup::make) },
        put(site!("/backups/plan"), at_site!(Administer), backup::plan),
        Route { size: Size::Backup, ..post(site!("/backups/restore"), at_site!(Administer), backup::restore) },
        get(site!("/restore-status"), at_site!(SeePeople), backup::status),
        get(site!("/live"), at_site!(SeeWork), live::follow),
        post("/sync/v1/enrol", Needs::Open, sync::enrol),
        post("/sync/v1/sign-in", Needs::Device, sync::sign_in),
        Route { size: Size::Push, ..post("/sync/v1/push", Needs::AnyDevice, sync::push) },
        get("/sync/v1/pull", Needs::Device, sync::pull),
        get("/sync/v1/shard/{kind}/{number}", Needs::Device, sync::shard),
    ]
}

/// The whole server: the table, the pages behind it, and what surrounds both.
pub fn router(state: AppState) -> Router {
    let mut router = Router::new();
    for route in table() {
        router = router.route(route.path, mount(route, &state));
    }
    let requests = HeaderName::from_static("x-request-id");
    router
        .fallback(elsewhere)
        .layer(session::layer(&state))
        .layer(CsrfLayer::new())
        .layer(RequestBodyTimeoutLayer::new(limits::BODY_PAUSE_SECONDS_MAX))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn(problem::explain))
        .layer(CompressionLayer::new())
        .layer(from_fn(protect))
        .layer(PropagateRequestIdLayer::new(requests.clone()))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(SetRequestIdLayer::new(requests, MakeRequestUuid))
        .with_state(state)
}

fn mount(route: Route, state: &AppState) -> MethodRouter<AppState> {
    let (bytes_max, time_max): (usize, Duration) = match route.size {
        Size::Small => (limits::OPEN_BODY_BYTES_MAX, limits::DESK_REQUEST_SECONDS_MAX),
        Size::Desk => (limits::DESK_BODY_BYTES_MAX, limits::DESK_REQUEST_SECONDS_MAX),
        Size::Rescue => (limits::RESCUE_BODY_BYTES_MAX, limits::SYNC_REQUEST_SECONDS_MAX),
        Size::Backup => (limits::OPEN_BODY_BYTES_MAX, limits::BACKUP_REQUEST_SECONDS_MAX),
        Size::Push => (limits::PUSH_BODY_BYTES_MAX, limits::SYNC_REQUEST_SECONDS_MAX),
    };
    let handler: MethodRouter<AppState> = route.handler.layer(DefaultBodyLimit::max(bytes_max));
    let handler = if route.size == Size::Push { handler.layer(from_fn(unpack::unpack)) } else { handler };
    let handler: MethodRouter<AppState> =
        handler.route_layer(from_fn_with_state((state.clone(), route.needs), guard::check));
    handler.route_layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time_max))
}

/// Addresses without a row.
async fn elsewhere(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if problem::speaks_json(uri.path()) {
        return problem::unknown_route(uri.path()).into_response();
    }
    bundle::serve(method, uri, headers).await
}

/// Headers that every answer carries.
async fn protect(request: Request, next: axum::middleware::Next) -> Response {
    let is_json = problem::speaks_json(request.uri().path());
    let mut response = next.run(request).await;
    bundle::protect(response.headers_mut());
    if is_json && !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// What the log says of a request: no query text (people search for people) and no credential.
fn span(request: &axum::http::Request<Body>) -> tracing::Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}
