//! To which warehouse the handheld belongs, and who holds it: first in the journal, then on the screen.
//!
//! Absent: deleting. Whoever gives the handheld back leaves every count on it, and an earlier enrolment keeps its logs.

use super::{
    Enrolment, NotSaved, SignedIn, Topic,
    engine::{DEVICE, DeviceRecord, Engine},
    ports::{Answer, Durability, NoAnswer, Ports, Worked},
};
use crate::api::Trouble;
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::problem::Problem,
    event::{EventKind, TakenBy},
    id::PersonId,
    planted::{self, Defect},
    role::Role,
    sync::{
        clock::Reading,
        message::{EnrolAnswer, EnrolRequest, HandheldPerson, HandheldSignIn, HandheldSignInAnswer, LogReason},
    },
};

/// Whether what was pulled for an earlier enrolment is still of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It is: the same site of the same server, or there was none.
    Stayed,
    /// It is not.
    Elsewhere,
}

impl<P: Ports> Engine<P> {
    /// Redeems an enrolment code.
    ///
    /// # Errors
    /// The server's refusal, why there is no answer, or that it cannot be written down.
    pub async fn enrol(&self, code: &str) -> Result<(Enrolment, Moved), Trouble> {
        let request = EnrolRequest { code: code.trim().to_owned() };
        let (answer, sent, received) = self.ask::<_, EnrolAnswer>(None, "/sync/v1/enrol", &request).await?;
        let enrolment = Enrolment {
            device: answer.device,
            device_name: answer.device_name,
            server: answer.server,
            site: answer.site,
        };
        let record = DeviceRecord { enrolment: enrolment.clone(), secret: answer.secret };
        let json = serde_json::to_string(&record).map_err(|error| Trouble::Unreadable(error.to_string()))?;
        // the secret and the first log in one transaction: neither is of use without the other
        let own = format!("{DEVICE}-{}", enrolment.device);
        let meta = [(DEVICE.to_owned(), json.clone()), (own, json)];
        self.rotate(LogReason::Fresh, enrolment.device, &meta, None)
            .await
            .map_err(|error| not_stored(error.to_string()))?;
        let key = answer.grant_key.clone();
        let before = self.update(|state| {
            // the server's word was for the handheld that this one was until now
            state.access.grants.clear();
            state.access.key = key;
            state.credentials.insert(enrolment.device, (enrolment.server, record.secret.clone()));
            state.enrolment.replace((record.enrolment, record.secret))
        });
        let elsewhere =
            before.is_some_and(|(before, _)| before.site.id != enrolment.site.id || before.server != enrolment.server);
        if elsewhere {
            // the same number is somebody else there
            self.put_person(None).await.map_err(|error| not_stored(error.to_string()))?;
            self.update(|state| {
                state.view = Default::default();
                state.catalogue = Default::default();
                state.shards.clear();
                state.person = None;
                state.access.pins.clear();
            });
        }
        self.put_access().await.map_err(|error| not_stored(error.to_string()))?;
        self.heard(sent, received, answer.now).await;
        Ok((enrolment, if elsewhere { Moved::Elsewhere } else { Moved::Stayed }))
    }
    /// Signs in with the server's word, and records who holds the handheld from now on.
    ///
    /// # Errors
    /// The server's refusal, why there is no answer, or that it cannot be written down.
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<SignedIn, Trouble> {
        let request = HandheldSignIn { username: username.trim().to_owned(), password: password.to_owned() };
        let secret = self.credentials().map(|(_, secret)| secret);
        let (answer, sent, received) =
            self.ask::<_, HandheldSignInAnswer>(secret.as_deref(), "/sync/v1/sign-in", &request).await?;
        self.heard(sent, received, answer.now).await;
        if let Some(grant) = answer.grant {
            self.keep_grant(answer.person.id, grant).await.map_err(|error| not_stored(error.to_string()))?;
        }
        let taken = self.take(answer.person, TakenBy::Password, answer.roles).await;
        taken.map_err(|error| not_stored(error.to_string()))
    }
    /// Takes the handheld without the server's word, as somebody known here; what is counted is marked unverified.
    ///
    /// # Errors
    /// [`NotSaved`]; also when the person is not known here ([`NotSaved::NobodySignedIn`]).
    pub async fn take_over(&self, person: PersonId) -> Result<SignedIn, NotSaved> {
        let known = self.state.borrow().view.people.get(&person).cloned();
        let person = known.ok_or(NotSaved::NobodySignedIn)?;
        self.take(person, TakenBy::Unverified, Vec::new()).await
    }
    /// Gives the handheld back. What waits still travels.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn sign_out(&self) -> Result<(), NotSaved> {
        self.record(&self.compose(None, EventKind::Locked, None)?, false).await?;
        if planted::is(Defect::ClearedOnSignOut) {
            let logs: Vec<_> = self.state.borrow().logs.values().map(|log| (log.log, log.head.seq)).collect();
            for (log, last) in logs {
                let _ = self.journal.delete_by_mistake(log, 1, last).await;
            }
        }
        self.put_person(None).await.map_err(|error| NotSaved::Storage(error.to_string()))?;
        self.update(|state| state.person = None);
        self.tell(Topic::Person);
        self.tell(Topic::Tasks);
        Ok(())
    }
    /// Somebody takes the handheld.
    pub(super) async fn take(
        &self,
        person: HandheldPerson,
        by: TakenBy,
        roles: Vec<Role>,
    ) -> Result<SignedIn, NotSaved> {
        let (grant, fault) = self.grant_of(person.id).await;
        let kind = EventKind::HandheldTaken { by, grant };
        self.record(&self.compose(Some(person.id), kind, None)?, false).await?;
        let taken = SignedIn { person, taken_by: by, ask_password: fault.is_some(), roles };
        let json = serde_json::to_string(&taken).map_err(|error| NotSaved::Storage(error.to_string()))?;
        self.put_person(Some(&json)).await.map_err(|error| NotSaved::Storage(error.to_string()))?;
        self.update(|state| state.person = Some(taken.clone()));
        self.tell(Topic::Person);
        self.tell(Topic::Tasks);
        Ok(taken)
    }
    async fn put_person(&self, json: Option<&str>) -> Worked<()> {
        self.journal.put_meta("person", json, Durability::Strict).await?;
        self.mirror_meta(&[("person", json)]).await;
        Ok(())
    }
    /// Asks the server something that a person waits for.
    async fn ask<B: Serialize, T: DeserializeOwned>(
        &self,
        secret: Option<&str>,
        path: &str,
        body: &B,
    ) -> Result<(T, Reading, Reading), Trouble> {
        let json = serde_json::to_string(body).map_err(|error| Trouble::Unreadable(error.to_string()))?;
        let (answer, sent, received) = self.exchange(secret, path, Some(json)).await.map_err(|why| match why {
            NoAnswer::Offline => Trouble::Offline,
            NoAnswer::Timeout => Trouble::Timeout,
        })?;
        if !answer.is_success() {
            return Err(refusal(&answer));
        }
        let read = serde_json::from_slice(&answer.bytes).map_err(|error| Trouble::Unreadable(error.to_string()))?;
        Ok((read, sent, received))
    }
}

fn not_stored(error: String) -> Trouble {
    Trouble::Problem(Problem {
        code: "not_stored".into(),
        status: 507,
        detail: format!(
            "This handheld could not write it down ({error}). Try again; if it stays so, use another handheld."
        ),
        field: None,
    })
}

/// A handheld has no session that could have ended: whatever the server says is for the person to read.
fn refusal(answer: &Answer) -> Trouble {
    match serde_json::from_slice::<Problem>(&answer.bytes) {
        Ok(problem) => Trouble::Problem(problem),
        Err(_) => Trouble::of(answer.status, &answer.text()),
    }
}
