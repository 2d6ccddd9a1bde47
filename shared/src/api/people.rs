//! People and handhelds of a site.

use crate::{
    id::{DeviceId, PersonId},
    moment::Moment,
    money::Money,
    role::Role,
};
use serde::{Deserialize, Serialize};

/// A row of `GET …/people` (permission SeePeople).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: PersonId,
    pub username: String,
    pub name: String,
    pub language: String,
    pub roles: Vec<Role>,
    pub approval_limit: Option<Money>,
    pub disabled: bool,
    /// Whether a password exists; without one the person needs a link.
    pub can_sign_in: bool,
}

/// `POST …/people` (Administer), answers [`PersonRow`]; `PUT …/people/{id}` changes roles, limit, language and disabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    pub username: String,
    pub name: String,
    pub language: String,
    pub roles: Vec<Role>,
    pub approval_limit: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    pub roles: Vec<Role>,
    pub approval_limit: Option<Money>,
    pub disabled: bool,
    /// A tag of [`crate::language::Language`]; without it, it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// `POST …/people/{id}/link` (Administer): a one-time link with which the person sets a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// Path and fragment, such as `/desk/join#token=…`.
    pub path: String,
    pub expires_at: Moment,
}

/// A row of `GET …/devices` (SeePeople).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    pub id: DeviceId,
    pub name: String,
    pub enrolled_at: Moment,
    pub revoked: bool,
    pub seen_at: Option<Moment>,
    /// Events it said it holds that have not arrived.
    pub waiting: u64,
    pub app: String,
}

/// `POST …/devices/enrolment` (Administer)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// What is written on the handheld, such as `H-04`.
    pub device_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Typed, or scanned from the QR of `link`.
    pub code: String,
    /// Path and fragment that the handheld opens: `/#enrol=CODE`.
    pub path: String,
    /// The QR code as SVG text of `origin + path`.
    pub qr_svg: String,
    pub expires_at: Moment,
}
