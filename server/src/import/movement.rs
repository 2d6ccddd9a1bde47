//! Movements from a file: `time,sku,location,qty,type` and, better, `ref`. Read as a stream, twice: first the references
//! are counted, then each row is checked and handed on; never more than one row is in memory.
//!
//! A second delivery changes nothing. A reference that stands in one row names that movement. One that stands in many
//! (an order with lines) names each of them together with what moved, where and when. Rows without a reference get one
//! made of their content and, for equal rows, their number. Absent: changing a movement once it is recorded.

use super::{
    catalogue::{Catalogue, KeyColumns},
    cell::Cells,
    report::{Outcome, Report},
    table::{Column, Need, Table},
};
use anyhow::Context;
use csv::StringRecord;
use sha2::{Digest, Sha256};
use shared::{
    fact::{MovementKind, MovementRow},
    id::MovementId,
    key::StockKey,
    moment::Moment,
    quantity::Quantity,
};
use std::collections::HashMap;

const TIME: usize = 0;
const SKU: usize = 1;
const LOCATION: usize = 2;
const LOT: usize = 3;
const SERIAL: usize = 4;
const QUANTITY: usize = 5;
const TYPE: usize = 6;
const REFERENCE: usize = 7;
const KEY: KeyColumns = KeyColumns { sku: SKU, location: LOCATION, lot: LOT, serial: SERIAL };

/// The columns of a movement file.
pub const COLUMNS: &[Column] = &[
    Column { names: &["time", "effective_at"], need: Need::Required },
    Column { names: &["sku", "item", "item_code"], need: Need::Required },
    Column { names: &["location", "code"], need: Need::Required },
    Column { names: &["lot", "batch"], need: Need::Optional },
    Column { names: &["serial"], need: Need::Optional },
    Column { names: &["qty", "quantity"], need: Need::Required },
    Column { names: &["type", "kind"], need: Need::Required },
    Column { names: &["ref", "reference"], need: Need::Optional },
    Column { names: &["unit_cost"], need: Need::NotKept },
];

/// The words that other systems use, by what they mean here.
const WORDS: &[(MovementKind, &[&str])] = &[
    (MovementKind::Opening, &["opening", "initial", "created"]),
    (
        MovementKind::Receipt,
        &["receipt", "receive", "received", "received_po", "purchase", "inbound", "produced", "build_output_created"],
    ),
    (
        MovementKind::Issue,
        &[
            "issue",
            "issued",
            "pick",
            "picked",
            "sale",
            "sold",
            "ship",
            "shipped",
            "shipment",
            "outbound",
            "sent_to_customer",
            "consumed",
            "build_consumed",
        ],
    ),
    (
        MovementKind::Transfer,
        &[
            "transfer",
            "transferred",
            "move",
            "moved",
            "transfer_in",
            "transfer_out",
            "putaway",
            "replenishment",
            "split_from_parent",
            "split_child",
        ],
    ),
    (MovementKind::Return, &["return", "returned"]),
    (MovementKind::Damage, &["damage", "damaged", "scrap", "scrapped", "waste", "expired", "build_rejected"]),
    (MovementKind::Adjustment, &["adjustment", "adjusted", "correction", "add", "remove", "edited"]),
];

/// What a word of the `type` column means.
///
/// # Errors
/// Lists the words that are known; names the two kinds that only Trueup itself posts.
pub fn parse_kind(word: &str) -> Result<MovementKind, String> {
    let plain = word.to_lowercase().replace([' ', '-'], "_");
    if let Some((kind, _)) = WORDS.iter().find(|(_, words)| words.contains(&plain.as_str())) {
        return Ok(*kind);
    }
    if matches!(plain.as_str(), "count_adjustment" | "statement_correction") {
        return Err(
            "is what Trueup itself posts and would be counted twice; leave the row out, or use adjustment".into()
        );
    }
    let words: Vec<_> = WORDS.iter().map(|(_, words)| words.join(", ")).collect();
    Err(format!("is not a kind of movement that is known; expected one of: {}", words.join("; ")))
}

/// A movement that is recorded already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Which key.
    pub key: StockKey,
    /// How much.
    pub quantity: Quantity,
    /// What it was.
    pub kind: MovementKind,
    /// When it happened.
    pub effective_at: Moment,
}

/// What is recorded of a source.
pub trait RecordedMovements {
    /// The movement with exactly this reference.
    ///
    /// # Errors
    /// What the store says.
    fn find(&mut self, reference: &str) -> anyhow::Result<Option<Recorded>>;
    /// Whether lines of this reference are recorded (see [`line_prefix`]).
    ///
    /// # Errors
    /// What the store says.
    fn has_lines(&mut self, reference: &str) -> anyhow::Result<bool>;
}

/// What the references of lines of this reference begin with.
pub fn line_prefix(reference: &str) -> String {
    format!("{reference}/")
}

/// How often each reference stands in the file, by its hash. Two references with one hash would only be told apart by
/// their lines as well, so nothing depends on there being none.
pub struct References(HashMap<u64, u32>);

/// The first reading: counts the references.
///
/// # Errors
/// What is wrong with the file as a whole.
pub fn count_references(table: &mut Table) -> anyhow::Result<References> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut seen = HashMap::new();
    while table.read(&mut record)?.is_some() {
        let reference = layout.cell(&record, REFERENCE);
        if !reference.is_empty() {
            *seen.entry(short_hash(&[reference])).or_insert(0) += 1;
        }
    }
    Ok(References(seen))
}

/// The second reading: checks each row and hands on those that are new.
///
/// # Errors
/// What is wrong with the file as a whole, what the store says, or the listing; wrong rows are in the report.
pub fn read_movements(
    table: &mut Table,
    catalogue: &Catalogue,
    references: &References,
    recorded: &mut dyn RecordedMovements,
    report: &mut Report,
    sink: &mut dyn FnMut(MovementRow, &Report) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut reader = Reader { catalogue, references, recorded, lines: HashMap::new(), unnamed: HashMap::new() };
    while let Some(row) = table.read(&mut record)? {
        let mut cells = Cells::of(&layout, &record);
        let verdict = match read_row(&mut cells, catalogue, report, row) {
            Some(movement) if cells.fine() => {
                reader.judge(&mut cells, &movement, row, report)?.map(|said| (movement, said))
            }
            _ => None,
        };
        match verdict {
            None => report.refuse(row, &record, cells.errors).context("the list of rows cannot be written")?,
            Some((_, Verdict::Same)) => report.row(row, Outcome::Same, layout.cell(&record, REFERENCE))?,
            Some((movement, Verdict::New(reference))) => {
                report.row(row, Outcome::New, &reference)?;
                // numbered when it is recorded
                let id = MovementId(0);
                let Recorded { key, quantity, kind, effective_at } = movement;
                sink(MovementRow { id, key, quantity, kind, effective_at, reference }, report)?;
            }
        }
    }
    Ok(())
}

fn read_row(cells: &mut Cells, catalogue: &Catalogue, report: &mut Report, row: u64) -> Option<Recorded> {
    let key = catalogue.stock_key(cells, report, row, KEY);
    let effective_at = cells.moment(TIME);
    let kind = match parse_kind(cells.raw(TYPE)) {
        Ok(kind) => Some(kind),
        Err(problem) => {
            cells.wrong(TYPE, problem);
            None
        }
    };
    let quantity = if cells.raw(QUANTITY).is_empty() {
        cells.wrong(
            QUANTITY,
            "is empty: the row moves no stock (an installation or an assignment?); leave it out, or give it a quantity",
        );
        None
    } else {
        cells.quantity(QUANTITY)
    };
    if quantity.is_some_and(Quantity::is_zero) {
        cells.wrong(
            QUANTITY,
            "is zero: a movement changes something; leave the row out, or give it the quantity that moved",
        );
    }
    cells.code_or_empty(REFERENCE);
    if !cells.fine() {
        return None;
    }
    let (key, effective_at, kind, quantity) = (key?, effective_at?, kind?, quantity?);
    let odd_sign = match kind {
        MovementKind::Issue | MovementKind::Damage => !quantity.is_negative(),
        MovementKind::Receipt => quantity.is_negative(),
        _ => false,
    };
    if odd_sign {
        let word = cells.raw(TYPE);
        report.warn("The sign is unusual for the kind of movement; it was taken as it stands", row, || {
            format!("{word} of {quantity}")
        });
    }
    Some(Recorded { key, quantity, kind, effective_at })
}

/// What a row that can be read is beside what is recorded.
enum Verdict {
    Same,
    New(String),
}

struct Reader<'a> {
    catalogue: &'a Catalogue,
    references: &'a References,
    recorded: &'a mut dyn RecordedMovements,
    /// Lines of shared references that this file has, with their row and quantity.
    lines: HashMap<u128, (u64, Quantity)>,
    /// How often rows without a reference were equal.
    unnamed: HashMap<u128, u32>,
}

impl Reader<'_> {
    fn judge(
        &mut self,
        cells: &mut Cells,
        new: &Recorded,
        row: u64,
        report: &mut Report,
    ) -> anyhow::Result<Option<Verdict>> {
        let reference = cells.raw(REFERENCE);
        if reference.is_empty() {
            return self.judge_unnamed(new).map(Some);
        }
        let line = self.line(reference, new);
        let shared = self.references.0.get(&short_hash(&[reference])).is_some_and(|times| *times > 1);
        if shared {
            let key = wide_hash(&[&line]);
            if let Some((earlier, quantity)) = self.lines.get(&key) {
                if *quantity == new.quantity {
                    report.warn("A row stands in the file twice and is recorded once", row, || {
                        format!("{reference}, as in row {earlier}")
                    });
                    return Ok(Some(Verdict::Same));
                }
                cells.wrong(REFERENCE, format!("has another quantity in row {earlier} for the same item, place, kind and time; add the rows up, or give each its own ref"));
                return Ok(None);
            }
            self.lines.insert(key, (row, new.quantity));
        }
        if let Some(known) = self.recorded.find(&line)? {
            return Ok(same_or_wrong(cells, &known, new, self.catalogue));
        }
        match self.recorded.find(reference)? {
            Some(known) if !shared || is_same_but_quantity(&known, new) => {
                Ok(same_or_wrong(cells, &known, new, self.catalogue))
            }
            Some(_) => Ok(Some(Verdict::New(line))),
            None if shared || self.recorded.has_lines(reference)? => Ok(Some(Verdict::New(line))),
            None => Ok(Some(Verdict::New(reference.to_owned()))),
        }
    }

    fn judge_unnamed(&mut self, new: &Recorded) -> anyhow::Result<Verdict> {
        let content = format!("{}\n{}", self.identity(new), new.quantity);
        let times = self.unnamed.entry(wide_hash(&[&content])).or_insert(0);
        *times += 1;
        let reference = format!("row:{:032x}{}", wide_hash(&[&content]), number(*times));
        Ok(if self.recorded.find(&reference)?.is_some() { Verdict::Same } else { Verdict::New(reference) })
    }

    /// What tells the lines of one reference apart, in codes rather than numbers: it means the same for ever.
    fn identity(&self, new: &Recorded) -> String {
        let item = self.catalogue.find_item_by_id(new.key.what.item).map_or("", |item| item.sku.as_str());
        let location =
            self.catalogue.find_location_by_id(new.key.location).map_or("", |location| location.code.as_str());
        let (lot, serial) = (&new.key.what.lot, &new.key.what.serial);
        format!("{item}\n{location}\n{lot}\n{serial}\n{}\n{}", new.kind.word(), new.effective_at.0)
    }

    fn line(&self, reference: &str, new: &Recorded) -> String {
        // forty bits tell apart the lines of one reference, of which there are some hundreds
        format!("{}{:010x}", line_prefix(reference), wide_hash(&[&self.identity(new)]) >> 88)
    }
}

fn number(times: u32) -> String {
    if times > 1 { format!("#{times}") } else { String::new() }
}

fn is_same_but_quantity(known: &Recorded, new: &Recorded) -> bool {
    (&known.key, known.kind, known.effective_at) == (&new.key, new.kind, new.effective_at)
}

fn same_or_wrong(cells: &mut Cells, known: &Recorded, new: &Recorded, catalogue: &Catalogue) -> Option<Verdict> {
    if known == new {
        return Some(Verdict::Same);
    }
    let item = catalogue.find_item_by_id(known.key.what.item).map_or("?", |item| item.sku.as_str());
    let location = catalogue.find_location_by_id(known.key.location).map_or("?", |location| location.code.as_str());
    cells.wrong(
        REFERENCE,
        format!(
            "is recorded already as another movement ({} of {} {item} in {location} at {}); a movement is never changed: deliver the \
             correction as a movement with a ref of its own",
            known.kind.word(),
            known.quantity,
            known.effective_at
        ),
    );
    None
}

fn wide_hash(parts: &[&str]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

fn short_hash(parts: &[&str]) -> u64 {
    u64::try_from(wide_hash(parts) >> 64).unwrap_or_default()
}

#[cfg(test)]
#[path = "movement/tests.rs"]
mod tests;
