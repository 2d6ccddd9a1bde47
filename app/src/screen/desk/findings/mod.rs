//! Things noticed that block nobody.

pub mod view;
