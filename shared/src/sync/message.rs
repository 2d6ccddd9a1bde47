//! The messages of `POST /sync/v1/push` and `GET /sync/v1/pull` (`SYNC.md` sections 3 and 4), and of enrolment and
//! sign-in on a handheld. Stable: what is here once released may only grow.
//!
//! Absent: book quantities. No type of this file can hold one, so no sync page can leak one.

#![allow(missing_docs)] // a field's name says what it is; what does not is documented

use super::log::Chain;
use crate::{
    fact::Assignee,
    grant::{GrantKey, SignedGrant},
    id::{CountId, DeviceId, EventId, LocationId, LogId, PersonId, SiteId, TaskId},
    key::ItemKey,
    moment::Moment,
    role::Role,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of the protocol. A server accepts every version ever released.
pub const PROTOCOL: u16 = 1;
/// Events in one push, at most (`SYNC.md` section 3).
pub const BATCH_EVENTS_MAX: usize = 200;
/// Bytes of bodies in one push, at most (`SYNC.md` section 3).
pub const BATCH_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one body, at most: ten times the longest that a handheld writes.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

/// Where a log stands: the number of its last event and the chain there. `seq` 0 is the empty log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub seq: u64,
    pub chain: Chain,
}

/// Why a log exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogReason {
    Fresh,
    Salvage,
    Fork,
    Rescue,
}

/// Events that a handheld had numbered and no longer has: named in the pushes of the salvage log it goes on in, so that
/// somebody looks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MissingEvents {
    /// The log they stood in.
    pub log: LogId,
    /// The first of them.
    pub from: u64,
    /// The last of them.
    pub to: u64,
}

/// What the device believes the server holds durably.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belief {
    #[serde(flatten)]
    pub head: Head,
    pub timeline: Uuid,
}

/// One event in a push: its number and the exact bytes that were written on the device, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedEvent {
    pub seq: u64,
    pub id: EventId,
    /// The bytes of the body (UTF-8 JSON of [`crate::event::Event`]); hashed and stored as they are.
    pub body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSample {
    /// The device's wall clock when it sent this.
    pub wall_ms: i64,
    /// Its monotonic clock.
    pub monotonic_ms: i64,
    /// The offset it last measured.
    pub offset_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageHealth {
    /// Whether the browser promised to keep the data; `None`: not asked or not answered.
    pub persistent: Option<bool>,
    pub used_bytes: Option<u64>,
    pub quota_bytes: Option<u64>,
    /// Whether the second journal takes what it is given; `None`: an app that does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<bool>,
}

/// One push. Without events it is the heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    pub protocol: u16,
    /// The build of the app.
    pub app: String,
    /// Comes back in the answer; an answer without it is not believed.
    pub nonce: Uuid,
    pub log: LogId,
    pub reason: LogReason,
    /// What the device believes the server holds of this log; `None` before the first answer.
    pub durable: Option<Belief>,
    /// The device's own head of this log.
    pub head: Head,
    /// Heads of other logs it holds.
    #[serde(default)]
    pub others: Vec<(LogId, Head)>,
    /// The chain before the first event of `events`.
    pub prev: Option<Chain>,
    #[serde(default)]
    pub events: Vec<PushedEvent>,
    pub clock: ClockSample,
    #[serde(default)]
    pub storage: Option<StorageHealth>,
    /// What this log could not save of others; told with every push of it, and recorded once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingEvents>,
}

/// What the server did with one event beyond storing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Stored, but does not fit the domain; a person looks at it.
    Quarantined,
    /// Stored, of a kind this server does not know yet.
    Deferred,
    /// Stored, but somebody must confirm that the person was allowed.
    NeedsConfirm,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventNote {
    pub seq: u64,
    pub mark: Mark,
    /// Stable code, such as `unknown_location`.
    pub code: String,
}

/// What the server asks to be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// The first sequence number wanted.
    pub from: u64,
    /// Stable code: `gap`, `server_behind`, `prev_mismatch`.
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceRequest {
    RotateLog,
    UpgradeWhenIdle,
    CallLead,
}

/// The answer, sent only after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    pub nonce: Uuid,
    pub server: Uuid,
    pub timeline: Uuid,
    /// The server's clock.
    pub now: Moment,
    /// What the server holds of this log, on disk.
    pub durable: Head,
    /// Where the log ends here, which may be behind what the device has or, should the device have been set back to an
    /// earlier day, beyond it; `None`: an older server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// Up to where a verified backup holds it.
    pub archived: u64,
    pub want: Option<Want>,
    #[serde(default)]
    pub notes: Vec<EventNote>,
    #[serde(default)]
    pub requests: Vec<DeviceRequest>,
}

/// A place in the server's change log, opaque to the device: `timeline.position.hash.subject`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What a handheld knows of a task. The book quantity has no field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandheldTask {
    pub id: TaskId,
    pub count: CountId,
    pub count_name: String,
    pub location: LocationId,
    /// 1 is the first count.
    pub round: u8,
    pub assignee: Assignee,
    /// People who may not do it: they counted an earlier round.
    #[serde(default)]
    pub excluded: Vec<PersonId>,
    /// What to count; `None` is the whole location.
    #[serde(default)]
    pub keys: Option<Vec<ItemKey>>,
}

/// A person who may use the handhelds of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandheldPerson {
    pub id: PersonId,
    pub name: String,
    pub language: String,
}

/// The kinds of packed catalogue shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardKind {
    Items,
    Locations,
}

/// Names one packed buffer and its version; fetched with `GET /sync/v1/shard/{kind}/{number}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardVersion {
    pub kind: ShardKind,
    pub number: u32,
    /// Changes whenever any row of the shard does.
    pub version: i64,
}

/// One changed row. Upserts, and tombstones for what the device may no longer see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum PullRow {
    Task { task: HandheldTask },
    TaskGone { task: TaskId },
    Person { person: HandheldPerson },
    PersonGone { person: PersonId },
    Shard { shard: ShardVersion },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullPage {
    pub server: Uuid,
    pub timeline: Uuid,
    pub now: Moment,
    /// True when the given cursor is of another past: forget all rows, then apply this page.
    pub reset: bool,
    pub rows: Vec<PullRow>,
    pub cursor: Cursor,
    /// Whether another page is ready at once.
    pub more: bool,
    pub site: SiteInfo,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteInfo {
    pub id: SiteId,
    pub code: String,
    pub name: String,
    pub time_zone: String,
}

/// `POST /sync/v1/enrol`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    pub device: DeviceId,
    pub device_name: String,
    /// 256 random bits in hexadecimal; sent as `Authorization: Bearer …`. The server keeps its hash only.
    pub secret: String,
    pub server: Uuid,
    pub timeline: Uuid,
    pub now: Moment,
    pub site: SiteInfo,
    /// The key that this server's grants are signed with.
    #[serde(default)]
    pub grant_key: Option<GrantKey>,
}

/// `POST /sync/v1/sign-in`, authorised by the device: who takes the handheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandheldSignIn {
    pub username: String,
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandheldSignInAnswer {
    pub person: HandheldPerson,
    pub roles: Vec<Role>,
    pub now: Moment,
    /// The server's word that they may count with this handheld, and the key that it is signed with.
    #[serde(default)]
    pub grant: Option<(SignedGrant, GrantKey)>,
}
