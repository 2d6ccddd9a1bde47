//! Marked entries, and what is decided about them.

use super::{Trouble, call, path::Path};
use shared::api::mark::{DecideMarks, MarkRow, MarksDecided};

/// `GET …/marks`
pub async fn list(site: &str) -> Result<Vec<MarkRow>, Trouble> {
    call::get(Path::site(site).segment("marks")).await
}
/// `POST …/marks/decide`
pub async fn decide(site: &str, message: &DecideMarks) -> Result<MarksDecided, Trouble> {
    call::post(Path::site(site).segment("marks").segment("decide"), message).await
}
