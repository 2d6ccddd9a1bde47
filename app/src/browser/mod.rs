//! The only place that touches the browser (`web_sys`): small typed functions, one file a subject.
//!
//! Absent: decisions. Whatever can be decided without a browser is decided elsewhere and tested natively.

#[cfg(feature = "view")]
pub mod http;
#[cfg(feature = "desk")]
pub mod live;
#[cfg(feature = "desk")]
pub mod page;
