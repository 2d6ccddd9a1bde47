//! Bodies of every released version, kept as they were written: each reads to the same meaning for ever, and nothing that
//! can be written today is without one.
//!
//! A file is never edited once its version was released; it only grows by lines for what is added to the version.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent, SkipReason, TakenBy, Verified, upcast},
    grant::SignedGrant,
    id::{CountId, EventId, ItemId, LocationId, PersonId, SheetId, TaskId},
    key::ItemKey,
    quantity::Quantity,
    sync::receive::read_body,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One file a released version: a line holds the exact body, and what it means in the form of the version of today.
const FILES: [(u16, &str); 1] = [(1, include_str!("golden/event-v1.jsonl"))];

fn lines(version: u16) -> Vec<(String, Value)> {
    let (_, text) = FILES.into_iter().find(|(known, _)| *known == version).expect("a file of the version");
    let read = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        (line["body"].as_str().expect("a body").to_owned(), line["means"].clone())
    };
    text.lines().map(read).collect()
}

/// Whether everything that `least` says is said by `whole`, which may say more.
fn holds(whole: &Value, least: &Value) -> bool {
    match (whole, least) {
        (Value::Object(whole), Value::Object(least)) => {
            least.iter().all(|(name, value)| whole.get(name).is_some_and(|found| holds(found, value)))
        }
        _ => whole == least,
    }
}

#[test]
fn every_body_ever_released_reads_to_the_same_meaning() {
    let mut read = 0;
    for (version, _) in FILES {
        for (body, means) in lines(version) {
            let event = upcast::read(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
            let now = serde_json::to_value(&event).unwrap();
            assert!(holds(&now, &means), "{body}\nmeant {means}\nreads as {now}");
            assert_eq!(read_body(&body, event.id), Ok(event), "the server takes it: {body}");
            read += 1;
        }
    }
    assert!(read >= 20, "the files were not found: {read} bodies");
    let versions: Vec<u16> = FILES.into_iter().map(|(version, _)| version).collect();
    assert_eq!(versions, (1..=EVENT_VERSION).collect::<Vec<_>>(), "every version has a file");
}

/// Everything that can be written, each field filled: a new kind or field does not compile here until it is named, and
/// is then missed in the file.
fn everything() -> Vec<EventKind> {
    let key = || ItemKey { item: ItemId(7), lot: "L7".into(), serial: "S1".into() };
    let (location, task, count) = (LocationId(5), Some(TaskId(9)), Some(CountId(3)));
    let mut all = vec![
        EventKind::Scanned {
            raw: "4006381333931".into(),
            key: key(),
            quantity: Quantity::ONE,
            expiry: Some("2027-01-31".into()),
        },
        EventKind::Keyed { key: key(), quantity: Quantity::ONE },
        EventKind::UnknownBarcode { raw: "X".into(), quantity: Quantity::ONE },
        EventKind::PackProposed { raw: "X".into(), item: ItemId(7), pack_factor: Quantity::ONE },
        EventKind::Undone { event: EventId(Uuid::nil()) },
        EventKind::ConfirmedEmpty,
        EventKind::SheetClosed { location_done: true },
        EventKind::Locked,
    ];
    for intent in [SheetIntent::Own, SheetIntent::Continue, SheetIntent::Helping] {
        all.push(EventKind::SheetOpened { location, task, count, intent });
    }
    all.extend(SkipReason::ALL.map(|reason| EventKind::LocationSkipped { location, task, reason }));
    for verified in [Verified::Password, Verified::Unverified] {
        all.push(EventKind::Unlocked { verified });
    }
    for by in [TakenBy::Password, TakenBy::Pin, TakenBy::Unverified] {
        all.push(EventKind::HandheldTaken { by, grant: Some(SignedGrant("trueup-grant-1".into())) });
    }
    for kind in &all {
        match kind {
            // each of them stands above
            EventKind::SheetOpened { .. }
            | EventKind::Scanned { .. }
            | EventKind::Keyed { .. }
            | EventKind::UnknownBarcode { .. }
            | EventKind::PackProposed { .. }
            | EventKind::Undone { .. }
            | EventKind::ConfirmedEmpty
            | EventKind::SheetClosed { .. }
            | EventKind::LocationSkipped { .. }
            | EventKind::Unlocked { .. }
            | EventKind::HandheldTaken { .. }
            | EventKind::Locked => {}
        }
    }
    all
}

/// `kind.field`, and `kind.field=word` where the field is one of a few words.
fn said(body: &Value) -> BTreeSet<String> {
    let kind = body["kind"].as_str().expect("a kind");
    let mut said = BTreeSet::new();
    for (name, value) in body.as_object().expect("an object") {
        said.insert(format!("{kind}.{name}"));
        if ["intent", "reason", "verified", "by"].contains(&name.as_str()) {
            said.insert(format!("{kind}.{name}={value}"));
        }
        for inner in value.as_object().into_iter().flat_map(|inner| inner.keys()) {
            said.insert(format!("{kind}.{name}.{inner}"));
        }
    }
    said
}

#[test]
fn nothing_that_can_be_written_today_is_without_a_line() {
    let known: BTreeSet<String> =
        lines(EVENT_VERSION).iter().flat_map(|(body, _)| said(&serde_json::from_str(body).expect("JSON"))).collect();
    for kind in everything() {
        let event = Event {
            v: EVENT_VERSION,
            id: EventId(Uuid::nil()),
            actor: PersonId(1),
            sheet: Some(SheetId(Uuid::nil())),
            at: CaptureTime { wall_ms: 0, offset_ms: 0, uncertainty_ms: 0 },
            kind,
        };
        let body = serde_json::to_value(&event).unwrap();
        let missed: Vec<String> = said(&body).into_iter().filter(|word| !known.contains(word)).collect();
        assert!(missed.is_empty(), "add lines to the golden file of version {EVENT_VERSION} for {missed:?}");
    }
}
