//! What a lead picks for a new count: zones, or single locations, and what becomes of it.
//!
//! Absent: which locations a filter finds (the server knows), and the rules of the count (the site's, frozen by the server).

use crate::screen::desk::words::many;
use shared::{
    api::{
        count::{NewCount, Selection},
        master::LocationRow,
    },
    fact::Assignee,
    id::{LocationId, PersonId},
    policy::Meaning,
};
use std::collections::{BTreeMap, BTreeSet};

/// How locations are picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Whole zones.
    #[default]
    Zones,
    /// One by one.
    Locations,
}

/// What is picked so far. Zones and locations are kept apart, so that looking at the other list loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picked {
    /// Which list counts.
    pub by: By,
    /// Picked zones.
    pub zones: BTreeSet<String>,
    /// Picked locations: walk order decides the order, and whether a task is open already is remembered.
    pub locations: BTreeMap<LocationId, bool>,
}

impl Picked {
    /// Picks a zone or puts it back.
    pub fn toggle_zone(&mut self, zone: &str) {
        if !self.zones.remove(zone) {
            self.zones.insert(zone.to_owned());
        }
    }
    /// Picks a location or puts it back.
    pub fn toggle(&mut self, row: &LocationRow) {
        if self.locations.remove(&row.id).is_none() {
            self.locations.insert(row.id, row.open_task);
        }
    }
    /// Picks all of these that can become a task, or puts them all back when all are picked.
    pub fn toggle_all(&mut self, rows: &[LocationRow]) {
        let free: Vec<&LocationRow> = rows.iter().filter(|row| !row.open_task).collect();
        if free.iter().all(|row| self.locations.contains_key(&row.id)) {
            for row in free {
                self.locations.remove(&row.id);
            }
        } else {
            self.locations.extend(free.into_iter().map(|row| (row.id, false)));
        }
    }
    /// How many tasks it makes: for zones as many as they have locations, less those that have an open task already,
    /// which only the server knows.
    pub fn tasks(&self, zones: &[(String, u64)]) -> Tasks {
        match self.by {
            By::Zones => Tasks {
                number: zones.iter().filter(|(zone, _)| self.zones.contains(zone)).map(|(_, number)| number).sum(),
                at_most: true,
                left_out: 0,
            },
            By::Locations => {
                let left_out = self.locations.values().filter(|open| **open).count() as u64;
                Tasks { number: self.locations.len() as u64 - left_out, at_most: false, left_out }
            }
        }
    }
    /// A name worth proposing.
    pub fn proposed_name(&self) -> String {
        match self.by {
            By::Zones if self.zones.len() == 1 => {
                format!("Zone {}", self.zones.iter().next().map(String::as_str).unwrap_or_default())
            }
            By::Zones if !self.zones.is_empty() => {
                format!("Zones {}", self.zones.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            By::Locations if !self.locations.is_empty() => many(self.locations.len() as u64, "location", "locations"),
            _ => String::new(),
        }
    }
    /// The message, once there is a name and something is picked; else what is missing.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn message(&self, name: &str, assignee: &str, shared: bool) -> Result<NewCount, &'static str> {
        let selection = match self.by {
            By::Zones if self.zones.is_empty() => return Err("Pick at least one zone."),
            By::Zones => Selection::Zones { zones: self.zones.iter().cloned().collect() },
            By::Locations if self.locations.is_empty() => return Err("Pick at least one location."),
            By::Locations => Selection::Locations { ids: self.locations.keys().copied().collect() },
        };
        let name = name.trim();
        if name.is_empty() {
            return Err("Give the count a name: handhelds show it.");
        }
        Ok(NewCount {
            name: name.to_owned(),
            selection,
            assignee: read_assignee(assignee),
            meaning: if shared { Meaning::Shared } else { Meaning::Independent },
            rounds_max: None,
        })
    }
}

/// What a count becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tasks {
    /// How many.
    pub number: u64,
    /// True: locations with an open task are still to be taken off.
    pub at_most: bool,
    /// Picked locations that are left out because they have an open task.
    pub left_out: u64,
}

impl Tasks {
    /// As the button's neighbour says it.
    pub fn sentence(&self) -> String {
        let tasks = many(self.number, "task", "tasks");
        match (self.number, self.at_most, self.left_out) {
            (0, _, 0) => "Nothing picked yet.".to_owned(),
            (_, true, _) => format!("Makes {tasks}, less those that are open already."),
            (_, _, 0) => format!("Makes {tasks}."),
            (_, _, left) => {
                format!("Makes {tasks}; {} already open and left out.", many(left, "location is", "locations are"))
            }
        }
    }
}

/// The value of a select: a person's number, or anything else for the pool.
pub fn read_assignee(value: &str) -> Assignee {
    value.parse::<PersonId>().map_or(Assignee::Pool, Assignee::Person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::location::LocationKind;

    fn row(id: i64, open_task: bool) -> LocationRow {
        LocationRow {
            id: LocationId(id),
            code: format!("A-{id}"),
            zone: "A".into(),
            aisle: String::new(),
            kind: LocationKind::Pick,
            walk_order: id,
            counted_at: None,
            open_task,
        }
    }

    #[test]
    fn picking_all_leaves_out_what_is_open_and_puts_back_when_all_are_picked() {
        let rows = [row(1, false), row(2, true), row(3, false)];
        let mut picked = Picked { by: By::Locations, ..Picked::default() };
        picked.toggle_all(&rows);
        assert_eq!(picked.tasks(&[]).sentence(), "Makes 2 tasks.");
        picked.toggle_all(&rows);
        assert_eq!(picked.tasks(&[]).sentence(), "Nothing picked yet.");
    }

    #[test]
    fn a_location_with_an_open_task_is_named_as_left_out() {
        let mut picked = Picked { by: By::Locations, ..Picked::default() };
        picked.toggle(&row(1, false));
        picked.toggle(&row(2, true));
        assert_eq!(picked.tasks(&[]).sentence(), "Makes 1 task; 1 location is already open and left out.");
    }

    #[test]
    fn zones_make_as_many_tasks_as_they_have_locations() {
        let mut picked = Picked::default();
        picked.toggle_zone("B");
        let zones = [("A".to_owned(), 10), ("B".to_owned(), 12)];
        assert_eq!(picked.tasks(&zones).number, 12);
        assert_eq!(picked.proposed_name(), "Zone B");
        picked.toggle_zone("B");
        assert_eq!(picked.message("x", "", false), Err("Pick at least one zone."));
    }

    #[test]
    fn a_count_without_a_name_is_not_sent() {
        let mut picked = Picked::default();
        picked.toggle_zone("A");
        assert!(picked.message("  ", "", false).is_err());
        let message = picked.message(" Monday ", "7", true).expect("whole");
        assert_eq!(message.name, "Monday");
        assert_eq!(message.assignee, Assignee::Person(PersonId(7)));
        assert_eq!(message.meaning, Meaning::Shared);
    }

    #[test]
    fn no_person_means_the_pool() {
        assert_eq!(read_assignee("pool"), Assignee::Pool);
        assert_eq!(read_assignee(""), Assignee::Pool);
    }
}
