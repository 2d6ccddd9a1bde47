//! HTTP: one route table, handlers of a few lines, one place for status codes.
//!
//! Absent: SQL and rules. A handler extracts, calls one action or read, and replies.

mod account;
mod adjustment;
mod backup;
mod barcode;
pub mod bundle;
mod count;
mod dashboard;
mod device;
mod discrepancy;
mod extract;
mod finding;
mod guard;
mod health;
mod history;
mod incident;
mod item;
mod label;
pub mod limits;
mod live;
mod location;
mod mark;
mod paper;
mod person;
pub mod problem;
mod reason;
mod rescue;
pub mod route;
mod search;
mod serve;
mod session;
mod state;
mod sync;
mod task;
mod threshold;
mod unpack;

pub use guard::Needs;
pub use route::router;
pub use serve::serve;
pub use state::AppState;
