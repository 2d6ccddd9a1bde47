//! Incidents, and how much waits for somebody.

use super::{Trouble, call, path::Path};
use shared::{
    api::incident::{Attention, CloseIncident, IncidentRow},
    id::IncidentId,
};

/// `GET …/incidents`
pub async fn list(site: &str) -> Result<Vec<IncidentRow>, Trouble> {
    call::get(Path::site(site).segment("incidents").ask("limit", "200")).await
}
/// `POST …/incidents/{id}/close`
pub async fn close(site: &str, id: IncidentId, message: &CloseIncident) -> Result<(), Trouble> {
    call::tell(Path::site(site).segment("incidents").number(id.0).segment("close"), message).await
}
/// `GET …/attention`
pub async fn attention(site: &str) -> Result<Attention, Trouble> {
    call::get(Path::site(site).segment("attention")).await
}
