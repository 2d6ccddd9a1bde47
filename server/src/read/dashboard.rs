//! The figures of the first page, each with its parts, so that the formula can be shown.
//!
//! Absent: anything of books for somebody without `SeeBooks`: those parts are not even asked for.

use super::{row, week};
use crate::store::{Error, ReadTx};
use shared::accuracy;
use shared::api::dashboard::{AccuracyWeek, AgeBucket, Dashboard, DeviceFigures, DiscrepancyFigures, TaskFigures};
use shared::id::SiteId;
use shared::moment::Moment;
use shared::money::Money;

/// Weeks of accuracy shown: a quarter.
const WEEKS: u32 = 13;
const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Ages of open discrepancies: the label, and up to how many milliseconds.
const AGES: [(&str, i64); 4] =
    [("under 1 day", DAY_MS), ("1–3 days", 3 * DAY_MS), ("3–7 days", 7 * DAY_MS), ("over 7 days", i64::MAX)];
/// A handheld that holds counts and was not heard of for this long is worth a look.
const SILENT_MS: i64 = HOUR_MS;
const OPEN: &str = "state IN ('recounting', 'confirmed', 'escalated', 'awaiting_approval', 'half_approved')";

/// Whether whoever asks may see what follows from book quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Books {
    /// They may.
    Shown,
    /// They are blind.
    Hidden,
}

/// The figures of a site now.
pub fn find(tx: &ReadTx<'_>, site: SiteId, time_zone: &str, books: Books) -> Result<Dashboard, Error> {
    let now = tx.now();
    let (discrepancies, weeks, findings_open) = match books {
        Books::Hidden => (None, None, None),
        Books::Shown => {
            let findings = row::number(tx.conn(), "SELECT count(*) FROM finding WHERE site_id = $1", &[&site.0])?;
            (Some(find_discrepancies(tx, site, now)?), Some(list_weeks(tx, site, now, time_zone)?), Some(findings))
        }
    };
    Ok(Dashboard {
        now,
        tasks: find_tasks(tx, site)?,
        discrepancies,
        accuracy: weeks,
        unknown_barcodes: row::number(
            tx.conn(),
            "SELECT count(DISTINCT u.barcode) FROM unknown_barcode u
             JOIN sheet s ON s.sheet_id = u.sheet_id AND s.set_aside = 0 WHERE u.site_id = $1",
            &[&site.0],
        )?,
        devices: find_devices(tx, site, now)?,
        findings_open,
    })
}

fn find_tasks(tx: &ReadTx<'_>, site: SiteId) -> Result<TaskFigures, Error> {
    let figures = row::first(
        tx.conn(),
        "SELECT count(CASE WHEN t.state = 'open' THEN 1 END) AS open,
                count(CASE WHEN t.state = 'counting' THEN 1 END) AS counting,
                count(CASE WHEN t.state = 'counted' THEN 1 END) AS counted,
                count(CASE WHEN t.state = 'skipped' THEN 1 END) AS skipped,
                count(CASE WHEN t.state = 'cancelled' THEN 1 END) AS cancelled,
                count(CASE WHEN t.round > 1 AND t.state IN ('open', 'counting') THEN 1 END) AS recounts
         FROM task t JOIN count c ON c.count_id = t.count_id
         WHERE t.site_id = $1 AND c.closed_at IS NULL",
        &[&site.0],
        |found| {
            Ok(TaskFigures {
                open: row::small(found, "open")?,
                counting: row::small(found, "counting")?,
                counted: row::small(found, "counted")?,
                skipped: row::small(found, "skipped")?,
                cancelled: row::small(found, "cancelled")?,
                recounts: row::small(found, "recounts")?,
            })
        },
    )?;
    Ok(figures.unwrap_or_default())
}

fn find_discrepancies(tx: &ReadTx<'_>, site: SiteId, now: Moment) -> Result<DiscrepancyFigures, Error> {
    let mut by_age = Vec::new();
    let mut younger = 0;
    for (label, up_to) in AGES {
        // an age is `now - opened_at`; the oldest bucket has no beginning
        let (opened_from, opened_to) = (now.plus_ms(up_to.saturating_neg()), now.plus_ms(-younger));
        let sql = format!(
            "SELECT count(*) AS number, coalesce(sum(abs(value_micro)), 0) AS value,
                    count(CASE WHEN value_micro IS NULL THEN 1 END) AS value_unknown
             FROM discrepancy WHERE site_id = $1 AND {OPEN} AND opened_at > $2 AND (opened_at <= $3 OR $4)"
        );
        // the youngest takes what a clock put into the future as well
        let bucket = row::first(tx.conn(), &sql, &[&site.0, &opened_from.0, &opened_to.0, &(younger == 0)], |found| {
            Ok(AgeBucket {
                label: label.into(),
                number: row::small(found, "number")?,
                value: Money::from_micro(row::integer(found, "value")?),
                value_unknown: row::small(found, "value_unknown")?,
            })
        })?;
        by_age.extend(bucket);
        younger = up_to;
    }
    let number = |wanted: &str| {
        let sql = format!("SELECT count(*) FROM discrepancy WHERE site_id = $1 AND {wanted}");
        row::number(tx.conn(), &sql, &[&site.0])
    };
    Ok(DiscrepancyFigures {
        by_age,
        awaiting_decision: number("state IN ('confirmed', 'escalated', 'awaiting_approval', 'half_approved')")?,
        recounting: number("state = 'recounting'")?,
        overdue: row::number(
            tx.conn(),
            &format!("SELECT count(*) FROM discrepancy WHERE site_id = $1 AND {OPEN} AND due_at < $2"),
            &[&site.0, &now.0],
        )?,
    })
}

/// Record accuracy by line, first round (`DOMAIN.md` section 9).
fn list_weeks(tx: &ReadTx<'_>, site: SiteId, now: Moment, time_zone: &str) -> Result<Vec<AccuracyWeek>, Error> {
    let mut weeks = Vec::new();
    for week in week::last_weeks(now, time_zone, WEEKS) {
        let lines = row::first(
            tx.conn(),
            "SELECT count(*) AS counted, count(CASE WHEN level = 'within' THEN 1 END) AS within
             FROM variance WHERE site_id = $1 AND round = 1 AND scanned_at >= $2 AND scanned_at < $3",
            &[&site.0, &week.from.0, &week.to.0],
            |found| Ok((row::small::<u64>(found, "counted")?, row::small::<u64>(found, "within")?)),
        )?;
        let (lines_counted, lines_within) = lines.unwrap_or_default();
        let share = accuracy::record_accuracy(lines_within, lines_counted);
        weeks.push(AccuracyWeek {
            week: week.monday,
            lines_counted,
            lines_within,
            interval: share.map(|share| (share.low, share.high)),
        });
    }
    Ok(weeks)
}

fn find_devices(tx: &ReadTx<'_>, site: SiteId, now: Moment) -> Result<DeviceFigures, Error> {
    let figures = row::first(
        tx.conn(),
        "SELECT count(*) AS enrolled, count(CASE WHEN s.waiting > 0 AND s.seen_at < $1 THEN 1 END) AS silent,
                coalesce(sum(s.waiting), 0) AS waiting
         FROM device d LEFT JOIN device_seen s ON s.device_id = d.device_id
         WHERE d.site_id = $2 AND d.revoked = 0",
        &[&now.plus_ms(-SILENT_MS).0, &site.0],
        |found| {
            Ok(DeviceFigures {
                enrolled: row::small(found, "enrolled")?,
                silent_with_counts: row::small(found, "silent")?,
                waiting: row::small(found, "waiting")?,
            })
        },
    )?;
    Ok(figures.unwrap_or_default())
}
