//! Every limit of the HTTP side in one table, each with its reason. A limit that is met is answered with a sentence.
//!
//! Absent: limits of the protocol itself (events and bytes of one push): both ends know those from
//! [`shared::sync::message`].

use super::problem::Failure;
use shared::api::rescue::RESCUE_TEXT_BYTES_MAX;
use std::time::Duration;

/// Bytes of a desk request: a count of every location of the largest known site (41,600 ids of six digits) is 300 KB.
pub const DESK_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a push as it arrives: what a batch may hold after unpacking, because packing is optional.
pub const PUSH_WIRE_BYTES_MAX: usize = PUSH_BODY_BYTES_MAX;
/// Bytes of a push after unpacking: 256 KB of bodies, doubled because quotes inside quotes are escaped, and the rest of
/// the message. More than that is not read, so a bomb of zeros costs this much and no more.
pub const PUSH_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a rescue file as it arrives: 16 MB of text, half as much again because its quotes are escaped once more.
pub const RESCUE_BODY_BYTES_MAX: usize = RESCUE_TEXT_BYTES_MAX / 2 * 3;
/// Bytes of a request of somebody who has not signed in: names, passwords, codes.
pub const OPEN_BODY_BYTES_MAX: usize = 16 * 1024;

/// Rows of a page when none are asked for: about two screens.
pub const PAGE_ROWS: u32 = 100;
/// Rows of a page, at most: one answer stays under a few hundred KB.
pub const PAGE_ROWS_MAX: u32 = 500;
/// Rows of the location page, at most: a lead selects from thousands of bins by zone and wants a zone on one page.
pub const LOCATION_ROWS_MAX: u32 = 2_000;
/// Rows of lists without pages (counts, tasks, adjustments, unknown barcodes): beyond it the newest are shown.
pub const LIST_ROWS_MAX: u32 = 5_000;
/// Rows of a search, at most: whoever sees more types one more letter.
pub const SEARCH_ROWS_MAX: u32 = 20;
/// Movements on the page of one discrepancy: what a person reads; the item's history has the rest.
pub const MOVEMENT_ROWS_MAX: u32 = 60;
/// Labels or count sheets printed at once: some hundred pages, which a browser lays out in a second or two.
pub const LABELS_MAX: u32 = 2_000;
/// Bins, items or tasks named one by one in an address, which takes some 8,000 letters everywhere.
pub const LABEL_IDS_MAX: usize = 400;
/// Tasks or movements named in one request: the largest site has 41,600 bins.
pub const IDS_MAX: usize = 50_000;
/// Letters of a search text: the longest GS1 element string that a label carries is 90.
pub const SEARCH_LETTERS_MAX: usize = 100;

/// Until a desk request is answered: the slowest page of the largest site takes under a second.
pub const DESK_REQUEST_SECONDS_MAX: Duration = Duration::from_secs(30);
/// Until a push or pull is answered. A handheld at the edge of the network stalls for 40 s and goes on.
pub const SYNC_REQUEST_SECONDS_MAX: Duration = Duration::from_secs(240);
/// Until a backup is made or proved: a copy of some gigabytes, read back, on a slow disk.
pub const BACKUP_REQUEST_SECONDS_MAX: Duration = Duration::from_secs(15 * 60);
/// Between two pieces of a body: more than the longest stall that is expected to heal.
pub const BODY_PAUSE_SECONDS_MAX: Duration = Duration::from_secs(60);
/// Between two signs of life on the live stream: half of what proxies commonly wait before they cut.
pub const LIVE_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Until running requests are cut when the server stops: supervisors of services kill after 10 to 30 s.
pub const STOP_SECONDS_MAX: Duration = Duration::from_secs(8);

/// A session ends after this long without a request: one shift, so that nobody finds the desk of yesterday open.
pub const SESSION_IDLE_HOURS: i64 = 12;
/// A session ends after this long whatever happens: a stolen cookie is worth a week at most.
pub const SESSION_DAYS_MAX: i64 = 7;
/// How much of the idle time may pass before the session's row is written again: a write per request is not worth it.
pub const SESSION_TOUCH_MINUTES: i64 = 10;

/// Passwords hashed at the same time: each takes 19 MiB and a core for some tens of milliseconds.
pub const HASHES_AT_ONCE: usize = 2;
/// Until a sign-in that waits for its turn is told to come back.
pub const HASH_WAIT_SECONDS_MAX: Duration = Duration::from_secs(10);
/// A live stream ends after this long and the browser opens a new one: roles are looked at when it begins.
pub const LIVE_AGE_MAX: Duration = Duration::from_secs(30 * 60);
/// Tasks on the page of one count: every bin of the largest known site once, and its recounts.
pub const COUNT_TASKS_MAX: u32 = 50_000;

/// Whether so many ids may be named in one request.
///
/// # Errors
/// `too_many`, about the field.
pub fn check_ids(field: &str, number: usize) -> Result<(), Failure> {
    if number > IDS_MAX {
        return Err(Failure::invalid(
            field,
            "too_many",
            format!("{number} are too many at once; name up to {IDS_MAX}."),
        ));
    }
    Ok(())
}
