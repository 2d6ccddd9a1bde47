//! What leaves as a file: discrepancies, adjustments, counted lines and facts, row by row, so that memory does not grow
//! with the warehouse.
//!
//! Absent: the form of the file ([`crate::role::export`]) and permissions: who runs the command line owns the database.

use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::{id::SiteId, moment::Moment, quantity::Quantity};
use std::fmt::Write as _;

/// One cell of an exported row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A whole number that only names something.
    Number(i64),
    /// An exact figure in decimal text.
    Exact(String),
    /// Words.
    Text(String),
    /// A body as it was recorded.
    Body(Vec<u8>),
}

/// An export: its columns and the statement that answers them under these names.
pub struct Sheet {
    columns: &'static [(&'static str, Form)],
    sql: &'static str,
}

/// How a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Micro,
    Instant,
    Text,
    Flag,
    Hex,
    Body,
}

/// Variances beyond threshold, with where they stand and the last decision on them.
pub const DISCREPANCIES: Sheet = Sheet {
    columns: &[
        ("discrepancy", Form::Number),
        ("site", Form::Text),
        ("count", Form::Text),
        ("location", Form::Text),
        ("sku", Form::Text),
        ("description", Form::Text),
        ("lot", Form::Text),
        ("serial", Form::Text),
        ("state", Form::Text),
        ("rounds", Form::Number),
        ("counted", Form::Micro),
        ("book", Form::Micro),
        ("variance", Form::Micro),
        ("value", Form::Micro),
        ("kind", Form::Text),
        ("rule", Form::Text),
        ("scanned_at", Form::Instant),
        ("opened_at", Form::Instant),
        ("due_at", Form::Instant),
        ("decision", Form::Text),
        ("decided_by", Form::Text),
        ("decided_at", Form::Instant),
        ("reason", Form::Text),
        ("note", Form::Text),
    ],
    sql: "SELECT d.discrepancy_id AS discrepancy, s.code AS site, c.name AS count, l.code AS location, i.sku AS sku,
            i.description AS description, d.lot AS lot, d.serial AS serial, d.state AS state, d.rounds AS rounds,
            d.counted_micro AS counted, d.book_micro AS book, d.variance_micro AS variance, d.value_micro AS value,
            d.kind AS kind, d.rule AS rule, d.scanned_at AS scanned_at, d.opened_at AS opened_at, d.due_at AS due_at,
            e.what AS decision, p.username AS decided_by, e.at AS decided_at, e.reason AS reason, e.note AS note
        FROM discrepancy d
        JOIN site s ON s.site_id = d.site_id JOIN count c ON c.count_id = d.count_id
        JOIN location l ON l.location_id = d.location_id JOIN item i ON i.item_id = d.item_id
        LEFT JOIN decision e ON e.discrepancy_id = d.discrepancy_id
            AND e.position = (SELECT max(position) FROM decision
                WHERE discrepancy_id = d.discrepancy_id AND what IN ('approved', 'rejected', 'paired'))
        LEFT JOIN person p ON p.person_id = e.person_id
        WHERE ($1 IS NULL OR d.site_id = $1) ORDER BY d.discrepancy_id",
};

/// What approved counts posted: one row a movement, a transfer has two.
pub const ADJUSTMENTS: Sheet = Sheet {
    columns: &[
        ("movement", Form::Number),
        ("site", Form::Text),
        ("location", Form::Text),
        ("sku", Form::Text),
        ("lot", Form::Text),
        ("serial", Form::Text),
        ("quantity", Form::Micro),
        ("unit", Form::Text),
        ("kind", Form::Text),
        ("effective_at", Form::Instant),
        ("posted_at", Form::Instant),
        ("discrepancy", Form::Number),
        ("state", Form::Text),
        ("value", Form::Micro),
        ("reason", Form::Text),
        ("note", Form::Text),
        ("decided_by", Form::Text),
        ("batch", Form::Text),
    ],
    sql: "SELECT m.movement_id AS movement, s.code AS site, l.code AS location, i.sku AS sku, m.lot AS lot,
            m.serial AS serial, m.quantity_micro AS quantity, i.unit AS unit, m.kind AS kind,
            m.effective_at AS effective_at, m.recorded_at AS posted_at, d.discrepancy_id AS discrepancy,
            d.state AS state, d.value_micro AS value, e.reason AS reason, e.note AS note, p.username AS decided_by,
            d.batch AS batch
        FROM discrepancy d
        JOIN movement m ON m.movement_id = d.movement_id
        JOIN site s ON s.site_id = m.site_id JOIN location l ON l.location_id = m.location_id
        JOIN item i ON i.item_id = m.item_id
        LEFT JOIN decision e ON e.discrepancy_id = d.discrepancy_id AND e.position = (
            SELECT max(position) FROM decision WHERE discrepancy_id = d.discrepancy_id AND what IN ('approved', 'paired'))
        LEFT JOIN person p ON p.person_id = e.person_id
        WHERE ($1 IS NULL OR d.site_id = $1) AND ($2 IS NULL OR d.batch = $2) ORDER BY m.movement_id",
};

/// Every counted line of every round, matches included: the proof of counting.
pub const LINES: Sheet = Sheet {
    columns: &[
        ("site", Form::Text),
        ("count", Form::Text),
        ("location", Form::Text),
        ("sku", Form::Text),
        ("lot", Form::Text),
        ("serial", Form::Text),
        ("round", Form::Number),
        ("counted", Form::Micro),
        ("implied_zero", Form::Flag),
        ("book", Form::Micro),
        ("variance", Form::Micro),
        ("value", Form::Micro),
        ("kind", Form::Text),
        ("level", Form::Text),
        ("rule", Form::Text),
        ("merged", Form::Text),
        ("people", Form::Text),
        ("devices", Form::Text),
        ("scanned_at", Form::Instant),
        ("received_at", Form::Instant),
    ],
    sql: "SELECT s.code AS site, c.name AS count, l.code AS location, i.sku AS sku, v.lot AS lot, v.serial AS serial,
            v.round AS round, v.counted_micro AS counted, v.implied_zero AS implied_zero, v.book_micro AS book,
            v.variance_micro AS variance, v.value_micro AS value, v.kind AS kind, v.level AS level, v.rule AS rule,
            v.merged AS merged,
            (SELECT group_concat(coalesce(p.username, e.value), '; ') FROM json_each(v.people) e
                LEFT JOIN person p ON p.person_id = e.value) AS people,
            (SELECT group_concat(coalesce(d.name, e.value), '; ') FROM json_each(v.devices) e
                LEFT JOIN device d ON d.device_id = e.value) AS devices,
            v.scanned_at AS scanned_at, v.received_at AS received_at
        FROM variance v
        JOIN site s ON s.site_id = v.site_id JOIN count c ON c.count_id = v.count_id
        JOIN location l ON l.location_id = v.location_id JOIN item i ON i.item_id = v.item_id
        WHERE ($1 IS NULL OR v.site_id = $1)
        ORDER BY v.count_id, v.location_id, v.item_id, v.lot, v.serial, v.round",
};

/// The facts with their chain, in the order in which they were committed.
pub const FACTS: Sheet = Sheet {
    columns: &[
        ("position", Form::Number),
        ("site", Form::Text),
        ("kind", Form::Text),
        ("recorded_at", Form::Instant),
        ("actor", Form::Text),
        ("origin", Form::Text),
        ("body", Form::Body),
        ("chain", Form::Hex),
    ],
    sql: "SELECT f.position AS position, s.code AS site, f.kind AS kind, f.recorded_at AS recorded_at,
            p.username AS actor, f.origin AS origin, f.body AS body, f.chain AS chain
        FROM fact f LEFT JOIN site s ON s.site_id = f.site_id LEFT JOIN person p ON p.person_id = f.actor_id
        WHERE ($1 IS NULL OR f.site_id = $1) ORDER BY f.position",
};

impl Sheet {
    /// The names of the columns.
    pub fn header(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, _)| *name)
    }

    /// Hands each row on, of one site or of all; adjustments also of one hand-over.
    ///
    /// # Errors
    /// The store's, or what the receiver says.
    pub fn each<E: From<Error>>(
        &self,
        tx: &ReadTx<'_>,
        site: Option<SiteId>,
        batch: Option<&str>,
        mut receive: impl FnMut(&[Cell]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = tx.conn().prepare(self.sql).map_err(Error::from)?;
        let site = site.map(|site| site.0);
        let mut rows = if statement.parameter_count() == 2 {
            statement.query(rusqlite::params![site, batch])
        } else {
            statement.query([site])
        }
        .map_err(Error::from)?;
        let mut cells = Vec::with_capacity(self.columns.len());
        while let Some(row) = rows.next().map_err(Error::from)? {
            cells.clear();
            for (name, form) in self.columns {
                cells.push(read(row, name, *form).map_err(Error::from)?);
            }
            receive(&cells)?;
        }
        Ok(())
    }
}

fn read(row: &Row<'_>, name: &str, form: Form) -> rusqlite::Result<Cell> {
    let number = || row.get::<_, Option<i64>>(name);
    let cell = match form {
        Form::Number => number()?.map(Cell::Number),
        Form::Micro => number()?.map(|micro| Cell::Exact(Quantity::from_micro(micro).to_string())),
        Form::Instant => number()?.map(|at| Cell::Text(Moment(at).to_string())),
        Form::Flag => number()?.map(|flag| Cell::Text(if flag == 0 { "no" } else { "yes" }.into())),
        Form::Text => row.get::<_, Option<String>>(name)?.map(Cell::Text),
        Form::Body => row.get::<_, Option<Vec<u8>>>(name)?.map(Cell::Body),
        Form::Hex => row.get::<_, Option<Vec<u8>>>(name)?.map(|bytes| {
            Cell::Text(bytes.iter().fold(String::new(), |mut text, byte| {
                // writing into a string cannot fail
                let _ = write!(text, "{byte:02x}");
                text
            }))
        }),
    };
    Ok(cell.unwrap_or(Cell::Empty))
}
