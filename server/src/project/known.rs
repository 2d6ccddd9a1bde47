//! What applying facts looks up again and again, remembered by the writer: locations, items, policies.
//!
//! Absent: writing. Whoever changes one of these drops it from memory.

use crate::store::{Error, WriteTx};
use rusqlite::{Connection, OptionalExtension};
use shared::{
    id::{CountId, ItemId, LocationId, PersonId, SiteId},
    item::Tracking,
    money::Money,
    policy::Policy,
    threshold::ItemFacts,
};
use std::sync::Arc;

/// A location as judging needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub site: SiteId,
    pub code: String,
    pub zone: String,
}

/// An item as judging needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownItem {
    pub site: SiteId,
    pub facts: ItemFacts,
}

/// A count as judging needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCount {
    pub site: SiteId,
    pub name: String,
    pub policy: Policy,
    pub closed: bool,
    pub created_by: Option<PersonId>,
}

pub(super) fn location(tx: &mut WriteTx<'_>, id: LocationId) -> Result<Option<Arc<Place>>, Error> {
    if let Some(known) = tx.memory.locations.get(&id) {
        return Ok(known.clone());
    }
    let found = tx
        .conn()
        .prepare_cached("SELECT site_id, code, zone FROM location WHERE location_id = $1")?
        .query_row([id.0], |row| {
            Ok(Arc::new(Place { site: SiteId(row.get("site_id")?), code: row.get("code")?, zone: row.get("zone")? }))
        })
        .optional()?;
    tx.memory.locations.insert(id, found.clone());
    Ok(found)
}

pub(super) fn item(tx: &mut WriteTx<'_>, id: ItemId) -> Result<Option<Arc<KnownItem>>, Error> {
    if let Some(known) = tx.memory.items.get(&id) {
        return Ok(known.clone());
    }
    let found = tx
        .conn()
        .prepare_cached("SELECT site_id, sku, category, abc, unit_cost_micro, tracking FROM item WHERE item_id = $1")?
        .query_row([id.0], |row| {
            let tracking: String = row.get("tracking")?;
            Ok(Arc::new(KnownItem {
                site: SiteId(row.get("site_id")?),
                facts: ItemFacts {
                    id,
                    sku: row.get("sku")?,
                    category: row.get("category")?,
                    abc: row.get("abc")?,
                    unit_cost: row.get::<_, Option<i64>>("unit_cost_micro")?.map(Money::from_micro),
                    // the table's CHECK and the enum agree, which a test holds
                    tracking: Tracking::parse(&tracking).unwrap_or_default(),
                },
            }))
        })
        .optional()?;
    tx.memory.items.insert(id, found.clone());
    Ok(found)
}

pub(super) fn count(tx: &mut WriteTx<'_>, id: CountId) -> Result<Option<Arc<KnownCount>>, Error> {
    if let Some(known) = tx.memory.counts.get(&id) {
        return Ok(Some(Arc::clone(known)));
    }
    let found = tx
        .conn()
        .prepare_cached("SELECT site_id, name, policy, closed_at, created_by FROM count WHERE count_id = $1")?
        .query_row([id.0], |row| {
            let policy: String = row.get("policy")?;
            Ok((
                policy,
                KnownCount {
                    site: SiteId(row.get("site_id")?),
                    name: row.get("name")?,
                    policy: Policy::starting(),
                    closed: row.get::<_, Option<i64>>("closed_at")?.is_some(),
                    created_by: row.get::<_, Option<i64>>("created_by")?.map(PersonId),
                },
            ))
        })
        .optional()?;
    let Some((policy, known)) = found else { return Ok(None) };
    let policy = serde_json::from_str(&policy).map_err(|error| Error::unreadable("policy", error))?;
    let known = Arc::new(KnownCount { policy, ..known });
    tx.memory.counts.insert(id, Arc::clone(&known));
    Ok(Some(known))
}

/// The frozen policy of a count.
pub(crate) fn policy(conn: &Connection, id: CountId) -> Result<Option<Policy>, Error> {
    let text: Option<String> = conn
        .prepare_cached("SELECT policy FROM count WHERE count_id = $1")?
        .query_row([id.0], |row| row.get("policy"))
        .optional()?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| Error::unreadable("policy", error))).transpose()
}
