//! Incidents: things that went wrong with a handheld, its log or this server, that people see and close (`SYNC.md`
//! sections 3 and 8). What they are called, what is said about them, and whether somebody has to look.
//!
//! An incident that mends itself says so. Closing one is a decision with a reason and deletes nothing. Absent: noticing
//! them (that is where they happen), and stock: what is odd about stock is a finding.

use crate::{id::LogId, moment::Moment, sync::message::MissingEvents};
use serde::{Deserialize, Serialize};

/// A handheld that announced events and was not heard of for this long is looked for: half a shift, longer than a
/// round through a hall without a network.
pub const SILENT_MS: i64 = 4 * 60 * 60 * 1000;
/// Letters of the reason with which one is closed, at most.
pub const REASON_LETTERS_MAX: usize = 500;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// A handheld was told that more is safe here than is here.
    ServerBehind,
    /// A handheld no longer has events that it had numbered, and they are not here.
    EventsMissing,
    /// Two copies of a handheld write one log.
    Fork,
    /// A handheld hands in the log of another one.
    OtherHandheld,
    /// A handheld said that it holds counts, and was not heard of since.
    DeviceSilent,
    /// This server was restored from a backup.
    Restored,
}

impl IncidentKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::ServerBehind, Self::EventsMissing, Self::Fork, Self::OtherHandheld, Self::DeviceSilent, Self::Restored];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ServerBehind => "server_behind",
            Self::EventsMissing => "events_missing",
            Self::Fork => "fork",
            Self::OtherHandheld => "other_handheld",
            Self::DeviceSilent => "device_silent",
            Self::Restored => "restored",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ServerBehind => "Server behind",
            Self::EventsMissing => "Entries missing",
            Self::Fork => "Handheld copied",
            Self::OtherHandheld => "Log of another handheld",
            Self::DeviceSilent => "Handheld silent",
            Self::Restored => "Server restored",
        }
    }
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// It goes on.
    Open,
    /// It has mended itself.
    Mended,
    /// Somebody closed it.
    Closed,
}

impl IncidentState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Mended, Self::Closed];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mended => "mended",
            Self::Closed => "closed",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One incident, as far as what is said about it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What went wrong.
    pub kind: IncidentKind,
    /// Where it stands.
    pub state: IncidentState,
    /// Whether somebody has to look even once it has mended: nothing explains it.
    pub grave: bool,
    /// The handheld's name; empty where it is about none.
    pub device: String,
    /// The handheld whose log it is, where that is another.
    pub owner: String,
    /// The log it is about.
    pub log: Option<LogId>,
    /// The first event it is about, by its number; 0: nobody knows.
    pub from: u64,
    /// The last event it is about.
    pub to: u64,
    /// How many events it is about.
    pub events: u64,
    /// How far the log is here by now.
    pub here: u64,
    /// Since when, where that is not when it was noticed: when the handheld was last heard of.
    pub since: Option<Moment>,
}

/// `events 7 to 9`, `event 7`.
fn span(from: u64, to: u64) -> String {
    if from >= to { format!("entry {from}") } else { format!("entries {from} to {to}") }
}

fn entries(number: u64) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

impl Incident {
    /// What happened, in one or two sentences.
    pub fn sentence(&self) -> String {
        let device = &self.device;
        match self.kind {
            IncidentKind::ServerBehind if self.grave => format!(
                "{device} was told that its {} are safe here, but they were not, and nobody restored this server. It was asked to send them again.",
                span(self.from, self.to)
            ),
            IncidentKind::ServerBehind => format!(
                "This server was restored to an earlier time: {device} was told that its {} are safe here, but they were not. It was asked to send them again.",
                span(self.from, self.to)
            ),
            IncidentKind::EventsMissing if self.to == 0 => format!(
                "{device} lost part of what it had recorded and goes on in a new log. It could not say what is missing."
            ),
            IncidentKind::EventsMissing => format!(
                "{device} lost {} of an earlier log before they reached this server. It goes on in a new log.",
                span(self.from, self.to)
            ),
            IncidentKind::Fork => format!(
                "Two copies of {device} went on with the same log from entry {}. {} of the second copy {} kept beside the log and count for nothing.",
                self.from,
                entries(self.events),
                if self.events == 1 { "is" } else { "are" }
            ),
            IncidentKind::OtherHandheld => format!(
                "{device} hands in a log that {} began: it was enrolled once more, or its data was copied. What stands in it is taken, and stays with whoever counted it.",
                self.owner
            ),
            IncidentKind::DeviceSilent => format!(
                "{device} said that it holds {} which never arrived, and was not heard of since.",
                entries(self.events)
            ),
            IncidentKind::Restored => "This server went back to an earlier state: a backup was restored, or an older database was put in its place.".to_owned(),
        }
    }

    /// How far it has mended, where that can be said.
    pub fn progress(&self) -> String {
        let device = &self.device;
        match (self.kind, self.state) {
            (IncidentKind::ServerBehind, IncidentState::Mended) => {
                format!("Mended: {device} has sent everything again up to entry {}.", self.to)
            }
            (IncidentKind::ServerBehind, _) => {
                let again = self.here.min(self.to).saturating_sub(self.from.saturating_sub(1));
                format!("{again} of {} are here again.", entries(self.events))
            }
            (IncidentKind::EventsMissing, IncidentState::Mended) if self.to == 0 => {
                format!("{device} has named what is missing: see its other incident.")
            }
            (IncidentKind::EventsMissing, IncidentState::Mended) => {
                format!("Mended: {} have arrived after all.", span(self.from, self.to))
            }
            (IncidentKind::DeviceSilent, IncidentState::Mended) => format!("Mended: {device} was heard of again."),
            (IncidentKind::Restored, IncidentState::Mended) => {
                "Mended: every handheld was heard of since, and what was known to be missing is here again.".to_owned()
            }
            _ => String::new(),
        }
    }

    /// What somebody should do about it.
    pub const fn advice(&self) -> &'static str {
        match (self.kind, self.state) {
            (_, IncidentState::Closed) => "",
            (IncidentKind::ServerBehind, _) if self.grave => {
                "Have the disk of the server checked: it lost what it had confirmed. Keep the handheld charged and in reach until it has sent everything."
            }
            (IncidentKind::ServerBehind, IncidentState::Mended) => "Nothing to do.",
            (IncidentKind::ServerBehind, IncidentState::Open) => {
                "Nothing to do: it sends them by itself. Keep it charged and in reach of the network."
            }
            (IncidentKind::EventsMissing, IncidentState::Mended) => "Nothing to do.",
            (IncidentKind::EventsMissing, IncidentState::Open) => {
                "Ask who used it what they counted then, and have those bins counted again. If there is a rescue file of it, bring that in."
            }
            (IncidentKind::Fork, _) => {
                "Find out which two devices there are and enrol one of them anew. Have the bins that the second copy counted counted again."
            }
            (IncidentKind::OtherHandheld, _) => {
                "If it was enrolled anew, close this. If nobody did that, its data was copied: find the other device and revoke it."
            }
            (IncidentKind::DeviceSilent, IncidentState::Mended) => "Nothing to do.",
            (IncidentKind::DeviceSilent, IncidentState::Open) => {
                "Look for it: charge it, switch it on and bring it to the network; it then sends by itself. If it is gone for good, close this and count its bins again."
            }
            (IncidentKind::Restored, IncidentState::Mended) => "Nothing to do.",
            (IncidentKind::Restored, IncidentState::Open) => {
                "Bring every handheld to the network once; each sends again what is missing. The page of backups says who is waited for."
            }
        }
    }

    /// Whether somebody has to look at it.
    pub const fn needs_person(&self) -> bool {
        match self.state {
            IncidentState::Closed => false,
            IncidentState::Mended => self.grave,
            // a restored server heals by itself, and its own incident says who is waited for
            IncidentState::Open => self.grave || !matches!(self.kind, IncidentKind::ServerBehind),
        }
    }
}

/// What of the events that a handheld lost is not here either. `head` is how far their log has arrived.
pub fn still_missing(lost: MissingEvents, head: u64) -> Option<MissingEvents> {
    let from = lost.from.max(head.saturating_add(1)).max(1);
    (from <= lost.to).then_some(MissingEvents { from, ..lost })
}

/// The reason for closing one, if it can be one.
///
/// # Errors
/// A sentence.
pub fn read_reason(typed: &str) -> Result<String, String> {
    let reason = typed.trim();
    match reason.chars().count() {
        0 => Err("Say why: whoever reads this later should know what was found out and done.".to_owned()),
        number if number > REASON_LETTERS_MAX => {
            Err(format!("A reason has at most {REASON_LETTERS_MAX} letters; this one has {number}."))
        }
        _ => Ok(reason.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn incident(kind: IncidentKind, state: IncidentState, grave: bool) -> Incident {
        Incident {
            kind,
            state,
            grave,
            device: "H-04".into(),
            owner: "H-02".into(),
            log: None,
            from: 101,
            to: 214,
            events: 114,
            here: 120,
            since: None,
        }
    }

    #[test]
    fn a_mended_incident_says_how_and_needs_nobody_unless_nothing_explains_it() {
        let mended = incident(IncidentKind::ServerBehind, IncidentState::Mended, false);
        assert_eq!(mended.progress(), "Mended: H-04 has sent everything again up to entry 214.");
        assert!(!mended.needs_person());
        assert!(Incident { grave: true, ..mended }.needs_person());
    }

    #[test]
    fn a_server_that_was_restored_heals_without_anybody() {
        let open = incident(IncidentKind::ServerBehind, IncidentState::Open, false);
        assert!(!open.needs_person());
        assert_eq!(open.progress(), "20 of 114 entries are here again.");
        assert!(Incident { grave: true, ..open }.needs_person(), "a server that lost something was never restored");
    }

    #[test]
    fn whatever_else_goes_on_needs_somebody_who_is_told_what_to_do() {
        for kind in IncidentKind::ALL {
            for state in IncidentState::ALL {
                for grave in [false, true] {
                    let one = incident(kind, state, grave);
                    assert!(one.sentence().ends_with('.') && !one.sentence().contains("  "), "{}", one.sentence());
                    assert_eq!(one.advice().is_empty(), state == IncidentState::Closed, "{kind:?} {state:?}");
                    let heals = kind == IncidentKind::ServerBehind && !grave;
                    let expected = match state {
                        IncidentState::Open => !heals,
                        IncidentState::Mended => grave,
                        IncidentState::Closed => false,
                    };
                    assert_eq!(one.needs_person(), expected, "{kind:?} {state:?} {grave}");
                }
            }
            assert_eq!(IncidentKind::parse(kind.word()), Some(kind));
        }
    }

    #[test]
    fn a_reason_has_to_say_something() {
        assert!(read_reason("  ").is_err());
        assert!(read_reason(&"x".repeat(REASON_LETTERS_MAX + 1)).is_err());
        assert_eq!(read_reason(" found it "), Ok("found it".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_here_is_never_missing_and_the_rest_always_is(from in 0_u64..50, length in 0_u64..50, head in 0_u64..120) {
            let lost = MissingEvents { log: LogId(Uuid::nil()), from, to: from + length };
            let missing = still_missing(lost, head);
            for seq in 1..120 {
                let was_lost = (lost.from..=lost.to).contains(&seq);
                let is_missing = missing.is_some_and(|missing| (missing.from..=missing.to).contains(&seq));
                prop_assert_eq!(is_missing, was_lost && seq > head);
            }
        }
    }
}
