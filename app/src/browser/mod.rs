//! The only place that touches the browser (`web_sys`): small typed functions, one file a subject.
//!
//! Absent: decisions. Whatever can be decided without a browser is decided elsewhere and tested natively.

#[cfg(feature = "handheld")]
pub mod camera;
#[cfg(feature = "handheld")]
pub mod device;
#[cfg(feature = "handheld")]
pub mod file;
#[cfg(feature = "handheld")]
pub mod floor;
#[cfg(feature = "handheld")]
pub mod freeze;
#[cfg(feature = "view")]
pub mod http;
#[cfg(feature = "handheld")]
pub mod keys;
#[cfg(feature = "desk")]
pub mod live;
#[cfg(feature = "view")]
pub mod memory;
#[cfg(feature = "handheld")]
pub mod mirror;
#[cfg(feature = "desk")]
pub mod page;
#[cfg(feature = "handheld")]
pub mod place;
#[cfg(feature = "handheld")]
pub mod signature;
#[cfg(feature = "handheld")]
pub mod sound;
#[cfg(feature = "handheld")]
pub mod storage;
#[cfg(feature = "handheld")]
pub mod wait;
#[cfg(feature = "handheld")]
pub mod wire;
