//! The figures of the dashboard as drawings: tasks by state, age of discrepancies, record accuracy by week.
//!
//! Absent: the figures themselves. The server counts; this only lays them out.

use crate::screen::desk::draw::{Scale, permille};
use shared::api::dashboard::{AccuracyWeek, AgeBucket, TaskFigures};

/// Width of the accuracy drawing in its own units.
pub const WIDTH: i32 = 480;
/// Its height.
pub const HEIGHT: i32 = 190;
const LEFT: i32 = 52;
const RIGHT: i32 = 14;
const TOP: i32 = 12;
const BOTTOM: i32 = 26;
/// 100 % in hundredths of a percent.
const WHOLE: u64 = 10_000;

/// States of tasks in the order of the bar: name, number, class.
pub fn task_parts(tasks: &TaskFigures) -> [(&'static str, u64, &'static str); 4] {
    [
        ("counted", tasks.counted, "fill-good"),
        ("counting", tasks.counting, "fill-info"),
        ("skipped", tasks.skipped, "fill-warn"),
        ("open", tasks.open, "fill-rest"),
    ]
}

/// Bars of an age: number and value, each against the largest of its kind, in thousandths.
pub fn age_bars(buckets: &[AgeBucket]) -> Vec<(u32, u32)> {
    let number = buckets.iter().map(|bucket| bucket.number).max().unwrap_or_default();
    let value = buckets.iter().map(|bucket| bucket.value.micro().unsigned_abs()).max().unwrap_or_default();
    buckets
        .iter()
        .map(|bucket| {
            let worth = bucket.value.micro().unsigned_abs();
            (permille(bucket.number.into(), number.into()), permille(worth.into(), value.into()))
        })
        .collect()
}

/// Lines within tolerance of lines counted, in hundredths of a percent, rounded down; `None` without lines.
pub fn accuracy(week: &AccuracyWeek) -> Option<u64> {
    (week.lines_counted > 0).then(|| {
        u64::try_from(u128::from(week.lines_within) * 10_000 / u128::from(week.lines_counted)).unwrap_or(WHOLE)
    })
}

/// Hundredths of a percent as text: `97.5 %`.
pub fn percent(hundredths: u64) -> String {
    let tenths = hundredths / 10;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// One week in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dot {
    /// Where.
    pub x: i32,
    /// The accuracy.
    pub y: i32,
    /// Ends of the whisker, upper and lower.
    pub whisker: Option<(i32, i32)>,
    /// In words.
    pub sentence: String,
}

/// The drawing of record accuracy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accuracy {
    /// Weeks with lines.
    pub dots: Vec<Dot>,
    /// A line through neighbouring weeks, as the `d` of a path. A week without lines breaks it.
    pub line: String,
    /// Scale: place and label.
    pub grid: Vec<(i32, String)>,
    /// Below: place and Monday.
    pub weeks: Vec<(i32, String)>,
    /// The last week that has lines: its accuracy and its Monday.
    pub latest: Option<(String, String)>,
}

/// Draws record accuracy by week, from the first week that has lines. The scale ends at 100 % and begins below the lowest whisker.
pub fn accuracy_chart(weeks: &[AccuracyWeek]) -> Accuracy {
    // weeks before the first count say nothing; later weeks without one do
    let first = weeks.iter().position(|week| week.lines_counted > 0).unwrap_or(weeks.len());
    let weeks = &weeks[first..];
    let lows = weeks.iter().filter_map(|week| week.interval.map(|(low, _)| u64::from(low)).or_else(|| accuracy(week)));
    let lowest = lows.min().unwrap_or(9_000);
    // the scale never hides how small a difference is: at least five percent are shown
    let step = match WHOLE - lowest.min(9_500) {
        0..=500 => 100,
        501..=1_500 => 500,
        1_501..=4_000 => 1_000,
        _ => 2_500,
    };
    let floor = (lowest.min(9_500) / step) * step;
    let y = Scale::new(floor.into(), WHOLE.into(), (HEIGHT - BOTTOM).into(), TOP.into());
    let room = (WIDTH - LEFT - RIGHT) / i32::try_from(weeks.len().max(1)).unwrap_or(i32::MAX);
    let x = |at: usize| LEFT + room / 2 + room * i32::try_from(at).unwrap_or_default();

    let (mut dots, mut line, mut pen_down) = (Vec::new(), String::new(), false);
    let mut latest = None;
    for (at, week) in weeks.iter().enumerate() {
        let Some(reached) = accuracy(week) else {
            pen_down = false;
            continue;
        };
        let place = y.at(reached.into());
        line.push_str(&format!("{}{} {place}", if pen_down { 'L' } else { 'M' }, x(at)));
        pen_down = true;
        let spread = week.interval.map_or_else(String::new, |(low, high)| {
            format!(", 95 % interval {} to {}", percent(low.into()), percent(high.into()))
        });
        latest = Some((percent(reached), day(&week.week)));
        dots.push(Dot {
            x: x(at),
            y: place,
            whisker: week.interval.map(|(low, high)| (y.at(high.into()), y.at(low.into()))),
            sentence: format!(
                "Week of {}: {} of {} lines within tolerance, {}{spread}",
                week.week,
                week.lines_within,
                week.lines_counted,
                percent(reached)
            ),
        });
    }
    let every = weeks.len().div_ceil(8).max(1);
    Accuracy {
        dots,
        line,
        grid: (floor..=WHOLE)
            .step_by(usize::try_from(step).unwrap_or(1))
            .map(|at| (y.at(at.into()), format!("{} %", at / 100)))
            .collect(),
        weeks: weeks
            .iter()
            .enumerate()
            .filter(|(at, _)| at % every == 0)
            .map(|(at, week)| (x(at), day(&week.week)))
            .collect(),
        latest,
    }
}

/// `2026-11-23` as `23 Nov`: the year is the same or one turn of the page away.
fn day(date: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split('-').skip(1).map(str::parse::<usize>);
    match (parts.next(), parts.next()) {
        (Some(Ok(month @ 1..=12)), Some(Ok(day))) => format!("{day} {}", MONTHS[month - 1]),
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(monday: &str, within: u64, counted: u64, interval: Option<(u32, u32)>) -> AccuracyWeek {
        AccuracyWeek { week: monday.into(), lines_counted: counted, lines_within: within, interval }
    }

    #[test]
    fn a_week_without_lines_breaks_the_line_and_has_no_dot() {
        let chart = accuracy_chart(&[
            week("2026-11-02", 95, 100, Some((8_900, 9_800))),
            week("2026-11-09", 0, 0, None),
            week("2026-11-16", 99, 100, Some((9_400, 9_990))),
        ]);
        assert_eq!((chart.dots.len(), chart.line.matches('M').count()), (2, 2));
        assert_eq!(chart.latest, Some(("99.0 %".to_owned(), "16 Nov".to_owned())));
        assert_eq!(chart.weeks[1].1, "9 Nov");
        assert!(chart.dots[1].y < chart.dots[0].y, "better is higher");
        let (upper, lower) = chart.dots[0].whisker.expect("an interval");
        assert!(upper < chart.dots[0].y && chart.dots[0].y < lower);
    }

    #[test]
    fn weeks_before_the_first_count_are_not_drawn_and_labels_have_room() {
        let mut weeks = vec![week("2026-08-03", 0, 0, None); 4];
        weeks.extend((0..20).map(|_| week("2026-11-02", 1, 2, None)));
        let chart = accuracy_chart(&weeks);
        assert_eq!(chart.dots.len(), 20);
        assert!(chart.weeks.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 45), "{:?}", chart.weeks);
    }

    #[test]
    fn the_scale_ends_at_a_hundred_and_begins_below_the_lowest_whisker() {
        for low in [0, 3_300, 8_900, 9_990] {
            let chart = accuracy_chart(&[week("2026-11-02", 1, 2, Some((low, 10_000)))]);
            assert_eq!(chart.grid.last().map(|(y, label)| (*y, label.as_str())), Some((TOP, "100 %")));
            let (_, lower) = chart.dots[0].whisker.expect("an interval");
            assert!(lower <= HEIGHT - BOTTOM && chart.grid.len() <= 7, "{low}: {:?}", chart.grid);
        }
        assert!(accuracy_chart(&[]).dots.is_empty());
    }

    #[test]
    fn percentages_are_never_rounded_up_to_a_hundred() {
        assert_eq!(accuracy(&week("", 9_999, 10_000, None)).map(percent).as_deref(), Some("99.9 %"));
        assert_eq!(accuracy(&week("", 0, 0, None)), None);
    }

    #[test]
    fn ages_are_compared_by_number_and_by_value() {
        let bucket = |number, value: &str| AgeBucket {
            label: String::new(),
            number,
            value: value.parse().expect("an amount"),
            value_unknown: 0,
        };
        assert_eq!(age_bars(&[bucket(4, "10"), bucket(1, "40"), bucket(0, "0")]), [(1_000, 250), (250, 1_000), (0, 0)]);
    }
}
