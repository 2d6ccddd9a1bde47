//! Identities. Nouns the server makes are small integers (compact on the wire and in tables); what a handheld makes
//! offline is a UUID version 7. No bare integer or string crosses a module border.
//!
//! Absent: generation. Clocks and randomness are handed in (see [`EventId::from_parts`]).

use crate::moment::Moment;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )+};
}

number_id! {
    /// One warehouse.
    SiteId,
    /// Somebody who counts, leads, decides, audits or administers.
    PersonId,
    /// One enrolled handheld.
    DeviceId,
    /// A stock-keeping unit of a site.
    ItemId,
    /// The smallest place that is counted (a bin).
    LocationId,
    /// A piece of counting work with one frozen policy.
    CountId,
    /// One location of a count in one round.
    TaskId,
    /// A variance beyond threshold that somebody has to resolve.
    DiscrepancyId,
    /// Something noticed that does not block anybody but should be read.
    FindingId,
    /// Something that went wrong with a handheld, its log or the server.
    IncidentId,
    /// One signed change of one stock key.
    MovementId,
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);
        impl $name {
            /// A version 7 UUID of a wall clock in milliseconds since 1970 and ten random bytes, both handed in.
            pub fn from_parts(wall_ms: i64, random: &[u8; 10]) -> Self {
                let millis = u64::try_from(wall_ms).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }
            /// The wall clock it was made of; `None` for one that no clock made.
            pub fn made_at(&self) -> Option<Moment> {
                let millis = self.0.as_bytes().iter().take(6).fold(0, |millis, byte| millis << 8 | i64::from(*byte));
                (millis > 0).then_some(Moment(millis))
            }
            /// The sixteen bytes, as the database keeps them.
            pub fn as_bytes(&self) -> &[u8; 16] { self.0.as_bytes() }
            /// Reads sixteen bytes; `None` for any other length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> { Uuid::from_slice(bytes).ok().map(Self) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
    )+};
}

uuid_id! {
    /// One immutable event of a handheld, or one fact of the server.
    EventId,
    /// One person's visit to one location on one device.
    SheetId,
    /// One life of one journal database on one handheld (`SYNC.md` section 2).
    LogId,
}
