//! Sheets of this handheld that are not closed yet: in memory while they are worked on, read back from the journal after
//! a cold start.
//!
//! Absent: totals. [`shared::sheet::fold`] makes them from the entries, here as on the server.

use shared::{
    event::{Event, EventKind, SheetIntent},
    id::{CountId, LocationId, PersonId, SheetId, TaskId},
};

/// One open visit to a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSheet {
    /// Which.
    pub id: SheetId,
    /// Who opened it.
    pub actor: PersonId,
    /// Where.
    pub location: LocationId,
    /// The task, where it is one.
    pub task: Option<TaskId>,
    /// The count of that task.
    pub count: Option<CountId>,
    /// What it means beside other sheets.
    pub intent: SheetIntent,
    /// Its entries with their numbers, in order, the opening included; ready for [`shared::sheet::fold`].
    pub events: Vec<(u64, Event)>,
}

/// The open sheets of a handheld, kept up to date event by event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenSheets {
    sheets: Vec<OpenSheet>,
}

impl OpenSheets {
    /// Takes in the next event of the journal.
    pub fn take(&mut self, seq: u64, event: &Event) {
        let Some(id) = event.sheet else { return };
        match &event.kind {
            EventKind::SheetOpened { location, task, count, intent } => {
                if self.find(id).is_none() {
                    self.sheets.push(OpenSheet {
                        id,
                        actor: event.actor,
                        location: *location,
                        task: *task,
                        count: *count,
                        intent: *intent,
                        events: vec![(seq, event.clone())],
                    });
                }
            }
            EventKind::SheetClosed { .. } => self.sheets.retain(|sheet| sheet.id != id),
            _ => {
                if let Some(sheet) = self.sheets.iter_mut().find(|sheet| sheet.id == id) {
                    sheet.events.push((seq, event.clone()));
                }
            }
        }
    }
    /// Every open sheet, oldest first.
    pub fn all(&self) -> &[OpenSheet] {
        &self.sheets
    }
    /// One of them.
    pub fn find(&self, id: SheetId) -> Option<&OpenSheet> {
        self.sheets.iter().find(|sheet| sheet.id == id)
    }
}
