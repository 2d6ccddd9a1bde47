//! Typing a paper sheet in: what a written item is, and the message that follows from the lines.
//!
//! Absent: the rules about lines, which are the server's ([`shared::paper`]).

use shared::{
    api::{
        master::ItemRow,
        paper::{NewPaperSheet, PaperKey},
    },
    id::{ItemId, PersonId},
    item::Tracking,
    paper::PaperLine,
    quantity::Quantity,
};

/// How far a written time may be off, in minutes, as offered.
pub const UNCERTAINTIES: [u32; 6] = [5, 15, 30, 60, 120, 480];
/// Lines that a page shows when a sheet is begun.
pub const LINES_FIRST: usize = 3;

/// The item of a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known {
    /// Not looked up yet.
    #[default]
    Open,
    /// This one.
    Item {
        /// Its number.
        id: ItemId,
        /// Its code.
        sku: String,
        /// What it is.
        description: String,
        /// Its unit.
        unit: String,
        /// How its units are told apart.
        tracking: Tracking,
    },
    /// One of these; the person says which.
    Several(Vec<ItemRow>),
    /// No item fits: the barcode or text waits for a lead to name it.
    Nobody,
}

impl Known {
    /// The item of a row of the master.
    pub fn of(row: &ItemRow) -> Self {
        Self::Item {
            id: row.id,
            sku: row.sku.clone(),
            description: row.description.clone(),
            unit: row.unit.clone(),
            tracking: row.tracking,
        }
    }
    /// The item of a key that a recount asks for.
    pub fn of_key(key: &PaperKey) -> Self {
        Self::Item {
            id: key.key.item,
            sku: key.sku.clone(),
            description: key.description.clone(),
            unit: key.unit.clone(),
            tracking: key.tracking,
        }
    }
    /// What a written text is among the items that the server found for it: the one with exactly that SKU or barcode,
    /// else the only one, else a choice.
    pub fn among(written: &str, rows: Vec<ItemRow>) -> Self {
        let written = written.trim();
        let exact = rows.iter().find(|row| {
            row.sku.eq_ignore_ascii_case(written) || row.barcodes.iter().any(|barcode| barcode.text == written)
        });
        match (exact, rows.as_slice()) {
            (Some(row), _) | (None, [row]) => Self::of(row),
            (None, []) => Self::Nobody,
            (None, _) => Self::Several(rows),
        }
    }
}

/// One line as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// What stands on the paper for the item.
    pub written: String,
    /// Which item that is.
    pub known: Known,
    /// Lot as written.
    pub lot: String,
    /// Serial number as written.
    pub serial: String,
    /// Quantity as written.
    pub quantity: String,
}

impl Line {
    /// Whether nothing is on it.
    pub fn is_blank(&self) -> bool {
        [&self.written, &self.lot, &self.serial, &self.quantity].iter().all(|text| text.trim().is_empty())
    }
    /// What should be looked at before it is saved; a hint, never a bar: paper may lack what a handheld asks for.
    pub fn hint(&self) -> Option<&'static str> {
        let Known::Item { tracking, .. } = &self.known else { return None };
        if tracking.wants_lot() && self.lot.trim().is_empty() {
            return Some("its lot is missing");
        }
        (tracking.wants_serial() && self.serial.trim().is_empty()).then_some("its serial number is missing")
    }
}

/// The lines that a sheet begins with: those a recount asks for, else empty ones.
pub fn first_lines(keys: Option<&[PaperKey]>) -> Vec<Line> {
    let Some(keys) = keys else { return vec![Line::default(); LINES_FIRST] };
    let line = |key: &PaperKey| Line {
        written: key.sku.clone(),
        known: Known::of_key(key),
        lot: key.key.lot.clone(),
        serial: key.key.serial.clone(),
        quantity: String::new(),
    };
    keys.iter().map(line).collect()
}

/// What is typed apart from the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The code of the sheet.
    pub code: String,
    /// Who counted, as the field holds it.
    pub person: String,
    /// Date and time as the field holds them.
    pub written_at: String,
    /// How far that may be off.
    pub uncertainty_minutes: u32,
    /// The bin was empty.
    pub is_empty: bool,
    /// Everything was counted.
    pub location_done: bool,
}

/// The message. Blank lines, and lines of a recount without a quantity, were not counted.
///
/// # Errors
/// A sentence that names the line.
pub fn message(head: &Head, lines: &[Line]) -> Result<NewPaperSheet, String> {
    let person: PersonId =
        head.person.parse().map_err(|_| "Say who counted: their name stands on the sheet.".to_owned())?;
    if head.written_at.is_empty() {
        return Err("Type the date and the time that stand on the sheet.".to_owned());
    }
    let mut typed = Vec::new();
    for (line, number) in lines.iter().zip(1..) {
        let is_unasked = matches!(line.known, Known::Item { .. }) && line.quantity.trim().is_empty();
        if line.is_blank() || is_unasked {
            continue;
        }
        let item = match &line.known {
            Known::Item { id, .. } => Some(*id),
            Known::Nobody => None,
            Known::Open | Known::Several(_) => {
                return Err(format!("Line {number}: say which item “{}” is.", line.written));
            }
        };
        let text = line.quantity.trim().replace(',', ".");
        let quantity: Quantity =
            text.parse().map_err(|error| format!("Line {number}: the quantity “{}” {error}.", line.quantity))?;
        typed.push(PaperLine {
            item,
            written: line.written.trim().to_owned(),
            lot: line.lot.trim().to_owned(),
            serial: line.serial.trim().to_owned(),
            quantity,
        });
    }
    Ok(NewPaperSheet {
        code: head.code.clone(),
        person,
        written_at: head.written_at.clone(),
        uncertainty_minutes: head.uncertainty_minutes,
        lines: typed,
        is_empty: head.is_empty,
        location_done: head.location_done,
    })
}

/// What a mark of the server means.
pub fn mark_words(code: &str) -> String {
    match code {
        "actor_unknown" | "actor_not_counter" | "actor_disabled" => {
            "whoever counted has no role that counts here; somebody should confirm the sheet".to_owned()
        }
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::item::Barcode;

    fn item(id: i64, sku: &str, barcode: &str, tracking: Tracking) -> ItemRow {
        ItemRow {
            id: ItemId(id),
            sku: sku.into(),
            description: "d".into(),
            unit: "EA".into(),
            tracking,
            barcodes: vec![Barcode { text: barcode.into(), pack_factor: Quantity::ONE }],
        }
    }

    fn head() -> Head {
        Head {
            code: "P-1".into(),
            person: "7".into(),
            written_at: "2026-11-23T08:00".into(),
            uncertainty_minutes: 15,
            is_empty: false,
            location_done: true,
        }
    }

    #[test]
    fn a_written_item_is_the_exact_one_else_the_only_one_else_a_question() {
        let rows = || vec![item(1, "BOLT-8", "400", Tracking::None), item(2, "BOLT-80", "401", Tracking::None)];
        let name = |known: Known| match known {
            Known::Item { sku, .. } => sku,
            other => format!("{other:?}").chars().take(7).collect(),
        };
        assert_eq!(name(Known::among("bolt-8", rows())), "BOLT-8");
        assert_eq!(name(Known::among(" 401 ", rows())), "BOLT-80");
        assert_eq!(name(Known::among("bolt", rows())), "Several");
        assert_eq!(name(Known::among("bo", rows()[1..].to_vec())), "BOLT-80");
        assert_eq!(name(Known::among("x", Vec::new())), "Nobody");
    }

    #[test]
    fn the_message_leaves_blank_lines_out_and_names_what_is_wrong() {
        let line = |known: Known, quantity: &str| Line {
            written: "B".into(),
            known,
            quantity: quantity.into(),
            ..Line::default()
        };
        let bolt = || Known::of(&item(1, "B", "1", Tracking::None));
        let made =
            message(&head(), &[Line::default(), line(bolt(), "12,5"), line(bolt(), ""), line(Known::Nobody, "2")]);
        let made = made.expect("a message");
        let told: Vec<_> = made.lines.iter().map(|line| (line.item, line.quantity.to_string())).collect();
        assert_eq!(told, [(Some(ItemId(1)), "12.5".to_owned()), (None, "2".to_owned())]);
        let check = |head: &Head, lines: &[Line], words: &str| {
            let sentence = message(head, lines).expect_err(words);
            assert!(sentence.contains(words), "{sentence}");
        };
        check(&head(), &[line(bolt(), "1"), line(Known::Open, "2")], "Line 2: say which item");
        check(&head(), &[line(bolt(), "two")], "Line 1: the quantity");
        check(&Head { person: String::new(), ..head() }, &[], "who counted");
        check(&Head { written_at: String::new(), ..head() }, &[], "date and the time");
    }

    #[test]
    fn a_line_of_a_tracked_item_hints_at_what_is_missing() {
        let line = |tracking, lot: &str| Line {
            known: Known::of(&item(1, "B", "1", tracking)),
            lot: lot.into(),
            ..Line::default()
        };
        assert_eq!(line(Tracking::Lot, "").hint(), Some("its lot is missing"));
        assert_eq!(line(Tracking::LotExpiry, "L1").hint(), None);
        assert_eq!(line(Tracking::Serial, "").hint(), Some("its serial number is missing"));
        assert_eq!(Line::default().hint(), None);
        assert_eq!(first_lines(None).len(), LINES_FIRST);
    }
}
