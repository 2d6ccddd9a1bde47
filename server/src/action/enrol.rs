//! A handheld is enrolled: an admin makes a code, the handheld turns it into a secret of its own.

use super::throttle::{self, Try};
use super::{Doer, Failure, secret};
use crate::store::number::{self, Numbered};
use crate::store::token::{Purpose, TokenRow};
use crate::store::{ReadTx, Store, WriteTx, credential, device, grant, site, token};
use shared::fact::Fact;
use shared::id::{DeviceId, SiteId};
use shared::moment::Moment;
use shared::sync::message::EnrolAnswer;

/// How long a code works, in milliseconds (`SYNC.md` section 5: ten minutes).
pub const CODE_MS: i64 = 10 * 60 * 1000;
/// Letters of what is written on a handheld, at most.
const NAME_LETTERS_MAX: usize = 30;

/// A code for one handheld.
#[derive(Debug, Clone)]
pub struct Code {
    /// Typed or scanned on the handheld.
    pub code: String,
    /// From when on it no longer works.
    pub expires_at: Moment,
}

/// Makes a code for a handheld of the doer's site. `uses` is 1 except for demonstrations, where several handhelds share
/// a code; each then gets a name of its own.
///
/// # Errors
/// `bad_name`.
pub fn offer_enrolment(tx: &WriteTx<'_>, doer: &Doer, device_name: &str, uses: u32) -> Result<Code, Failure> {
    let name = device_name.trim();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX || name.chars().any(char::is_control) {
        return Err(Failure::refused("bad_name", "What is written on a handheld has 1 to 30 letters, such as H-04."));
    }
    let code = secret::make_code()?;
    let expires_at = tx.now().plus_ms(CODE_MS);
    let row =
        TokenRow { site: Some(doer.site), person: doer.person, name: name.to_owned(), uses_left: uses, expires_at };
    token::create(tx, &code, Purpose::Enrol, &row)?;
    Ok(Code { code, expires_at })
}

/// Turns a code into a handheld with a secret, which is told once and kept as a hash.
///
/// # Errors
/// `code_unknown`, `too_many_tries`.
pub async fn enrol(store: &Store, place: &str, code: &str) -> Result<EnrolAnswer, Failure> {
    let attempt = Try::code(place);
    let counted = attempt.clone();
    store.write(move |tx| throttle::begin(tx, &counted)).await?;
    let code = secret::read_code(code);
    let identity = store.identity();
    store
        .write(move |tx| {
            let taken = token::take(tx, &code, Purpose::Enrol)?;
            let Some(TokenRow { site: Some(at), name, person, .. }) = taken else {
                return Err(Failure::refused(
                    "code_unknown",
                    "This code was used already, has expired, or was never made. Ask an admin for a new one.",
                ));
            };
            throttle::succeed(tx, &attempt)?;
            let site = site::find(&tx.as_read(), at)?.ok_or_else(|| Failure::not_found("site"))?;
            let device = DeviceId(number::next(tx, Numbered::Device)?);
            let device_name = free_name(&tx.as_read(), at, &name)?;
            // whoever made the code answers for the handheld
            tx.append(at, person, "desk", &Fact::DeviceEnrolled { device, name: device_name.clone() })?;
            let secret = secret::make_token()?;
            credential::set_device_secret(tx, device, &secret)?;
            Ok(EnrolAnswer {
                device,
                device_name,
                secret,
                server: identity.server,
                timeline: identity.timeline,
                now: tx.now(),
                site,
                grant_key: Some(grant::load(&tx.as_read())?.public()?),
            })
        })
        .await
}

/// The wanted name, or the first of `H-04-2`, `H-04-3`… that is free: a handheld that was wiped comes back under its
/// name while what its earlier life still holds stays told apart.
fn free_name(tx: &ReadTx<'_>, site: SiteId, wanted: &str) -> Result<String, Failure> {
    let mut name = wanted.to_owned();
    let mut number = 2_u32;
    while device::is_name_taken(tx, site, &name)? {
        name = format!("{wanted}-{number}");
        number = number.saturating_add(1);
    }
    Ok(name)
}
