//! Signing in at the desk, setting up, and one-time links.

use crate::{id::PersonId, role::Role};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/sign-in`, answers [`Me`]; 401 `wrong_credentials`, 429 `too_many_tries`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub username: String,
    pub password: String,
}

/// A site as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MySite {
    pub code: String,
    pub name: String,
    pub currency: String,
    pub time_zone: String,
    pub roles: Vec<Role>,
}

/// `GET /api/v1/me`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: PersonId,
    pub username: String,
    pub name: String,
    pub sites: Vec<MySite>,
}

/// `POST /api/v1/setup`: the first admin and the first site, opened by the one-time link printed at the first start
/// (`/desk/setup#token=…`). Signs in and answers [`Me`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    pub token: String,
    pub site_code: String,
    pub site_name: String,
    pub currency: String,
    pub time_zone: String,
    pub username: String,
    pub name: String,
    pub password: String,
}

/// `POST /api/v1/join`: sets a password by a person's one-time link (`/desk/join#token=…`). Signs in, answers [`Me`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    pub token: String,
    pub password: String,
}
