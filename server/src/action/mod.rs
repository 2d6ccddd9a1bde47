//! What people and handhelds do, one verb a file and one transaction each: load, let `shared` decide, append facts.
//!
//! Absent: HTTP and SQL.

pub mod add_person;
pub mod change_person;
pub mod enrol;
pub mod join;
pub mod link_person;
pub mod password;
pub mod revoke_device;
pub mod secret;
pub mod set_up;
pub mod sign_in;
pub mod throttle;

use crate::store;
use shared::{
    id::{PersonId, SiteId},
    refusal::Refusal,
};

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
