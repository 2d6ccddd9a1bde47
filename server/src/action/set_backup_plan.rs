//! An admin says when backups are made by themselves and how many stay.
//!
//! Absent: a fact. It is how this computer is run, not the business.

use super::Failure;
use crate::store::{WriteTx, backup};
use shared::backup::{Plan, PlanError};

/// Keeps another plan.
///
/// # Errors
/// `bad_plan`, `bad_time_zone`; the store's.
pub fn set_backup_plan(tx: &WriteTx<'_>, plan: &Plan) -> Result<(), Failure> {
    plan.check().map_err(|error: PlanError| Failure::refused("bad_plan", error.to_string()))?;
    if plan.time_zone.parse::<chrono_tz::Tz>().is_err() {
        let zone = &plan.time_zone;
        return Err(Failure::refused("bad_time_zone", format!("There is no time zone “{zone}”.")));
    }
    Ok(backup::set_plan(tx, plan)?)
}
