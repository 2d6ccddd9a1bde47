//! A server's word that somebody may count with one handheld until a moment (`SYNC.md` section 5): a handheld takes it
//! along where there is no network, and the server finds in it later that she was allowed, as of capture, even where it
//! has itself forgotten that it said so.
//!
//! A grant refuses nothing. Where it is missing, has ended or is none of this server's, what was counted is stored and
//! somebody confirms it ([`crate::access`]). Absent: keys and signatures, which are handed in and out as bytes.

use crate::{
    id::{DeviceId, PersonId, SiteId},
    moment::{Moment, Window},
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use uuid::Uuid;

/// How long a grant holds, in milliseconds: a fortnight, as long as a handheld keeps what it counted.
pub const GRANT_MS: i64 = 14 * 24 * 60 * 60 * 1000;
/// Bytes of a signature (ECDSA over P-256 with SHA-256, r then s), which every browser checks by itself.
pub const SIGNATURE_BYTES: usize = 64;
/// The form of a grant. It stands in what is signed, so that nothing else that is ever signed reads as one.
const FORM: &str = "trueup-grant-1";
/// Letters of the longest grant there can be: a bound for what is read from handhelds.
const LETTERS_MAX: usize = 320;

/// What a server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Which server says it.
    pub server: Uuid,
    /// Where she may count.
    pub site: SiteId,
    /// With which handheld.
    pub device: DeviceId,
    /// Who.
    pub person: PersonId,
    /// Since when, by the server's clock.
    pub issued_at: Moment,
    /// Until when.
    pub expires_at: Moment,
}

impl Grant {
    /// A grant from now on.
    pub const fn new(server: Uuid, (site, device, person): (SiteId, DeviceId, PersonId), now: Moment) -> Self {
        Self { server, site, device, person, issued_at: now, expires_at: now.plus_ms(GRANT_MS) }
    }
    /// What is signed.
    pub fn message(&self) -> String {
        let Self { server, site, device, person, issued_at, expires_at } = self;
        let server = server.simple();
        format!("{FORM}.{server}.{}.{}.{}.{}.{}", site.0, device.0, person.0, issued_at.0, expires_at.0)
    }
    /// With its signature, as it travels.
    pub fn seal(&self, signature: &[u8; SIGNATURE_BYTES]) -> SignedGrant {
        SignedGrant(self.message() + "." + &write_hex(signature))
    }
}

/// A grant and its signature as one text: `trueup-grant-1.server.site.device.person.issued.expires.signature`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignedGrant(pub String);

/// The public key of a server's grants: an uncompressed point of P-256 in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantKey(pub String);

impl GrantKey {
    /// Bytes of a key.
    pub const BYTES: usize = 65;
    /// Writes a key.
    pub fn new(point: &[u8; Self::BYTES]) -> Self {
        Self(write_hex(point))
    }
    /// Its bytes; `None` where it is no key.
    pub fn bytes(&self) -> Option<[u8; Self::BYTES]> {
        read_hex(&self.0)
    }
}

/// A grant that was read, and what its signature is about; whether that fits is for whoever has the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it says.
    pub grant: Grant,
    /// What was signed.
    pub message: String,
    /// The signature.
    pub signature: [u8; SIGNATURE_BYTES],
}

impl SignedGrant {
    /// Reads it; `None` where it is none.
    pub fn open(&self) -> Option<Opened> {
        if self.0.len() > LETTERS_MAX {
            return None;
        }
        let (message, signature) = self.0.rsplit_once('.')?;
        let parts: Vec<&str> = message.split('.').collect();
        let [FORM, server, site, device, person, issued_at, expires_at] = parts.as_slice() else { return None };
        let grant = Grant {
            server: Uuid::parse_str(server).ok()?,
            site: SiteId(site.parse().ok()?),
            device: DeviceId(device.parse().ok()?),
            person: PersonId(person.parse().ok()?),
            issued_at: Moment(issued_at.parse().ok()?),
            expires_at: Moment(expires_at.parse().ok()?),
        };
        // one text for one grant: "+1" and "01" are read as 1, and would be signed as something else
        (grant.message() == message).then_some(())?;
        Some(Opened { grant, message: message.to_owned(), signature: read_hex(signature)? })
    }
}

/// Why a grant does not show that somebody was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantFault {
    /// There is none for whoever is said to have counted.
    Missing,
    /// It had ended.
    Expired,
    /// It is not signed by this server, or is about somebody or somewhere else.
    Invalid,
    /// It is about another handheld.
    OtherDevice,
}

impl GrantFault {
    /// Every fault.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Expired, Self::Invalid, Self::OtherDevice];
    /// The code of the mark.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "grant_missing",
            Self::Expired => "grant_expired",
            Self::Invalid => "grant_invalid",
            Self::OtherDevice => "grant_other_device",
        }
    }
    /// Reads the code of a mark.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }
}

/// Whom a grant has to be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The server that is asked.
    pub server: Uuid,
    /// Where it was counted.
    pub site: SiteId,
    /// With which handheld.
    pub device: DeviceId,
    /// By whom.
    pub person: PersonId,
}

/// What is wrong with a grant whose signature was looked at, whenever it is used; `None`: nothing.
pub fn fault(opened: Option<&Opened>, is_signed: bool, holder: &Holder) -> Option<GrantFault> {
    let Some(Opened { grant, .. }) = opened else { return Some(GrantFault::Invalid) };
    if !is_signed || grant.server != holder.server || grant.site != holder.site || grant.person != holder.person {
        return Some(GrantFault::Invalid);
    }
    (grant.device != holder.device).then_some(GrantFault::OtherDevice)
}

/// When something can have happened that stands in a log after a grant and had arrived by a moment. No clock of a
/// handheld widens this: what a log says after a grant happened after the grant was made.
pub fn captured(at: Window, issued_at: Option<Moment>, received: Moment) -> Window {
    let from = issued_at.map_or(at.from, |issued| at.from.max(issued)).min(received);
    Window { from, to: at.to.min(received).max(from) }
}

/// Whether a grant had ended for what happened in this window: unless all of it lies before the end, somebody confirms.
pub fn has_ended(expires_at: Moment, captured: Window) -> bool {
    captured.to > expires_at
}

fn write_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // writing into a string cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One text for the same bytes: capital letters are not read.
fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != bytes.len() * 2 || text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn grant() -> Grant {
        Grant::new(Uuid::from_u128(7), (SiteId(1), DeviceId(4), PersonId(9)), Moment(1_000))
    }
    fn holder() -> Holder {
        Holder { server: Uuid::from_u128(7), site: SiteId(1), device: DeviceId(4), person: PersonId(9) }
    }

    proptest! {
        #[test]
        fn what_is_sealed_reads_back(
            server: u128, site: i64, device: i64, person: i64, issued: i64, expires: i64,
            signature in proptest::collection::vec(any::<u8>(), SIGNATURE_BYTES),
        ) {
            let grant = Grant {
                server: Uuid::from_u128(server), site: SiteId(site), device: DeviceId(device), person: PersonId(person),
                issued_at: Moment(issued), expires_at: Moment(expires),
            };
            let signature: [u8; SIGNATURE_BYTES] = signature.try_into().unwrap();
            let opened = grant.seal(&signature).open().unwrap();
            prop_assert_eq!((opened.grant, opened.message, opened.signature), (grant, grant.message(), signature));
        }
        #[test]
        fn nothing_else_reads_as_a_grant(text in ".{0,400}") {
            prop_assert!(SignedGrant(text).open().is_none());
        }
        #[test]
        fn one_letter_less_or_other_is_another_grant_or_none(at in 0_usize..200, letter in "[0-9a-z.+-]") {
            let sealed = grant().seal(&[3; SIGNATURE_BYTES]).0;
            let mut changed = sealed.clone();
            let at = at % sealed.len();
            changed.replace_range(at..=at, &letter);
            prop_assume!(changed != sealed);
            if let Some(opened) = SignedGrant(changed).open() {
                prop_assert!(opened.message != grant().message() || opened.signature != [3; SIGNATURE_BYTES]);
            }
        }
    }

    #[test]
    fn a_grant_is_about_one_person_one_handheld_one_site_and_one_server() {
        let opened = grant().seal(&[0; SIGNATURE_BYTES]).open();
        let of = |holder: Holder, is_signed| fault(opened.as_ref(), is_signed, &holder);
        assert_eq!(of(holder(), true), None);
        assert_eq!(of(holder(), false), Some(GrantFault::Invalid));
        assert_eq!(of(Holder { person: PersonId(8), ..holder() }, true), Some(GrantFault::Invalid));
        assert_eq!(of(Holder { site: SiteId(2), ..holder() }, true), Some(GrantFault::Invalid));
        assert_eq!(of(Holder { server: Uuid::nil(), ..holder() }, true), Some(GrantFault::Invalid));
        assert_eq!(of(Holder { device: DeviceId(5), ..holder() }, true), Some(GrantFault::OtherDevice));
        assert_eq!(fault(None, true, &holder()), Some(GrantFault::Invalid));
    }

    #[test]
    fn a_clock_of_1970_neither_ends_nor_stretches_a_grant() {
        let (issued, received) = (Moment(1_000), Moment(5_000));
        let all = Window { from: Moment(i64::MIN), to: Moment(i64::MAX) };
        assert_eq!(captured(all, Some(issued), received), Window { from: issued, to: received });
        let long_ago = Window { from: Moment(0), to: Moment(10) };
        assert_eq!(captured(long_ago, Some(issued), received), Window { from: issued, to: issued });
        let tomorrow = Window { from: Moment(9_000), to: Moment(9_010) };
        assert_eq!(captured(tomorrow, Some(issued), received), Window { from: received, to: received });
        let ends = grant().expires_at;
        assert!(!has_ended(ends, Window { from: Moment(0), to: ends }));
        assert!(has_ended(ends, Window { from: Moment(0), to: ends.plus_ms(1) }));
    }

    #[test]
    fn every_fault_has_a_code_of_its_own() {
        for fault in GrantFault::ALL {
            assert_eq!(GrantFault::parse(fault.code()), Some(fault));
        }
    }
}
