//! What is said of each log, of what was lost, and of the room that is left.
//!
//! Absent: words.

use crate::replica::LogState;
use shared::sync::message::MissingEvents;

/// Logs worth a line: the one that is written, and earlier ones that are not wholly on the server. Of the others there may
/// be many, and nothing is to be done about them.
pub fn shown(logs: &[LogState]) -> Vec<LogState> {
    let mut shown: Vec<LogState> =
        logs.iter().filter(|log| log.is_current || log.server < log.saved).cloned().collect();
    shown.sort_by_key(|log| (!log.is_current, log.log));
    shown
}

/// How many entries these are.
pub fn lost(missing: &[MissingEvents]) -> usize {
    let events = missing.iter().map(|it| it.to.saturating_sub(it.from).saturating_add(1));
    usize::try_from(events.fold(0, u64::saturating_add)).unwrap_or(usize::MAX)
}

/// Bytes as people read them on a label: whole megabytes, at least one.
pub fn megabytes(bytes: u64) -> usize {
    usize::try_from(bytes.div_ceil(1024 * 1024).max(1)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{id::LogId, sync::message::LogReason};
    use uuid::Uuid;

    fn log(number: u128, saved: u64, server: u64, is_current: bool) -> LogState {
        LogState {
            log: LogId(Uuid::from_u128(number)),
            reason: LogReason::Fresh,
            saved,
            server,
            archived: 0,
            is_current,
        }
    }

    #[test]
    fn the_current_log_comes_first_and_drained_ones_are_no_news() {
        let logs = [log(1, 9, 9, false), log(2, 9, 4, false), log(3, 5, 5, true)];
        let shown: Vec<_> = shown(&logs).into_iter().map(|log| log.saved - log.server).collect();
        assert_eq!(shown, [0, 5]);
    }

    #[test]
    fn what_was_lost_is_counted_over_all_logs() {
        let range = |number: u128, from: u64, to: u64| MissingEvents { log: LogId(Uuid::from_u128(number)), from, to };
        assert_eq!([&[][..], &[range(1, 4, 6), range(2, 9, 9)]].map(lost), [0, 4]);
    }

    #[test]
    fn room_is_told_in_whole_megabytes() {
        assert_eq!([1, 1_048_576, 1_048_577].map(megabytes), [1, 1, 2]);
    }
}
