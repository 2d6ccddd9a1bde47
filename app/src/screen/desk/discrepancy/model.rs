//! One discrepancy: the running book around the scans as a drawing, and what a decision needs before it is sent.
//!
//! Absent: judging. Book, variance, rule and refusals come from the server.

use crate::screen::desk::{draw::Scale, words};
use shared::{
    api::{discrepancy::RoundEvidence, master::MovementLine},
    moment::Moment,
    quantity::Quantity,
};
use std::fmt::Write as _;

/// Width of the drawing in its own units.
pub const WIDTH: i32 = 700;
/// Height of the drawing.
pub const HEIGHT: i32 = 236;
const LEFT: i32 = 54;
const RIGHT: i32 = 8;
const TOP: i32 = 26;
const BOTTOM: i32 = 34;
/// Room below the lowest number for what is written under it.
const LABEL: i32 = 20;
/// More than this cannot be told apart side by side; the table below has them all.
const MOVEMENTS_MAX: usize = 14;

/// As wide as `round 1` in the letters of the drawing.
const TITLE_ROOM: i32 = 56;

/// A movement in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveMark {
    /// Which of the movements handed in.
    pub index: usize,
    /// Where it happened.
    pub x: i32,
    /// The book before it.
    pub y_before: i32,
    /// The book after it.
    pub y_after: i32,
    /// Its signed quantity.
    pub label: String,
    /// Where that is written: above a rise, below a fall.
    pub y_label: i32,
    /// Whether it happened in the window of a round.
    pub in_window: bool,
}

/// A round in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanMark {
    /// `round 1`, or the number alone where there is no room beside the one before.
    pub title: String,
    /// Where it happened.
    pub x: i32,
    /// The book at the scan.
    pub y_book: i32,
    /// What was counted.
    pub y_counted: i32,
    /// What was counted, in words.
    pub label: String,
    /// Beginning and width of its window.
    pub window: (i32, i32),
}

/// A line of the scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridLine {
    /// Where.
    pub y: i32,
    /// The number it stands for.
    pub label: String,
}

/// The drawing, as wide as its column on a desk, so that its letters are as large as the page's: what happened, in order, each at the same distance; not to the scale of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The running book, as the `d` of a path.
    pub book: String,
    /// Movements drawn.
    pub moves: Vec<MoveMark>,
    /// Rounds.
    pub scans: Vec<ScanMark>,
    /// The scale.
    pub grid: Vec<GridLine>,
    /// Where to write times below: place and instant.
    pub times: Vec<(i32, Moment)>,
    /// How many movements are not drawn.
    pub not_drawn: usize,
}

enum What<'a> {
    Move(usize, &'a MovementLine),
    Scan(&'a RoundEvidence),
}

/// Draws the book and the scans.
pub fn timeline(movements: &[MovementLine], rounds: &[RoundEvidence]) -> Timeline {
    let drawn = nearest(movements, rounds);
    let mut events: Vec<(Moment, u8, What<'_>)> = drawn
        .clone()
        .map(|index| (movements[index].effective_at, 0, What::Move(index, &movements[index])))
        .chain(rounds.iter().map(|round| (round.scanned_at, 1, What::Scan(round))))
        .collect();
    // a movement at the instant of a scan is in the book the scan is held against (`DOMAIN.md` section 2: ≤ t)
    events.sort_by_key(|(at, rank, _)| (*at, *rank));

    let before = drawn
        .clone()
        .next()
        .map(|index| &movements[index])
        .and_then(|first| first.book_after.minus(first.quantity).ok());
    let start = before.or_else(|| rounds.first().map(|round| round.book)).unwrap_or_default();
    let numbers = events.iter().flat_map(|(_, _, what)| match what {
        What::Move(_, line) => [line.book_after, line.book_after],
        What::Scan(round) => [round.book, round.counted],
    });
    let (low, high) = numbers.fold((start, start), |(low, high), number| (low.min(number), high.max(number)));
    let marks = ticks(low, high);
    let low = marks.first().copied().unwrap_or(low).min(low);
    let high = marks.last().copied().unwrap_or(high).max(high);
    let scale = Scale::new(low.micro().into(), high.micro().into(), (HEIGHT - BOTTOM - LABEL).into(), TOP.into());
    let y = |number: Quantity| scale.at(number.micro().into());
    let step = (WIDTH - LEFT - RIGHT) / i32::try_from(events.len().max(1)).unwrap_or(i32::MAX);
    let x_of = |slot: usize| LEFT + step / 2 + step * i32::try_from(slot).unwrap_or_default();

    let mut book = format!("M{LEFT} {}", y(start));
    let (mut moves, mut scans, mut times) = (Vec::new(), Vec::new(), Vec::new());
    let mut now = start;
    for (slot, (at, _, what)) in events.iter().enumerate() {
        let x = x_of(slot);
        times.push((x, *at));
        match what {
            What::Move(index, line) => {
                let in_window = rounds.iter().any(|round| round.window.contains(*at));
                // writing into a String cannot fail
                let _ = write!(book, "H{x}V{}", y(line.book_after));
                let label = words::signed(line.quantity);
                let (y_before, y_after) = (y(now), y(line.book_after));
                let y_label = if y_after <= y_before { y_after - 7 } else { y_after + 15 };
                moves.push(MoveMark { index: *index, x, y_before, y_after, label, y_label, in_window });
                now = line.book_after;
            }
            What::Scan(round) => {
                let inside =
                    |(slot, (at, ..)): (usize, &(Moment, u8, What<'_>))| round.window.contains(*at).then(|| x_of(slot));
                let (from, to) = events
                    .iter()
                    .enumerate()
                    .filter_map(inside)
                    .fold((x, x), |(from, to), place| (from.min(place), to.max(place)));
                let half = (step / 2 - 1).clamp(4, 26);
                let room = scans.last().is_none_or(|before: &ScanMark| x - before.x >= TITLE_ROOM);
                scans.push(ScanMark {
                    title: if room { format!("round {}", round.round) } else { round.round.to_string() },
                    x,
                    y_book: y(round.book),
                    y_counted: y(round.counted),
                    label: words::quantity(round.counted),
                    window: (from - half, to - from + 2 * half),
                });
            }
        }
    }
    let _ = write!(book, "H{}", WIDTH - RIGHT);
    let grid = marks.into_iter().map(|mark| GridLine { y: y(mark), label: words::quantity(mark) }).collect();
    let times = thinned(&times);
    Timeline { book, moves, scans, grid, times, not_drawn: movements.len() - drawn.len() }
}

/// The movements to draw: those nearest to the scans, a few of them after the last.
fn nearest(movements: &[MovementLine], rounds: &[RoundEvidence]) -> std::ops::Range<usize> {
    if movements.len() <= MOVEMENTS_MAX {
        return 0..movements.len();
    }
    let last_scan = rounds.iter().map(|round| round.scanned_at).max();
    let after = movements.iter().filter(|line| last_scan.is_some_and(|scan| line.effective_at > scan)).count();
    let end = movements.len() - after.saturating_sub(MOVEMENTS_MAX / 4);
    end.saturating_sub(MOVEMENTS_MAX)..end
}

/// Round numbers for the scale: at most six, at distances of 1, 2 or 5 times a power of ten, covering the range.
fn ticks(low: Quantity, high: Quantity) -> Vec<Quantity> {
    let (low, high) = (i128::from(low.micro()), i128::from(high.micro()));
    let mut distance: i128 = 1;
    'found: loop {
        for factor in [1, 2, 5] {
            if (high - low) / (distance * factor) <= 3 {
                distance *= factor;
                break 'found;
            }
        }
        distance *= 10;
    }
    let first = low.div_euclid(distance);
    let last = -(-high).div_euclid(distance);
    (first..=last).filter_map(|at| i64::try_from(at * distance).ok().map(Quantity::from_micro)).collect()
}

/// Keeps the times that have room for their words.
fn thinned(times: &[(i32, Moment)]) -> Vec<(i32, Moment)> {
    const ROOM: i32 = 92;
    let mut kept: Vec<(i32, Moment)> = Vec::new();
    for (x, at) in times {
        if kept.last().is_none_or(|(before, _)| x - before >= ROOM) {
            kept.push((*x, *at));
        }
    }
    kept
}

/// Whether one variance stands in every round so far, so that the eye need not compare them.
pub fn rounds_agree(rounds: &[RoundEvidence]) -> bool {
    rounds.len() > 1 && rounds.windows(2).all(|pair| pair[0].variance == pair[1].variance)
}

/// What the approve button says: what it will do, in units.
pub fn approve_words(variance: Quantity, unit: &str) -> String {
    format!("Approve {} {unit}", words::signed(variance))
}

/// What is still missing before a decision with a reason can be sent.
pub fn lacks_reason(reason: &str) -> Option<&'static str> {
    reason.is_empty().then_some("Choose a reason first: it is kept with the decision.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{api::discrepancy::VarianceKind, fact::MovementKind, moment::Window};

    fn of(text: &str) -> Quantity {
        text.parse().expect("a quantity")
    }
    fn movement(at: i64, quantity: &str, after: &str) -> MovementLine {
        MovementLine {
            kind: MovementKind::Issue,
            quantity: of(quantity),
            effective_at: Moment(at),
            recorded_at: Moment(at),
            source: "erp".into(),
            reference: at.to_string(),
            book_after: of(after),
        }
    }
    fn round(number: u8, at: i64, counted: &str, book: &str) -> RoundEvidence {
        RoundEvidence {
            round: number,
            counted: of(counted),
            implied_zero: false,
            book: of(book),
            variance: of(counted).minus(of(book)).expect("fits"),
            kind: VarianceKind::Plain,
            window: Window { from: Moment(at - 5), to: Moment(at + 5) },
            book_ends: None,
            counters: Vec::new(),
            devices: Vec::new(),
            scanned_at: Moment(at),
            received_at: Moment(at),
            merged: String::new(),
        }
    }

    #[test]
    fn the_book_steps_at_each_movement_and_scans_stand_between_them() {
        let drawing = timeline(&[movement(10, "-2", "10"), movement(30, "5", "15")], &[round(1, 20, "7", "10")]);
        assert_eq!(drawing.moves.iter().map(|mark| mark.label.as_str()).collect::<Vec<_>>(), ["−2", "+5"]);
        let scan = &drawing.scans[0];
        assert!(drawing.moves[0].x < scan.x && scan.x < drawing.moves[1].x);
        assert_eq!(
            scan.y_book, drawing.moves[0].y_after,
            "the scan is held against the book after the movement before it"
        );
        assert!(scan.y_counted > scan.y_book, "less is drawn lower");
        assert_eq!(drawing.book.matches('V').count(), 2);
        assert!(drawing.moves.iter().all(|mark| mark.y_label <= HEIGHT - BOTTOM), "{:?}", drawing.moves);
    }

    #[test]
    fn a_movement_in_the_window_of_a_round_is_marked_and_inside_the_band() {
        let drawing = timeline(&[movement(17, "-2", "10"), movement(99, "1", "11")], &[round(1, 20, "7", "10")]);
        assert_eq!(drawing.moves.iter().map(|mark| mark.in_window).collect::<Vec<_>>(), [true, false]);
        let (from, width) = drawing.scans[0].window;
        assert!(from < drawing.moves[0].x && drawing.moves[0].x < from + width);
        assert!(drawing.moves[1].x > from + width);
    }

    #[test]
    fn without_movements_the_book_is_a_straight_line() {
        let drawing = timeline(&[], &[round(1, 20, "0", "0")]);
        assert_eq!(drawing.book.matches('V').count(), 0);
        assert_eq!(drawing.scans[0].y_book, drawing.scans[0].y_counted);
        assert!(!drawing.grid.is_empty());
        assert!(timeline(&[], &[]).scans.is_empty());
    }

    #[test]
    fn of_very_many_movements_those_near_the_scans_are_drawn_and_the_rest_is_counted() {
        let movements: Vec<MovementLine> = (0..100).map(|at| movement(at, "1", &at.to_string())).collect();
        let drawing = timeline(&movements, &[round(1, 50, "7", "50")]);
        assert_eq!((drawing.moves.len(), drawing.not_drawn), (MOVEMENTS_MAX, 100 - MOVEMENTS_MAX));
        let drawn: Vec<usize> = drawing.moves.iter().map(|mark| mark.index).collect();
        assert!(drawn.contains(&50) && drawn.contains(&52), "{drawn:?}");
    }

    #[test]
    fn the_scale_has_round_numbers_that_cover_the_range() {
        let check = |low: &str, high: &str, expected: &[&str]| {
            let labels: Vec<String> = ticks(of(low), of(high)).into_iter().map(|mark| mark.to_string()).collect();
            assert_eq!(labels, expected, "{low}..{high}");
        };
        check("0", "10", &["0", "5", "10"]);
        check("-3", "12", &["-5", "0", "5", "10", "15"]);
        check("4", "4", &["4"]);
        check("0", "0.02", &["0", "0.01", "0.02"]);
        assert!(ticks(Quantity::from_micro(i64::MIN), Quantity::from_micro(i64::MAX)).len() <= 6);
    }

    #[test]
    fn a_decision_without_a_reason_is_not_sent() {
        assert!(lacks_reason("").is_some());
        assert_eq!(lacks_reason("damage"), None);
        assert_eq!(approve_words(of("-3"), "EA"), "Approve −3 EA");
    }
}
