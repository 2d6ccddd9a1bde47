//! What the server knows it lacks of a count when somebody wants to close it (`SYNC.md` section 3): bins nobody has
//! begun, visits that are open or still arriving, entries that handhelds announced, handhelds out of reach.
//!
//! Closing all the same is a decision with a name, and what was lacking is kept with it. Absent: finding it out.

use crate::moment::Moment;
use serde::{Deserialize, Serialize};

/// Codes and visits that are named, at most; the rest is only counted.
pub const NAMED_MAX: usize = 200;
/// A handheld not heard of for this long is out of reach: a page in use says something every minute.
pub const UNHEARD_MS: i64 = 15 * 60 * 1000;

/// A visit that is open, or of which not everything has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenVisit {
    /// The bin's code.
    pub bin: String,
    /// Whoever counts there.
    pub person: String,
    /// On which handheld.
    pub device: String,
    /// Since when, by its corrected clock.
    pub since: Moment,
}

/// A handheld and when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedDevice {
    /// Its name.
    pub device: String,
    /// Entries that it announced and that have not arrived.
    pub waiting: u64,
    /// When it was last heard of.
    pub seen_at: Moment,
}

/// What is lacking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lacks {
    /// How many tasks nobody has begun.
    #[serde(default)]
    pub tasks_open: u64,
    /// Codes of their bins in walk order, the first of them.
    #[serde(default)]
    pub bins: Vec<String>,
    /// How many visits are open or arriving.
    #[serde(default)]
    pub visits_open: u64,
    /// The first of them.
    #[serde(default)]
    pub visits: Vec<OpenVisit>,
    /// Handhelds that announced entries which have not arrived.
    #[serde(default)]
    pub devices: Vec<AwaitedDevice>,
    /// Handhelds that have seen this count and were not heard of lately: what they hold, nobody knows.
    #[serde(default)]
    pub unheard: Vec<AwaitedDevice>,
    /// Marked entries of the site about which nobody has decided; some may belong to this count.
    #[serde(default)]
    pub marked: u64,
}

impl Lacks {
    /// Whether nothing is known to be lacking. A handheld that is switched off over night and a marked entry may hold
    /// something, and mostly do not: they are told, and closing needs no second word for them.
    pub fn is_none(&self) -> bool {
        self.tasks_open == 0 && self.visits_open == 0 && self.devices.is_empty()
    }

    /// What is known to be lacking, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.tasks_open > 0 {
            let named = few(&self.bins, self.tasks_open);
            all.push(format!("{} that nobody has begun: {named}.", many(self.tasks_open, "bin", "bins")));
        }
        if self.visits_open > 0 {
            let visits: Vec<String> = self
                .visits
                .iter()
                .map(|visit| format!("{} ({} on {})", visit.bin, visit.person, visit.device))
                .collect();
            let named = few(&visits, self.visits_open);
            all.push(format!("{} open or still arriving: {named}.", many(self.visits_open, "visit", "visits")));
        }
        for device in &self.devices {
            all.push(format!("{} still on {}.", many(device.waiting, "entry", "entries"), device.device));
        }
        all
    }
}

/// How many of a list a sentence names.
const FEW: usize = 6;

fn few(named: &[String], number: u64) -> String {
    let some = named.iter().take(FEW).cloned().collect::<Vec<_>>().join(", ");
    if number > FEW as u64 { format!("{some} …") } else { some }
}

fn many(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(waiting: u64) -> AwaitedDevice {
        AwaitedDevice { device: "H-04".into(), waiting, seen_at: Moment(0) }
    }

    #[test]
    fn what_is_known_to_be_lacking_is_named() {
        let bins = (1..=9).map(|bin| format!("A-{bin}")).collect();
        let visit = OpenVisit { bin: "B-1".into(), person: "Maria".into(), device: "H-01".into(), since: Moment(0) };
        let lacks = Lacks {
            tasks_open: 9,
            bins,
            visits_open: 1,
            visits: vec![visit],
            devices: vec![device(12)],
            ..Lacks::default()
        };
        assert!(!lacks.is_none());
        assert_eq!(
            lacks.sentences(),
            [
                "9 bins that nobody has begun: A-1, A-2, A-3, A-4, A-5, A-6 ….",
                "1 visit open or still arriving: B-1 (Maria on H-01).",
                "12 entries still on H-04."
            ]
        );
    }

    #[test]
    fn a_handheld_that_is_switched_off_is_told_and_holds_nothing_up() {
        let lacks = Lacks { unheard: vec![device(0)], marked: 3, ..Lacks::default() };
        assert!(lacks.is_none() && lacks.sentences().is_empty());
    }

    #[test]
    fn a_list_without_the_fields_of_today_is_still_read() {
        assert_eq!(serde_json::from_str::<Lacks>("{}").ok(), Some(Lacks::default()));
    }
}
