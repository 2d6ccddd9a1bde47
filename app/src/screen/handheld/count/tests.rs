//! What a counter does in a bin, told in scans and taps.
#![allow(clippy::unwrap_used)]

mod find;
mod keep;
mod label;
mod leave;
mod scan;

use super::model::{Bin, Effect, Ending, Known, Read, Said, Visit, Work};
use crate::part::tone::Tone;
use shared::{
    event::EventKind,
    id::{CountId, EventId, ItemId, LocationId, TaskId},
    item::Tracking,
    key::ItemKey,
    moment::Moment,
    quantity::Quantity,
};

/// When everything is saved.
const AT: Moment = Moment(1_000);

/// A counter with a journal that works, unless told otherwise.
struct Counter {
    visit: Visit,
    written: Vec<EventKind>,
    tones: Vec<Tone>,
    left: Option<(Ending, Option<Bin>, usize)>,
    disk_works: bool,
}

fn bin(n: i64) -> Bin {
    Bin { id: LocationId(n), code: format!("A-{n:02}") }
}

fn item(n: i64, tracking: Tracking) -> Known {
    Known { id: ItemId(n), sku: format!("SKU-{n}"), description: "Thing".into(), unit: "EA".into(), tracking }
}

fn units(n: i64) -> Quantity {
    Quantity::whole(n).unwrap()
}

fn plain(n: i64) -> Read {
    pack(n, 1)
}

fn pack(n: i64, factor: i64) -> Read {
    Read::Item {
        item: item(n, Tracking::None),
        factor: units(factor),
        lot: None,
        serial: None,
        expiry: None,
        proposals: vec![],
        said: Said::default(),
        raw: format!("code-{n}"),
    }
}

fn tracked(n: i64, tracking: Tracking, lot: Option<&str>, serial: Option<&str>) -> Read {
    Read::Item {
        item: item(n, tracking),
        factor: units(1),
        lot: lot.map(str::to_owned),
        serial: serial.map(str::to_owned),
        expiry: None,
        proposals: vec![],
        said: Said::default(),
        raw: format!("code-{n}"),
    }
}

fn unknown(raw: &str) -> Read {
    Read::Unknown { raw: raw.into(), lot: None, serial: None, pallet: None }
}

impl Counter {
    fn new() -> Self {
        Self { visit: Visit::new(bin(1), None), written: vec![], tones: vec![], left: None, disk_works: true }
    }
    fn recounting(keys: Vec<ItemKey>) -> Self {
        let work = Work { task: TaskId(1), count: CountId(1), round: 2, keys: Some(keys) };
        Self { visit: Visit::new(bin(1), Some(work)), ..Self::new() }
    }
    fn run(&mut self, effects: Vec<Effect>) -> &mut Self {
        for effect in effects {
            match effect {
                Effect::Record(ticket, kind) => {
                    let told = if self.disk_works {
                        self.written.push(kind);
                        let n = u8::try_from(self.written.len()).unwrap();
                        self.visit.saved(ticket, EventId::from_parts(AT.0, &[n; 10]))
                    } else {
                        self.visit.not_saved(ticket)
                    };
                    self.run(told);
                }
                Effect::Tone(tone) => self.tones.push(tone),
                Effect::ReadCode(text) => {
                    let effects =
                        if text == "4006381333931" { self.visit.scan(plain(7)) } else { self.visit.refuse_code() };
                    self.run(effects);
                }
                Effect::Leave { ending, next, later } => self.left = Some((ending, next, later.len())),
            }
        }
        self
    }
    fn scan(&mut self, read: Read) -> &mut Self {
        let effects = self.visit.scan(read);
        self.run(effects)
    }
    fn key(&mut self, digits: &str) -> &mut Self {
        digits.chars().for_each(|digit| self.visit.press(digit));
        let effects = self.visit.press_ok();
        self.run(effects)
    }
    fn yes(&mut self) -> &mut Self {
        let effects = self.visit.answer_yes();
        self.run(effects)
    }
    fn undo(&mut self) -> &mut Self {
        let effects = self.visit.undo();
        self.run(effects)
    }
    fn done(&mut self) -> &mut Self {
        let effects = self.visit.done();
        self.run(effects)
    }
    fn quantities(&self) -> Vec<(i64, Option<Quantity>)> {
        self.visit.lines().into_iter().map(|line| (line.item.id.0, line.quantity)).collect()
    }
}
