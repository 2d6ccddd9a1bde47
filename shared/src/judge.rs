//! Judging a place: all sheets of one location of one count, held against the books, become a verdict per stock key
//! (`DOMAIN.md` section 6). One key never blocks another.
//!
//! What may not settle by itself: an ambiguous variance; sheets that conflict or cannot be put together; a recount by
//! somebody who has counted the key; and anything short beside a barcode that nobody has named, because the missing
//! stock may be under that barcode. Such a shortage is judged and recounted like any other (other lines never wait), but
//! it is not posted within tolerance, not accepted after a recount, and two of them that agree go to a supervisor as
//! escalated instead of confirmed ([`Doubt`]). Naming the barcode folds and judges the sheets anew.
//!
//! Absent: decisions of people ([`crate::approval`]) and everything stored. The same facts give the same verdict,
//! whatever order they arrived in, so a verdict is computed anew whenever anything it rests on changes.

use crate::{
    book::Ledger,
    id::{DeviceId, ItemId, PersonId, SheetId},
    key::ItemKey,
    merge::{ClosedSheet, Group, Merged, OpenSheet, merge},
    moment::{Moment, Window},
    money::Money,
    policy::Policy,
    quantity::Quantity,
    sheet::LineFault,
    threshold::{ItemFacts, Level, Tolerance, level, rule_for},
    variance::{Variance, VarianceKind, judge_line},
};
use std::collections::{BTreeMap, BTreeSet};

mod rounds;

/// Which keys a round is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The whole location: what is not on a sheet is not there.
    #[default]
    Whole,
    /// The keys in dispute that the counter was asked for: only these are judged, and only these are zero when they
    /// are missing on a finished sheet.
    Keys(BTreeSet<ItemKey>),
}

/// The sheets of one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// 1 = first count.
    pub round: u8,
    /// Which keys it is about.
    pub scope: Scope,
    /// Sheets that are here whole.
    pub sheets: Vec<ClosedSheet>,
    /// Sheets that are still open or arriving.
    pub open: Vec<OpenSheet>,
}

/// Everything a verdict rests on.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The count's frozen policy.
    pub policy: &'a Policy,
    /// The location's zone.
    pub zone: &'a str,
    /// The items of every key on a sheet or in a ledger. An item that is missing has no class and no known cost.
    pub items: &'a BTreeMap<ItemId, ItemFacts>,
    /// The ledger of every key that ever moved in the location. A key without one has a book of zero.
    pub ledgers: &'a BTreeMap<ItemKey, Ledger>,
    /// The rounds, in any order.
    pub rounds: &'a [Round],
    /// Rounds that a supervisor ordered beyond the policy, per key.
    pub rounds_ordered: &'a BTreeMap<ItemKey, u8>,
}

/// Why a difference must not settle anything by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Something short here, and a barcode on the same sheets that nobody has named: it may be the missing stock.
    UnresolvedUnknown,
    /// Nothing was counted, and nobody said that the bin is empty.
    EmptyUnconfirmed,
}

/// What one group of sheets says about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupResult {
    /// Who counted.
    pub people: BTreeSet<PersonId>,
    /// With which handhelds.
    pub devices: BTreeSet<DeviceId>,
    /// On which sheets.
    pub sheets: BTreeSet<SheetId>,
    /// Base units counted.
    pub counted: Quantity,
    /// Not on any sheet of a location that was counted whole.
    pub implied_zero: bool,
    /// From the first entry to the closing.
    pub window: Window,
    /// The instant of the scan: the book of then is what counts.
    pub scanned_at: Moment,
    /// Against the book.
    pub variance: Variance,
    /// The variance at unit cost; `None` where the cost is unknown or the product too large.
    pub value: Option<Money>,
    /// By the rule that fits.
    pub tolerance: Tolerance,
    /// Why it must not settle anything by itself.
    pub doubts: BTreeSet<Doubt>,
}

/// How the groups of one round stand to each other, for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// One group.
    Single,
    /// Several people counted on their own and have the same variance.
    Agree,
    /// They have not: a third person has to count.
    Conflict,
    /// Sheets that cannot be put together without guessing, or a line without a total.
    Unclear,
}

/// What one round says about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundResult {
    /// Which round.
    pub round: u8,
    /// Each group that could be computed.
    pub groups: Vec<GroupResult>,
    /// Lines that have no total or no variance.
    pub faults: Vec<LineFault>,
    /// How the groups stand to each other.
    pub agreement: Agreement,
    /// Everybody who counted in this round, faults included.
    pub people: BTreeSet<PersonId>,
    /// "one sheet", "2 sheets added", "2 people agree", "2 people differ".
    pub merged: String,
}

impl RoundResult {
    /// The group to show: with the largest variance, the first of several. `None` when nothing could be computed.
    pub fn shown(&self) -> Option<&GroupResult> {
        self.groups.iter().rev().max_by_key(|group| group.variance.variance.micro().unsigned_abs())
    }
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// No difference, or a later round within tolerance: the earlier count was wrong.
    Accepted,
    /// A difference within tolerance in the first count: posted, or left and tracked.
    Within,
    /// A supervisor decides without a recount.
    AwaitingApproval,
    /// To be counted by somebody else.
    Recounting {
        /// In which round of the location.
        round: u8,
    },
    /// Two people have the same variance; a supervisor decides.
    Confirmed,
    /// No rounds left, or evidence that nobody but a supervisor can weigh.
    Escalated,
}

/// The verdict on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVerdict {
    /// The rounds that have something to say, first to last.
    pub rounds: Vec<RoundResult>,
    /// Where it stands.
    pub state: KeyState,
    /// Which of `rounds` stands.
    pub standing: usize,
    /// Whether a difference within tolerance is to be posted by itself: the policy says so, nothing moved in the
    /// window and nothing is in doubt.
    pub post: bool,
}

impl KeyVerdict {
    /// The result that stands, where it could be computed.
    pub fn stands(&self) -> Option<&GroupResult> {
        self.rounds.get(self.standing).and_then(RoundResult::shown)
    }
    /// Everybody who counted the key in any round: nobody of them may count it again or approve it.
    pub fn counted_by(&self) -> BTreeSet<PersonId> {
        self.rounds.iter().flat_map(|round| round.people.iter().copied()).collect()
    }
}

/// Something on a recount sheet that was not asked for: evidence, never judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// In which round.
    pub round: u8,
    /// Which key.
    pub key: ItemKey,
    /// Base units counted.
    pub counted: Quantity,
    /// By whom.
    pub people: BTreeSet<PersonId>,
}

/// The verdict on a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceVerdict {
    /// What the sheets of each round mean together. A round whose `complete` is false has no results yet.
    pub rounds: BTreeMap<u8, Merged>,
    /// Per key.
    pub keys: BTreeMap<ItemKey, KeyVerdict>,
    /// What recounts found besides.
    pub extras: Vec<Extra>,
}

/// Judges a place.
///
/// # Source
/// `DOMAIN.md` sections 3 to 6.
pub fn judge(place: &Place<'_>) -> PlaceVerdict {
    let mut verdict = PlaceVerdict::default();
    let mut results: BTreeMap<ItemKey, Vec<RoundResult>> = BTreeMap::new();
    let mut rounds: Vec<&Round> = place.rounds.iter().collect();
    rounds.sort_by_key(|round| round.round);
    let mut counted_last = 0;
    for round in rounds {
        let merged = merge(&round.sheets, &round.open, place.policy.meaning);
        let complete: Vec<&Group> = merged.groups.iter().filter(|group| group.complete).collect();
        if !complete.is_empty() {
            counted_last = counted_last.max(round.round);
        }
        for key in keys_of(place, &round.scope, &complete) {
            let result = round_result(place, round, &merged, &complete, &key);
            results.entry(key).or_default().push(result);
        }
        if let Scope::Keys(asked) = &round.scope {
            let extras =
                merged.groups.iter().flat_map(|group| group.lines.iter().map(move |(key, line)| (group, key, line)));
            verdict.extras.extend(extras.filter(|(_, key, _)| !asked.contains(*key)).map(|(group, key, line)| Extra {
                round: round.round,
                key: key.clone(),
                counted: line.quantity,
                people: group.people.clone(),
            }));
        }
        verdict.rounds.insert(round.round, merged);
    }
    let next = counted_last.saturating_add(1);
    verdict.keys = results
        .into_iter()
        .map(|(key, rounds)| {
            let ordered = place.rounds_ordered.get(&key).copied().unwrap_or(0);
            let verdict = rounds::decide(place.policy, rounds, ordered, next);
            (key, verdict)
        })
        .collect();
    verdict
}

/// The keys that a round speaks about: those asked for, or everything counted and everything that the book says stood
/// there while somebody counted the whole location.
fn keys_of(place: &Place<'_>, scope: &Scope, complete: &[&Group]) -> BTreeSet<ItemKey> {
    if complete.is_empty() {
        return BTreeSet::new();
    }
    if let Scope::Keys(asked) = scope {
        return asked.clone();
    }
    let counted = complete.iter().flat_map(|group| group.lines.keys().chain(group.broken.keys())).cloned();
    let windows: Vec<Window> = complete.iter().filter_map(|group| group.window).collect();
    let stands = |ledger: &Ledger| windows.iter().any(|window| ledger.stands_inside(*window));
    let expected = place.ledgers.iter().filter(|(_, ledger)| stands(ledger)).map(|(key, _)| key.clone());
    counted.chain(expected).collect()
}

fn round_result(place: &Place<'_>, round: &Round, merged: &Merged, complete: &[&Group], key: &ItemKey) -> RoundResult {
    let mut groups = Vec::new();
    let mut faults = Vec::new();
    for group in complete {
        match group_result(place, &round.scope, group, key) {
            Ok(result) => groups.push(result),
            Err(fault) => faults.push(fault),
        }
    }
    let people: BTreeSet<PersonId> = complete.iter().flat_map(|group| group.people.iter().copied()).collect();
    let agreement = agreement(merged, &groups, &faults);
    let sheets: usize = complete.iter().map(|group| group.sheets.len()).sum();
    let merged = match agreement {
        Agreement::Unclear if faults.is_empty() => "sheets that cannot be put together".into(),
        Agreement::Unclear => "a line without a total".into(),
        Agreement::Agree => format!("{} people agree", people.len()),
        Agreement::Conflict => format!("{} people differ", people.len()),
        Agreement::Single if sheets == 1 => "one sheet".into(),
        Agreement::Single => format!("{sheets} sheets added"),
    };
    RoundResult { round: round.round, groups, faults, agreement, people, merged }
}

/// Groups are compared by variance, each against the book of its own scan. Only plain and settled variances of
/// different people confirm each other.
fn agreement(merged: &Merged, groups: &[GroupResult], faults: &[LineFault]) -> Agreement {
    if !merged.unclear.is_empty() || !faults.is_empty() {
        return Agreement::Unclear;
    }
    let [first, others @ ..] = groups else { return Agreement::Unclear };
    if others.is_empty() {
        return Agreement::Single;
    }
    let firm = groups.iter().all(|group| group.variance.kind != VarianceKind::Ambiguous);
    let alike = others.iter().all(|other| other.variance.variance == first.variance.variance);
    let people: BTreeSet<PersonId> = groups.iter().flat_map(|group| group.people.iter().copied()).collect();
    let apart = people.len() == groups.iter().map(|group| group.people.len()).sum::<usize>();
    if firm && alike && apart { Agreement::Agree } else { Agreement::Conflict }
}

fn group_result(place: &Place<'_>, scope: &Scope, group: &Group, key: &ItemKey) -> Result<GroupResult, LineFault> {
    if let Some(fault) = group.broken.get(key) {
        return Err(*fault);
    }
    let (counted, implied_zero, window, scanned_at) = match (group.lines.get(key), group.window, group.closed_at) {
        (Some(line), ..) => (line.quantity, false, line.window, line.at),
        // what is not there was seen not to be there between the opening and the closing
        (None, Some(window), Some(closed_at)) => (Quantity::ZERO, true, window, closed_at),
        (None, ..) => return Err(LineFault::Overflow),
    };
    let nothing = Ledger::default();
    let ledger = place.ledgers.get(key).unwrap_or(&nothing);
    let variance = judge_line(counted, ledger, window, scanned_at)?;
    let item = place.items.get(&key.item);
    let value = item.and_then(|item| item.unit_cost).and_then(|cost| Money::of(variance.variance, cost).ok());
    let rule = item.and_then(|item| rule_for(&place.policy.rules, item, place.zone));
    let tolerance = level(rule, variance.variance, variance.book, value);
    let mut doubts = BTreeSet::new();
    if variance.variance.is_negative() && !group.unknown.is_empty() {
        doubts.insert(Doubt::UnresolvedUnknown);
    }
    // who was asked for single keys is not asked whether the bin is empty
    if *scope == Scope::Whole && !variance.variance.is_zero() && group.empty_unconfirmed {
        doubts.insert(Doubt::EmptyUnconfirmed);
    }
    Ok(GroupResult {
        people: group.people.clone(),
        devices: group.devices.clone(),
        sheets: group.sheets.clone(),
        counted,
        implied_zero,
        window: window.join(Window { from: scanned_at, to: scanned_at }),
        scanned_at,
        variance,
        value,
        tolerance,
        doubts,
    })
}

impl GroupResult {
    /// Whether it may settle something: nothing moved unexplained, nothing in doubt.
    pub fn is_firm(&self) -> bool {
        self.variance.kind != VarianceKind::Ambiguous && self.doubts.is_empty()
    }
    /// Whether it lies inside all limits.
    pub fn is_within(&self) -> bool {
        self.tolerance.level == Level::Within
    }
}

#[cfg(test)]
mod tests;
