//! Whether whoever counted was allowed to, as of capture: reads what the rule of [`shared::access`] asks for, and remembers
//! who holds which handheld.
//!
//! Absent: the rule, and deciding about a mark ([`super::mark`]).

use super::event::Arrived;
use crate::store::{Error, Header, WriteTx, fact, grant, log, paper};
use rusqlite::params;
use shared::{
    access::{self, Access, Change, Deed, Doubt, Held, Origin, Said},
    api::history::Subject,
    event::{Event, EventKind, TakenBy, Verified},
    fact::Fact,
    grant::{Holder, SignedGrant},
    id::{PersonId, SiteId},
    moment::Window,
};
use std::sync::Arc;

/// Why somebody has to confirm an event; `None`: nobody has to.
pub(super) fn doubt(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    event: &Event,
) -> Result<Option<Doubt>, Error> {
    if event.kind.is_take_over() {
        // judged with what it shows
        return Ok(None);
    }
    let deed = Deed {
        actor: event.actor,
        at: event.at.window(),
        received: header.recorded_at,
        begins: matches!(event.kind, EventKind::SheetOpened { .. } | EventKind::LocationSkipped { .. }),
    };
    let said = said(tx, arrived)?;
    Ok(access::doubt(&deed, said, &*load(tx, header.site, event.actor)?))
}

/// What the log says of who holds the handheld at the event.
fn said(tx: &mut WriteTx<'_>, arrived: &Arrived) -> Result<Said, Error> {
    if let Some(held) = grant::held_at(tx.conn(), arrived.log_no, arrived.seq)? {
        return Ok(Said::Held(held));
    }
    let origin = if arrived.log_no <= grant::known(tx)?.logs_before {
        Origin::BeforeGrants
    } else if paper::is_paper(tx.conn(), arrived.device)? {
        Origin::Paper
    } else {
        let log = log::find_by_no(tx.conn(), arrived.log_no)?;
        Origin::Begun(log.ok_or_else(|| Error::unreadable("event", "its log is gone"))?.reason)
    };
    Ok(Said::Nothing(origin))
}

/// Somebody took the handheld: remembers what they showed; why it has to be confirmed that they were allowed.
pub(super) fn taken(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    (person, by, shown): (PersonId, TakenBy, Option<&SignedGrant>),
    at: Window,
) -> Result<Option<Doubt>, Error> {
    let key = grant::known(tx)?;
    let holder = Holder { server: tx.identity()?.server, site: header.site, device: arrived.device, person };
    let shown = access::shown(shown, |opened| key.has_signed(opened), &holder);
    let held = Held { person: Some(person), grant: shown.ok() };
    grant::hold(tx.conn(), (arrived.log_no, arrived.seq), held)?;
    Ok(access::doubt_taking(by, shown, (at, header.recorded_at), &*load(tx, header.site, person)?))
}

/// Somebody took it as it was written before there were grants.
pub(super) fn unlocked(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    (person, verified): (PersonId, Verified),
    at: Window,
) -> Result<Option<Doubt>, Error> {
    if arrived.log_no <= grant::known(tx)?.logs_before {
        let access = load(tx, header.site, person)?;
        return Ok(access::doubt_unlocking(verified, (at, header.recorded_at), &access));
    }
    let by = match verified {
        Verified::Password => TakenBy::Password,
        Verified::Unverified => TakenBy::Unverified,
    };
    taken(tx, header, arrived, (person, by, None), at)
}

/// Nobody holds it from here on, where the log says who does.
pub(super) fn given_back(tx: &WriteTx<'_>, arrived: &Arrived) -> Result<(), Error> {
    if grant::held_at(tx.conn(), arrived.log_no, arrived.seq)?.is_none() {
        return Ok(());
    }
    grant::hold(tx.conn(), (arrived.log_no, arrived.seq), Held { person: None, grant: None })
}

/// What somebody was at a site and from when on, read from the facts about them.
fn load(tx: &mut WriteTx<'_>, site: SiteId, person: PersonId) -> Result<Arc<Access>, Error> {
    if let Some(known) = tx.memory.counters.get(&(site, person)) {
        return Ok(Arc::clone(known));
    }
    let mut statement = tx.conn().prepare_cached(
        "SELECT h.position FROM history h JOIN fact f ON f.position = h.position
         WHERE h.subject = $1 AND h.subject_id = $2 AND f.kind IN ('person_added', 'roles_set', 'person_disabled')
         ORDER BY h.position",
    )?;
    let positions = statement
        .query_map(params![Subject::Person.word(), person.0], |row| row.get("position"))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut access = Access::default();
    for position in positions {
        let Some(stored) = fact::find(tx.conn(), position)? else { continue };
        let fact: Fact = serde_json::from_slice(&stored.body).map_err(|error| Error::unreadable("fact", error))?;
        let change = match &fact {
            // whoever adds somebody or sets their roles has the fact in their own history as well
            Fact::PersonAdded { person: of, .. } if *of == person => Change::Added,
            Fact::RolesSet { person: of, roles } if *of == person && roles.site == site => Change::Roles(&roles.roles),
            Fact::PersonDisabled { person: of } if *of == person => Change::Disabled,
            _ => continue,
        };
        access.change(stored.header.recorded_at, change);
    }
    let access = Arc::new(access);
    tx.memory.counters.insert((site, person), Arc::clone(&access));
    Ok(access)
}
