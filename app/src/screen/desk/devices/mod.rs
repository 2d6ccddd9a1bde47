//! Handhelds: enrolling, watching, revoking.

pub mod view;
