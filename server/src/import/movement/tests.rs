//! Movements delivered once, twice, in part, and wrongly.

use super::*;
use crate::import::testing::{Said, item, location, said};
use std::collections::BTreeMap;

/// What is recorded, in memory.
#[derive(Default)]
struct Memory(BTreeMap<String, Recorded>);

impl RecordedMovements for Memory {
    fn find(&mut self, reference: &str) -> anyhow::Result<Option<Recorded>> {
        Ok(self.0.get(reference).cloned())
    }
    fn has_lines(&mut self, reference: &str) -> anyhow::Result<bool> {
        let prefix = line_prefix(reference);
        Ok(self.0.range(prefix.clone()..).next().is_some_and(|(found, _)| found.starts_with(&prefix)))
    }
}

/// Delivers a file and records what is new in it.
fn deliver(memory: &mut Memory, rows: &str) -> (Vec<String>, Said) {
    let text = format!("time,sku,location,lot,qty,type,ref,unit_cost\n{rows}");
    let catalogue =
        Catalogue::of(vec![item(1, "A", &[]), item(2, "B", &[])], vec![location(1, "B1"), location(2, "B2")]);
    let file = crate::import::testing::file(text.as_bytes());
    let mut first = Table::open(file.path(), COLUMNS, &indicatif::ProgressBar::hidden()).expect("readable");
    let references = count_references(&mut first).expect("readable");
    let mut new = Vec::new();
    let ((), said) = said(&text, COLUMNS, |table, report| {
        read_movements(table, &catalogue, &references, memory, report, &mut |movement, _| {
            new.push(movement);
            Ok(())
        })
    });
    let names = new.iter().map(|movement| movement.reference.clone()).collect();
    for MovementRow { key, quantity, kind, effective_at, reference, .. } in new {
        assert!(
            memory.0.insert(reference, Recorded { key, quantity, kind, effective_at }).is_none(),
            "a reference was made twice"
        );
    }
    (names, said)
}

const T: &str = "2026-11-23T10:00:00Z";

#[test]
fn a_second_delivery_changes_nothing() {
    let mut memory = Memory::default();
    let rows = format!(
        "{T},A,B1,,5,receipt,R1,\n{T},A,B1,,-1,pick,O1,\n{T},B,B1,,-2,pick,O1,\n{T},A,B1,,-1,pick,,\n{T},A,B1,,-1,pick,,\n"
    );
    let (new, said) = deliver(&mut memory, &rows);
    assert_eq!((said.new, said.errors.len()), (5, 0), "{said:?}");
    assert_eq!(new[0], "R1");
    assert!(new[1].starts_with("O1/") && new[2].starts_with("O1/") && new[4].ends_with("#2"), "{new:?}");
    let (new, said) = deliver(&mut memory, &rows);
    assert_eq!((new.len(), said.same), (0, 5));
}

#[test]
fn a_delivery_in_part_or_with_more_lines_adds_only_what_is_new() {
    let (one, two) = (format!("{T},A,B1,,-1,pick,O1,\n"), format!("{T},B,B1,,-2,pick,O1,\n"));
    let mut memory = Memory::default();
    assert_eq!(deliver(&mut memory, &one).0, ["O1"]);
    assert_eq!(
        deliver(&mut memory, &format!("{two}{one}")).1.same,
        1,
        "the first line is known by its plain reference"
    );
    assert_eq!(memory.0.len(), 2);
    assert_eq!(deliver(&mut memory, &two).1.same, 1, "a line alone is found among the lines");
    let mut memory = Memory::default();
    deliver(&mut memory, &format!("{one}{two}"));
    assert_eq!(deliver(&mut memory, &two).1.same, 1);
    assert_eq!(memory.0.len(), 2);
}

#[test]
fn a_reference_that_comes_back_with_another_content_is_refused() {
    let mut memory = Memory::default();
    deliver(
        &mut memory,
        &format!("{T},A,B1,,-1,pick,O1,\n{T},A,B1,,4,receipt,R1,\n{T},B,B1,,4,receipt,R2,\n{T},A,B2,,4,receipt,R2,\n"),
    );
    let (_, said) =
        deliver(&mut memory, &format!("{T},A,B1,,-2,pick,O1,\n{T},A,B2,,4,receipt,R1,\n{T},B,B1,,5,receipt,R2,\n"));
    said.refuses(2, &["ref \"O1\"", "issue of -1 A in B1", "never changed"]);
    said.refuses(3, &["receipt of 4 A in B1"]);
    said.refuses(4, &["receipt of 4 B in B1"]);
    assert_eq!(memory.0.len(), 4);
}

#[test]
fn a_row_that_stands_in_the_file_twice_is_recorded_once_and_two_quantities_are_a_contradiction() {
    let mut memory = Memory::default();
    let (_, said) =
        deliver(&mut memory, &format!("{T},A,B1,,-1,pick,O1,\n{T},A,B1,,-1,pick,O1,\n{T},A,B1,,-3,pick,O1,\n"));
    said.warns(&["twice", "row 2"]);
    said.refuses(4, &["another quantity in row 2"]);
    assert_eq!(memory.0.len(), 1);
}

#[test]
fn wrong_rows_say_what_to_do() {
    let mut memory = Memory::default();
    let (new, said) = deliver(
        &mut memory,
        &format!(
            "{T},A,B1,,,installed_into,X1,\n{T},A,B1,,0,pick,X2,\n{T},A,B1,,1,teleported,X3,\n{T},A,B1,,1,count adjustment,X4,\n\
             yesterday,A,B1,,1,pick,X5,\n{T},Z,B1,,1,pick,X6,\n{T},A,B1,,\"1,5\",pick,X7,\n{T},A,B1,,1,PICK,X8,\n"
        ),
    );
    said.refuses(2, &["qty \"\"", "moves no stock", "type \"installed_into\"", "receipt, receive"]);
    said.refuses(3, &["is zero"]);
    said.refuses(4, &["teleported", "opening, initial"]);
    said.refuses(5, &["Trueup itself posts"]);
    said.refuses(6, &["time \"yesterday\"", "offset from UTC"]);
    said.refuses(7, &["sku \"Z\""]);
    said.refuses(8, &["comma"]);
    said.warns(&["sign is unusual", "PICK of 1"]);
    assert_eq!(new, ["X8"]);
}

#[test]
fn no_word_means_two_kinds() {
    let mut words: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
    let all = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), all);
    for kind in MovementKind::ALL {
        let ours = matches!(kind, MovementKind::CountAdjustment | MovementKind::StatementCorrection);
        assert_eq!(parse_kind(kind.word()).ok(), (!ours).then_some(kind));
    }
}
