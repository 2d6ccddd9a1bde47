//! Discrepancies: variances that somebody has to resolve.
//!
//! Absent: lists for screens (see `read/`).

use super::Error;
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    api::discrepancy::{DiscrepancyState, VarianceKind},
    id::{CountId, DiscrepancyId, ItemId, LocationId, MovementId, PersonId, SiteId},
    key::{ItemKey, StockKey},
    moment::Moment,
    money::Money,
    quantity::Quantity,
};

/// A discrepancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscrepancyRow {
    /// Its number.
    pub id: DiscrepancyId,
    /// The site.
    pub site: SiteId,
    /// The count that found it.
    pub count: CountId,
    /// Which key.
    pub key: StockKey,
    /// Where it stands.
    pub state: DiscrepancyState,
    /// Rounds counted.
    pub rounds: u8,
    /// Rounds a supervisor ordered beyond the policy.
    pub rounds_ordered: u8,
    /// Of the round that stands.
    pub counted: Quantity,
    /// The book at that scan.
    pub book: Quantity,
    /// Counted − book.
    pub variance: Quantity,
    /// At unit cost; `None` is unknown.
    pub value: Option<Money>,
    /// How it relates to movements in the window.
    pub kind: VarianceKind,
    /// The rule that flagged it, in words.
    pub rule: String,
    /// The instant of the scan.
    pub scanned_at: Moment,
    /// When it was found.
    pub opened_at: Moment,
    /// When it should be resolved.
    pub due_at: Moment,
    /// Whose it is.
    pub owner: Option<PersonId>,
    /// Changes when the evidence does.
    pub evidence: String,
    /// The adjustment, once posted.
    pub movement: Option<MovementId>,
    /// The hand-over it was in; empty before.
    pub batch: String,
}

impl DiscrepancyRow {
    /// Whether one is short by what the other is over.
    pub fn opposes(&self, other: &Self) -> bool {
        self.variance.negated() == Ok(other.variance) && !self.variance.is_zero()
    }
}

const SELECT: &str = "SELECT discrepancy_id, site_id, count_id, location_id, item_id, lot, serial, state, rounds,
    rounds_ordered, counted_micro, book_micro, variance_micro, value_micro, kind, rule, scanned_at, opened_at, due_at,
    owner_id, evidence, movement_id, batch FROM discrepancy";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<DiscrepancyRow, Error>> {
    let (state, kind): (String, String) = (row.get("state")?, row.get("kind")?);
    let (Some(state), Some(kind)) = (DiscrepancyState::parse(&state), VarianceKind::parse(&kind)) else {
        return Ok(Err(Error::unreadable("discrepancy", "its state or kind is none of the words known")));
    };
    Ok(Ok(DiscrepancyRow {
        id: DiscrepancyId(row.get("discrepancy_id")?),
        site: SiteId(row.get("site_id")?),
        count: CountId(row.get("count_id")?),
        key: StockKey {
            location: LocationId(row.get("location_id")?),
            what: ItemKey { item: ItemId(row.get("item_id")?), lot: row.get("lot")?, serial: row.get("serial")? },
        },
        state,
        rounds: row.get("rounds")?,
        rounds_ordered: row.get("rounds_ordered")?,
        counted: Quantity::from_micro(row.get("counted_micro")?),
        book: Quantity::from_micro(row.get("book_micro")?),
        variance: Quantity::from_micro(row.get("variance_micro")?),
        value: row.get::<_, Option<i64>>("value_micro")?.map(Money::from_micro),
        kind,
        rule: row.get("rule")?,
        scanned_at: Moment(row.get("scanned_at")?),
        opened_at: Moment(row.get("opened_at")?),
        due_at: Moment(row.get("due_at")?),
        owner: row.get::<_, Option<i64>>("owner_id")?.map(PersonId),
        evidence: row.get("evidence")?,
        movement: row.get::<_, Option<i64>>("movement_id")?.map(MovementId),
        batch: row.get("batch")?,
    }))
}

/// By number.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find(conn: &Connection, id: DiscrepancyId) -> Result<Option<DiscrepancyRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE discrepancy_id = $1"))?.query_row([id.0], read).optional()?.transpose()
}

/// Every discrepancy of one location of a count.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list_place(conn: &Connection, count: CountId, location: LocationId) -> Result<Vec<DiscrepancyRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE count_id = $1 AND location_id = $2 ORDER BY discrepancy_id"))?
        .query_map([count.0, location.0], read)?
        .map(|row| row?)
        .collect()
}

/// Writes a discrepancy as it is now.
pub(crate) fn put(conn: &Connection, row: &DiscrepancyRow) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO discrepancy (discrepancy_id, site_id, count_id, location_id, item_id, lot, serial, state, rounds,
            rounds_ordered, counted_micro, book_micro, variance_micro, value_micro, kind, rule, scanned_at, opened_at,
            due_at, owner_id, evidence, movement_id, batch)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
         ON CONFLICT (discrepancy_id) DO UPDATE SET state = excluded.state, rounds = excluded.rounds,
            rounds_ordered = excluded.rounds_ordered, counted_micro = excluded.counted_micro,
            book_micro = excluded.book_micro, variance_micro = excluded.variance_micro,
            value_micro = excluded.value_micro, kind = excluded.kind, rule = excluded.rule,
            scanned_at = excluded.scanned_at, due_at = excluded.due_at, owner_id = excluded.owner_id,
            evidence = excluded.evidence, movement_id = excluded.movement_id, batch = excluded.batch",
    )?
    .execute(params![
        row.id.0,
        row.site.0,
        row.count.0,
        row.key.location.0,
        row.key.what.item.0,
        row.key.what.lot,
        row.key.what.serial,
        row.state.word(),
        row.rounds,
        row.rounds_ordered,
        row.counted.micro(),
        row.book.micro(),
        row.variance.micro(),
        row.value.map(Money::micro),
        row.kind.word(),
        row.rule,
        row.scanned_at.0,
        row.opened_at.0,
        row.due_at.0,
        row.owner.map(|person| person.0),
        row.evidence,
        row.movement.map(|movement| movement.0),
        row.batch,
    ])?;
    Ok(())
}

/// Takes away a discrepancy that the evidence no longer shows and about which nobody has decided anything.
pub(crate) fn delete(conn: &Connection, id: DiscrepancyId) -> Result<(), Error> {
    conn.prepare_cached("DELETE FROM discrepancy WHERE discrepancy_id = $1")?.execute([id.0])?;
    Ok(())
}

/// Whether anybody has done anything about it.
pub(crate) fn has_decisions(conn: &Connection, id: DiscrepancyId) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM decision WHERE discrepancy_id = $1")?.exists([id.0])?)
}

/// Who has approved exactly this evidence, in order.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_approvals(conn: &Connection, id: DiscrepancyId, evidence: &str) -> Result<Vec<PersonId>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT person_id FROM decision
             WHERE discrepancy_id = $1 AND what = 'approved' AND evidence = $2 AND person_id IS NOT NULL ORDER BY position",
        )?
        .query_map(params![id.0, evidence], |row| Ok(PersonId(row.get("person_id")?)))?
        .collect::<Result<_, _>>()?)
}

/// Everybody who counted any round of its key: those of the rounds as judged, and whoever made a sheet of the whole
/// location or with the key on it, replaced and unfinished evidence included.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list_counters(conn: &Connection, row: &DiscrepancyRow) -> Result<Vec<PersonId>, Error> {
    let what = &row.key.what;
    let key = params![row.count.0, row.key.location.0, what.item.0, what.lot, what.serial];
    let mut people: Vec<PersonId> = conn
        .prepare_cached(
            "SELECT s.person_id FROM sheet s
             WHERE s.count_id = $1 AND s.location_id = $2 AND s.close_seq IS NOT NULL AND (s.round = 1 OR EXISTS (
                SELECT 1 FROM sheet_line l
                WHERE l.sheet_id = s.sheet_id AND l.item_id = $3 AND l.lot = $4 AND l.serial = $5))",
        )?
        .query_map(key, |found| Ok(PersonId(found.get("person_id")?)))?
        .collect::<Result<_, _>>()?;
    let mut statement = conn.prepare_cached(
        "SELECT people FROM variance
         WHERE count_id = $1 AND location_id = $2 AND item_id = $3 AND lot = $4 AND serial = $5",
    )?;
    let mut rows = statement.query(key)?;
    while let Some(found) = rows.next()? {
        let text: String = found.get("people")?;
        let round: Vec<PersonId> = serde_json::from_str(&text).map_err(|error| Error::unreadable("people", error))?;
        people.extend(round);
    }
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

/// Everybody who typed a paper sheet of its place in, whatever stood on it.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_typists(conn: &Connection, row: &DiscrepancyRow) -> Result<Vec<PersonId>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT DISTINCT p.typist_id FROM paper_sheet p JOIN sheet s ON s.sheet_id = p.sheet_id
             WHERE s.count_id = $1 AND s.location_id = $2 ORDER BY p.typist_id",
        )?
        .query_map([row.count.0, row.key.location.0], |found| Ok(PersonId(found.get("typist_id")?)))?
        .collect::<Result<_, _>>()?)
}

/// Whether a person has decided this about it.
///
/// # Errors
/// [`Error::Engine`].
pub fn has_decided(conn: &Connection, id: DiscrepancyId, person: PersonId, what: &str) -> Result<bool, Error> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM decision WHERE discrepancy_id = $1 AND person_id = $2 AND what = $3")?
        .exists(params![id.0, person.0, what])?)
}

/// Whether a later scan of the same key has been posted by another discrepancy.
///
/// # Errors
/// [`Error::Engine`].
pub fn is_newer_posted(conn: &Connection, row: &DiscrepancyRow) -> Result<bool, Error> {
    let what = &row.key.what;
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM discrepancy WHERE item_id = $1 AND location_id = $2 AND lot = $3 AND serial = $4
               AND discrepancy_id <> $5 AND movement_id IS NOT NULL AND scanned_at > $6",
        )?
        .exists(params![what.item.0, row.key.location.0, what.lot, what.serial, row.id.0, row.scanned_at.0])?)
}

/// Adjustments that no hand-over has had yet, oldest first.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_posted(conn: &Connection, site: SiteId) -> Result<Vec<MovementId>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT movement_id FROM discrepancy
             WHERE site_id = $1 AND state IN ('posted', 'transferred') AND movement_id IS NOT NULL ORDER BY movement_id",
        )?
        .query_map([site.0], |row| Ok(MovementId(row.get("movement_id")?)))?
        .collect::<Result<_, _>>()?)
}

/// How many hand-overs there were.
///
/// # Errors
/// [`Error::Engine`].
pub fn batches(conn: &Connection, site: SiteId) -> Result<i64, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT batch) AS batches FROM discrepancy
             WHERE site_id = $1 AND state IN ('exported', 'acknowledged')",
        )?
        .query_row([site.0], |row| row.get("batches"))?)
}

/// The discrepancy whose decision made this movement.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_by_movement(conn: &Connection, movement: MovementId) -> Result<Option<DiscrepancyRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE movement_id = $1"))?
        .query_row([movement.0], read)
        .optional()?
        .transpose()
}
