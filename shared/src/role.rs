//! Roles and what each may do: one matrix, used by the server to refuse and by the screens to hide.
//!
//! Absent: rules about *whose* work is decided (nobody approves an own count): those are in [`crate::approval`].

use serde::{Deserialize, Serialize};

/// What a person is on a site (`DOMAIN.md` section 1). A person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Scans bins on a handheld.
    Counter,
    /// Plans and assigns.
    Lead,
    /// Decides outcomes.
    Supervisor,
    /// Reads everything, changes nothing.
    Auditor,
    /// Sites, people, devices, thresholds, integrations.
    Admin,
}

impl Role {
    /// Every role, least powerful first.
    pub const ALL: [Self; 5] = [Self::Counter, Self::Lead, Self::Supervisor, Self::Auditor, Self::Admin];

    /// The word used in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Lead => "lead",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }
    /// Reads the word of a file or table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word().eq_ignore_ascii_case(word.trim()))
    }
}

/// Something a route does, as the matrix sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Record counts with a handheld.
    Capture,
    /// See counts, tasks, progress, unknown barcodes, items and locations at the desk.
    SeeWork,
    /// Make counts, assign, reassign, cancel, name barcodes.
    PlanWork,
    /// See book quantities, variances, discrepancies, figures and history.
    SeeBooks,
    /// Approve, reject, order another round, pair.
    Decide,
    /// Export adjustments and mark them acknowledged.
    ExportAdjustments,
    /// See people and devices.
    SeePeople,
    /// People, devices, thresholds, reasons.
    Administer,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 8] = [
        Self::Capture,
        Self::SeeWork,
        Self::PlanWork,
        Self::SeeBooks,
        Self::Decide,
        Self::ExportAdjustments,
        Self::SeePeople,
        Self::Administer,
    ];
}

/// Whether a role grants a permission. The matrix of the product; a test walks it and every route.
pub const fn grants(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Counter => matches!(permission, P::Capture),
        // Who plans may be sent to count as well (as counter and lead), so planning alone shows no book quantity.
        Role::Lead => matches!(permission, P::SeeWork | P::PlanWork | P::SeePeople),
        Role::Supervisor => {
            matches!(
                permission,
                P::SeeWork | P::PlanWork | P::SeeBooks | P::Decide | P::ExportAdjustments | P::SeePeople
            )
        }
        Role::Auditor => matches!(permission, P::SeeWork | P::SeeBooks | P::SeePeople),
        Role::Admin => matches!(permission, P::SeeWork | P::SeePeople | P::Administer),
    }
}

/// Whether any of the roles grants the permission.
///
/// Somebody who may capture never gets [`Permission::SeeBooks`], or what shows as much, from another role: who scans bins
/// stays blind (`DOMAIN.md` section 7; an adjustment is a variance), so a person who must do both needs two names.
pub fn may(roles: &[Role], permission: Permission) -> bool {
    let granted = roles.iter().any(|role| grants(*role, permission));
    if matches!(permission, Permission::SeeBooks | Permission::Decide | Permission::ExportAdjustments) {
        return granted && !roles.contains(&Role::Counter);
    }
    granted
}
