//! Merging: what several sheets of one location and round mean together (`DOMAIN.md` section 3, "Several sheets for one
//! location and round"). A pure function of the set of sheets: order and repetition change nothing.
//!
//! Absent: comparing what groups counted. Groups are compared by variance, each in its own window ([`crate::judge`]).

use crate::{
    event::SheetIntent,
    id::{DeviceId, LogId, PersonId, SheetId},
    key::ItemKey,
    moment::{Moment, Window},
    planted::{Defect, is},
    policy::Meaning,
    quantity::Quantity,
    sheet::{FoldedSheet, LineFault},
};
use std::collections::{BTreeMap, BTreeSet};

/// A sheet that is closed and whose log is here without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedSheet {
    /// Which.
    pub sheet: SheetId,
    /// Whose.
    pub person: PersonId,
    /// On which handheld.
    pub device: DeviceId,
    /// In which log of it.
    pub log: LogId,
    /// Where in the log it was opened: orders sheets of one log, whatever the clock says.
    pub open_seq: u64,
    /// What it means beside others.
    pub intent: SheetIntent,
    /// When it was opened, widened by the clock's uncertainty.
    pub opened_at: Window,
    /// When it was closed, widened likewise.
    pub closed_at: Window,
    /// Whether the whole location was counted.
    pub location_done: bool,
    /// What is on it.
    pub folded: FoldedSheet,
}

/// A sheet that was opened and is not closed, or of which something is still missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSheet {
    /// Which.
    pub sheet: SheetId,
    /// Whose.
    pub person: PersonId,
    /// What it means beside others.
    pub intent: SheetIntent,
}

/// What a group counted of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupLine {
    /// Base units; the sum of the parts, once for a serial number.
    pub quantity: Quantity,
    /// From the first entry to the closing of the sheets that list the key.
    pub window: Window,
    /// The instant of the last entry: the scan.
    pub at: Moment,
}

/// Sheets that together are one count of the location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Everybody who made an entry.
    pub people: BTreeSet<PersonId>,
    /// The handhelds.
    pub devices: BTreeSet<DeviceId>,
    /// The sheets.
    pub sheets: BTreeSet<SheetId>,
    /// Whether every part is here and one of them said that the whole location was counted.
    pub complete: bool,
    /// What was counted.
    pub lines: BTreeMap<ItemKey, GroupLine>,
    /// Lines without a total.
    pub broken: BTreeMap<ItemKey, LineFault>,
    /// Barcodes that wait for a name.
    pub unknown: BTreeSet<String>,
    /// Nothing was counted and nobody confirmed that nothing stands there.
    pub empty_unconfirmed: bool,
    /// From the first opening to the last closing; `None` only for a group without sheets.
    pub window: Option<Window>,
    /// The instant of the last closing: when a missing key was seen to be missing.
    pub closed_at: Option<Moment>,
}

/// What several sheets mean together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Whether at least one group is complete.
    pub complete: bool,
    /// The groups, in the order of their smallest sheet id. More than one: independent counts, to be compared.
    pub groups: Vec<Group>,
    /// Sheets that a later sheet of the same person replaced: kept as evidence.
    pub superseded: BTreeSet<SheetId>,
    /// Sheets of which nobody can say whose count they helped: nothing of this round may settle anything by itself.
    pub unclear: BTreeSet<SheetId>,
}

/// Puts the sheets of one location and round together.
///
/// - Same person: a later own sheet replaces the earlier ones (*repeat*), "continue" adds to them (*part*).
/// - Different people: each is a group of its own (*independent*), unless the count is shared or a sheet says
///   "helping" (*part*).
/// - A helper belongs to the one other person who counts the location, and to the visit during or after which the
///   help began. Where that is not certain, the sheet is `unclear`.
/// - A group of parts is complete when no part is still open and one of them said "location done". A "continue" or
///   "helping" sheet whose other half is not here yet is never complete.
///
/// # Source
/// `DOMAIN.md` section 3. Sequence orders sheets of one log (`SYNC.md` section 6); between logs only the corrected
/// clock is left to say which visit of one person was later.
pub fn merge(sheets: &[ClosedSheet], open: &[OpenSheet], meaning: Meaning) -> Merged {
    let sheets = in_order(sheets);
    let mut attempts: BTreeMap<PersonId, Vec<Attempt<'_>>> = BTreeMap::new();
    let mut helpers: Vec<&ClosedSheet> = Vec::new();
    for sheet in sheets {
        let own = attempts.entry(sheet.person);
        match sheet.intent {
            SheetIntent::Own => own.or_default().push(Attempt { begun: true, sheets: vec![sheet] }),
            SheetIntent::Continue => {
                let own = own.or_default();
                match own.last_mut() {
                    Some(attempt) => attempt.sheets.push(sheet),
                    None => own.push(Attempt { begun: false, sheets: vec![sheet] }),
                }
            }
            SheetIntent::Helping => helpers.push(sheet),
        }
    }
    attempts.retain(|_, own| !own.is_empty());
    let mut merged = Merged::default();
    match meaning {
        Meaning::Independent => attach_helpers(&mut attempts, helpers, &mut merged),
        Meaning::Shared => {
            let shared = attempts.values_mut().filter_map(|own| {
                let current = own.pop()?;
                merged.superseded.extend(own.drain(..).flat_map(|attempt| attempt.sheets).map(|sheet| sheet.sheet));
                Some(current)
            });
            let (mut begun, mut parts) = (false, helpers);
            for attempt in shared {
                begun |= attempt.begun;
                parts.extend(attempt.sheets);
            }
            if !parts.is_empty() {
                merged.groups.push(group(&Attempt { begun, sheets: parts }, !open.is_empty()));
            }
            attempts.clear();
        }
    }
    for (person, mut own) in attempts {
        let Some(current) = own.pop() else { continue };
        merged.superseded.extend(own.into_iter().flat_map(|attempt| attempt.sheets).map(|sheet| sheet.sheet));
        let arriving = open.iter().any(|sheet| match sheet.intent {
            SheetIntent::Own => false,
            SheetIntent::Continue => sheet.person == person,
            SheetIntent::Helping => sheet.person != person,
        });
        merged.groups.push(group(&current, arriving));
    }
    merged.groups.sort_by(|a, b| a.sheets.cmp(&b.sheets));
    merged.complete = merged.groups.iter().any(|group| group.complete);
    merged
}

/// One go at counting a location: a first sheet and what was added to it.
struct Attempt<'a> {
    /// Whether the sheet that began it is here.
    begun: bool,
    sheets: Vec<&'a ClosedSheet>,
}

/// The best estimate of the instant in the middle of a window.
const fn middle(window: Window) -> Moment {
    window.from.plus_ms(window.to.ms_since(window.from) / 2)
}

/// Each sheet once, in one order for every order of arrival: by opening, where within one log the sequence wins over a
/// clock that jumped back.
fn in_order(sheets: &[ClosedSheet]) -> Vec<&ClosedSheet> {
    let set: BTreeMap<SheetId, &ClosedSheet> = sheets.iter().map(|sheet| (sheet.sheet, sheet)).collect();
    let mut by_log: Vec<&ClosedSheet> = set.into_values().collect();
    by_log.sort_by_key(|sheet| (sheet.log, sheet.open_seq, sheet.sheet));
    let mut latest: BTreeMap<LogId, Moment> = BTreeMap::new();
    let mut timed: Vec<(Moment, &ClosedSheet)> = Vec::with_capacity(by_log.len());
    for sheet in by_log {
        let opened = middle(sheet.opened_at);
        let instant = latest.entry(sheet.log).or_insert(opened);
        *instant = if is(Defect::LastByWallClock) { opened } else { (*instant).max(opened) };
        timed.push((*instant, sheet));
    }
    timed.sort_by_key(|(instant, sheet)| (*instant, sheet.log, sheet.open_seq, sheet.sheet));
    timed.into_iter().map(|(_, sheet)| sheet).collect()
}

/// Gives each helper's sheet to the visit it helped, or marks it.
fn attach_helpers<'a>(
    attempts: &mut BTreeMap<PersonId, Vec<Attempt<'a>>>,
    helpers: Vec<&'a ClosedSheet>,
    merged: &mut Merged,
) {
    let mut waiting: Vec<&ClosedSheet> = Vec::new();
    // whose visit it is is decided before any helper is attached: the answer must not depend on who comes first
    for helper in helpers {
        let others: Vec<PersonId> = attempts.keys().copied().filter(|person| *person != helper.person).collect();
        match others.as_slice() {
            [] => waiting.push(helper),
            [person] => match attempts.get_mut(person).and_then(|own| visit_helped(own, helper)) {
                Some(attempt) => attempt.sheets.push(helper),
                None => {
                    merged.unclear.insert(helper.sheet);
                    waiting.push(helper);
                }
            },
            _ => {
                merged.unclear.insert(helper.sheet);
                waiting.push(helper);
            }
        }
    }
    if !waiting.is_empty() {
        merged.groups.push(group(&Attempt { begun: false, sheets: waiting }, false));
    }
}

/// The visit during or after which the help began: the last one certainly opened before it; the first one where it
/// began before all of them. `None` where the clocks cannot tell.
fn visit_helped<'a, 'b>(own: &'b mut [Attempt<'a>], helper: &ClosedSheet) -> Option<&'b mut Attempt<'a>> {
    let later = own.iter().skip(1);
    let mut helped = 0;
    for (index, attempt) in later.enumerate() {
        let opened = attempt.sheets.first()?.opened_at;
        if opened.to < helper.opened_at.from {
            helped = index + 1;
        } else if opened.from <= helper.opened_at.to {
            return None;
        }
    }
    own.get_mut(helped)
}

fn group(attempt: &Attempt<'_>, arriving: bool) -> Group {
    let mut group = Group::default();
    let mut done = false;
    let mut confirmed_empty = false;
    let mut sums: BTreeMap<ItemKey, Result<GroupLine, LineFault>> = BTreeMap::new();
    // in one order, so that which fault is named does not depend on arrival
    let parts: BTreeMap<SheetId, &ClosedSheet> = attempt.sheets.iter().map(|sheet| (sheet.sheet, *sheet)).collect();
    for sheet in parts.into_values() {
        group.people.insert(sheet.person);
        group.people.extend(&sheet.folded.people);
        group.devices.insert(sheet.device);
        group.sheets.insert(sheet.sheet);
        group.unknown.extend(sheet.folded.unknown.keys().cloned());
        done |= sheet.location_done;
        confirmed_empty |= sheet.folded.confirmed_empty;
        let visit = sheet.opened_at.join(sheet.closed_at);
        group.window = Some(group.window.map_or(visit, |window| window.join(visit)));
        let closed = middle(sheet.closed_at);
        group.closed_at = Some(group.closed_at.map_or(closed, |latest| latest.max(closed)));
        for (key, fault) in &sheet.folded.broken {
            sums.insert(key.clone(), Err(*fault));
        }
        for (key, line) in &sheet.folded.lines {
            let part = GroupLine { quantity: line.quantity, window: line.window(sheet.closed_at), at: line.at };
            let sum = match sums.get(key) {
                None => Ok(part),
                Some(Err(fault)) => Err(*fault),
                Some(Ok(sum)) => add(key, *sum, part),
            };
            sums.insert(key.clone(), sum);
        }
    }
    for (key, sum) in sums {
        match sum {
            Ok(line) => drop(group.lines.insert(key, line)),
            Err(fault) => drop(group.broken.insert(key, fault)),
        }
    }
    group.empty_unconfirmed =
        !confirmed_empty && group.lines.is_empty() && group.broken.is_empty() && group.unknown.is_empty();
    group.complete = attempt.begun && done && !arriving;
    group
}

/// Two parts of one bin: they add up. A serial number counts once, however many parts saw it.
fn add(key: &ItemKey, a: GroupLine, b: GroupLine) -> Result<GroupLine, LineFault> {
    let quantity = if key.serial.is_empty() { a.quantity.plus(b.quantity)? } else { a.quantity.max(b.quantity) };
    Ok(GroupLine { quantity, window: a.window.join(b.window), at: a.at.max(b.at) })
}

#[cfg(test)]
pub(crate) mod tests;
