//! Files carried in from handhelds.

use super::{Trouble, call, path::Path};
use shared::api::rescue::{NewRescue, RescueReport, RescueRow};

/// `GET …/rescue`
pub async fn list(site: &str) -> Result<Vec<RescueRow>, Trouble> {
    call::get(Path::site(site).segment("rescue")).await
}
/// `POST …/rescue`
pub async fn take(site: &str, message: &NewRescue) -> Result<RescueReport, Trouble> {
    call::post(Path::site(site).segment("rescue"), message).await
}
/// `POST …/rescue/{id}/again`
pub async fn take_again(site: &str, id: &str) -> Result<RescueReport, Trouble> {
    call::ask(Path::site(site).segment("rescue").segment(id).segment("again")).await
}
