//! Facts: the append-only, hash-chained record from which everything else is computed. What handhelds recorded is kept
//! as the bytes they wrote ([`crate::event`]); this file names everything else that can become a fact.
//!
//! Absent: projections. Applying a fact to tables is the server's work; the rules it uses are in this crate.

use crate::{
    api::backup::TimelineWhy,
    closing::Lacks,
    id::{
        CountId, DeviceId, DiscrepancyId, EventId, IncidentId, ItemId, LocationId, LogId, MovementId, PersonId,
        SheetId, SiteId, TaskId,
    },
    item::Item,
    location::Location,
    mark::MarkDecision,
    moment::Moment,
    money::Money,
    policy::{Policy, ToleranceRule},
    quantity::Quantity,
    sync::{
        log::Chain,
        message::{Head, LogReason, MissingEvents},
        rescue::After,
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod chain;
mod part;
mod word;

pub use chain::{chain_next, chain_start};
pub use part::{Assignee, DecisionBasis, MovementKind, MovementRow, SiteRoles, StatementRow, TaskSeed};

/// Everything that can become a fact, apart from what handhelds record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A site was set up.
    SiteAdded {
        /// Its number.
        site: SiteId,
        /// Its short code, unique.
        code: String,
        /// Its name.
        name: String,
        /// ISO 4217 code.
        currency: String,
        /// IANA time zone.
        time_zone: String,
    },
    /// A person was added.
    PersonAdded {
        /// Their number.
        person: PersonId,
        /// What they type to sign in, unique, lower-case.
        username: String,
        /// What they are called.
        name: String,
        /// Language tag, such as `en`.
        language: String,
    },
    /// A person's roles on a site were set.
    RolesSet {
        /// Who.
        person: PersonId,
        /// What they are now.
        #[serde(flatten)]
        roles: SiteRoles,
    },
    /// A person may no longer sign in.
    PersonDisabled {
        /// Who.
        person: PersonId,
    },
    /// The handheld speaks another language with a person.
    LanguageSet {
        /// With whom.
        person: PersonId,
        /// Language tag, such as `pl`.
        language: String,
    },
    /// A password was set (that it was, never what).
    PasswordSet {
        /// Whose.
        person: PersonId,
    },
    /// A handheld was enrolled.
    DeviceEnrolled {
        /// Its number.
        device: DeviceId,
        /// What is written on it, such as `H-04`.
        name: String,
    },
    /// A handheld may no longer read; what it still sends is quarantined.
    DeviceRevoked {
        /// Which.
        device: DeviceId,
    },
    /// A site began to type paper sheets in: they stand under a handheld of their own, which has a log and no secret.
    PaperOpened {
        /// Its number.
        device: DeviceId,
        /// What it is called where handhelds are named.
        name: String,
    },
    /// Somebody typed a paper sheet in. The sheet's events follow, made by whoever counted; who typed them is the actor.
    PaperSheetTyped {
        /// The sheet.
        sheet: SheetId,
        /// The code printed on it.
        code: String,
        /// The task it was printed for.
        task: TaskId,
        /// Where.
        location: LocationId,
        /// Who counted.
        person: PersonId,
    },
    /// A log of a handheld was seen for the first time and bound to it.
    LogOpened {
        /// The log.
        log: LogId,
        /// The number tables use for it.
        log_no: i64,
        /// The handheld.
        device: DeviceId,
        /// Why it exists.
        reason: LogReason,
        /// Of a log of entries that the handheld could not save: what it had saved before them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<After>,
    },
    /// An event arrived whose place or id is already taken by other bytes: both are kept (I7).
    EventConflicted {
        /// The log.
        log: LogId,
        /// Its number in the log.
        seq: u64,
        /// Its own id.
        id: EventId,
        /// The chain of the branch it stands on; with the number it names the event.
        chain: Chain,
        /// Its exact body.
        body: String,
    },
    /// A handheld was once told that more of its log is safe here than is here: this server was restored to an earlier
    /// day, or lost something. The handheld sends it again.
    ServerBehindSeen {
        /// The log.
        log: LogId,
        /// The handheld that said so; without it the one that the log is bound to.
        #[serde(default)]
        device: Option<DeviceId>,
        /// What the handheld was told.
        believed: Head,
        /// What is here.
        held: Head,
        /// Whether it was told so before this server was restored; otherwise nothing explains it.
        #[serde(default)]
        restored: bool,
    },
    /// A handheld lost events that it had numbered, and this server does not have them either.
    EventsMissingSeen {
        /// The log it goes on in.
        log: LogId,
        /// What is missing of which logs; nothing where the handheld could not say.
        #[serde(default)]
        missing: Vec<MissingEvents>,
    },
    /// A handheld hands in the log of another one: the log is bound to it from here on.
    LogHandedOver {
        /// The log.
        log: LogId,
        /// Whose it was.
        from: DeviceId,
        /// Who hands it in.
        to: DeviceId,
    },
    /// A handheld announced events and was not heard of for too long.
    DeviceSilentSeen {
        /// The handheld.
        device: DeviceId,
        /// When it was last heard of.
        since: Moment,
        /// Events it said it holds that have not arrived.
        waiting: u64,
    },
    /// What an incident was about is over, without anybody having done something about it.
    IncidentMended {
        /// Which.
        incident: IncidentId,
    },
    /// Somebody looked into an incident and closed it.
    IncidentClosed {
        /// Which.
        incident: IncidentId,
        /// What was found out and done.
        reason: String,
    },
    /// Somebody carried a file in from a handheld, and something in it was new. Its entries are facts before this one.
    RescueTaken {
        /// The handheld, where the file says which.
        device: Option<DeviceId>,
        /// The SHA-256 of the file, in hexadecimal.
        file: String,
        /// Entries that were new.
        new: u64,
    },
    /// Somebody decided about marked events; without a person, the server understands them by now.
    EventsDecided {
        /// Their log.
        log: LogId,
        /// Their numbers in it, ascending.
        seqs: Vec<u64>,
        /// What was decided.
        decision: MarkDecision,
        /// Why.
        reason: String,
    },
    /// Items were added or changed, with all their barcodes.
    ItemsRecorded {
        /// The items as they are now.
        rows: Vec<Item>,
    },
    /// Locations were added or changed.
    LocationsRecorded {
        /// The locations as they are now.
        rows: Vec<Location>,
    },
    /// A lead said which item an unknown barcode is.
    BarcodeNamed {
        /// The code as it was read.
        barcode: String,
        /// The item.
        item: ItemId,
        /// Base units that one scan stands for.
        pack_factor: Quantity,
    },
    /// Movements arrived from another system.
    MovementsRecorded {
        /// Which system.
        source: String,
        /// The movements, none known before.
        rows: Vec<MovementRow>,
    },
    /// On-hand figures arrived from another system.
    StatementRecorded {
        /// Which system.
        source: String,
        /// As of when they hold.
        as_of: Moment,
        /// The figures.
        rows: Vec<StatementRow>,
    },
    /// The site's tolerance rules were set.
    RulesSet {
        /// Counts up from 1.
        version: i64,
        /// The rules.
        rules: Vec<ToleranceRule>,
        /// Value above which two people must approve.
        #[serde(default)]
        dual_above: Option<Money>,
        /// Whether variances within tolerance are posted by themselves.
        #[serde(default)]
        post_within_tolerance: bool,
    },
    /// A reason code was added.
    ReasonAdded {
        /// Its code.
        code: String,
        /// Its words.
        label: String,
    },
    /// A count was made.
    CountCreated {
        /// Its number.
        count: CountId,
        /// What people call it.
        name: String,
        /// Its policy, frozen.
        policy: Policy,
        /// One task a location.
        tasks: Vec<TaskSeed>,
        /// Why it exists.
        why: String,
    },
    /// No more work is expected for a count.
    CountClosed {
        /// Which.
        count: CountId,
        /// Tasks that were still open.
        tasks_open: u32,
        /// What was known to be lacking: whoever closed it was told, and decided to close it all the same.
        #[serde(default)]
        lacks: Lacks,
    },
    /// Tasks were given to somebody.
    TasksAssigned {
        /// Which.
        tasks: Vec<TaskId>,
        /// To whom.
        to: Assignee,
        /// Why these, in words.
        why: String,
    },
    /// A recount needs somebody and nobody is left: everybody who counts here has counted it.
    NobodyLeft {
        /// The recount.
        task: TaskId,
        /// Why, in words.
        why: String,
    },
    /// A task is no longer wanted.
    TaskCancelled {
        /// Which.
        task: TaskId,
    },
    /// A supervisor approved a variance. With a dual limit the first of two changes nothing but the record.
    DiscrepancyApproved {
        /// Which.
        discrepancy: DiscrepancyId,
        /// Why the stock differed.
        reason: String,
        /// Free words.
        note: String,
        /// What it rested on.
        basis: DecisionBasis,
        /// The number the adjustment gets when this approval posts it.
        movement: MovementId,
    },
    /// A supervisor let the book stand.
    DiscrepancyRejected {
        /// Which.
        discrepancy: DiscrepancyId,
        /// Why.
        reason: String,
        /// Free words.
        note: String,
        /// What it rested on.
        basis: DecisionBasis,
    },
    /// A supervisor wants one more round.
    RoundOrdered {
        /// Which.
        discrepancy: DiscrepancyId,
        /// Free words.
        note: String,
    },
    /// Two discrepancies were one misplaced stock: posted as one transfer.
    DiscrepanciesPaired {
        /// The one that is short.
        short: DiscrepancyId,
        /// The one that is over.
        over: DiscrepancyId,
        /// Why the stock differed.
        reason: String,
        /// Free words.
        note: String,
        /// The number of the leg that leaves the short location.
        movement_out: MovementId,
        /// The number of the leg that enters the over location.
        movement_in: MovementId,
    },
    /// Adjustments were handed to the other system.
    AdjustmentsExported {
        /// Which.
        movements: Vec<MovementId>,
        /// A name for the hand-over.
        batch: String,
    },
    /// The other system said it has posted them.
    AdjustmentsAcknowledged {
        /// Which.
        movements: Vec<MovementId>,
        /// The other system's own reference.
        reference: String,
    },
    /// This installation goes on from an older state: a backup was restored, or more was here once than is here now.
    TimelineStarted {
        /// The new one; handhelds that know another ask what is still here.
        timeline: Uuid,
        /// How it came about.
        why: TimelineWhy,
        /// When the last fact before it had been recorded.
        restored_to: Moment,
        /// The name of the backup, where one was restored.
        file: String,
    },
}
