//! What a handheld keeps so that people can take it without a network: the server's word that they may count with it
//! (`shared::grant`), and the PINs they chose on it.
//!
//! Absent: refusing. A grant that is missing or has ended asks for the password when there is a network; counting goes on.

use super::{
    NotSaved, SignedIn, Topic,
    engine::Engine,
    ports::{Durability, Ports, Worked},
};
use serde::{Deserialize, Serialize};
use shared::{
    event::TakenBy,
    grant::{self, GrantFault, GrantKey, Holder, SignedGrant},
    id::PersonId,
    pin::StoredPin,
};
use std::collections::BTreeMap;

/// The `meta` entry.
pub const ACCESS: &str = "access";

/// That entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// What the server signs grants with, as it said when it was last asked.
    pub key: Option<GrantKey>,
    /// Its word, for each person who signed in here.
    #[serde(default)]
    pub grants: BTreeMap<PersonId, SignedGrant>,
    /// Who chose a PIN.
    #[serde(default)]
    pub pins: BTreeMap<PersonId, StoredPin>,
}

/// What became of a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinAnswer {
    /// They hold the handheld.
    Taken(SignedIn),
    /// It is another one.
    Wrong,
    /// It was wrong too often, or they have none here: the password is asked for.
    AskPassword,
}

impl<P: Ports> Engine<P> {
    /// Takes the handheld with the PIN chosen on it; needs no network.
    ///
    /// # Errors
    /// [`NotSaved`]; also when the person is not known here ([`NotSaved::NobodySignedIn`]).
    pub async fn take_with_pin(&self, person: PersonId, digits: &str) -> Result<PinAnswer, NotSaved> {
        let known = self.state.borrow().view.people.get(&person).cloned().ok_or(NotSaved::NobodySignedIn)?;
        let tried = self.update(|state| {
            let pin = state.access.pins.get_mut(&person).filter(|pin| pin.may_be_tried())?;
            Some((pin.try_digits(digits), pin.may_be_tried()))
        });
        self.put_access().await.map_err(|error| NotSaved::Storage(error.to_string()))?;
        match tried {
            Some((true, _)) => self.take(known, TakenBy::Pin, Vec::new()).await.map(PinAnswer::Taken),
            Some((false, true)) => Ok(PinAnswer::Wrong),
            Some((false, false)) | None => Ok(PinAnswer::AskPassword),
        }
    }
    /// Keeps a PIN for whoever signed in; `false` where the digits can be none.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn choose_pin(&self, person: PersonId, digits: &str) -> Result<bool, NotSaved> {
        let salt = self.ports.random().ok_or_else(|| NotSaved::Storage("there are no random numbers".into()))?;
        let Some(pin) = StoredPin::new(digits, salt) else { return Ok(false) };
        self.update(|state| state.access.pins.insert(person, pin));
        self.put_access().await.map_err(|error| NotSaved::Storage(error.to_string()))?;
        self.tell(Topic::Person);
        Ok(true)
    }
    /// Keeps what the server said of somebody who signed in.
    pub(super) async fn keep_grant(&self, person: PersonId, (grant, key): (SignedGrant, GrantKey)) -> Worked<()> {
        self.update(|state| {
            state.access.key = Some(key);
            state.access.grants.insert(person, grant);
            // the password was right: so may be the PIN that was wrong too often
            if let Some(pin) = state.access.pins.get_mut(&person) {
                pin.wrong = 0;
            }
        });
        self.put_access().await
    }
    /// What is kept for somebody, and what is wrong with it as far as can be told here.
    pub(super) async fn grant_of(&self, person: PersonId) -> (Option<SignedGrant>, Option<GrantFault>) {
        let (kept, key, holder, now) = {
            let mut state = self.state.borrow_mut();
            let holder = state.enrolment.as_ref().map(|(enrolment, _)| Holder {
                server: enrolment.server,
                site: enrolment.site.id,
                device: enrolment.device,
                person,
            });
            let now = state.clock.capture(self.ports.clocks()).window();
            (state.access.grants.get(&person).cloned(), state.access.key.clone(), holder, now)
        };
        let (Some(kept), Some(holder)) = (kept, holder) else { return (None, Some(GrantFault::Missing)) };
        let opened = kept.open();
        let is_signed = match (&opened, key.and_then(|key| key.bytes())) {
            // where the browser cannot tell, the server will
            (Some(it), Some(key)) => {
                self.ports.is_signed(&key, it.message.as_bytes(), &it.signature).await.unwrap_or(true)
            }
            _ => false,
        };
        let fault = grant::fault(opened.as_ref(), is_signed, &holder).or_else(|| {
            // a clock that knows nothing accuses nobody
            opened.filter(|it| now.from > it.grant.expires_at).map(|_| GrantFault::Expired)
        });
        (Some(kept), fault)
    }
    /// Writes it down.
    pub(super) async fn put_access(&self) -> Worked<()> {
        let Ok(json) = serde_json::to_string(&self.state.borrow().access) else { return Ok(()) };
        self.journal.put_meta(ACCESS, Some(&json), Durability::Strict).await?;
        self.mirror_meta(&[(ACCESS, Some(&json))]).await;
        Ok(())
    }
}
