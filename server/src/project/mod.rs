//! Projections: what is computed from the facts and stored because reading must be fast. The only writer of those
//! tables; a function of the facts alone, so that `verify` can rebuild them and compare.
//!
//! Absent: clocks, randomness, and decisions.

mod access;
mod attach;
mod count;
mod decision;
mod device;
mod event;
mod incident;
pub mod known;
mod ledger;
mod mark;
mod master;
mod paper;
mod people;
mod place;
mod rescue;
mod round;
mod sheet;
mod timeline;
pub mod trace;
mod verdict;
pub(crate) mod words;

pub use decision::SOURCE;
pub(crate) use event::{Arrived, Marked, apply_event};

use crate::store::{Error, Header, WriteTx};
use shared::{
    api::{discrepancy::DiscrepancyState, history::Subject},
    fact::Fact,
};

/// Applies one fact to the projections.
///
/// # Errors
/// [`Error::Engine`] and what a stored row can be wrong with.
pub fn apply(tx: &mut WriteTx<'_>, header: &Header, fact: &Fact) -> Result<(), Error> {
    match fact {
        Fact::SiteAdded { site, code, name, currency, time_zone } => {
            people::site_added(tx, header, &people::NewSite { id: *site, code, name, currency, time_zone })
        }
        Fact::PersonAdded { person, username, name, language } => {
            people::person_added(tx, header, *person, (username, name, language))
        }
        Fact::RolesSet { person, roles } => people::roles_set(tx, header, *person, roles),
        Fact::PersonDisabled { person } => people::person_disabled(tx, header, *person),
        Fact::LanguageSet { person, language } => people::language_set(tx, header, *person, language),
        Fact::PasswordSet { person } => people::touched(tx, header, *person),
        Fact::DeviceEnrolled { device, name } => device::enrolled(tx, header, *device, name),
        Fact::DeviceRevoked { device } => device::revoked(tx, header, *device),
        Fact::PaperOpened { device, name } => paper::opened(tx, header, *device, name),
        Fact::PaperSheetTyped { sheet, code, task, location, person } => paper::typed(
            tx,
            header,
            &paper::Typed { sheet: *sheet, code, task: *task, location: *location, person: *person },
        ),
        Fact::LogOpened { log, log_no, device, reason, after } => {
            device::log_opened(tx, header, (*log, *log_no), *device, (*reason, *after))
        }
        Fact::EventConflicted { log, seq, chain, .. } => device::conflicted(tx, header, *log, (*seq, *chain)),
        Fact::ServerBehindSeen { log, device, believed, held, restored } => {
            incident::server_behind(tx, header, (*log, *device), (*believed, *held), *restored)
        }
        Fact::EventsMissingSeen { log, missing } => incident::events_missing(tx, header, *log, missing),
        Fact::LogHandedOver { log, from, to } => incident::handed_over(tx, header, *log, (*from, *to)),
        Fact::DeviceSilentSeen { device, since, waiting } => incident::silent(tx, header, *device, (*since, *waiting)),
        Fact::EventsDecided { log, seqs, decision, reason } => {
            mark::decided(tx, header, (*log, seqs), *decision, reason)
        }
        Fact::IncidentMended { incident } => incident::mended(tx, header, *incident),
        Fact::IncidentClosed { incident, reason } => incident::closed(tx, header, *incident, reason),
        Fact::RescueTaken { device, .. } => rescue::taken(tx, header, *device),
        Fact::NobodyLeft { task, why } => count::nobody_left(tx, header, *task, why),
        Fact::ItemsRecorded { rows } => master::items(tx, header, rows),
        Fact::LocationsRecorded { rows } => master::locations(tx, header, rows),
        Fact::BarcodeNamed { barcode, item, pack_factor } => {
            master::barcode_named(tx, header, (barcode, *item, *pack_factor))
        }
        Fact::MovementsRecorded { source, rows } => ledger::movements(tx, header, source, rows),
        Fact::StatementRecorded { source, as_of, rows } => ledger::statement(tx, header, (source, *as_of), rows),
        Fact::RulesSet { version, .. } => master::rules(tx, header, *version, fact),
        Fact::ReasonAdded { code, label } => master::reason(tx, header, code, label),
        Fact::CountCreated { count, name, policy, tasks, why } => {
            let created_by = header.actor;
            let new = count::NewCount { id: *count, name, policy, why, spot: false, created_by };
            count::created(tx, header, &new, tasks)
        }
        Fact::CountClosed { count, .. } => count::closed(tx, header, *count),
        Fact::TasksAssigned { tasks, to, why } => count::assigned(tx, header, (tasks, *to, why)),
        Fact::TaskCancelled { task } => count::cancelled(tx, header, *task),
        Fact::DiscrepancyApproved { discrepancy, reason, note, movement, .. } => {
            decision::approved(tx, header, *discrepancy, (reason, note), *movement)
        }
        Fact::DiscrepancyRejected { discrepancy, reason, note, .. } => {
            decision::rejected(tx, header, *discrepancy, (reason, note))
        }
        Fact::RoundOrdered { discrepancy, note } => decision::round_ordered(tx, header, *discrepancy, note),
        Fact::DiscrepanciesPaired { short, over, reason, note, movement_out, movement_in } => {
            let pair = decision::Pair {
                short: *short,
                over: *over,
                reason,
                note,
                movement_out: *movement_out,
                movement_in: *movement_in,
            };
            decision::paired(tx, header, &pair)
        }
        Fact::AdjustmentsExported { movements, batch } => {
            decision::handed_over(tx, header, movements, (DiscrepancyState::Exported, batch))
        }
        Fact::AdjustmentsAcknowledged { movements, reference } => {
            decision::handed_over(tx, header, movements, (DiscrepancyState::Acknowledged, reference))
        }
        Fact::TimelineStarted { timeline, why, restored_to, file } => {
            timeline::started(tx, header, *timeline, *why, (*restored_to, file))
        }
    }?;
    if let (
        Some(person),
        Fact::PersonAdded { .. } | Fact::RolesSet { .. } | Fact::CountCreated { .. } | Fact::RescueTaken { .. },
    ) = (header.actor, fact)
    {
        trace::history(tx, header, Subject::Person, person.0)?;
    }
    Ok(())
}

/// Everything held back in memory is written; at the end of a batch.
pub(crate) fn flush(tx: &mut WriteTx<'_>) -> Result<(), Error> {
    crate::store::sheet::flush(tx)
}
