//! Paper count sheets on A4: one block a bin with its code, its task, and lines to write on. Blind: in a recount the keys
//! in dispute stand on the lines, never a quantity.
//!
//! Absent: what a typed sheet becomes ([`shared::paper`]).

use super::{
    draw::{Anchor, Drawing, Text, fitting},
    symbol::encode,
};
use shared::{
    api::paper::PaperKey,
    label::{
        A4, Dots, Symbol,
        payload::{Payload, Unprintable},
    },
    paper::PaperCode,
};

/// The dots that sheets are drawn in; office printers have twice as many, so every rule is whole there too.
pub const DOTS: Dots = Dots::Dpi300;
/// Lines on one page, at most: what is left of A4 below head and foot.
const LINES_ON_PAGE_MAX: usize = 23;

// everything in tenths of a millimetre
const MARGIN: u32 = 100;
const WIDTH: u32 = A4.0 - 2 * MARGIN;
const HEAD: u32 = 200;
const TITLES: u32 = 60;
const LINE: u32 = 90;
const FOOT: u32 = 130;
const GAP: u32 = 60;
const BOTTOM: u32 = 100;
/// Where the columns begin: item, lot or serial number, quantity.
const COLUMNS: [u32; 3] = [0, 1000, 1500];

/// One sheet to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// What identifies it.
    pub code: PaperCode,
    /// The bin.
    pub location_code: String,
    /// Where it is.
    pub zone: String,
    /// The count.
    pub count_name: String,
    /// 1 is the first.
    pub round: u8,
    /// Who is to count it; empty for anybody.
    pub assignee: String,
    /// In a recount, what to count; `None`: the whole bin.
    pub keys: Option<Vec<PaperKey>>,
}

/// A part of a sheet that stands on one page.
struct Block<'a> {
    blank: &'a Blank,
    keys: &'a [PaperKey],
    lines: usize,
    part: (usize, usize),
}

impl Block<'_> {
    fn height(&self) -> u32 {
        HEAD + TITLES + LINE * u32::try_from(self.lines).unwrap_or(0) + FOOT
    }
}

/// The pages of some sheets, with `lines` empty lines each.
///
/// # Errors
/// [`Unprintable`], which a code of ours never is.
pub fn pages(title: &str, blanks: &[Blank], lines: usize) -> Result<Vec<Drawing>, Unprintable> {
    let lines = lines.clamp(1, LINES_ON_PAGE_MAX);
    let blocks: Vec<Block<'_>> = blanks.iter().flat_map(|blank| blocks(blank, lines)).collect();
    let mut pages: Vec<Vec<&Block<'_>>> = Vec::new();
    let mut left = 0;
    for block in &blocks {
        if block.height() > left {
            pages.push(Vec::new());
            left = A4.1 - MARGIN - BOTTOM;
        }
        left = left.saturating_sub(block.height() + GAP);
        if let Some(page) = pages.last_mut() {
            page.push(block);
        }
    }
    let number = pages.len();
    pages.iter().zip(1..).map(|(blocks, page)| draw(title, blocks, (page, number))).collect()
}

/// A recount of more keys than one page holds goes on with the same code on the next.
fn blocks(blank: &Blank, lines: usize) -> Vec<Block<'_>> {
    let keys = blank.keys.as_deref().unwrap_or_default();
    if keys.is_empty() {
        return vec![Block { blank, keys, lines, part: (1, 1) }];
    }
    let parts = keys.chunks(LINES_ON_PAGE_MAX);
    let number = parts.len();
    parts.zip(1..).map(|(keys, part)| Block { blank, keys, lines: keys.len(), part: (part, number) }).collect()
}

fn draw(title: &str, blocks: &[&Block<'_>], (page, of): (usize, usize)) -> Result<Drawing, Unprintable> {
    let mut form = Form(Drawing::new((DOTS.in_tenths(A4.0), DOTS.in_tenths(A4.1))));
    let mut top = MARGIN;
    for block in blocks {
        form.block(block, top)?;
        top += block.height() + GAP;
    }
    form.text((MARGIN, A4.1 - 60), 28, title, WIDTH - 400);
    form.put((A4.0 - MARGIN, A4.1 - 60), Anchor::End, (28, false), &format!("Page {page} of {of}"), 400);
    Ok(form.0)
}

/// A drawing that is told tenths of a millimetre.
struct Form(Drawing);

impl Form {
    fn put(&mut self, (x, y): (u32, u32), anchor: Anchor, (size, is_bold): (u32, bool), text: &str, width_max: u32) {
        let at = (DOTS.in_tenths(x), DOTS.in_tenths(y));
        let (size, width_max) = (DOTS.in_tenths(size), DOTS.in_tenths(width_max));
        self.0.text(&Text { at, anchor, size, is_bold, text: text.to_owned(), width_max });
    }
    fn text(&mut self, at: (u32, u32), size: u32, text: &str, width_max: u32) {
        self.put(at, Anchor::Start, (size, false), text, width_max);
    }
    fn strong(&mut self, at: (u32, u32), size: u32, text: &str, width_max: u32) {
        self.put(at, Anchor::Start, (size, true), text, width_max);
    }
    fn rule(&mut self, (x, y): (u32, u32), (width, height): (u32, u32)) {
        let whole = |tenths: u32| DOTS.in_tenths(tenths).max(2);
        self.0.line((DOTS.in_tenths(x), DOTS.in_tenths(y)), (whole(width), whole(height)));
    }
    fn tick_box(&mut self, (x, y): (u32, u32)) {
        let side = DOTS.in_tenths(45);
        self.0.frame((DOTS.in_tenths(x), DOTS.in_tenths(y)), (side, side), 4);
    }

    fn block(&mut self, block: &Block<'_>, top: u32) -> Result<(), Unprintable> {
        self.head(block, top)?;
        let titles = top + HEAD;
        self.rule((MARGIN, titles), (WIDTH, 4));
        for (column, title) in COLUMNS.into_iter().zip(["Item: SKU or barcode", "Lot or serial number", "Quantity"]) {
            self.text((MARGIN + column + 15, titles + 42), 28, title, 480);
        }
        let mut line = titles + TITLES;
        self.rule((MARGIN, line), (WIDTH, 2));
        for index in 0..block.lines {
            if let Some(key) = block.keys.get(index) {
                self.key(key, line);
            }
            line += LINE;
            self.rule((MARGIN, line), (WIDTH, 2));
        }
        for column in COLUMNS.into_iter().chain([WIDTH]) {
            self.rule((MARGIN + column, titles), (2, line - titles));
        }
        self.foot(block, line);
        Ok(())
    }

    fn head(&mut self, block: &Block<'_>, top: u32) -> Result<(), Unprintable> {
        let blank = block.blank;
        let code = blank.code.to_string();
        let payload = Payload { text: code.clone(), is_gs1: false, readable: String::new() };
        let modules = encode(Symbol::DataMatrix, &payload)?;
        // eight dots a module at 300 dpi are 0.68 mm: read from half a metre
        let module = 8;
        let side = modules.width * module;
        let right = DOTS.in_tenths(A4.0 - MARGIN);
        self.0.symbol((right - side, DOTS.in_tenths(top)), &modules, module, module);
        let room = 900;
        let size = fitting(&blank.location_code, room, 140);
        self.strong((MARGIN, top + 115), size, &blank.location_code, room);
        let beside = A4.0 - MARGIN - 190;
        self.put((beside, top + 40), Anchor::End, (40, true), &code, 700);
        let round = if blank.round == 1 { "First count".to_owned() } else { format!("Count number {}", blank.round) };
        let part = match block.part {
            (_, 1) => String::new(),
            (part, of) => format!(", part {part} of {of}"),
        };
        self.put((beside, top + 85), Anchor::End, (30, false), &format!("{round}{part}"), 700);
        let who = if blank.assignee.is_empty() { "anybody" } else { &blank.assignee };
        self.put((beside, top + 128), Anchor::End, (30, false), &format!("For {who}"), 700);
        let what = if blank.keys.is_some() { "Count only what is listed" } else { "Count everything in the bin" };
        let zone = if blank.zone.is_empty() { String::new() } else { format!("Zone {}. ", blank.zone) };
        self.text((MARGIN, top + 172), 30, &format!("{zone}{what}. {}", blank.count_name), WIDTH - 200);
        Ok(())
    }

    fn key(&mut self, key: &PaperKey, top: u32) {
        self.strong((MARGIN + 15, top + 42), 34, &key.sku, 960);
        self.text((MARGIN + 15, top + 78), 26, &key.description, 960);
        let lot = [key.key.lot.as_str(), key.key.serial.as_str()].into_iter().find(|text| !text.is_empty());
        self.strong((MARGIN + COLUMNS[1] + 15, top + 55), 34, lot.unwrap_or_default(), 460);
        self.put((MARGIN + WIDTH - 10, top + 78), Anchor::End, (26, false), &key.unit, 200);
    }

    fn foot(&mut self, block: &Block<'_>, top: u32) {
        let line = top + 58;
        let mut x = MARGIN;
        for (title, room) in [("Counted by", 620), ("Date", 300), ("Time", 240)] {
            self.text((x, line), 28, title, 170);
            let begin = if title == "Counted by" { 185 } else { 85 };
            self.rule((x + begin, line + 8), (room - begin, 2));
            x += room + 30;
        }
        let mut x = MARGIN;
        let ticks: &[&str] = if block.blank.keys.is_some() {
            &["Everything listed was counted"]
        } else {
            &["The whole bin was counted", "The bin was empty"]
        };
        for title in ticks {
            self.tick_box((x, top + 78));
            self.text((x + 60, top + 112), 28, title, 560);
            x += 560;
        }
        let hint = if block.blank.keys.is_some() {
            "Two heaps: write the sum. Nothing there: write 0."
        } else {
            "Two heaps: two lines, or the sum. Nothing there: write 0."
        };
        self.text((x, top + 112), 26, hint, A4.0 - MARGIN - x);
    }
}
