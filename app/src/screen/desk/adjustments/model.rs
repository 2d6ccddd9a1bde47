//! The file of a hand-over, as CSV or JSON, and which rows can be acknowledged.
//!
//! Absent: posting. Exporting is a decision of the server; this writes down what it answered.

use shared::{
    api::discrepancy::{AdjustmentRow, DiscrepancyState, ExportedBatch},
    id::MovementId,
};
use std::collections::BTreeSet;

/// Columns of the file, in order.
pub const COLUMNS: [&str; 14] = [
    "movement",
    "kind",
    "location",
    "sku",
    "lot",
    "serial",
    "quantity",
    "value",
    "effective_at",
    "reason",
    "note",
    "approved_by",
    "posted_at",
    "batch",
];

/// The rows as CSV (RFC 4180, UTF-8, CRLF). Texts that a spreadsheet would run as a formula get an apostrophe in front.
pub fn csv(batch: &ExportedBatch) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for row in &batch.rows {
        let value = row.value.map(|value| value.to_string()).unwrap_or_default();
        let cells = [
            row.movement.to_string(),
            row.kind.word().to_owned(),
            guarded(&row.location_code),
            guarded(&row.sku),
            guarded(&row.lot),
            guarded(&row.serial),
            // numbers are ours and stay numbers, minus sign and all
            row.quantity.to_string(),
            value,
            row.effective_at.to_string(),
            guarded(&row.reason),
            guarded(&row.note),
            guarded(&row.approved_by_name),
            row.posted_at.to_string(),
            guarded(&batch.batch),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// The rows as JSON, numbers as decimal text.
pub fn json(batch: &ExportedBatch) -> String {
    serde_json::to_string_pretty(batch).unwrap_or_default()
}

/// A name for the file, safe on every disk.
pub fn file_name(batch: &str, ending: &str) -> String {
    let safe: String = batch
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || "-_".contains(sign) { sign } else { '-' })
        .collect();
    format!("adjustments-{}.{ending}", safe.trim_matches('-'))
}

/// The rows already handed over under a name, so that its file can be saved again.
pub fn batch_again(rows: &[AdjustmentRow], batch: &str) -> ExportedBatch {
    ExportedBatch { batch: batch.to_owned(), rows: rows.iter().filter(|row| row.batch == batch).cloned().collect() }
}

/// How many rows wait for their export.
pub fn waiting(rows: &[AdjustmentRow]) -> u64 {
    rows.iter().filter(|row| row.state == DiscrepancyState::Posted).count() as u64
}

/// Of the selected movements those that were handed over and not acknowledged yet.
pub fn acknowledgeable(rows: &[AdjustmentRow], selected: &BTreeSet<MovementId>) -> Vec<MovementId> {
    rows.iter()
        .filter(|row| row.state == DiscrepancyState::Exported && selected.contains(&row.movement))
        .map(|row| row.movement)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{fact::MovementKind, moment::Moment};

    fn row(id: i64, state: DiscrepancyState) -> AdjustmentRow {
        AdjustmentRow {
            movement: MovementId(id),
            discrepancy: None,
            state,
            kind: MovementKind::CountAdjustment,
            location_code: "A-01".into(),
            sku: "=cmd()".into(),
            lot: "L,1".into(),
            serial: String::new(),
            quantity: "-3".parse().expect("a quantity"),
            value: None,
            effective_at: Moment(0),
            reason: "damage".into(),
            note: "he said \"wet\"".into(),
            approved_by: None,
            approved_by_name: "Sam".into(),
            posted_at: Moment(0),
            batch: "B 1".into(),
        }
    }

    #[test]
    fn a_formula_in_a_text_is_disarmed_and_a_negative_number_stays_a_number() {
        let text = csv(&ExportedBatch { batch: "B 1".into(), rows: vec![row(7, DiscrepancyState::Exported)] });
        let line = text.lines().nth(1).expect("one row");
        assert_eq!(
            line,
            "7,count_adjustment,A-01,'=cmd(),\"L,1\",,-3,,1970-01-01T00:00:00.000Z,damage,\"he said \"\"wet\"\"\",Sam,\
             1970-01-01T00:00:00.000Z,B 1"
        );
        assert_eq!(text.lines().next().map(|head| head.split(',').count()), Some(COLUMNS.len()));
    }

    #[test]
    fn only_what_was_handed_over_can_be_acknowledged() {
        let rows =
            [row(1, DiscrepancyState::Posted), row(2, DiscrepancyState::Exported), row(3, DiscrepancyState::Exported)];
        assert_eq!(waiting(&rows), 1);
        assert_eq!(acknowledgeable(&rows, &BTreeSet::from([MovementId(1), MovementId(2)])), [MovementId(2)]);
    }

    #[test]
    fn a_file_is_named_for_every_disk() {
        assert_eq!(file_name("2026-11-23 14:05/1", "csv"), "adjustments-2026-11-23-14-05-1.csv");
    }
}
