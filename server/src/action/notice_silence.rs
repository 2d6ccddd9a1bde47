//! The server notices by the clock which handhelds announced events and have been silent for too long.

use crate::store::{Error, WriteTx, incident};
use shared::{fact::Fact, incident::SILENT_MS};

const SYSTEM: &str = "system";

/// Notices every silence once; answers how many are new. It mends when the handheld is heard of again.
///
/// # Errors
/// [`Error::Engine`].
pub fn notice_silence(tx: &mut WriteTx<'_>) -> Result<usize, Error> {
    let silent = incident::list_silent(tx.conn(), tx.now().plus_ms(-SILENT_MS))?;
    for one in &silent {
        let fact = Fact::DeviceSilentSeen { device: one.device, since: one.since, waiting: one.waiting };
        tx.append(one.site, None, SYSTEM, &fact)?;
    }
    Ok(silent.len())
}
