//! Lengths of what is drawn, in thousandths of the whole: integer arithmetic, so that a bar never lies by rounding.
//!
//! Absent: elements and colours (`part/chart.rs`, the style sheet).

/// The part of a whole in thousandths, 0 to 1000. Something is never drawn as nothing: at least 1 where `part` is not 0.
pub fn permille(part: u128, whole: u128) -> u32 {
    if part == 0 || whole == 0 {
        return 0;
    }
    let share = part.min(whole).saturating_mul(1_000) / whole;
    u32::try_from(share).unwrap_or(1_000).max(1)
}

/// A piece of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub x: u32,
    /// How long it is.
    pub width: u32,
}

/// Lays pieces side by side so that together they fill 1000 exactly, whatever the rounding. None for an empty whole.
pub fn side_by_side(parts: &[u64]) -> Vec<Piece> {
    let whole: u128 = parts.iter().map(|part| u128::from(*part)).sum();
    let mut before: u128 = 0;
    let mut pieces = Vec::with_capacity(parts.len());
    for part in parts {
        let from = (before * 1_000).checked_div(whole).unwrap_or_default();
        before += u128::from(*part);
        let to = (before * 1_000).checked_div(whole).unwrap_or_default();
        let place = |at: u128| u32::try_from(at).unwrap_or(1_000);
        pieces.push(Piece { x: place(from), width: place(to - from) });
    }
    pieces
}

/// A scale from a range of numbers to a range of thousandths; it may run downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    low: i128,
    high: i128,
    from: i128,
    to: i128,
}

impl Scale {
    /// From `low..=high` to `from..=to`. A range without extent is drawn in the middle.
    pub const fn new(low: i128, high: i128, from: i128, to: i128) -> Self {
        Self { low, high, from, to }
    }
    /// Where a number lies; numbers outside are held at the ends.
    pub fn at(&self, number: i128) -> i32 {
        let (from, to) = (self.from, self.to);
        let place = if self.high <= self.low {
            i128::midpoint(from, to)
        } else {
            from + (number.clamp(self.low, self.high) - self.low) * (to - from) / (self.high - self.low)
        };
        i32::try_from(place).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_never_drawn_as_nothing() {
        assert_eq!(permille(1, 1_000_000), 1);
        assert_eq!(permille(0, 10), 0);
        assert_eq!(permille(5, 0), 0);
        assert_eq!(permille(9, 3), 1_000);
    }

    #[test]
    fn pieces_fill_the_bar_exactly() {
        for parts in [vec![1, 1, 1], vec![7, 0, 3, 13], vec![1, 999_999], vec![u64::MAX, u64::MAX]] {
            let pieces = side_by_side(&parts);
            assert_eq!(pieces.iter().map(|piece| piece.width).sum::<u32>(), 1_000, "{parts:?}");
            assert!(pieces.windows(2).all(|pair| pair[0].x + pair[0].width == pair[1].x), "{parts:?}");
        }
        assert!(side_by_side(&[0, 0]).iter().all(|piece| piece.width == 0));
    }

    #[test]
    fn a_scale_runs_both_ways_and_holds_at_its_ends() {
        let down = Scale::new(0, 10, 200, 0);
        assert_eq!([down.at(0), down.at(5), down.at(10), down.at(11)], [200, 100, 0, 0]);
        assert_eq!(Scale::new(3, 3, 0, 100).at(3), 50);
    }
}
