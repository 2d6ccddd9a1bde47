//! The air: what is lost, held up, repeated, cut and spoilt on the way, and a server that dies over a push.
//!
//! Absent: what the server decides.

use super::{Returning, World};
use crate::{device::Sent, server::Server};
use app::replica::ports::{Answer, NoAnswer};
use shared::sync::message::{PushAnswer, PushRequest};
use uuid::Uuid;

impl World {
    pub(super) fn carry(&mut self) -> Result<(), String> {
        let (out, back) = (self.air.borrow().len(), self.returning.len());
        if out + back == 0 {
            return Ok(());
        }
        let index = self.clockwork.below(out + back);
        if index < out {
            let sent = self.air.borrow_mut().swap_remove(index);
            return self.arrive(sent);
        }
        let Returning { sent, mut answer } = self.returning.swap_remove(index - out);
        if self.devices[sent.device].is_cut_off || self.clockwork.percent(8) {
            self.tell("air: an answer is lost".into());
            self.happened("answer lost");
            if self.clockwork.percent(50) {
                sent.slot.borrow_mut().put(Err(NoAnswer::Offline));
            }
            return Ok(());
        }
        if self.clockwork.percent(6) {
            self.spoil(&mut answer);
            self.happened("answer spoilt");
        }
        sent.slot.borrow_mut().put(Ok(answer));
        Ok(())
    }
    /// The answer is cut, somebody else's, or of another time.
    fn spoil(&self, answer: &mut Answer) {
        let half = answer.bytes.len() / 2;
        match self.clockwork.below(4) {
            0 => answer.bytes.truncate(half),
            1 => *answer = Answer { status: 200, bytes: b"<html>Welcome to the hotel</html>".to_vec() },
            _ => {
                if let Ok(mut push) = serde_json::from_slice::<PushAnswer>(&answer.bytes) {
                    match self.clockwork.below(3) {
                        0 => push.durable.chain.0[5] ^= 1,
                        1 => push.durable.seq += 1,
                        _ => push.nonce = Uuid::nil(),
                    }
                    answer.bytes = serde_json::to_vec(&push).expect("an answer");
                }
            }
        }
    }
    /// Something reaches the server, perhaps.
    fn arrive(&mut self, sent: Sent) -> Result<(), String> {
        if self.devices[sent.device].is_cut_off || self.clockwork.percent(8) {
            self.tell("air: a request is lost".into());
            self.happened("request lost");
            if self.clockwork.percent(50) {
                sent.slot.borrow_mut().put(Err(NoAnswer::Offline));
            }
            return Ok(());
        }
        if self.clockwork.percent(8) {
            let status = [401, 403, 413, 429, 500, 503, 507][self.clockwork.below(7)];
            self.tell(format!("server: answers {status}"));
            self.happened("refused by a status");
            let answer = Answer { status, bytes: b"{}".to_vec() };
            self.returning.push(Returning { sent, answer });
            return Ok(());
        }
        if self.clockwork.percent(12) {
            // a browser sends a body twice by itself, and a proxy much later
            self.air.borrow_mut().push(sent.clone());
            self.happened("request sent twice");
        }
        self.receive(sent)
    }
    fn receive(&mut self, sent: Sent) -> Result<(), String> {
        if let Some(answer) = self.serve(&sent, Server::MAY_DIE)? {
            self.returning.push(Returning { sent, answer });
        }
        Ok(())
    }
    /// The server takes in a request; `None`: it died over it. `dies` is how often out of a hundred.
    fn serve(&mut self, sent: &Sent, dies: u64) -> Result<Option<Answer>, String> {
        let now = self.clockwork.now_ms();
        let json = sent.json.as_deref().unwrap_or_default();
        if let Some(json) = self.server.answer(&sent.path, json, now) {
            return Ok(Some(Answer { status: 200, bytes: json.into_bytes() }));
        }
        if !sent.secret.as_ref().is_some_and(|secret| self.server.devices.contains_key(secret)) {
            return Ok(Some(Answer { status: 401, bytes: Vec::new() }));
        }
        let request: PushRequest = serde_json::from_str(json).map_err(|error| format!("no push: {error}"))?;
        let (disk, answer) = self.server.receive(&request, now)?;
        if self.clockwork.percent(dies) {
            self.tell("server: killed before the commit".into());
            self.happened("server killed before a commit");
            return Ok(None);
        }
        self.server.commit(disk, request.log);
        self.tell(format!(
            "server: holds {} up to {}, wants {:?}, {:?}",
            request.log, answer.durable.seq, answer.want, answer.requests
        ));
        if self.clockwork.percent(dies) {
            self.tell("server: killed after the commit, before the answer".into());
            self.happened("server killed after a commit");
            return Ok(None);
        }
        let bytes = serde_json::to_vec(&answer).map_err(|error| error.to_string())?;
        Ok(Some(Answer { status: 200, bytes }))
    }
    /// No network: nothing arrives, and everybody is told.
    pub fn lose_all(&mut self) {
        let lost =
            self.air.borrow_mut().drain(..).chain(self.returning.drain(..).map(|it| it.sent)).collect::<Vec<_>>();
        lost.iter().for_each(|sent| sent.slot.borrow_mut().put(Err(NoAnswer::Offline)));
    }
    /// A good network: everything arrives at once, in order.
    pub fn deliver_all(&mut self) {
        loop {
            let sent: Vec<Sent> = self.air.borrow_mut().drain(..).collect();
            if sent.is_empty() && self.returning.is_empty() {
                return;
            }
            for sent in sent {
                match self.serve(&sent, 0) {
                    Ok(Some(answer)) => self.returning.push(Returning { sent, answer }),
                    Ok(None) => {}
                    Err(broken) => *self.broken.borrow_mut() = Some(broken),
                }
            }
            for Returning { sent, answer } in self.returning.drain(..) {
                sent.slot.borrow_mut().put(Ok(answer));
            }
        }
    }
}
