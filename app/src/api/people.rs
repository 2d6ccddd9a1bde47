//! People and handhelds of a site.

use super::{Trouble, call, path::Path};
use shared::{
    api::people::{ChangePerson, DeviceRow, Enrolment, NewEnrolment, NewPerson, OneTimeLink, PersonRow},
    id::{DeviceId, PersonId},
};

/// `GET …/people`
pub async fn people(site: &str) -> Result<Vec<PersonRow>, Trouble> {
    call::get(Path::site(site).segment("people")).await
}
/// `POST …/people`
pub async fn add(site: &str, message: &NewPerson) -> Result<PersonRow, Trouble> {
    call::post(Path::site(site).segment("people"), message).await
}
/// `PUT …/people/{id}`
pub async fn change(site: &str, id: PersonId, message: &ChangePerson) -> Result<(), Trouble> {
    call::put(Path::site(site).segment("people").number(id.0), message).await
}
/// `POST …/people/{id}/link`
pub async fn link(site: &str, id: PersonId) -> Result<OneTimeLink, Trouble> {
    call::ask(Path::site(site).segment("people").number(id.0).segment("link")).await
}
/// `GET …/devices`
pub async fn devices(site: &str) -> Result<Vec<DeviceRow>, Trouble> {
    call::get(Path::site(site).segment("devices")).await
}
/// `POST …/devices/enrolment`
pub async fn enrolment(site: &str, device_name: String) -> Result<Enrolment, Trouble> {
    call::post(Path::site(site).segment("devices").segment("enrolment"), &NewEnrolment { device_name }).await
}
/// `POST …/devices/{id}/revoke`
pub async fn revoke(site: &str, id: DeviceId) -> Result<(), Trouble> {
    call::wish(Path::site(site).segment("devices").number(id.0).segment("revoke")).await
}
