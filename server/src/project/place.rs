//! Judging a place: every sheet of one location of one count, held against the books, written as variances,
//! discrepancies, recount tasks and the state of its tasks (`DOMAIN.md` sections 3 to 6).
//!
//! A place is judged anew whenever anything its verdict rests on changes, from all of its evidence, so the order in
//! which evidence arrived leaves no trace (I8). Absent: the rules, which are [`shared::judge`].

use super::{
    known::{self, KnownCount, Place as KnownPlace},
    round, sheet as folding,
    trace::{Finding, finding},
    verdict, words,
};
use crate::store::{
    Error, Header, WriteTx, discrepancy,
    discrepancy::DiscrepancyRow,
    sheet::{self, SheetRow},
};
use rusqlite::params;
use shared::{
    book::{BookMovement, Ledger},
    fact::MovementKind,
    id::{CountId, ItemId, LocationId, MovementId, SheetId},
    judge::{KeyState, Place, PlaceVerdict, Round, Scope, judge},
    key::ItemKey,
    merge::{ClosedSheet, OpenSheet},
    moment::Moment,
    quantity::Quantity,
    threshold::ItemFacts,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What made a place be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// A sheet of it was closed.
    Sheet(SheetId),
    /// A movement became known.
    Movement,
    /// Anything else it rests on.
    Evidence,
}

/// A place with everything its verdict rests on.
pub(super) struct Evidence {
    pub count_id: CountId,
    pub location: LocationId,
    pub count: Arc<KnownCount>,
    pub place: Arc<KnownPlace>,
    pub sheets: Vec<SheetRow>,
    pub tasks: BTreeMap<u8, round::TaskRow>,
    pub discrepancies: BTreeMap<ItemKey, DiscrepancyRow>,
}

impl Evidence {
    /// Keys about which somebody has decided: their record stands.
    pub(super) fn is_decided(&self, key: &ItemKey) -> bool {
        self.discrepancies.get(key).is_some_and(|row| row.state.is_decided())
    }
}

/// Whether anything of the place has been decided.
pub(super) fn is_settled(tx: &WriteTx<'_>, count: CountId, location: LocationId) -> Result<bool, Error> {
    Ok(discrepancy::list_place(tx.conn(), count, location)?.iter().any(|row| row.state.is_decided()))
}

/// Counts with a sheet of the location that was not over before this instant.
pub(super) fn counts_since(tx: &WriteTx<'_>, location: LocationId, since: Moment) -> Result<Vec<CountId>, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT DISTINCT count_id FROM sheet WHERE location_id = $1 AND close_seq IS NOT NULL AND ends_at >= $2
             ORDER BY count_id",
        )?
        .query_map(params![location.0, since.0], |row| Ok(CountId(row.get("count_id")?)))?
        .collect::<Result<_, _>>()?)
}

/// Judges a place and writes what follows.
pub(super) fn judge_place(
    tx: &mut WriteTx<'_>,
    header: &Header,
    count_id: CountId,
    location: LocationId,
    why: Why,
) -> Result<(), Error> {
    sheet::flush(tx)?;
    let (Some(count), Some(place)) = (known::count(tx, count_id)?, known::location(tx, location)?) else {
        return Ok(());
    };
    let rows = discrepancy::list_place(tx.conn(), count_id, location)?;
    let evidence = Evidence {
        count_id,
        location,
        count,
        place,
        sheets: sheet::list_place(tx.conn(), count_id, location)?,
        tasks: round::list(tx, count_id, location)?,
        discrepancies: rows.into_iter().map(|row| (row.key.what.clone(), row)).collect(),
    };
    let (verdict, rounds) = weigh(tx, &evidence)?;
    verdict::write(tx, header, &evidence, &verdict)?;
    round::write(tx, header, &evidence, &verdict, &rounds)?;
    if let Why::Sheet(sheet) = why {
        arrived(tx, header, &evidence, &rounds, sheet)?;
    }
    Ok(())
}

/// The verdict on a place. A recount is about the keys that the rounds before it left in dispute: those that were asked
/// for, and those that its sheets list anyway. A key that nobody was asked for is not zero for not being listed.
fn weigh(tx: &mut WriteTx<'_>, evidence: &Evidence) -> Result<(PlaceVerdict, Vec<Round>), Error> {
    let mut closed: BTreeMap<u8, Vec<ClosedSheet>> = BTreeMap::new();
    let mut open: BTreeMap<u8, Vec<OpenSheet>> = BTreeMap::new();
    for row in &evidence.sheets {
        if row.close_seq.is_some() {
            let folded = folding::folded(tx, row)?;
            closed.entry(row.round).or_default().push(ClosedSheet::clone(&folded));
            open.entry(row.round).or_default();
        } else {
            let sheet = OpenSheet { sheet: row.id, person: row.person, intent: row.intent };
            open.entry(row.round).or_default().push(sheet);
            closed.entry(row.round).or_default();
        }
    }
    let ledgers = ledgers(tx, evidence, closed.values().flatten())?;
    let mut items: BTreeMap<ItemId, ItemFacts> = BTreeMap::new();
    let on_sheets =
        closed.values().flatten().flat_map(|sheet| sheet.folded.lines.keys().chain(sheet.folded.broken.keys()));
    let wanted: BTreeSet<ItemId> = ledgers.keys().chain(on_sheets).map(|key| key.item).collect();
    for id in wanted {
        if let Some(item) = known::item(tx, id)? {
            items.insert(id, item.facts.clone());
        }
    }
    let rounds_ordered: BTreeMap<ItemKey, u8> = evidence
        .discrepancies
        .iter()
        .filter(|(_, row)| row.rounds_ordered > 0)
        .map(|(key, row)| (key.clone(), row.rounds_ordered))
        .collect();
    let place = |rounds: &[Round]| {
        judge(&Place {
            policy: &evidence.count.policy,
            zone: &evidence.place.zone,
            items: &items,
            ledgers: &ledgers,
            rounds,
            rounds_ordered: &rounds_ordered,
        })
    };
    let mut rounds: Vec<Round> = Vec::new();
    for (number, sheets) in closed {
        let scope = if number == 1 {
            Scope::Whole
        } else {
            let disputed =
                place(&rounds).keys.into_iter().filter(|(_, key)| matches!(key.state, KeyState::Recounting { .. }));
            let asked = evidence.tasks.get(&number).and_then(|task| task.keys.as_ref());
            let listed = |key: &ItemKey| {
                sheets.iter().any(|sheet| sheet.folded.lines.contains_key(key) || sheet.folded.broken.contains_key(key))
            };
            let keys = disputed.map(|(key, _)| key);
            Scope::Keys(keys.filter(|key| listed(key) || asked.is_none_or(|asked| asked.contains(key))).collect())
        };
        let open = open.remove(&number).unwrap_or_default();
        rounds.push(Round { round: number, scope, sheets, open });
    }
    Ok((place(&rounds), rounds))
}

/// The ledgers of every key that stood in the location since the first of its windows began, or moved since. What was
/// posted for this place's own discrepancies is left out: it answers the count, it is no evidence about it.
fn ledgers<'a>(
    tx: &WriteTx<'_>,
    evidence: &Evidence,
    sheets: impl Iterator<Item = &'a ClosedSheet>,
) -> Result<BTreeMap<ItemKey, Ledger>, Error> {
    // a clock that jumped in the middle of a visit may have scanned before it opened
    let begins = |sheet: &ClosedSheet| {
        let visit = sheet.opened_at.join(sheet.closed_at).from;
        sheet.folded.lines.values().map(|line| line.window(sheet.closed_at).from).fold(visit, Ord::min)
    };
    let Some(since) = sheets.map(begins).min() else {
        return Ok(BTreeMap::new());
    };
    let own: BTreeSet<MovementId> = evidence.discrepancies.values().filter_map(|row| row.movement).collect();
    let mut statement = tx.conn().prepare_cached(
        "SELECT movement_id, item_id, lot, serial, quantity_micro, kind, effective_at, reference FROM movement
         WHERE location_id = $1 ORDER BY item_id, lot, serial, effective_at",
    )?;
    let mut rows = statement.query([evidence.location.0])?;
    let mut ledgers = BTreeMap::new();
    let mut current: Option<(ItemKey, Earlier)> = None;
    while let Some(row) = rows.next()? {
        let id = MovementId(row.get("movement_id")?);
        if own.contains(&id) {
            continue;
        }
        let item = ItemId(row.get("item_id")?);
        let (lot, serial) = (row.get_ref("lot")?, row.get_ref("serial")?);
        let same = current.as_ref().is_some_and(|(key, _)| {
            key.item == item && lot.as_str() == Ok(key.lot.as_str()) && serial.as_str() == Ok(key.serial.as_str())
        });
        if !same {
            if let Some((key, earlier)) = current.take() {
                earlier.finish(key, &mut ledgers);
            }
            current = Some((ItemKey { item, lot: row.get("lot")?, serial: row.get("serial")? }, Earlier::default()));
        }
        let Some((_, earlier)) = &mut current else { continue };
        let (quantity, effective_at): (i64, i64) = (row.get("quantity_micro")?, row.get("effective_at")?);
        if Moment(effective_at) < since {
            earlier.sum += i128::from(quantity);
            continue;
        }
        let kind: String = row.get("kind")?;
        earlier.movements.push(BookMovement {
            id,
            effective_at: Moment(effective_at),
            quantity: Quantity::from_micro(quantity),
            kind: MovementKind::parse(&kind).ok_or_else(|| Error::unreadable("movement", kind))?,
            reference: row.get("reference")?,
        });
    }
    if let Some((key, earlier)) = current {
        earlier.finish(key, &mut ledgers);
    }
    Ok(ledgers)
}

/// A key's movements: those before the first sheet as one sum, because nothing asks when they happened.
#[derive(Default)]
struct Earlier {
    sum: i128,
    movements: Vec<BookMovement>,
}

impl Earlier {
    fn finish(mut self, key: ItemKey, ledgers: &mut BTreeMap<ItemKey, Ledger>) {
        if self.sum == 0 && self.movements.is_empty() {
            return;
        }
        // a sum beyond the largest number is carried in parts; the ledger adds in 128 bits and says what does not fit
        let mut part = 0;
        while self.sum != 0 {
            let most = i128::from(i64::MAX);
            let piece = self.sum.clamp(-most, most);
            self.sum -= piece;
            part -= 1;
            self.movements.push(BookMovement {
                id: MovementId(part),
                effective_at: Moment(i64::MIN),
                quantity: Quantity::from_micro(i64::try_from(piece).unwrap_or(i64::MAX)),
                kind: MovementKind::Opening,
                reference: String::new(),
            });
        }
        ledgers.insert(key, Ledger::new(self.movements));
    }
}

/// What is worth telling about a sheet that has just been closed: that it came late, and serial numbers that were seen
/// elsewhere as well.
fn arrived(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    rounds: &[Round],
    id: SheetId,
) -> Result<(), Error> {
    let Some(row) = evidence.sheets.iter().find(|row| row.id == id) else { return Ok(()) };
    let at = header.recorded_at;
    let person = Some(row.person);
    let code = &evidence.place.code;
    if row.late {
        let who = words::person(tx.conn(), row.person)?;
        let after = if evidence.discrepancies.values().any(|row| row.state.is_decided()) {
            "something there had been decided. It is kept; the decisions stand."
        } else {
            "the count was closed. It is kept, and what it shows goes to a supervisor."
        };
        let sentence =
            format!("{who}'s count of {code} of {} (round {}) arrived after {after}", row.opened_at, row.round);
        let location = Some(row.location);
        finding(tx, header, &Finding { kind: "late_sheet", sentence, location, item: None, person, at })?;
    }
    let sheets = rounds.iter().flat_map(|round| &round.sheets);
    let Some(sheet) = sheets.into_iter().find(|sheet| sheet.sheet == id) else { return Ok(()) };
    for (key, _) in sheet.folded.lines.iter().filter(|(key, line)| !key.serial.is_empty() && !line.quantity.is_zero()) {
        for other in elsewhere(tx, evidence, key)? {
            let sku = words::item(tx.conn(), key.item)?;
            let (one, two) = if *code < other { (code.clone(), other) } else { (other, code.clone()) };
            let sentence = format!("Serial number {} of {sku} was counted in {one} and in {two}.", key.serial);
            let (location, item) = (Some(row.location), Some(key.item));
            finding(tx, header, &Finding { kind: "serial_in_two_locations", sentence, location, item, person, at })?;
        }
    }
    Ok(())
}

/// Codes of other locations of counts still open where the serial number was counted.
fn elsewhere(tx: &WriteTx<'_>, evidence: &Evidence, key: &ItemKey) -> Result<Vec<String>, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT DISTINCT o.code FROM sheet_line l
             JOIN sheet s ON s.sheet_id = l.sheet_id
             JOIN count c ON c.count_id = s.count_id
             JOIN location o ON o.location_id = s.location_id
             WHERE l.item_id = $1 AND l.serial = $2 AND l.quantity_micro <> 0 AND s.location_id <> $3 AND c.closed_at IS NULL
             ORDER BY o.code",
        )?
        .query_map(params![key.item.0, key.serial, evidence.location.0], |row| row.get("code"))?
        .collect::<Result<_, _>>()?)
}
