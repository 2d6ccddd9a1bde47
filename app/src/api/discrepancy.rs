//! Discrepancies, what supervisors decide about them, adjustments, findings and history.

use super::{Trouble, call, path::Path};
use shared::{
    api::{
        discrepancy::{
            Acknowledge, AdjustmentRow, Decide, DiscrepancyDetail, DiscrepancyPage, ExportedBatch, OrderRound, Pair,
        },
        history::{HistoryPage, SearchHit, Subject},
        master::FindingRow,
    },
    id::DiscrepancyId,
};

/// How many rows of the queue are fetched: more than anybody works through in a shift, little enough to draw at once.
pub const QUEUE_ROWS_MAX: u32 = 300;
/// How many facts of a history come at once.
pub const HISTORY_LINES: u32 = 100;

fn one(site: &str, id: DiscrepancyId) -> Path {
    Path::site(site).segment("discrepancies").number(id.0)
}

/// `GET …/discrepancies`
pub async fn discrepancies(site: &str, state: &str, q: &str) -> Result<DiscrepancyPage, Trouble> {
    let path = Path::site(site).segment("discrepancies").ask("state", state).ask("q", q);
    call::get(path.ask("limit", &QUEUE_ROWS_MAX.to_string())).await
}
/// `GET …/discrepancies/{id}`
pub async fn discrepancy(site: &str, id: DiscrepancyId) -> Result<DiscrepancyDetail, Trouble> {
    call::get(one(site, id)).await
}
/// `POST …/discrepancies/{id}/approve`
pub async fn approve(site: &str, id: DiscrepancyId, message: &Decide) -> Result<(), Trouble> {
    call::tell(one(site, id).segment("approve"), message).await
}
/// `POST …/discrepancies/{id}/reject`
pub async fn reject(site: &str, id: DiscrepancyId, message: &Decide) -> Result<(), Trouble> {
    call::tell(one(site, id).segment("reject"), message).await
}
/// `POST …/discrepancies/{id}/recount`
pub async fn order_round(site: &str, id: DiscrepancyId, message: &OrderRound) -> Result<(), Trouble> {
    call::tell(one(site, id).segment("recount"), message).await
}
/// `POST …/discrepancies/{id}/pair`
pub async fn pair(site: &str, id: DiscrepancyId, message: &Pair) -> Result<(), Trouble> {
    call::tell(one(site, id).segment("pair"), message).await
}
/// `GET …/adjustments`
pub async fn adjustments(site: &str, state: &str) -> Result<Vec<AdjustmentRow>, Trouble> {
    call::get(Path::site(site).segment("adjustments").ask("state", state)).await
}
/// `POST …/adjustments/export`
pub async fn export(site: &str) -> Result<ExportedBatch, Trouble> {
    call::ask(Path::site(site).segment("adjustments").segment("export")).await
}
/// `POST …/adjustments/acknowledge`
pub async fn acknowledge(site: &str, message: &Acknowledge) -> Result<(), Trouble> {
    call::tell(Path::site(site).segment("adjustments").segment("acknowledge"), message).await
}
/// `GET …/findings`
pub async fn findings(site: &str) -> Result<Vec<FindingRow>, Trouble> {
    call::get(Path::site(site).segment("findings").ask("limit", "200")).await
}
/// `GET …/search`
pub async fn search(site: &str, q: &str) -> Result<Vec<SearchHit>, Trouble> {
    call::get(Path::site(site).segment("search").ask("q", q)).await
}
/// `GET …/history/{subject}/{id}`
pub async fn history(site: &str, subject: Subject, id: i64, before: Option<i64>) -> Result<HistoryPage, Trouble> {
    let path = Path::site(site).segment("history").segment(subject.word()).number(id);
    let before = before.map(|position| position.to_string()).unwrap_or_default();
    call::get(path.ask("before", &before).ask("limit", &HISTORY_LINES.to_string())).await
}
