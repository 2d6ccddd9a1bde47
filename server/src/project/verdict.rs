//! What a verdict leaves behind: a variance per key and round, matches included, and a discrepancy per key that
//! somebody has to resolve.
//!
//! A decided discrepancy is frozen; later evidence that disagrees raises a finding. Absent: deciding.

use super::{
    place::Evidence,
    trace::{Finding, derived, finding, history},
    words,
};
use crate::store::{
    Error, FollowUp, Header, WriteTx,
    discrepancy::{self, DiscrepancyRow},
};
use rusqlite::params;
use sha2::{Digest, Sha256};
use shared::{
    api::{
        discrepancy::{DiscrepancyState, VarianceKind},
        history::Subject,
    },
    id::{DeviceId, DiscrepancyId},
    judge::{GroupResult, KeyState, KeyVerdict, PlaceVerdict, RoundResult},
    key::{ItemKey, StockKey},
    moment::Moment,
    quantity::Quantity,
};
use std::{collections::BTreeSet, fmt::Write};

/// A discrepancy should be resolved within a day: stock that moves on makes it harder to explain.
const DUE_MS: i64 = 86_400_000;

/// Writes variances and discrepancies of a place.
pub(super) fn write(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    verdict: &PlaceVerdict,
) -> Result<(), Error> {
    clear_variances(tx, evidence)?;
    for (key, judged) in &verdict.keys {
        if evidence.is_decided(key) {
            would_differ(tx, header, evidence, key, judged.stands().map(|result| result.variance.variance))?;
            continue;
        }
        for round in &judged.rounds {
            put_variance(tx, header, evidence, key, round)?;
        }
        resolve(tx, header, evidence, key, judged)?;
    }
    // while parts of a shared count are still arriving, nothing can be said about any key
    let whole = verdict.rounds.values().any(|merged| merged.complete);
    let gone: Vec<&ItemKey> = evidence.discrepancies.keys().filter(|key| !verdict.keys.contains_key(*key)).collect();
    for key in gone {
        let Some(row) = evidence.discrepancies.get(key) else { continue };
        if !row.state.is_decided() {
            withdraw(tx, header, row, whole)?;
        } else if whole {
            would_differ(tx, header, evidence, key, Some(Quantity::ZERO))?;
        }
    }
    Ok(())
}

fn clear_variances(tx: &WriteTx<'_>, evidence: &Evidence) -> Result<(), Error> {
    let place = [evidence.count_id.0, evidence.location.0];
    if !evidence.discrepancies.values().any(|row| row.state.is_decided()) {
        tx.conn().prepare_cached("DELETE FROM variance WHERE count_id = $1 AND location_id = $2")?.execute(place)?;
        return Ok(());
    }
    tx.conn()
        .prepare_cached(
            "DELETE FROM variance WHERE count_id = $1 AND location_id = $2 AND NOT EXISTS (
                SELECT 1 FROM discrepancy d WHERE d.count_id = variance.count_id AND d.location_id = variance.location_id
                  AND d.item_id = variance.item_id AND d.lot = variance.lot AND d.serial = variance.serial
                  AND d.state IN ('posted', 'exported', 'acknowledged', 'rejected', 'transferred'))",
        )?
        .execute(place)?;
    Ok(())
}

fn put_variance(
    tx: &WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    key: &ItemKey,
    round: &RoundResult,
) -> Result<(), Error> {
    let Some(shown) = round.shown() else { return Ok(()) };
    let sheets: BTreeSet<_> = round.groups.iter().flat_map(|group| group.sheets.iter().copied()).collect();
    let devices: BTreeSet<DeviceId> = round.groups.iter().flat_map(|group| group.devices.iter().copied()).collect();
    let received = evidence.sheets.iter().filter(|row| sheets.contains(&row.id)).map(|row| row.received_at).max();
    let json = |value: serde_json::Result<String>| value.map_err(|error| Error::unreadable("people", error));
    tx.conn()
        .prepare_cached(
            "INSERT INTO variance (count_id, location_id, item_id, lot, serial, round, site_id, counted_micro, implied_zero,
                book_micro, variance_micro, value_micro, kind, window_from, window_to, book_from_micro, book_to_micro, level,
                rule, alert, scanned_at, received_at, merged, people, devices)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25)",
        )?
        .execute(params![
            evidence.count_id.0,
            evidence.location.0,
            key.item.0,
            key.lot,
            key.serial,
            round.round,
            header.site.0,
            shown.counted.micro(),
            shown.implied_zero,
            shown.variance.book.micro(),
            shown.variance.variance.micro(),
            shown.value.map(|value| value.micro()),
            shown.variance.kind.word(),
            shown.window.from.0,
            shown.window.to.0,
            shown.variance.book_ends.map(|(from, _)| from.micro()),
            shown.variance.book_ends.map(|(_, to)| to.micro()),
            shown.tolerance.level.word(),
            shown.tolerance.rule,
            shown.tolerance.alert,
            shown.scanned_at.0,
            received.unwrap_or(header.recorded_at).0,
            round.merged,
            json(serde_json::to_string(&round.people))?,
            json(serde_json::to_string(&devices))?,
        ])?;
    Ok(())
}

/// The number of a key's discrepancy in a count.
pub(super) fn number(evidence: &Evidence, key: &ItemKey) -> DiscrepancyId {
    let parts: [&[u8]; 5] = [
        &evidence.count_id.0.to_be_bytes(),
        &evidence.location.0.to_be_bytes(),
        &key.item.0.to_be_bytes(),
        key.lot.as_bytes(),
        key.serial.as_bytes(),
    ];
    DiscrepancyId(derived("discrepancy", &parts))
}

/// Where the verdict puts a key; `None` needs nobody.
fn target(evidence: &Evidence, judged: &KeyVerdict) -> Option<DiscrepancyState> {
    Some(match judged.state {
        // what the policy posts by itself goes the way of everything that is posted: a discrepancy and an approval
        KeyState::Accepted | KeyState::Within if judged.post => DiscrepancyState::AwaitingApproval,
        KeyState::Accepted if judged.rounds.len() > 1 => DiscrepancyState::Accepted,
        KeyState::Accepted | KeyState::Within => return None,
        KeyState::AwaitingApproval => DiscrepancyState::AwaitingApproval,
        KeyState::Recounting { .. } if evidence.count.closed => DiscrepancyState::Escalated,
        KeyState::Recounting { .. } => DiscrepancyState::Recounting,
        KeyState::Confirmed => DiscrepancyState::Confirmed,
        KeyState::Escalated => DiscrepancyState::Escalated,
    })
}

fn resolve(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    key: &ItemKey,
    judged: &KeyVerdict,
) -> Result<(), Error> {
    let before = evidence.discrepancies.get(key);
    let Some(mut state) = target(evidence, judged) else {
        return before.map_or(Ok(()), |row| withdraw(tx, header, row, true));
    };
    let fingerprint = fingerprint(judged);
    if before.is_some_and(|row| row.state == DiscrepancyState::HalfApproved && row.evidence == fingerprint)
        && state.awaits_decision()
    {
        state = DiscrepancyState::HalfApproved;
    }
    let stands = judged.stands();
    let when = stands.map_or_else(|| last_closing(evidence), |result| result.scanned_at);
    let row = DiscrepancyRow {
        id: before.map_or_else(|| number(evidence, key), |row| row.id),
        site: header.site,
        count: evidence.count_id,
        key: StockKey { location: evidence.location, what: key.clone() },
        state,
        rounds: u8::try_from(judged.rounds.len()).unwrap_or(u8::MAX),
        rounds_ordered: before.map_or(0, |row| row.rounds_ordered),
        counted: stands.map_or(Quantity::ZERO, |result| result.counted),
        book: stands.map_or(Quantity::ZERO, |result| result.variance.book),
        variance: stands.map_or(Quantity::ZERO, |result| result.variance.variance),
        value: stands.and_then(|result| result.value),
        kind: stands.map_or(VarianceKind::Ambiguous, |result| result.variance.kind),
        rule: stands.map_or_else(|| fault(judged), |result| result.tolerance.rule.clone()),
        scanned_at: when,
        opened_at: before.map_or(header.recorded_at, |row| row.opened_at),
        due_at: before.map_or(header.recorded_at.plus_ms(DUE_MS), |row| row.due_at),
        owner: before.map_or(evidence.count.created_by, |row| row.owner),
        evidence: fingerprint,
        movement: None,
        batch: String::new(),
    };
    if judged.post && row.state.awaits_decision() {
        tx.follow_up(FollowUp::Post { site: header.site, discrepancy: row.id });
    }
    if let Some(alerting) = stands.filter(|result| result.tolerance.alert && state.is_open()) {
        alert(tx, header, evidence, key, alerting)?;
    }
    if before == Some(&row) {
        return Ok(());
    }
    discrepancy::put(tx.conn(), &row)?;
    changed(tx, header, row.id)
}

/// A discrepancy that the evidence no longer shows: gone where nobody has done anything about it. Otherwise accepted, or,
/// while parts of the count are still arriving, waiting for them.
fn withdraw(tx: &mut WriteTx<'_>, header: &Header, row: &DiscrepancyRow, whole: bool) -> Result<(), Error> {
    if discrepancy::has_decisions(tx.conn(), row.id)? {
        let state = if whole { DiscrepancyState::Accepted } else { DiscrepancyState::Recounting };
        if row.state == state {
            return Ok(());
        }
        discrepancy::put(tx.conn(), &DiscrepancyRow { state, ..row.clone() })?;
    } else {
        discrepancy::delete(tx.conn(), row.id)?;
    }
    changed(tx, header, row.id)
}

fn changed(tx: &mut WriteTx<'_>, header: &Header, id: DiscrepancyId) -> Result<(), Error> {
    tx.changed(header.site, "discrepancy", header.position);
    history(tx, header, Subject::Discrepancy, id.0)
}

fn last_closing(evidence: &Evidence) -> Moment {
    evidence.sheets.iter().filter_map(|row| row.closed_at).max().unwrap_or(Moment(0))
}

fn fault(judged: &KeyVerdict) -> String {
    let fault = judged.rounds.iter().rev().find_map(|round| round.faults.first());
    fault.map_or_else(|| "cannot be held against the book".to_owned(), ToString::to_string)
}

fn alert(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    key: &ItemKey,
    result: &GroupResult,
) -> Result<(), Error> {
    let sku = words::item(tx.conn(), key.item)?;
    let code = &evidence.place.code;
    let sentence = format!(
        "{sku} in {code} differs by {} ({}): the limit for an alert.",
        result.variance.variance, result.tolerance.rule
    );
    let (location, item) = (Some(evidence.location), Some(key.item));
    let (person, at) = (evidence.count.created_by, header.recorded_at);
    finding(tx, header, &Finding { kind: "alert", sentence, location, item, person, at })
}

/// After a decision the record stands, and a finding says by how much it would differ now (`DOMAIN.md` section 4).
fn would_differ(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    key: &ItemKey,
    now: Option<Quantity>,
) -> Result<(), Error> {
    let (Some(row), Some(now)) = (evidence.discrepancies.get(key), now) else { return Ok(()) };
    if now == row.variance {
        return Ok(());
    }
    let by = now.minus(row.variance).map_or_else(|_| "more than can be kept".to_owned(), |by| by.to_string());
    let sku = words::item(tx.conn(), key.item)?;
    let sentence = format!(
        "{sku} in {}: decided at a variance of {}; with what is known since, it would now differ by {by}. The record stands.",
        evidence.place.code, row.variance
    );
    let (location, item) = (Some(evidence.location), Some(key.item));
    let at = header.recorded_at;
    finding(tx, header, &Finding { kind: "would_now_differ", sentence, location, item, person: None, at })?;
    history(tx, header, Subject::Discrepancy, row.id.0)
}

/// Changes when anything does that a person decides on.
fn fingerprint(judged: &KeyVerdict) -> String {
    let mut text = String::new();
    for round in &judged.rounds {
        let _ = write!(text, "round {} {:?};", round.round, round.people);
        for group in &round.groups {
            let sheets: Vec<String> = group.sheets.iter().map(ToString::to_string).collect();
            let _ = write!(
                text,
                "{} {} {} {} {} {} {} {};",
                sheets.join(","),
                group.counted,
                group.variance.book,
                group.variance.variance,
                group.variance.kind.word(),
                group.value.map_or_else(String::new, |value| value.to_string()),
                group.scanned_at.0,
                group.tolerance.rule,
            );
        }
        let _ = write!(text, "{} faults;", round.faults.len());
    }
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
