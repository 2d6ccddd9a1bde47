//! Limits: what is too large is refused with a sentence, before it costs anything.

use crate::fixture::{Yard, refused};
use reqwest::Method;

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_on_every_kind_of_route() {
    let yard = Yard::open().await;
    let (admin, handheld) = (yard.sign_in("north-admin").await, yard.enrol(1, "H-01").await);
    let check = |caller: &crate::fixture::Caller, path: &'static str, bytes: usize| {
        let request = caller.request(Method::POST, path).header("content-type", "application/json");
        let text = format!("\"{}\"", "x".repeat(bytes));
        async move { refused(request.body(text).send().await.expect("an answer"), 413, "too_large").await }
    };
    check(&yard.nobody(), "/api/v1/sign-in", 20_000).await;
    check(&yard.nobody(), "/sync/v1/enrol", 20_000).await;
    check(&handheld, "/sync/v1/sign-in", 20_000).await;
    check(&admin, "/api/v1/sites/NORTH/people", 1_100_000).await;
}
