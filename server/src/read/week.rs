//! Weeks of a site: they begin on Monday at midnight in its own time zone, whatever the clocks there do.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use shared::moment::Moment;

/// One week: `from` belongs to it, `to` does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its Monday, `YYYY-MM-DD`.
    pub monday: String,
    /// Its first instant.
    pub from: Moment,
    /// The first instant of the next week.
    pub to: Moment,
}

/// The last `number` weeks up to the one that `now` is in, oldest first. A zone that is not known counts as UTC.
pub fn last_weeks(now: Moment, time_zone: &str, number: u32) -> Vec<Week> {
    let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
    let Some(now) = DateTime::<Utc>::from_timestamp_millis(now.0) else { return Vec::new() };
    let today = now.with_timezone(&zone).date_naive();
    let back = u64::from(today.weekday().num_days_from_monday());
    let Some(monday) = today.checked_sub_days(Days::new(back)) else { return Vec::new() };
    (0..number)
        .rev()
        .filter_map(|ago| {
            let from = monday.checked_sub_days(Days::new(u64::from(ago) * 7))?;
            let to = from.checked_add_days(Days::new(7))?;
            Some(Week { monday: from.to_string(), from: midnight(from, zone)?, to: midnight(to, zone)? })
        })
        .collect()
}

/// The first instant of a day. Where clocks skip midnight, that is the first instant after the gap.
fn midnight(day: NaiveDate, zone: Tz) -> Option<Moment> {
    let local = day.and_hms_opt(0, 0, 0)?;
    (0..=3)
        .find_map(|hours| zone.from_local_datetime(&(local + chrono::Duration::hours(hours))).earliest())
        .map(|instant| Moment(instant.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(now: &str, zone: &str, expected: &[(&str, &str)]) {
        let now = Moment::parse(now).expect("an instant");
        let weeks = last_weeks(now, zone, 2);
        let found: Vec<_> = weeks.iter().map(|week| (week.monday.clone(), week.from.to_string())).collect();
        let expected: Vec<_> = expected.iter().map(|(day, from)| ((*day).to_owned(), (*from).to_owned())).collect();
        assert_eq!(found, expected, "{now} in {zone}");
        assert!(weeks[0].to == weeks[1].from, "weeks follow each other without a gap");
        assert!(weeks[1].from <= now && now < weeks[1].to, "now lies in the last week");
    }

    #[test]
    fn weeks_begin_on_monday_midnight_of_the_site() {
        check(
            "2026-11-23T10:00:00Z",
            "Europe/Berlin",
            &[("2026-11-16", "2026-11-15T23:00:00.000Z"), ("2026-11-23", "2026-11-22T23:00:00.000Z")],
        );
        check(
            "2026-11-23T02:00:00Z",
            "America/Chicago",
            &[("2026-11-09", "2026-11-09T06:00:00.000Z"), ("2026-11-16", "2026-11-16T06:00:00.000Z")],
        );
        check(
            "2026-03-30T12:00:00Z",
            "Europe/Berlin",
            &[("2026-03-23", "2026-03-22T23:00:00.000Z"), ("2026-03-30", "2026-03-29T22:00:00.000Z")],
        );
        check(
            "2026-11-23T10:00:00Z",
            "Nowhere/Atall",
            &[("2026-11-16", "2026-11-16T00:00:00.000Z"), ("2026-11-23", "2026-11-23T00:00:00.000Z")],
        );
    }
}
