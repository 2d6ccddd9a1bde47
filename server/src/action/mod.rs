//! What people and handhelds do, one verb a file and one transaction each: load, let `shared` decide, append facts.
//!
//! Absent: HTTP and SQL.

pub mod acknowledge;
pub mod add_person;
pub mod add_reason;
pub mod approve;
pub mod ask_restore;
pub mod assign;
pub mod cancel;
pub mod change_person;
pub mod close_count;
pub mod close_incident;
pub mod count;
mod decide;
pub mod decide_marks;
pub mod enrol;
pub mod export_adjustments;
pub mod follow_up;
pub mod join;
pub mod link_person;
pub mod name_barcode;
pub mod notice_silence;
pub mod order_round;
pub mod pair;
pub mod password;
pub mod pull;
pub mod push;
pub mod record_items;
pub mod record_locations;
pub mod record_movements;
pub mod record_statement;
pub mod reject;
pub mod rescue;
pub mod revoke_device;
pub mod secret;
pub mod set_backup_plan;
pub mod set_rules;
pub mod set_up;
pub mod shard;
pub mod sign_in;
pub mod throttle;
pub mod type_sheet;

use crate::store;
use shared::{
    id::{PersonId, SiteId},
    refusal::Refusal,
};

/// Rows in one fact, at most: a body of some 200 KB, which history can still show.
pub(crate) const FACT_ROWS_MAX: usize = 1_000;

/// Who does something, where, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// The site it is about; 0 is the installation itself.
    pub site: SiteId,
    /// Who; `None` is the system or the command line.
    pub person: Option<PersonId>,
    /// `desk`, `import`, `system`, or a handheld's name.
    pub origin: &'static str,
}

impl Doer {
    /// A person at the desk.
    pub const fn desk(site: SiteId, person: PersonId) -> Self {
        Self { site, person: Some(person), origin: "desk" }
    }
    /// Somebody with the command line.
    pub const fn import(site: SiteId) -> Self {
        Self { site, person: None, origin: "import" }
    }
}

/// Why an action did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The domain says no. Code `not_found` when what it is about does not exist at the site; `evidence_changed` and
    /// `stale_version` when the person decided on something older.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Failure {
    /// A refusal with its stable code and its sentence.
    pub fn refused(code: &str, sentence: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(code, sentence))
    }
    /// Something that does not exist at the site.
    pub fn not_found(what: &str) -> Self {
        Self::refused(
            "not_found",
            format!("There is no such {what} at this site. Reload the page to see what is there."),
        )
    }
}
