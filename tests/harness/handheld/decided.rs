//! A handheld without a screen that lets the application's own machine decide (`shared::sync::outbox`): when something is
//! due, what goes into one push, and which answer is believed. What a test sees of the size of a push is then the
//! product's doing.
//!
//! Absent: the journal and the loop around the machine; the simulator has those.

use shared::sync::{
    log::Chain,
    message::{ClockSample, LogReason, PushAnswer, PushRequest},
    outbox::{self, Due, Failure, LogHead, Outbox, Role, Sender, Verdict},
};
use uuid::Uuid;

use super::{Handheld, now_ms, random};

/// The chance in a pause after a failure: the middle.
const JITTER: u16 = u16::MAX / 2;

/// What one push held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Events.
    pub events: usize,
    /// Bytes of their bodies.
    pub bytes: usize,
    /// Whether its answer was believed.
    pub is_believed: bool,
}

impl Handheld {
    fn chain_at(&self, seq: u64) -> Option<Chain> {
        match usize::try_from(seq).expect("fits").checked_sub(1) {
            None => Some(Chain::start(self.log)),
            Some(last) => self.events.get(last).map(|(_, chain)| *chain),
        }
    }

    /// Its log, as the application keeps it.
    fn log_head(&self) -> LogHead {
        let empty = LogHead::new(self.log, LogReason::Fresh);
        LogHead { head: self.head(), durable: self.durable, ..empty }
    }

    /// One push as the application decides it; `None` where it would send nothing now.
    ///
    /// # Panics
    /// When nothing on the machine gives randomness.
    pub async fn push_as_decided(&mut self, outbox: &mut Outbox) -> Option<Sent> {
        let head = self.log_head();
        let timeline = self.durable.map(|belief| belief.timeline);
        let Due::Now(ask) = outbox.due(&head, Role::Current, timeline, now_ms()) else { return None };
        let first = usize::try_from(ask.from.saturating_sub(1)).expect("fits");
        let events = self.events[first..].iter().take(ask.events_max).map(|(event, _)| event.clone()).collect();
        let sender = Sender {
            app: "test".into(),
            clock: ClockSample { wall_ms: now_ms(), monotonic_ms: now_ms(), offset_ms: 0 },
            storage: None,
            others: Vec::new(),
            missing: Vec::new(),
        };
        let nonce = Uuid::from_bytes(random());
        let prev = self.chain_at(ask.from.saturating_sub(1));
        let request = outbox::request(&head, ask, nonce, prev, events, sender);
        let bytes = request.events.iter().map(|event| event.body.len()).sum();
        let events = request.events.len();
        outbox.sent(ask, nonce);
        let is_believed = match self.post(&request).await {
            Ok(answer) => self.judge(outbox, &head, &answer),
            Err(failure) => {
                outbox.failed(failure, now_ms(), JITTER);
                false
            }
        };
        Some(Sent { events, bytes, is_believed })
    }

    async fn post(&self, request: &PushRequest) -> Result<PushAnswer, Failure> {
        let answer = self.send(request).await.ok_or(Failure::NoAnswer)?;
        match answer.status().as_u16() {
            413 => Err(Failure::TooLarge),
            status if !answer.status().is_success() => Err(Failure::Status(status)),
            _ => answer.json().await.map_err(|_| Failure::NoAnswer),
        }
    }

    fn judge(&mut self, outbox: &mut Outbox, head: &LogHead, answer: &PushAnswer) -> bool {
        let own = self.chain_at(answer.durable.seq);
        match outbox.answered(head, self.enrolled.server, own, answer, now_ms(), JITTER) {
            Verdict::Believed { durable, .. } => {
                self.durable = Some(durable);
                true
            }
            Verdict::Forget => {
                self.durable = None;
                false
            }
            Verdict::Ignored(_) => false,
        }
    }
}
