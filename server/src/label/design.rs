//! The two labels: a bin's (its code as large as it goes, the symbol, letters to check, an arrow) and an item's.
//!
//! A symbol gets the largest module that is a whole number of dots and leaves its quiet zone free. Absent: pages.

use super::{
    draw::{self, Anchor, Drawing, Text, fitting, wrap},
    symbol::{Modules, encode},
};
use shared::label::{
    Arrow, Dots, LabelSize, Symbol, check_letters,
    payload::{Payload, Unprintable},
};

/// How labels are to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Which size.
    pub size: LabelSize,
    /// Which symbol.
    pub symbol: Symbol,
    /// For which printer.
    pub dots: Dots,
}

/// What stands on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// A bin's.
    Bin {
        /// Its code.
        code: String,
        /// What the symbol holds.
        payload: Payload,
        /// Which way it points.
        arrow: Arrow,
        /// Whether letters to check stand on it.
        has_letters: bool,
    },
    /// An item's.
    Item {
        /// Its code.
        sku: String,
        /// What it is.
        description: String,
        /// Lot, serial number and date as people read them; may be empty.
        marks: String,
        /// What the symbol holds.
        payload: Payload,
    },
}

impl Label {
    /// What the symbol holds.
    pub const fn payload(&self) -> &Payload {
        match self {
            Self::Bin { payload, .. } | Self::Item { payload, .. } => payload,
        }
    }
    /// What it is the label of.
    pub fn name(&self) -> &str {
        match self {
            Self::Bin { code, .. } => code,
            Self::Item { sku, .. } => sku,
        }
    }
}

/// Why a label cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undrawable {
    /// What it says cannot be a symbol.
    #[error(transparent)]
    Payload(#[from] Unprintable),
    /// Its bars would be thinner than scanners read.
    #[error("its bars do not fit; choose a larger label, or DataMatrix")]
    Narrow,
}

/// Thinner modules are not read at arm's length, in micrometres.
///
/// # Source
/// GS1 General Specifications, general distribution: 0.25 mm; the two dots of a 203 dpi printer are just that.
const MODULE_UM_MIN: u32 = 240;
/// Wider ones make symbols that no longer fit into a scanner's view up close, in micrometres.
const MODULE_UM_MAX: u32 = 1_500;

/// A label in dots, and how many of them its modules have.
///
/// # Errors
/// [`Undrawable`].
pub fn draw(label: &Label, style: Style) -> Result<(Drawing, u32), Undrawable> {
    let modules = encode(style.symbol, label.payload())?;
    let (width, height) = style.size.tenths_mm();
    let size = (style.dots.in_tenths(width), style.dots.in_tenths(height));
    let mut sketch =
        Sketch { drawing: Drawing::new(size), margin: style.dots.in_tenths(width.min(height) / 16), style };
    let module =
        if modules.height() == 1 { sketch.with_bars(label, &modules)? } else { sketch.with_square(label, &modules)? };
    Ok((sketch.drawing, module))
}

/// From one line of words to the next.
pub(super) const fn leading(size: u32) -> u32 {
    size * 12 / 10
}

/// A description in the room below a SKU, above its marks where there are any: as large as all of it fits, and never
/// smaller than can be read, so that its end may be missing. Sizes follow from the height that SKU and words share.
pub(super) fn describe(
    description: &str,
    has_marks: bool,
    (width, room): (u32, u32),
    height: u32,
) -> (u32, Vec<String>) {
    let (largest, smallest) = ((height * 24 / 100).max(1), (height * 15 / 100).max(1));
    let lines = |size: u32| {
        let lines = room.saturating_sub(size) / leading(size).max(1) + u32::from(room >= size);
        lines.saturating_sub(u32::from(has_marks)).min(3) as usize
    };
    let fits = |size: u32| {
        let wrapped = wrap(description, size, width, usize::MAX);
        wrapped.len() <= lines(size) && wrapped.iter().all(|line| draw::width(line, size) <= width)
    };
    let size = (smallest..=largest).rev().find(|size| fits(*size)).unwrap_or(smallest);
    (size, wrap(description, size, width, lines(size)))
}

struct Sketch {
    drawing: Drawing,
    margin: u32,
    style: Style,
}

impl Sketch {
    /// The dots of a module in a room; the quiet zone is part of the room.
    fn module(&self, modules: &Modules, room: u32) -> Result<u32, Undrawable> {
        let whole = modules.width + 2 * modules.symbol.quiet_modules();
        let module = (room / whole).min((MODULE_UM_MAX / self.style.dots.um(1).max(1)).max(1));
        if self.style.dots.um(module) < MODULE_UM_MIN { Err(Undrawable::Narrow) } else { Ok(module) }
    }

    /// Words above, bars below over the whole width.
    fn with_bars(&mut self, label: &Label, modules: &Modules) -> Result<u32, Undrawable> {
        let (width, height) = self.drawing.size;
        let module = self.module(modules, width)?;
        let readable = &label.payload().readable;
        let foot = if readable.is_empty() { 0 } else { height / 10 };
        let bars_height = height * 45 / 100 - foot;
        let top = height - self.margin - foot - bars_height;
        let left = (width - modules.width * module) / 2;
        self.drawing.symbol((left, top), modules, module, bars_height);
        if foot > 0 {
            self.line(
                (width / 2, height - self.margin),
                Anchor::Middle,
                foot * 9 / 10,
                readable,
                width - 2 * self.margin,
            );
        }
        self.words(label, (self.margin, self.margin), (width - 2 * self.margin, top - 2 * self.margin));
        Ok(module)
    }

    /// The symbol on the left, words beside it.
    fn with_square(&mut self, label: &Label, modules: &Modules) -> Result<u32, Undrawable> {
        let (width, height) = self.drawing.size;
        let module = self.module(modules, height.min(width * 2 / 5))?;
        let quiet = modules.symbol.quiet_modules() * module;
        let side = modules.width * module + 2 * quiet;
        let top = (height - side) / 2;
        self.drawing.symbol((quiet, top + quiet), modules, module, module);
        let left = side + self.margin / 2;
        self.words(label, (left, self.margin), (width - left - self.margin, height - 2 * self.margin));
        Ok(module)
    }

    fn words(&mut self, label: &Label, at: (u32, u32), room: (u32, u32)) {
        match label {
            Label::Bin { code, arrow, has_letters, .. } => self.bin(code, *arrow, *has_letters, at, room),
            Label::Item { sku, description, marks, .. } => self.item((sku, description, marks), at, room),
        }
    }

    fn bin(&mut self, code: &str, arrow: Arrow, has_letters: bool, (x, y): (u32, u32), (width, height): (u32, u32)) {
        // beside a symbol there is room below the code; above bars there is room beside it
        let is_tall = height * 2 > width;
        let letters = check_letters(code);
        let letters_height = if has_letters && is_tall { height / 4 } else { 0 };
        let letters_size = if is_tall { letters_height } else { height * 45 / 100 };
        let letters_width = draw::width(&letters, letters_size) * 11 / 10;
        // so far from the code that nobody reads them as a part of it
        let side = if has_letters && !is_tall { letters_width + letters_size / 2 } else { 0 };
        let arrow_width = if arrow == Arrow::None { 0 } else { (height - letters_height).min(width / 5) };
        let gap = if arrow_width > 0 { arrow_width / 6 } else { 0 };
        let room = width - side - arrow_width - gap;
        let size = fitting(code, room, (height - letters_height) * 13 / 10);
        // capitals are some seven tenths of their size high
        let middle = y + (height - letters_height) / 2;
        self.line((x + arrow_width + gap, middle + size * 36 / 100), Anchor::Start, size, code, room);
        if arrow_width > 0 {
            let tall = (height - letters_height).min(arrow_width * 3 / 2);
            self.drawing.arrow((x, middle - tall / 2), (arrow_width, tall), arrow == Arrow::Up);
        }
        if has_letters {
            let base = if is_tall { y + height } else { middle + letters_size * 36 / 100 };
            self.line((x + width, base), Anchor::End, letters_size, &letters, letters_width);
        }
    }

    fn item(&mut self, (sku, description, marks): (&str, &str, &str), (x, y): (u32, u32), (width, height): (u32, u32)) {
        let size = fitting(sku, width, height * 34 / 100);
        self.line((x, y + size * 78 / 100), Anchor::Start, size, sku, width);
        let (small, lines) = describe(description, !marks.is_empty(), (width, height.saturating_sub(size)), height);
        let mut base = y + size + small;
        for line in lines {
            self.text((x, base), small, &line, width);
            base += leading(small);
        }
        if !marks.is_empty() {
            self.line((x, base), Anchor::Start, small, marks, width);
        }
    }

    fn line(&mut self, at: (u32, u32), anchor: Anchor, size: u32, text: &str, width_max: u32) {
        self.drawing.text(&Text { at, anchor, size, is_bold: true, text: text.to_owned(), width_max });
    }

    fn text(&mut self, at: (u32, u32), size: u32, text: &str, width_max: u32) {
        self.drawing.text(&Text { at, anchor: Anchor::Start, size, is_bold: false, text: text.to_owned(), width_max });
    }
}
