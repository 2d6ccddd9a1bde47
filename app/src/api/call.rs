//! One exchange with the server: message out, message or [`Trouble`] back.
//!
//! Absent: repeating. A read is repeated by whoever shows it, a decision only by the person who made it.

use super::{Trouble, path::Path};
use crate::browser::http::{self, NoAnswer};
use serde::{Serialize, de::DeserializeOwned};

/// How long anybody waits for an answer. Longer than the server's own limit for a route (30 s), so that its sentence wins.
const PATIENCE_MS: u32 = 35_000;

/// The same for what copies or reads a whole database (15 min).
const PATIENCE_SLOW_MS: u32 = 905_000;

async fn exchange(method: &str, path: &Path, body: Option<String>) -> Result<String, Trouble> {
    exchange_within(method, path, body, PATIENCE_MS).await
}

async fn exchange_within(method: &str, path: &Path, body: Option<String>, ms: u32) -> Result<String, Trouble> {
    let answer = http::exchange(method, path.as_str(), body, ms).await.map_err(|why| match why {
        NoAnswer::Offline => Trouble::Offline,
        NoAnswer::Timeout => Trouble::Timeout,
    })?;
    if (200..300).contains(&answer.status) { Ok(answer.body) } else { Err(Trouble::of(answer.status, &answer.body)) }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Trouble> {
    serde_json::from_str(body).map_err(|error| Trouble::Unreadable(error.to_string()))
}

fn write<B: Serialize>(body: &B) -> Result<Option<String>, Trouble> {
    serde_json::to_string(body).map(Some).map_err(|error| Trouble::Unreadable(error.to_string()))
}

/// Reads.
pub async fn get<T: DeserializeOwned>(path: Path) -> Result<T, Trouble> {
    read(&exchange("GET", &path, None).await?)
}

/// Sends and reads the answer.
pub async fn post<B: Serialize, T: DeserializeOwned>(path: Path, body: &B) -> Result<T, Trouble> {
    read(&exchange("POST", &path, write(body)?).await?)
}

/// Sends; whatever comes back with a success is not looked at.
pub async fn tell<B: Serialize>(path: Path, body: &B) -> Result<(), Trouble> {
    exchange("POST", &path, write(body)?).await.map(|_| ())
}

/// As [`post`], for what takes as long as a disk needs.
pub async fn post_slowly<B: Serialize, T: DeserializeOwned>(path: Path, body: &B) -> Result<T, Trouble> {
    read(&exchange_within("POST", &path, write(body)?, PATIENCE_SLOW_MS).await?)
}

/// As [`tell`], for what takes as long as a disk needs.
pub async fn tell_slowly<B: Serialize>(path: Path, body: &B) -> Result<(), Trouble> {
    exchange_within("POST", &path, write(body)?, PATIENCE_SLOW_MS).await.map(|_| ())
}

/// Sends nothing but the wish and reads the answer.
pub async fn ask<T: DeserializeOwned>(path: Path) -> Result<T, Trouble> {
    read(&exchange("POST", &path, None).await?)
}

/// Sends nothing but the wish.
pub async fn wish(path: Path) -> Result<(), Trouble> {
    exchange("POST", &path, None).await.map(|_| ())
}

/// Replaces.
pub async fn put<B: Serialize>(path: Path, body: &B) -> Result<(), Trouble> {
    exchange("PUT", &path, write(body)?).await.map(|_| ())
}
