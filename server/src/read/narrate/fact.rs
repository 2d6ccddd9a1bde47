//! What the system, the desk and other programs did, each kind of fact in a sentence.

use super::{About, Narrator, signed};
use crate::store::Error;
use shared::api::history::Subject;
use shared::fact::{Assignee, Fact};
use shared::id::TaskId;
use shared::language::Language;
use shared::mark::MarkDecision;
use shared::role::Role;
use shared::sync::message::LogReason;

impl Narrator<'_, '_> {
    pub(super) fn sentence(&mut self, about: &About, fact: &Fact) -> Result<String, Error> {
        Ok(match fact {
            Fact::SiteAdded { code, name, .. } => format!("Added the site {code} ({name})."),
            Fact::PersonAdded { person, username, .. } => {
                format!("Added {}, who signs in as {username}.", self.who(*person)?)
            }
            Fact::RolesSet { person, roles } => {
                let words: Vec<_> = roles.roles.iter().copied().map(Role::word).collect();
                let limit = roles.approval_limit.map_or(String::new(), |limit| format!(", approving up to {limit}"));
                format!(
                    "Made {} {}{limit}.",
                    self.who(*person)?,
                    if words.is_empty() { "nobody".into() } else { words.join(" and ") }
                )
            }
            Fact::PersonDisabled { person } => format!("Shut {} out.", self.who(*person)?),
            Fact::LanguageSet { person, language } => {
                let language =
                    Language::parse(language).map_or_else(|| language.clone(), |known| known.own_name().to_owned());
                format!("Set the language of {} to {language}.", self.who(*person)?)
            }
            Fact::PasswordSet { person } => format!("Set a password for {}.", self.who(*person)?),
            Fact::PaperOpened { name, .. } => {
                format!(
                    "Began to type count sheets in that were written on paper; they stand under \u{201c}{name}\u{201d}."
                )
            }
            Fact::PaperSheetTyped { code, location, person, .. } => {
                format!(
                    "Typed in the paper sheet {code} of bin {}, counted by {}.",
                    self.bin(*location)?,
                    self.who(*person)?
                )
            }
            Fact::DeviceEnrolled { name, .. } => format!("Enrolled the handheld {name}."),
            Fact::DeviceRevoked { device } => format!("Revoked the handheld {}.", self.device(device.0)?),
            Fact::LogOpened { device, reason, .. } => {
                let why = match reason {
                    LogReason::Fresh => "a fresh start",
                    LogReason::Salvage => "what could be saved after a loss",
                    LogReason::Fork => "a copy that had gone its own way",
                    LogReason::Rescue => "an export brought in by hand",
                };
                format!("{} began a new log: {why}.", self.device(device.0)?)
            }
            Fact::EventConflicted { seq, .. } => {
                format!("A second, different event number {seq} arrived; both are kept.")
            }
            Fact::ServerBehindSeen { believed, held, .. } => format!(
                "It was told that its log is safe here up to entry {}, but only {} were; asked to send them again.",
                believed.seq, held.seq
            ),
            Fact::EventsMissingSeen { missing, .. } if missing.is_empty() => {
                "It lost part of what it had recorded, and cannot say what.".into()
            }
            Fact::EventsMissingSeen { missing, .. } => {
                let spans: Vec<_> = missing.iter().map(|lost| format!("{} to {}", lost.from, lost.to)).collect();
                format!("It lost entries of an earlier log: {}.", spans.join(", "))
            }
            Fact::LogHandedOver { from, to, .. } => {
                format!("{} hands in a log that {} began.", self.device(to.0)?, self.device(from.0)?)
            }
            Fact::DeviceSilentSeen { waiting, .. } => {
                format!("Not heard of for long, with {waiting} entries announced.")
            }
            Fact::EventsDecided { seqs, decision, reason, .. } => {
                let what = match decision {
                    MarkDecision::Confirm => "Confirmed who recorded",
                    MarkDecision::NotTheirs => "Set aside, as not theirs,",
                    MarkDecision::Release => "Let take effect",
                    MarkDecision::Dismiss => "Left without effect",
                };
                format!("{what} {} marked entries. {reason}", seqs.len()).trim_end().into()
            }
            Fact::IncidentMended { .. } => "Heard of again.".into(),
            Fact::IncidentClosed { reason, .. } => format!("Closed an incident: {reason}"),
            Fact::RescueTaken { device, new, .. } => {
                let whose = device.map_or(Ok("a handheld".to_owned()), |device| self.device(device.0))?;
                format!("Carried {new} entries of {whose} in by hand.")
            }
            Fact::ItemsRecorded { rows } => {
                match rows.iter().find(|item| about.subject == Subject::Item && item.id.0 == about.id) {
                    Some(item) => format!(
                        "Recorded {}: {}, unit {}, {} barcodes.",
                        item.sku,
                        item.description,
                        item.unit,
                        item.barcodes.len()
                    ),
                    None => format!("Recorded {} items.", rows.len()),
                }
            }
            Fact::LocationsRecorded { rows } => {
                match rows.iter().find(|bin| about.subject == Subject::Location && bin.id.0 == about.id) {
                    Some(bin) => format!("Recorded bin {}: zone {}, kind {}.", bin.code, bin.zone, bin.kind.word()),
                    None => format!("Recorded {} bins.", rows.len()),
                }
            }
            Fact::BarcodeNamed { barcode, item, pack_factor } => {
                format!("Said that the barcode {barcode} is {pack_factor} of {}.", self.sku(*item)?)
            }
            Fact::MovementsRecorded { source, rows } => format!("{} movements arrived from {source}.", rows.len()),
            Fact::StatementRecorded { source, as_of, rows } => {
                format!("{source} stated {} figures as of {as_of}.", rows.len())
            }
            Fact::RulesSet { version, rules, .. } => {
                format!("Set version {version} of the tolerance rules, {} of them.", rules.len())
            }
            Fact::ReasonAdded { label, .. } => format!("Added the reason \"{label}\"."),
            Fact::CountCreated { name, tasks, why, .. } => {
                format!("Made the count \"{name}\" of {} bins. {why}", tasks.len()).trim_end().into()
            }
            Fact::CountClosed { count, tasks_open, lacks } => {
                let missing = lacks.sentences().join(" ");
                format!("Closed the count \"{}\" with {tasks_open} tasks open. {missing}", self.count(count.0)?)
                    .trim_end()
                    .into()
            }
            Fact::TasksAssigned { tasks, to, why } => {
                let whom = match to {
                    Assignee::Pool => "the pool".into(),
                    Assignee::Person(person) => self.who(*person)?,
                };
                let what = match tasks.as_slice() {
                    [one] => self.task(*one)?,
                    _ if about.subject == Subject::Task => self.task(TaskId(about.id))?,
                    many => format!("{} tasks", many.len()),
                };
                format!("Gave {what} to {whom}. {why}").trim_end().into()
            }
            Fact::TaskCancelled { task } => format!("Called {} off.", self.task(*task)?),
            Fact::DiscrepancyApproved { discrepancy, reason, note, basis, .. } => format!(
                "Approved {} for {} ({reason}). {note}",
                signed(basis.variance),
                self.discrepancy(*discrepancy)?
            )
            .trim_end()
            .into(),
            Fact::DiscrepancyRejected { discrepancy, reason, note, basis } => format!(
                "Let the book stand against {} for {} ({reason}). {note}",
                signed(basis.variance),
                self.discrepancy(*discrepancy)?
            )
            .trim_end()
            .into(),
            Fact::RoundOrdered { discrepancy, note } => {
                format!("Ordered one more round for {}. {note}", self.discrepancy(*discrepancy)?).trim_end().into()
            }
            Fact::DiscrepanciesPaired { short, over, reason, note, .. } => format!(
                "Posted {} and {} as one transfer ({reason}). {note}",
                self.discrepancy(*short)?,
                self.discrepancy(*over)?
            )
            .trim_end()
            .into(),
            Fact::AdjustmentsExported { movements, batch } => {
                format!("Handed {} adjustments over as {batch}.", movements.len())
            }
            Fact::AdjustmentsAcknowledged { movements, reference } => {
                format!("The other system posted {} adjustments under {reference}.", movements.len())
            }
            #[allow(unreachable_patterns, reason = "kinds are added in `shared` first, and told here next")]
            other => format!("{other:?}").split(['{', ' ']).next().unwrap_or_default().to_owned(),
        })
    }
}
