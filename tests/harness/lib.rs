//! The harness: the real program, a real browser, the line between them, and the real data, each ready in one call.
//!
//! Everything here panics with what was seen, because its only callers are tests. Ports are the kernel's choice, folders
//! are fresh and go away, and whatever was started is ended when its value is dropped.
#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc)]

pub mod browser;
pub mod data;
pub mod desk;
pub mod disk;
pub mod floor;
pub mod handheld;
pub mod keyboard;
pub mod ledger;
pub mod picture;
pub mod process;
pub mod proxy;
pub mod record;
pub mod report;
pub mod server;
pub mod tls;
pub mod warehouse;

use std::path::{Path, PathBuf};

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_path_buf()
}
