//! Whether whoever counted was allowed to, as of capture (`SYNC.md` section 5): what they were at the site then, and what
//! the log says of who held the handheld. Nothing is refused; what is in doubt is marked, and somebody confirms it.
//!
//! Absent: what a grant says and whether it is genuine ([`crate::grant`]), and deciding about a mark ([`crate::mark`]).

use crate::{
    event::{TakenBy, Verified},
    grant::{GrantFault, Holder, Opened, SignedGrant, captured, fault, has_ended},
    id::PersonId,
    moment::{Moment, Window},
    role::{Permission, Role, may},
    sync::message::LogReason,
};

/// Why somebody may not count at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Nobody here has that number, or nobody had it then.
    Unknown,
    /// They have no role that counts.
    NotCounter,
    /// They may no longer sign in.
    Disabled,
}

/// Why somebody has to confirm an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Whoever did it may not have been allowed to count.
    Unfit(Unfit),
    /// What the handheld showed does not hold.
    Grant(GrantFault),
    /// They took the handheld by their name alone.
    Unverified,
}

impl Doubt {
    /// The code of the mark.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unfit(Unfit::Unknown) => "actor_unknown",
            Self::Unfit(Unfit::NotCounter) => "actor_not_counter",
            Self::Unfit(Unfit::Disabled) => "actor_disabled",
            Self::Grant(fault) => fault.code(),
            Self::Unverified => "unverified",
        }
    }
}

/// What a fact changes about somebody at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// They were added.
    Added,
    /// Their roles are these from now on.
    Roles(&'a [Role]),
    /// They may no longer sign in.
    Disabled,
}

/// What somebody was at a site, and from when on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// In the order of the facts, from the moment they were added.
    since: Vec<(Moment, Option<Unfit>)>,
    is_counter: bool,
    is_disabled: bool,
}

impl Access {
    /// The next fact about them, recorded at that moment.
    pub fn change(&mut self, at: Moment, change: Change<'_>) {
        match change {
            Change::Added => {}
            Change::Roles(roles) => self.is_counter = may(roles, Permission::Capture),
            Change::Disabled => self.is_disabled = true,
        }
        let unfit = match (self.is_disabled, self.is_counter) {
            (true, _) => Some(Unfit::Disabled),
            (false, false) => Some(Unfit::NotCounter),
            (false, true) => None,
        };
        self.since.push((at, unfit));
    }
    /// Why they were not allowed to count at some instant of a window; `None`: they were, all the time.
    pub fn unfit(&self, window: Window) -> Option<Unfit> {
        let before = self.since.iter().rev().find(|(from, _)| *from <= window.from);
        let before = before.map_or(Some(Unfit::Unknown), |(_, unfit)| *unfit);
        let within = self.since.iter().filter(|(from, _)| *from > window.from && *from <= window.to);
        before.or_else(|| within.filter_map(|(_, unfit)| *unfit).next())
    }
}

/// Who holds a handheld from a place in its log on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// `None`: it was given back.
    pub person: Option<PersonId>,
    /// From when to when the grant holds that they showed; `None`: they showed none that is about them.
    pub grant: Option<Window>,
}

/// Where a log comes from, as far as it matters to who has to be named in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A handheld began it when there were no grants.
    BeforeGrants,
    /// A person at the desk typed it in from paper.
    Paper,
    /// A handheld began it, for this reason.
    Begun(LogReason),
}

/// What a log says of who holds the handheld at one of its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The last that was said up to there.
    Held(Held),
    /// Nothing so far.
    Nothing(Origin),
}

impl Said {
    /// Whether it names who holds the handheld, or has to. A log that goes on where another was lost, that was carried in
    /// by hand, or that began before there were grants, need not; nor does paper.
    pub const fn names_holder(self) -> bool {
        matches!(self, Self::Held(_) | Self::Nothing(Origin::Begun(LogReason::Fresh)))
    }
    /// What it says of this person: that they hold it.
    fn of(self, person: PersonId) -> Option<Held> {
        match self {
            Self::Held(held) if held.person == Some(person) => Some(held),
            Self::Held(_) | Self::Nothing(_) => None,
        }
    }
}

/// An event of a log, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// By whom.
    pub actor: PersonId,
    /// When, as the handheld tells it.
    pub at: Window,
    /// When it was here.
    pub received: Moment,
    /// Whether it begins a visit; what follows in a visit stands and falls with its beginning.
    pub begins: bool,
}

/// Why somebody has to confirm an event; `None`: nobody has to.
pub fn doubt(deed: &Deed, said: Said, access: &Access) -> Option<Doubt> {
    let own = said.of(deed.actor);
    let issued_at = own.and_then(|held| held.grant).map(|grant| grant.from);
    let captured = captured(deed.at, issued_at, deed.received);
    if let Some(unfit) = access.unfit(captured) {
        return Some(Doubt::Unfit(unfit));
    }
    if !deed.begins {
        return None;
    }
    let fault = match own {
        // whoever took it without a grant was marked then, with everything they went on to do
        Some(Held { grant: None, .. }) => None,
        Some(Held { grant: Some(grant), .. }) => has_ended(grant.to, captured).then_some(GrantFault::Expired),
        None => said.names_holder().then_some(GrantFault::Missing),
    };
    fault.map(Doubt::Grant)
}

/// From when to when the grant holds that somebody showed.
///
/// # Errors
/// What is wrong with it, whenever it is used.
pub fn shown(
    grant: Option<&SignedGrant>,
    is_signed: impl FnOnce(&Opened) -> bool,
    holder: &Holder,
) -> Result<Window, GrantFault> {
    let opened = grant.ok_or(GrantFault::Missing)?.open();
    let is_signed = opened.as_ref().is_some_and(is_signed);
    match (fault(opened.as_ref(), is_signed, holder), opened) {
        (None, Some(opened)) => Ok(Window { from: opened.grant.issued_at, to: opened.grant.expires_at }),
        (fault, _) => Err(fault.unwrap_or(GrantFault::Invalid)),
    }
}

/// Why somebody has to confirm that whoever took the handheld was allowed to.
pub fn doubt_taking(
    by: TakenBy,
    shown: Result<Window, GrantFault>,
    (at, received): (Window, Moment),
    access: &Access,
) -> Option<Doubt> {
    let captured = captured(at, shown.ok().map(|grant| grant.from), received);
    if let Some(unfit) = access.unfit(captured) {
        return Some(Doubt::Unfit(unfit));
    }
    match (by, shown) {
        (TakenBy::Unverified, _) => Some(Doubt::Unverified),
        (_, Err(fault)) => Some(Doubt::Grant(fault)),
        (_, Ok(grant)) => has_ended(grant.to, captured).then_some(Doubt::Grant(GrantFault::Expired)),
    }
}

/// The same for a taking in a log of the time before there were grants: nothing is missing in it.
pub fn doubt_unlocking(verified: Verified, (at, received): (Window, Moment), access: &Access) -> Option<Doubt> {
    let unfit = access.unfit(captured(at, None, received)).map(Doubt::Unfit);
    unfit.or((verified == Verified::Unverified).then_some(Doubt::Unverified))
}

#[cfg(test)]
mod tests;
