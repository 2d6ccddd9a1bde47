//! How counts travel (`SYNC.md`): the messages, the device's chained log, what the server does with a push, what the
//! device does with an answer and with what it pulls, its clock, the packed catalogue, what a visit needs to go on in
//! another log, and the file for when nothing else works. Plain decisions; sockets and disks are elsewhere.

pub mod carry;
pub mod catalogue;
pub mod clock;
pub mod inbox;
pub mod log;
pub mod message;
pub mod outbox;
pub mod receive;
pub mod rescue;
