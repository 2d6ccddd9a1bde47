//! Labels and paper count sheets.

use super::{Trouble, call, path::Path};
use shared::api::{
    label::LabelPreview,
    paper::{NewPaperSheet, PaperSheet, SheetTyped},
};

/// `GET …/labels/bins` and `GET …/labels/items`: what would be printed.
pub async fn preview(path: Path) -> Result<LabelPreview, Trouble> {
    call::get(path).await
}
/// `GET …/aisles`
pub async fn aisles(site: &str, zone: &str) -> Result<Vec<String>, Trouble> {
    call::get(Path::site(site).segment("aisles").ask("zone", zone)).await
}
/// `GET …/paper/sheet`
pub async fn sheet(site: &str, code: &str) -> Result<PaperSheet, Trouble> {
    call::get(Path::site(site).segment("paper").segment("sheet").ask("code", code)).await
}
/// `POST …/paper/sheets`
pub async fn type_in(site: &str, message: &NewPaperSheet) -> Result<SheetTyped, Trouble> {
    call::post(Path::site(site).segment("paper").segment("sheets"), message).await
}
