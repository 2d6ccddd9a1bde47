//! Handhelds, their logs, and events that contradict others.

use super::{incident, trace::history};
use crate::store::{Error, Header, WriteTx, log};
use rusqlite::params;
use shared::{
    api::history::Subject,
    id::{DeviceId, LogId},
    sync::{
        log::Chain,
        message::{Head, LogReason},
        rescue::After,
    },
};

pub(super) fn enrolled(tx: &mut WriteTx<'_>, header: &Header, device: DeviceId, name: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("INSERT INTO device (device_id, site_id, name, enrolled_at) VALUES ($1, $2, $3, $4)")?
        .execute(params![device.0, header.site.0, name, header.recorded_at.0])?;
    touched(tx, header, device)
}

pub(super) fn revoked(tx: &mut WriteTx<'_>, header: &Header, device: DeviceId) -> Result<(), Error> {
    tx.conn().prepare_cached("UPDATE device SET revoked = 1 WHERE device_id = $1")?.execute([device.0])?;
    touched(tx, header, device)
}

fn touched(tx: &mut WriteTx<'_>, header: &Header, device: DeviceId) -> Result<(), Error> {
    tx.memory.devices.remove(&device);
    tx.changed(header.site, "device", header.position);
    history(tx, header, Subject::Device, device.0)
}

pub(super) fn log_opened(
    tx: &mut WriteTx<'_>,
    header: &Header,
    (log, log_no): (LogId, i64),
    device: DeviceId,
    (reason, after): (LogReason, Option<After>),
) -> Result<(), Error> {
    let row = log::LogRow {
        id: log,
        no: log_no,
        device,
        site: header.site,
        reason,
        head: Head { seq: 0, chain: Chain::start(log) },
    };
    log::insert(tx.conn(), &row)?;
    tx.memory.logs.insert(log, row);
    if let Some(after) = after {
        super::rescue::begun(tx, log_no, after)?;
    }
    history(tx, header, Subject::Device, device.0)
}

pub(super) fn conflicted(
    tx: &mut WriteTx<'_>,
    header: &Header,
    log: LogId,
    (seq, chain): (u64, Chain),
) -> Result<(), Error> {
    let Some(row) = log::find(tx.conn(), log)? else { return Ok(()) };
    log::insert_branch(tx.conn(), header, row.no, (seq, chain))?;
    // what was awaited has arrived, if only beside the log
    incident::arrived(tx, header, row.no, seq)?;
    incident::forked(tx, header, log, row.device, seq)
}
