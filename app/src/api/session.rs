//! Signing in and out, setting up, joining.

use super::{Trouble, call, path::Path};
use shared::api::session::{Join, Me, SetUp, SignIn};

/// `GET /me`
pub async fn me() -> Result<Me, Trouble> {
    call::get(Path::root("me")).await
}
/// `POST /sign-in`
pub async fn sign_in(username: String, password: String) -> Result<Me, Trouble> {
    call::post(Path::root("sign-in"), &SignIn { username, password }).await
}
/// `POST /sign-out`
pub async fn sign_out() -> Result<(), Trouble> {
    call::wish(Path::root("sign-out")).await
}
/// `POST /setup`
pub async fn set_up(message: SetUp) -> Result<Me, Trouble> {
    call::post(Path::root("setup"), &message).await
}
/// `POST /join`
pub async fn join(token: String, password: String) -> Result<Me, Trouble> {
    call::post(Path::root("join"), &Join { token, password }).await
}
