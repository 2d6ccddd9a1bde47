//! Handhelds, their logs, and events that contradict others.

use super::trace::{Finding, finding, history};
use crate::store::{Error, Header, WriteTx, log};
use rusqlite::params;
use shared::{
    api::history::Subject,
    id::{DeviceId, LogId},
    sync::{
        log::Chain,
        message::{Head, LogReason},
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
    reason: LogReason,
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
    if reason != LogReason::Fresh {
        let name = super::words::device(tx.conn(), device)?;
        let sentence = match reason {
            LogReason::Salvage => {
                format!("{name} lost part of what it had recorded and began a new log ({log}) with what it could save.")
            }
            LogReason::Fork => {
                format!("{name} began a new log ({log}) because another copy of it had gone on with the old one.")
            }
            LogReason::Fresh | LogReason::Rescue => format!("{name} began a new log ({log}) from a rescue export."),
        };
        let at = header.recorded_at;
        finding(tx, header, &Finding { kind: "fork", sentence, location: None, item: None, person: None, at })?;
    }
    history(tx, header, Subject::Device, device.0)
}

pub(super) fn conflicted(
    tx: &mut WriteTx<'_>,
    header: &Header,
    log: LogId,
    (seq, chain): (u64, Chain),
    body: &str,
) -> Result<(), Error> {
    let Some(row) = log::find(tx.conn(), log)? else { return Ok(()) };
    log::insert_branch(tx.conn(), header, row.no, (seq, chain))?;
    let name = super::words::device(tx.conn(), row.device)?;
    let short = super::words::fingerprint(body);
    finding(
        tx,
        header,
        &Finding {
            kind: "fork",
            sentence: format!(
                "{name} sent another event number {seq} of its log {log} than the one that is here. Both are kept; the second ({short}) has no effect."
            ),
            location: None,
            item: None,
            person: header.actor,
            at: header.recorded_at,
        },
    )?;
    history(tx, header, Subject::Device, row.device.0)
}

pub(super) fn server_behind(
    tx: &mut WriteTx<'_>,
    header: &Header,
    log: LogId,
    believed: Head,
    held: Head,
) -> Result<(), Error> {
    let Some(row) = log::find(tx.conn(), log)? else { return Ok(()) };
    let name = super::words::device(tx.conn(), row.device)?;
    let sentence = format!(
        "{name} was told that its log {log} is safe here up to number {}, but only {} are here. It was asked to send them again.",
        believed.seq, held.seq
    );
    let at = header.recorded_at;
    finding(tx, header, &Finding { kind: "server_behind", sentence, location: None, item: None, person: None, at })?;
    history(tx, header, Subject::Device, row.device.0)
}
