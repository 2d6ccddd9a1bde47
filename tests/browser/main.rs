//! What only a real browser can show, each through the real program where the product is meant.
//!
//! Run by name: `cargo test -p tests --test browser -- --test-threads=2`.
#![forbid(unsafe_code)]

mod access;
mod blind;
mod camera;
mod desk_deeds;
mod insecure;
mod keyboard;
mod layout;
mod offline_count;
mod paper;
mod pin;
mod pipeline;
mod recount;
mod rescue;
mod scanning;
mod second_journal;
mod settings;
mod tour;
mod walk;
