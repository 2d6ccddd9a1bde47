//! Tells facts in sentences, with names instead of numbers.
//!
//! Absent: which facts belong to a history (see [`super::history`]).

use super::history::{About, StoredFact};
use super::row;
use crate::store::{Error, ReadTx};
use shared::api::history::Subject;
use shared::event::{Event, EventKind, upcast};
use shared::fact::{Fact, MovementKind};
use shared::id::{DiscrepancyId, ItemId, LocationId, PersonId, SheetId, SiteId, TaskId};
use shared::key::ItemKey;
use shared::moment::Moment;
use shared::quantity::Quantity;
use std::collections::HashMap;

mod event;
mod fact;

/// A line before it has its position.
pub struct Told {
    /// When it happened.
    pub at: Moment,
    /// The kind of fact.
    pub kind: String,
    /// In words.
    pub sentence: String,
}

/// Knows names, each asked for once.
pub struct Narrator<'r, 'c> {
    tx: &'r ReadTx<'c>,
    names: HashMap<(&'static str, i64), String>,
}

/// The units of a key, as people say it: `SKU-1 lot L7`.
fn with_lot(sku: &str, key: &ItemKey) -> String {
    let mut text = sku.to_owned();
    for (word, value) in [("lot", &key.lot), ("serial", &key.serial)] {
        if !value.is_empty() {
            text.push_str(&format!(" {word} {value}"));
        }
    }
    text
}

fn signed(quantity: Quantity) -> String {
    if quantity.is_negative() || quantity.is_zero() { quantity.to_string() } else { format!("+{quantity}") }
}

impl<'r, 'c> Narrator<'r, 'c> {
    /// Over a snapshot.
    pub fn new(tx: &'r ReadTx<'c>) -> Self {
        Self { tx, names: HashMap::new() }
    }

    /// A person's name; empty for the system.
    pub fn person(&mut self, id: Option<i64>) -> Result<String, Error> {
        id.map_or(Ok(String::new()), |id| self.name("person", "SELECT name FROM person WHERE person_id = $1", id))
    }
    fn who(&mut self, id: PersonId) -> Result<String, Error> {
        self.person(Some(id.0))
    }
    fn bin(&mut self, id: LocationId) -> Result<String, Error> {
        self.name("bin", "SELECT code AS name FROM location WHERE location_id = $1", id.0)
    }
    fn sku(&mut self, id: ItemId) -> Result<String, Error> {
        self.name("item", "SELECT sku AS name FROM item WHERE item_id = $1", id.0)
    }
    fn key(&mut self, key: &ItemKey) -> Result<String, Error> {
        Ok(with_lot(&self.sku(key.item)?, key))
    }
    fn task(&mut self, id: TaskId) -> Result<String, Error> {
        let sql = "SELECT l.code || ' round ' || t.round AS name FROM task t JOIN location l ON l.location_id = t.location_id WHERE t.task_id = $1";
        self.name("task", sql, id.0)
    }
    fn discrepancy(&mut self, id: DiscrepancyId) -> Result<String, Error> {
        let sql = "SELECT i.sku || ' in ' || l.code AS name FROM discrepancy d JOIN item i ON i.item_id = d.item_id
                   JOIN location l ON l.location_id = d.location_id WHERE d.discrepancy_id = $1";
        self.name("discrepancy", sql, id.0)
    }
    fn count(&mut self, id: i64) -> Result<String, Error> {
        self.name("count", "SELECT name FROM count WHERE count_id = $1", id)
    }
    fn device(&mut self, id: i64) -> Result<String, Error> {
        self.name("handheld", "SELECT name FROM device WHERE device_id = $1", id)
    }

    fn name(&mut self, what: &'static str, sql: &str, id: i64) -> Result<String, Error> {
        if let Some(name) = self.names.get(&(what, id)) {
            return Ok(name.clone());
        }
        let found = row::first(self.tx.conn(), sql, &[&id], |found| row::text(found, "name"))?;
        let name = found.unwrap_or_else(|| format!("{what} {id}"));
        self.names.insert((what, id), name.clone());
        Ok(name)
    }

    /// The lines that a fact makes in a history.
    pub fn tell(&mut self, site: SiteId, about: &About, fact: &StoredFact) -> Result<Vec<Told>, Error> {
        if fact.kind == "event" {
            return self.tell_event(about, fact);
        }
        // a fact of a newer program is told by its kind alone; its body stands beside it
        let Ok(known) = serde_json::from_slice::<Fact>(&fact.body) else {
            return Ok(vec![Told {
                at: fact.recorded_at,
                kind: fact.kind.clone(),
                sentence: fact.kind.replace('_', " "),
            }]);
        };
        let is_delivery = matches!(known, Fact::MovementsRecorded { .. } | Fact::StatementRecorded { .. });
        if is_delivery && matches!(about.subject, Subject::Location | Subject::Item | Subject::Discrepancy) {
            return self.tell_movements(site, about, fact);
        }
        let sentence = self.sentence(about, &known)?;
        Ok(vec![Told { at: fact.recorded_at, kind: fact.kind.clone(), sentence }])
    }

    fn tell_event(&mut self, about: &About, fact: &StoredFact) -> Result<Vec<Told>, Error> {
        let Ok(event) = upcast::read(&fact.body) else {
            let sentence = "Something this program cannot read was recorded; it is kept as it is.".to_owned();
            return Ok(vec![Told { at: fact.recorded_at, kind: fact.kind.clone(), sentence }]);
        };
        if !self.concerns(about, &event)? {
            return Ok(Vec::new());
        }
        let kind =
            serde_json::to_value(&event.kind).ok().and_then(|value| Some(value.get("kind")?.as_str()?.to_owned()));
        let mut sentence = self.event(&event.kind)?;
        if let (Some(sheet), false) = (event.sheet, about.subject == Subject::Location)
            && let Some(bin) = self.sheet_bin(sheet)?
            && !sentence.contains(&bin)
        {
            sentence.push_str(&format!(" In bin {bin}."));
        }
        Ok(vec![Told { at: event.at.instant(), kind: kind.unwrap_or_else(|| fact.kind.clone()), sentence }])
    }

    /// Whether an event of a sheet is about the subject: the sheet holds other items, the log other sheets.
    fn concerns(&self, about: &About, event: &Event) -> Result<bool, Error> {
        let item = event.kind.line().map(|(key, _)| key);
        let is_line_fit = match (about.subject, item) {
            (Subject::Item, Some(key)) => key.item.0 == about.id,
            (Subject::Item, None) => false,
            (Subject::Discrepancy, Some(key)) => about.key.as_ref() == Some(key),
            _ => true,
        };
        if !is_line_fit {
            return Ok(false);
        }
        let sql = match about.subject {
            Subject::Location => "SELECT 1 FROM sheet WHERE sheet_id = $1 AND location_id = $2",
            Subject::Task => {
                "SELECT 1 FROM sheet s JOIN task t ON t.count_id = s.count_id AND t.location_id = s.location_id AND t.round = s.round
                 WHERE s.sheet_id = $1 AND t.task_id = $2"
            }
            Subject::Discrepancy => {
                "SELECT 1 FROM sheet s JOIN discrepancy d ON d.count_id = s.count_id AND d.location_id = s.location_id
                 WHERE s.sheet_id = $1 AND d.discrepancy_id = $2"
            }
            Subject::Person => return Ok(event.actor.0 == about.id),
            Subject::Item | Subject::Device => return Ok(true),
        };
        match (event.sheet, &event.kind) {
            (Some(sheet), _) => Ok(self
                .tx
                .conn()
                .prepare_cached(sql)?
                .exists(rusqlite::params![sheet.as_bytes().as_slice(), about.id])?),
            (None, EventKind::LocationSkipped { location, task, .. }) => Ok(match about.subject {
                Subject::Location => location.0 == about.id,
                Subject::Task => task.is_some_and(|task| task.0 == about.id),
                _ => false,
            }),
            (None, _) => Ok(false),
        }
    }

    fn sheet_bin(&mut self, sheet: SheetId) -> Result<Option<String>, Error> {
        row::first(
            self.tx.conn(),
            "SELECT l.code FROM sheet s JOIN location l ON l.location_id = s.location_id WHERE s.sheet_id = $1",
            &[&sheet.as_bytes().as_slice()],
            |found| row::text(found, "code"),
        )
    }

    fn tell_movements(&mut self, site: SiteId, about: &About, fact: &StoredFact) -> Result<Vec<Told>, Error> {
        // each subject by its own index: a delivery may be one of thousands in a ledger of a million
        let of = match about.subject {
            Subject::Location => "m.location_id = $1",
            Subject::Item => "m.item_id = $1",
            _ => {
                "(m.location_id, m.item_id, m.lot, m.serial) =
                     (SELECT d.location_id, d.item_id, d.lot, d.serial FROM discrepancy d WHERE d.discrepancy_id = $1)"
            }
        };
        let sql = format!(
            "SELECT m.location_id, m.item_id, m.lot, m.serial, m.quantity_micro, m.kind, m.effective_at, m.source, m.reference
             FROM movement m WHERE {of} AND m.fact_position = $2 AND +m.site_id = $3
             ORDER BY m.effective_at DESC, m.movement_id DESC"
        );
        let rows = row::all(self.tx.conn(), &sql, &[&about.id, &fact.position, &site.0], |found| {
            let key = ItemKey {
                item: ItemId(row::integer(found, "item_id")?),
                lot: row::text(found, "lot")?,
                serial: row::text(found, "serial")?,
            };
            Ok((
                LocationId(row::integer(found, "location_id")?),
                key,
                row::quantity(found, "quantity_micro")?,
                row::word(found, "kind", MovementKind::parse)?,
                row::moment(found, "effective_at")?,
                format!("{} {}", row::text(found, "source")?, row::text(found, "reference")?),
            ))
        })?;
        rows.into_iter()
            .map(|(location, key, quantity, kind, at, reference)| {
                let (bin, what) = (self.bin(location)?, self.key(&key)?);
                let word = kind.word().replace('_', " ");
                let sentence =
                    format!("Movement ({word}): {} of {what} in bin {bin}; {}.", signed(quantity), reference.trim());
                Ok(Told { at, kind: kind.word().into(), sentence })
            })
            .collect()
    }
}
