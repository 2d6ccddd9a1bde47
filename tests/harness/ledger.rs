//! The oracle of `SYNC.md` section 10: everything that was ticked is on the server once, as the handheld wrote it, or
//! still pending and shown so. Anything else is lost.
//!
//! Two kinds of ledger are held against the server's file: what a screen ticked ([`crate::floor::Floor`]), and what a
//! handheld without a screen was told ([`Handheld`]). Each check answers with what is wrong, so that a test can ask for
//! a failure where a defect is planted. Absent: asking the server itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use shared::event::EventKind;
use shared::id::LogId;
use uuid::Uuid;

use crate::browser::Kept;
use crate::floor::Ticked;
use crate::handheld::Handheld;
use crate::record::{self, Recorded};

/// An event as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub body: Vec<u8>,
    /// Its log's chain there.
    pub chain: Vec<u8>,
}

/// Every event on the server by its id; an id that is there twice has two.
#[must_use]
pub fn stored(data: &Path) -> HashMap<Vec<u8>, Vec<Stored>> {
    let database = record::open(data);
    let mut statement =
        database.prepare("SELECT event_id, body, device_chain FROM fact WHERE log_no IS NOT NULL").expect("the schema");
    let mut found: HashMap<Vec<u8>, Vec<Stored>> = HashMap::new();
    let rows = statement.query_map([], |row| {
        let stored = Stored { body: row.get("body")?, chain: row.get("device_chain")? };
        Ok((row.get("event_id")?, stored))
    });
    for row in rows.expect("rows") {
        let (id, stored): (Option<Vec<u8>>, Stored) = row.expect("a row");
        found.entry(id.unwrap_or_default()).or_default().push(stored);
    }
    found
}

/// Whether what the handhelds were told is on the server is there: once, byte for byte, each with the chain that the
/// handheld has there (I2, I4, I5, I6).
///
/// # Errors
/// The first event that is not.
pub fn acknowledged<'a>(data: &Path, handhelds: impl IntoIterator<Item = &'a Handheld>) -> Result<(), String> {
    let found = stored(data);
    for handheld in handhelds {
        let told = usize::try_from(handheld.durable()).expect("fits");
        for (event, chain) in handheld.events.iter().take(told) {
            let seq = event.seq;
            match found.get(event.id.as_bytes().as_slice()).map(Vec::as_slice) {
                Some([one]) if one.body != event.body.as_bytes() => {
                    return Err(format!("I6: event {seq} has other bytes"));
                }
                Some([one]) if one.chain != chain.0 => return Err(format!("I5: the chain differs at event {seq}")),
                Some([_]) => {}
                Some(several) => return Err(format!("I4: event {seq} is there {} times", several.len())),
                None => return Err(format!("I2: event {seq} was acknowledged and is lost")),
            }
        }
    }
    Ok(())
}

/// Whether the server holds exactly what these handhelds made, once each, after they have drained (I4, I6, I11).
///
/// # Errors
/// What is missing or too much.
pub fn everything<'a>(data: &Path, handhelds: impl IntoIterator<Item = &'a Handheld> + Clone) -> Result<(), String> {
    acknowledged(data, handhelds.clone())?;
    let made: usize = handhelds.clone().into_iter().map(|handheld| handheld.events.len()).sum();
    if let Some(waiting) = handhelds.into_iter().find(|handheld| handheld.durable() < handheld.head().seq) {
        return Err(format!("I11: {} of {} are on the server", waiting.durable(), waiting.head().seq));
    }
    let found: usize = stored(data).values().map(Vec::len).sum();
    if found == made { Ok(()) } else { Err(format!("I4: the server holds {found} events of {made}")) }
}

/// What a server holds of things that a screen ticks, in the order of each handheld's logs.
#[must_use]
pub fn entries(data: &Path, events: &[Recorded]) -> Vec<Ticked> {
    let (bins, skus) = (record::names(data, "location", "code"), record::names(data, "item", "sku"));
    let sheets = record::sheets(events);
    let ticked = events.iter().filter_map(|recorded| {
        let keyed = match &recorded.event.kind {
            EventKind::Scanned { .. } => None,
            EventKind::Keyed { quantity, .. } => Some(quantity.to_string()),
            _ => return None,
        };
        let (device, item) = (recorded.device.clone(), recorded.event.kind.item().expect("a line has an item"));
        let bin = bins[&sheets[&recorded.event.sheet.expect("a line is on a sheet")].0].clone();
        Some(Ticked { device, bin, sku: skus[&item.0].clone(), keyed })
    });
    ticked.collect()
}

/// Holds what a screen ticked, and what was tried on it, against what the server has of that handheld: nothing that was
/// ticked is missing beyond `waiting`, the number that the screen says is waiting; nothing is there that nobody entered
/// (I1, I4, I12).
///
/// # Errors
/// The entry that is lost, or that is there too often.
pub fn screen(data: &Path, device: &str, ticked: &[Ticked], tried: &[Ticked], waiting: u64) -> Result<(), String> {
    let mut events = record::events(data);
    let ids: BTreeSet<_> = events.iter().map(|recorded| recorded.event.id).collect();
    // what two devices wrote under one number may be carried over as well
    events.extend(record::beside(data).into_iter().filter(|recorded| !ids.contains(&recorded.event.id)));
    if record::stored_twice(data) > 0 {
        return Err("I4: an event is there twice".into());
    }
    let own: Vec<Ticked> = entries(data, &events).into_iter().filter(|entry| entry.device == device).collect();
    let (held, ticks, tries) = (often(&own), often(ticked), often(tried));
    let mut missing = 0;
    for (entry, ticks) in &ticks {
        missing += ticks.saturating_sub(held.get(entry).copied().unwrap_or(0));
    }
    if missing > waiting {
        let lost: Vec<_> =
            ticks.iter().filter(|(entry, ticks)| held.get(*entry).copied().unwrap_or(0) < **ticks).collect();
        return Err(format!("I1: {missing} ticked entries are not on the server, {waiting} are waiting: {lost:?}"));
    }
    for (entry, times) in &held {
        let (ticks, tries) = (ticks.get(entry).copied().unwrap_or(0), tries.get(entry).copied().unwrap_or(0));
        if *times > ticks + tries {
            return Err(format!("I4: {entry:?} is there {times} times, ticked {ticks} and tried {tries} times more"));
        }
    }
    Ok(())
}

/// How far the server holds each log.
#[must_use]
pub fn held(data: &Path) -> BTreeMap<LogId, u64> {
    let database = record::open(data);
    let mut statement = database.prepare("SELECT log_id, head_seq FROM device_log").expect("the schema");
    let rows = statement.query_map([], |row| {
        let (id, seq): (Vec<u8>, i64) = (row.get("log_id")?, row.get("head_seq")?);
        Ok((LogId(Uuid::from_slice(&id).expect("an id")), u64::try_from(seq).expect("a number")))
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

/// Holds the number that a screen says is waiting against both disks: it is what the handheld has and was not told is on
/// the server, no fewer and no more; what it was told is there; and what the server lacks is within that number (I2, I12).
///
/// # Errors
/// What is not so.
pub fn waiting(held: &BTreeMap<LogId, u64>, kept: &[Kept], shown: u64) -> Result<(), String> {
    let pending: u64 = kept.iter().map(Kept::pending).sum();
    if shown != pending {
        return Err(format!("I12: {shown} are shown as waiting, {pending} are: {kept:?}"));
    }
    for log in kept {
        let there = held.get(&log.log).copied().unwrap_or(0);
        if log.told() > there {
            return Err(format!("I2: it was told of {} events, {there} are there: {log:?}", log.told()));
        }
    }
    Ok(())
}

fn often(entries: &[Ticked]) -> BTreeMap<&Ticked, u64> {
    let mut often = BTreeMap::new();
    for entry in entries {
        *often.entry(entry).or_insert(0) += 1;
    }
    often
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::sync::{
        log::Chain,
        message::{Belief, Head},
    };

    #[test]
    fn a_number_shown_is_wrong_when_it_is_too_small_and_when_it_is_too_large() {
        let log = LogId(Uuid::from_u128(7));
        let head = |seq| Head { seq, chain: Chain::start(log) };
        let durable = Some(Belief { head: head(4), timeline: Uuid::nil() });
        let kept = [Kept { log, head: head(9), durable }];
        let check = |there: u64, shown| waiting(&BTreeMap::from([(log, there)]), &kept, shown);
        assert_eq!(check(4, 5), Ok(()));
        assert_eq!(check(9, 5), Ok(()), "the answer may have been lost");
        for (there, shown, invariant) in [(4, 4, "I12"), (4, 6, "I12"), (3, 5, "I2")] {
            let wrong = check(there, shown).expect_err("it is not so");
            assert!(wrong.starts_with(invariant), "{there}, {shown}: {wrong}");
        }
    }
}
