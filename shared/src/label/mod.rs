//! Labels: what a bin or item label says to people and to scanners, and the sizes it is printed in (`HANDHELD.md` 2.5
//! and 4).
//!
//! Absent: drawing. Bars, pages and printer commands are made at the edge from what is decided here.

pub mod code128;
pub mod payload;

use serde::{Deserialize, Serialize};

/// The kinds of symbol that a label can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbol {
    /// Bars, which every scanner reads; GS1-128 where it holds GS1 elements.
    #[default]
    Code128,
    /// Small and robust; GS1 DataMatrix where it holds GS1 elements.
    DataMatrix,
    /// A square that telephones read as well; a GS1 Digital Link where it names a trade item.
    Qr,
}

impl Symbol {
    /// Every kind, in the order shown.
    pub const ALL: [Self; 3] = [Self::Code128, Self::DataMatrix, Self::Qr];
    /// The word used in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code128 => "code128",
            Self::DataMatrix => "data_matrix",
            Self::Qr => "qr",
        }
    }
    /// Modules that stay white on every side.
    ///
    /// # Source
    /// `HANDHELD.md` 4.2: ten for bars, four for QR; two for DataMatrix, twice what its standard asks for.
    pub const fn quiet_modules(self) -> u32 {
        match self {
            Self::Code128 => 10,
            Self::DataMatrix => 2,
            Self::Qr => 4,
        }
    }
}

/// Which way an arrow on a bin label points, where one label on a beam serves the place above or below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrow {
    /// No arrow.
    #[default]
    None,
    /// The place above.
    Up,
    /// The place below.
    Down,
}

impl Arrow {
    /// Every kind, in the order shown.
    pub const ALL: [Self; 3] = [Self::None, Self::Up, Self::Down];
    /// The word used in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// The dots of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Dots {
    /// 203 dpi: most label printers.
    #[default]
    #[serde(rename = "203")]
    Dpi203,
    /// 300 dpi: finer label printers.
    #[serde(rename = "300")]
    Dpi300,
    /// 600 dpi: office printers.
    #[serde(rename = "600")]
    Dpi600,
}

impl Dots {
    /// Every kind, coarsest first.
    pub const ALL: [Self; 3] = [Self::Dpi203, Self::Dpi300, Self::Dpi600];
    /// The word used in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dpi203 => "203",
            Self::Dpi300 => "300",
            Self::Dpi600 => "600",
        }
    }
    /// The size of a thousand dots in micrometres. A 203 dpi head has exactly 8 dots a millimetre.
    const fn thousand_um(self) -> u32 {
        match self {
            Self::Dpi203 => 125_000,
            Self::Dpi300 => 84_667,
            Self::Dpi600 => 42_333,
        }
    }
    /// Whole dots in so many tenths of a millimetre, rounded down: what is drawn never runs off the label.
    pub const fn in_tenths(self, tenths_mm: u32) -> u32 {
        tenths_mm * 100_000 / self.thousand_um()
    }
    /// So many dots in micrometres.
    pub const fn um(self, dots: u32) -> u32 {
        dots * self.thousand_um() / 1000
    }
}

/// The sizes that labels are printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSize {
    /// 100 × 50 mm on a roll: a beam label.
    #[default]
    Roll100x50,
    /// 50 × 25 mm on a roll: a small shelf or an item.
    Roll50x25,
    /// 150 × 100 mm on a roll: read from the floor, upper levels.
    Roll150x100,
    /// A4 sheets of eight labels, 99.1 × 67.7 mm.
    A4By8,
    /// A4 sheets of twenty-four labels, 63.5 × 33.9 mm.
    A4By24,
}

/// How labels stand on a sheet, in tenths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Width and height of the sheet.
    pub size: (u32, u32),
    /// Labels side by side, and one above the other.
    pub grid: (u32, u32),
    /// From the corner of the sheet to that of the first label.
    pub margin: (u32, u32),
    /// From one label to the next.
    pub pitch: (u32, u32),
}

impl LabelSize {
    /// Every size, in the order shown.
    pub const ALL: [Self; 5] = [Self::Roll100x50, Self::Roll50x25, Self::Roll150x100, Self::A4By8, Self::A4By24];
    /// The word used in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Roll100x50 => "roll100x50",
            Self::Roll50x25 => "roll50x25",
            Self::Roll150x100 => "roll150x100",
            Self::A4By8 => "a4_by8",
            Self::A4By24 => "a4_by24",
        }
    }
    /// Width and height of one label, in tenths of a millimetre.
    pub const fn tenths_mm(self) -> (u32, u32) {
        match self {
            Self::Roll100x50 => (1000, 500),
            Self::Roll50x25 => (500, 250),
            Self::Roll150x100 => (1500, 1000),
            Self::A4By8 => (991, 677),
            Self::A4By24 => (635, 339),
        }
    }
    /// The sheet it is cut from; `None`: one after the other on a roll.
    ///
    /// # Source
    /// The drawings of the two commonest die-cut sheets (L7165, L7159).
    pub const fn sheet(self) -> Option<Sheet> {
        match self {
            Self::A4By8 => Some(Sheet { size: A4, grid: (2, 4), margin: (47, 131), pitch: (1016, 677) }),
            Self::A4By24 => Some(Sheet { size: A4, grid: (3, 8), margin: (72, 129), pitch: (660, 339) }),
            Self::Roll100x50 | Self::Roll50x25 | Self::Roll150x100 => None,
        }
    }
    /// Labels on one printed page.
    pub const fn per_page(self) -> u32 {
        match self.sheet() {
            Some(sheet) => sheet.grid.0 * sheet.grid.1,
            None => 1,
        }
    }
}

/// A4 in tenths of a millimetre.
pub const A4: (u32, u32) = (2100, 2970);

/// Letters to read aloud or key where a bin cannot be scanned: they follow from the code, and neighbours differ.
/// None of them is read as another letter or as a digit.
pub fn check_letters(code: &str) -> String {
    const LETTERS: &[u8; 20] = b"ABCDEFGHJKLMNPRTVWXY";
    // the position counts, so that differ; a prime keeps steps of ten from meeting again
    let sum = code.bytes().fold(7_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 397);
    let letter = |index: u32| LETTERS.get(index as usize % LETTERS.len()).map_or('A', |letter| char::from(*letter));
    [letter(sum / 20), letter(sum % 20)].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_the_one_that_is_read() {
        fn check<T: Serialize>(all: &[T], word: impl Fn(&T) -> &'static str) {
            for each in all {
                assert_eq!(serde_json::to_value(each).expect("a word"), word(each));
            }
        }
        check(&Symbol::ALL, |each| each.word());
        check(&Arrow::ALL, |each| each.word());
        check(&Dots::ALL, |each| each.word());
        check(&LabelSize::ALL, |each| each.word());
    }

    #[test]
    fn no_label_reaches_over_the_edge_of_its_sheet_or_over_its_neighbour() {
        for size in LabelSize::ALL {
            let Some(sheet) = size.sheet() else { continue };
            let label = size.tenths_mm();
            assert!(sheet.pitch.0 >= label.0 && sheet.pitch.1 >= label.1, "{size:?}");
            assert!(sheet.margin.0 + (sheet.grid.0 - 1) * sheet.pitch.0 + label.0 <= sheet.size.0, "{size:?}");
            assert!(sheet.margin.1 + (sheet.grid.1 - 1) * sheet.pitch.1 + label.1 <= sheet.size.1, "{size:?}");
        }
    }

    #[test]
    fn dots_are_whole_and_never_too_many() {
        assert_eq!(Dots::Dpi203.in_tenths(1000), 800);
        assert_eq!(Dots::Dpi300.in_tenths(1000), 1181);
        for dots in Dots::ALL {
            assert!(dots.um(dots.in_tenths(1000)) <= 100_000, "{dots:?}");
        }
    }

    #[test]
    fn neighbouring_bins_have_different_check_letters() {
        let code = |bay: u32, level: u32| format!("A-{bay:02}-{level:02}");
        for bay in 1..60 {
            for level in 1..9 {
                let own = check_letters(&code(bay, level));
                assert_eq!(own.len(), 2);
                for (other_bay, other_level) in [(bay + 1, level), (bay, level + 1), (level, bay)] {
                    if (other_bay, other_level) != (bay, level) {
                        assert_ne!(own, check_letters(&code(other_bay, other_level)), "{bay} {level}");
                    }
                }
            }
        }
    }
}
