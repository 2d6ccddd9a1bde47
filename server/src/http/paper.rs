//! Paper count sheets: printing them, saying what a printed one is, typing one in.
//!
//! Absent: book quantities; a sheet is as blind as a handheld.

use super::extract::{Body, Filter};
use super::guard::AtSite;
use super::label::{check_number, places, show};
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{self, type_sheet};
use crate::label::page;
use crate::label::paper::{self, DOTS};
use crate::read::label;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::api::paper::{NewPaperSheet, PaperSheet, SheetTyped};
use shared::label::A4;

/// Empty lines of a sheet when nobody says how many: four bins on a page.
const LINES: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    zone: Option<String>,
    aisle: Option<String>,
    count: Option<i64>,
    /// Tasks by their numbers.
    ids: Option<String>,
    lines: Option<usize>,
}

pub async fn print(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<Wanted>,
) -> Result<Response, Failure> {
    let filter = places((wanted.zone, wanted.aisle), wanted.count, wanted.ids.as_deref())?;
    let site = at.access.site;
    let (blanks, now) = state
        .store
        .read(move |tx| {
            let blanks = label::list_blanks(tx, site, &filter, limits::LABELS_MAX + 1, &mut type_sheet::new_number)?;
            Ok::<_, action::Failure>((blanks, type_sheet::wall_clock(tx, site)?))
        })
        .await?;
    check_number(blanks.len())?;
    if blanks.is_empty() {
        let sentence = "No task waits to be counted there. Make a count first; its sheets are printed from its tasks.";
        return Err(Failure::invalid("count", "nothing_chosen", sentence));
    }
    // of two prints that lie about, somebody wants to know which is the newer one
    let foot = format!("Count sheets of {}, printed {}", at.access.site_code, now.format("%Y-%m-%d %H:%M"));
    let pages = paper::pages(&foot, &blanks, wanted.lines.unwrap_or(LINES)).map_err(|_| Failure::internal())?;
    Ok(show(page::document("Count sheets", &pages, A4, DOTS)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedSheet {
    code: String,
}

pub async fn find(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<WantedSheet>) -> Reply<PaperSheet> {
    let site = at.access.site;
    let found =
        state.store.read(move |tx| type_sheet::find_sheet(tx, site, &wanted.code).map(|(_, sheet)| sheet)).await?;
    Ok(Json(found))
}

pub async fn type_in(
    State(state): State<AppState>,
    at: AtSite,
    Body(new): Body<NewPaperSheet>,
) -> Result<(StatusCode, Json<SheetTyped>), Failure> {
    let doer = at.doer();
    let typed = state.store.write(move |tx| type_sheet::type_sheet(tx, &doer, &new)).await?;
    Ok((StatusCode::CREATED, Json(typed)))
}
