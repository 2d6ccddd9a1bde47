//! The history of a bin, item, task, person, handheld or discrepancy, from the facts, newest first.
//!
//! What the server decided is found through the history table, what handhelds recorded through their sheets, movements
//! through the ledger. Absent: the words (see [`super::narrate`]). Whoever reads here holds `SeeBooks`.

use super::narrate::{Narrator, Told};
use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::history::{HistoryLine, HistoryPage, Subject};
use shared::id::SiteId;
use shared::key::ItemKey;
use shared::moment::Moment;
use std::fmt::Write as _;

/// Bytes of a body that are shown: all of what handhelds record and people decide; of an import's body the beginning.
const BODY_BYTES_SHOWN: usize = 16 * 1024;
/// Positions looked at for one page, at most: a busy bin shares its sheets with other items, whose events are left out.
const POSITIONS_MAX: usize = 20_000;

/// What a history is of.
#[derive(Debug, Clone)]
pub struct About {
    /// Of which kind.
    pub subject: Subject,
    /// Its number.
    pub id: i64,
    /// What it is called, such as `Bin A-01-03`.
    pub title: String,
    /// For a discrepancy: what it is about, so that other items of its bin stay out.
    pub key: Option<ItemKey>,
}

/// One page of lines before a position.
pub fn list(
    tx: &ReadTx<'_>,
    site: SiteId,
    (subject, id): (Subject, i64),
    before: Option<i64>,
    limit: u32,
) -> Result<Option<HistoryPage>, Error> {
    let Some(about) = find_about(tx, site, subject, id)? else { return Ok(None) };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut narrator = Narrator::new(tx);
    let mut lines: Vec<HistoryLine> = Vec::new();
    let (mut before, mut looked_at, mut more) = (before.unwrap_or(i64::MAX), 0, true);
    while more && lines.len() < wanted && looked_at < POSITIONS_MAX {
        let positions = list_positions(tx, site, &about, before, limit)?;
        more = positions.len() >= wanted;
        looked_at += positions.len();
        for position in positions {
            before = position;
            lines.extend(tell(tx, &mut narrator, site, &about, position)?);
            // only between positions, so that none is told in part
            if lines.len() >= wanted {
                more = true;
                break;
            }
        }
    }
    Ok(Some(HistoryPage { title: about.title, lines, more }))
}

/// Names what the history is of; `None` when it is not of this site.
fn find_about(tx: &ReadTx<'_>, site: SiteId, subject: Subject, id: i64) -> Result<Option<About>, Error> {
    let sql = match subject {
        Subject::Location => "SELECT 'Bin ' || code AS title FROM location WHERE site_id = $1 AND location_id = $2",
        Subject::Item => "SELECT sku || ' ' || description AS title FROM item WHERE site_id = $1 AND item_id = $2",
        Subject::Task => {
            "SELECT 'Task in ' || l.code || ', round ' || t.round AS title
             FROM task t JOIN location l ON l.location_id = t.location_id WHERE t.site_id = $1 AND t.task_id = $2"
        }
        Subject::Person => {
            "SELECT p.name AS title FROM person p WHERE EXISTS (SELECT 1 FROM site_role r
             WHERE r.site_id = $1 AND r.person_id = p.person_id) AND p.person_id = $2"
        }
        Subject::Device => "SELECT 'Handheld ' || name AS title FROM device WHERE site_id = $1 AND device_id = $2",
        Subject::Discrepancy => {
            "SELECT i.sku || ' in ' || l.code AS title, d.item_id, d.lot, d.serial
             FROM discrepancy d JOIN item i ON i.item_id = d.item_id JOIN location l ON l.location_id = d.location_id
             WHERE d.site_id = $1 AND d.discrepancy_id = $2"
        }
    };
    row::first(tx.conn(), sql, &[&site.0, &id], |found| {
        let key = match subject {
            Subject::Discrepancy => Some(ItemKey {
                item: shared::id::ItemId(row::integer(found, "item_id")?),
                lot: row::text(found, "lot")?,
                serial: row::text(found, "serial")?,
            }),
            _ => None,
        };
        Ok(About { subject, id, title: row::text(found, "title")?, key })
    })
}

/// Positions of facts about it, newest first. `$1` the kind of subject, `$2` its number, `$3` before, `$4` how many.
fn list_positions(tx: &ReadTx<'_>, site: SiteId, about: &About, before: i64, limit: u32) -> Result<Vec<i64>, Error> {
    const DECIDED: &str = "SELECT position FROM history WHERE subject = $1 AND subject_id = $2 AND position < $3";
    // `+` keeps the planner from walking all facts by position instead of those of the logs;
    // an open sheet has no last number yet: everything behind its first one is looked at, and told only if it is its own
    const EVENTS: &str = "JOIN fact f ON f.log_no = s.log_no AND f.seq >= s.open_seq AND f.seq <= coalesce(s.close_seq, s.open_seq + 2000)
        WHERE +f.position < $3";
    let others = match about.subject {
        Subject::Location => format!(
            "UNION SELECT fact_position AS position FROM movement WHERE location_id = $2 AND fact_position < $3
             UNION SELECT f.position FROM sheet s {EVENTS} AND s.location_id = $2"
        ),
        Subject::Item => format!(
            "UNION SELECT fact_position AS position FROM movement WHERE item_id = $2 AND fact_position < $3
             UNION SELECT f.position FROM sheet_line n JOIN sheet s ON s.sheet_id = n.sheet_id {EVENTS} AND n.item_id = $2"
        ),
        Subject::Task => format!(
            "UNION SELECT f.position FROM task t
             JOIN sheet s ON s.count_id = t.count_id AND s.location_id = t.location_id AND s.round = t.round
             {EVENTS} AND t.task_id = $2"
        ),
        Subject::Person => format!("UNION SELECT f.position FROM sheet s {EVENTS} AND s.person_id = $2"),
        Subject::Device => "UNION SELECT f.position FROM fact f
             WHERE f.log_no IN (SELECT g.log_no FROM device_log g WHERE g.device_id = $2) AND +f.position < $3"
            .to_owned(),
        Subject::Discrepancy => format!(
            "UNION SELECT f.position FROM discrepancy d JOIN sheet s ON s.count_id = d.count_id AND s.location_id = d.location_id
             {EVENTS} AND d.discrepancy_id = $2
             UNION SELECT m.fact_position FROM discrepancy d JOIN movement m ON m.location_id = d.location_id
                 AND m.item_id = d.item_id AND m.lot = d.lot AND m.serial = d.serial
             WHERE d.discrepancy_id = $2 AND m.fact_position < $3"
        ),
    };
    let sql = format!(
        "SELECT DISTINCT a.position FROM ({DECIDED} {others}) AS a JOIN fact z ON z.position = a.position
         WHERE z.site_id IN ($4, 0) ORDER BY a.position DESC LIMIT $5"
    );
    row::all(tx.conn(), &sql, &[&about.subject.word(), &about.id, &before, &site.0, &limit], |found| {
        row::integer(found, "position")
    })
}

/// A fact as it is stored.
pub struct StoredFact {
    /// Where in the commit order.
    pub position: i64,
    /// `event`, or the kind of fact.
    pub kind: String,
    /// When the server learned it.
    pub recorded_at: Moment,
    /// Who, by number.
    pub actor: Option<i64>,
    /// From where.
    pub origin: String,
    /// The exact body.
    pub body: Vec<u8>,
    /// The chain there.
    pub chain: Vec<u8>,
}

fn read_fact(found: &Row<'_>) -> Result<StoredFact, Error> {
    Ok(StoredFact {
        position: row::integer(found, "position")?,
        kind: row::text(found, "kind")?,
        recorded_at: row::moment(found, "recorded_at")?,
        actor: found.get("actor_id")?,
        origin: row::text(found, "origin")?,
        body: found.get("body")?,
        chain: found.get("chain")?,
    })
}

/// The lines of one position: none for an event of the same sheet that is about something else, several for a delivery
/// of movements.
fn tell(
    tx: &ReadTx<'_>,
    narrator: &mut Narrator<'_, '_>,
    site: SiteId,
    about: &About,
    position: i64,
) -> Result<Vec<HistoryLine>, Error> {
    let found = row::first(
        tx.conn(),
        "SELECT position, kind, recorded_at, actor_id, origin, body, chain FROM fact WHERE position = $1",
        &[&position],
        read_fact,
    )?;
    let Some(fact) = found else { return Ok(Vec::new()) };
    let told = narrator.tell(site, about, &fact)?;
    let person_name = narrator.person(fact.actor)?;
    Ok(told.into_iter().map(|told| line(&fact, &person_name, told)).collect())
}

fn line(fact: &StoredFact, person_name: &str, told: Told) -> HistoryLine {
    HistoryLine {
        position: fact.position,
        at: told.at,
        recorded_at: fact.recorded_at,
        person_name: person_name.to_owned(),
        origin: fact.origin.clone(),
        kind: told.kind,
        sentence: told.sentence,
        body: show_body(&fact.body),
        chain: fact.chain.iter().fold(String::new(), |mut text, byte| {
            // writing into a string cannot fail
            let _ = write!(text, "{byte:02x}");
            text
        }),
    }
}

fn show_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if text.len() <= BODY_BYTES_SHOWN {
        return text.into_owned();
    }
    let end = (0..=BODY_BYTES_SHOWN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{} … ({} bytes in all)", &text[..end], body.len())
}
