//! Whether whoever counted was allowed to, as of capture (`SYNC.md` section 5): what their roles were then, and what
//! grant they had shown in that log. Nothing is refused; what is in doubt is marked.
//!
//! Absent: deciding about a mark ([`super::mark`]).

use super::event::Arrived;
use crate::store::{
    Error, Header, WriteTx, fact,
    grant::{self, Holder},
    log, paper,
};
use rusqlite::params;
use shared::{
    api::history::Subject,
    event::{Event, EventKind, TakenBy, Verified},
    fact::Fact,
    grant::{GrantFault, SignedGrant, captured, fault, has_ended},
    id::{PersonId, SiteId},
    moment::{Moment, Window},
    role::{Permission, may},
    sync::message::LogReason,
};
use std::sync::Arc;

/// The code of somebody of whom nothing is known.
const UNKNOWN: &str = "actor_unknown";

/// From when on somebody may count at a site, or why not: in order, from the moment they were added.
pub(crate) type Access = Arc<Vec<(Moment, Option<&'static str>)>>;

/// Why somebody has to confirm an event; `None`: nobody has to.
pub(super) fn doubt(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    event: &Event,
) -> Result<Option<&'static str>, Error> {
    if event.kind.is_take_over() {
        // judged with what it shows
        return Ok(None);
    }
    let holder = grant::holder_at(tx.conn(), arrived.log_no, arrived.seq)?;
    let own = holder.filter(|holder| holder.person == Some(event.actor));
    let issued_at = own.and_then(|holder| holder.grant).map(|(from, _)| from);
    let captured = captured(event.at.window(), issued_at, header.recorded_at);
    if let Some(code) = unfit(&access(tx, header.site, event.actor)?, captured) {
        return Ok(Some(code));
    }
    let begins = matches!(event.kind, EventKind::SheetOpened { .. } | EventKind::LocationSkipped { .. });
    if !begins {
        return Ok(None);
    }
    let fault = match own {
        // whoever took it without a grant was marked then, with everything they went on to do
        Some(Holder { grant: None, .. }) => None,
        Some(Holder { grant: Some((_, expires_at)), .. }) => {
            has_ended(expires_at, captured).then_some(GrantFault::Expired)
        }
        None if says_who_holds_it(tx, arrived, holder)? => Some(GrantFault::Missing),
        None => None,
    };
    Ok(fault.map(GrantFault::code))
}

/// Whether a log has to say who holds the handheld. One that goes on where another was lost, that was carried in by hand,
/// or that began before there were grants, need not; nor does paper, which a person at the desk typed in.
fn says_who_holds_it(tx: &mut WriteTx<'_>, arrived: &Arrived, holder: Option<Holder>) -> Result<bool, Error> {
    if holder.is_some() {
        return Ok(true);
    }
    if arrived.log_no <= grant::known(tx)?.logs_before || paper::is_paper(tx.conn(), arrived.device)? {
        return Ok(false);
    }
    Ok(log::find_by_no(tx.conn(), arrived.log_no)?.is_some_and(|log| log.reason == LogReason::Fresh))
}

/// Somebody took the handheld: remembers what they showed; why it has to be confirmed that they were allowed.
pub(super) fn taken(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    (person, by, shown): (PersonId, TakenBy, Option<&SignedGrant>),
    at: Window,
) -> Result<Option<&'static str>, Error> {
    let key = grant::known(tx)?;
    let opened = shown.and_then(SignedGrant::open);
    let (grant, fault) = match (&opened, shown) {
        (_, None) => (None, Some(GrantFault::Missing)),
        (opened, Some(_)) => {
            let holder = shared::grant::Holder {
                server: tx.identity()?.server,
                site: header.site,
                device: arrived.device,
                person,
            };
            let is_signed = opened.as_ref().is_some_and(|opened| key.has_signed(opened));
            match (fault(opened.as_ref(), is_signed, &holder), opened) {
                (None, Some(opened)) => {
                    let (from, to) = (opened.grant.issued_at, opened.grant.expires_at);
                    let ended = has_ended(to, captured(at, Some(from), header.recorded_at));
                    (Some((from, to)), ended.then_some(GrantFault::Expired))
                }
                (fault, _) => (None, fault),
            }
        }
    };
    grant::hold(tx.conn(), (arrived.log_no, arrived.seq), Holder { person: Some(person), grant })?;
    let captured = captured(at, grant.map(|(from, _)| from), header.recorded_at);
    if let Some(code) = unfit(&access(tx, header.site, person)?, captured) {
        return Ok(Some(code));
    }
    Ok(match (by, fault) {
        (TakenBy::Unverified, _) => Some("unverified"),
        (_, fault) => fault.map(GrantFault::code),
    })
}

/// Somebody took it as it was written before there were grants: in a log of that time nothing is missing.
pub(super) fn unlocked(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    (person, verified): (PersonId, Verified),
    at: Window,
) -> Result<Option<&'static str>, Error> {
    if arrived.log_no <= grant::known(tx)?.logs_before {
        let unfit = unfit(&access(tx, header.site, person)?, captured(at, None, header.recorded_at));
        return Ok(unfit.or((verified == Verified::Unverified).then_some("unverified")));
    }
    let by = match verified {
        Verified::Password => TakenBy::Password,
        Verified::Unverified => TakenBy::Unverified,
    };
    taken(tx, header, arrived, (person, by, None), at)
}

/// Nobody holds it from here on, where the log says who does.
pub(super) fn given_back(tx: &WriteTx<'_>, arrived: &Arrived) -> Result<(), Error> {
    if grant::holder_at(tx.conn(), arrived.log_no, arrived.seq)?.is_none() {
        return Ok(());
    }
    grant::hold(tx.conn(), (arrived.log_no, arrived.seq), Holder { person: None, grant: None })
}

/// Why somebody was not allowed at some instant of a window; `None`: they were, all the time.
fn unfit(access: &[(Moment, Option<&'static str>)], window: Window) -> Option<&'static str> {
    let before = access.iter().rev().find(|(from, _)| *from <= window.from).map_or(Some(UNKNOWN), |(_, code)| *code);
    let within = access.iter().filter(|(from, _)| *from > window.from && *from <= window.to);
    before.or_else(|| within.filter_map(|(_, code)| *code).next())
}

/// What somebody's access to a site was from when on, read from the facts about them.
fn access(tx: &mut WriteTx<'_>, site: SiteId, person: PersonId) -> Result<Access, Error> {
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
    let mut access = Vec::new();
    let (mut is_counter, mut is_disabled) = (false, false);
    for position in positions {
        let Some(stored) = fact::find(tx.conn(), position)? else { continue };
        let fact: Fact = serde_json::from_slice(&stored.body).map_err(|error| Error::unreadable("fact", error))?;
        match fact {
            // whoever adds somebody or sets their roles has the fact in their own history as well
            Fact::PersonAdded { person: of, .. } if of == person => {}
            Fact::RolesSet { person: of, roles } if of == person && roles.site == site => {
                is_counter = may(&roles.roles, Permission::Capture);
            }
            Fact::PersonDisabled { person: of } if of == person => is_disabled = true,
            _ => continue,
        }
        let code = match (is_disabled, is_counter) {
            (true, _) => Some("actor_disabled"),
            (false, false) => Some("actor_not_counter"),
            (false, true) => None,
        };
        access.push((stored.header.recorded_at, code));
    }
    let access = Arc::new(access);
    tx.memory.counters.insert((site, person), Arc::clone(&access));
    Ok(access)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_what_somebody_was_when_they_counted() {
        let access =
            [(Moment(10), Some("actor_not_counter")), (Moment(11), None), (Moment(50), Some("actor_disabled"))];
        let at = |from, to| unfit(&access, Window { from: Moment(from), to: Moment(to) });
        assert_eq!(at(5, 6), Some(UNKNOWN));
        assert_eq!(at(10, 10), Some("actor_not_counter"));
        assert_eq!(at(11, 49), None, "roles that were lost later change nothing");
        assert_eq!(at(12, 50), Some("actor_disabled"), "what may have been either is confirmed");
        assert_eq!(at(60, 70), Some("actor_disabled"));
        assert_eq!(unfit(&[], Window { from: Moment(0), to: Moment(1) }), Some(UNKNOWN));
    }
}
