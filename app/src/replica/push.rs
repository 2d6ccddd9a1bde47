//! The push loop: sends what is in the journal until the server has it, whatever happens on the way. It wakes on each
//! commit, when the network seems back, when the page is looked at, and by the clock.
//!
//! Several logs drain one after the other, the current one first. Several tabs may push the same events: the server skips
//! what it knows. Absent: the decisions (`shared::sync::outbox`), an end to trying, and deleting.

use super::{
    Problem,
    engine::Engine,
    head::Word,
    ports::Ports,
    start::Look,
    state::{State, problem_of},
};
use shared::{
    id::LogId,
    planted::{self, Defect},
    sync::{
        clock::Reading,
        message::{ClockSample, LogReason, PushAnswer, StorageHealth},
        outbox::{self, Ask, Disbelief, Due, Failure, LogHead, Outbox, Role, Sender, Verdict},
    },
};
use std::{collections::BTreeMap, rc::Rc};
use uuid::Uuid;

/// The loop looks at least this often, should every bell have failed.
const LOOK_MS: i64 = 30_000;
/// Pushes of one log before the others have their turn: an hour of scanning.
const TURN_MAX: usize = 20;

/// Runs for the life of the engine.
pub async fn run<P: Ports>(engine: Rc<Engine<P>>) {
    let mut outboxes = BTreeMap::new();
    loop {
        if engine.try_now.replace(false) {
            outboxes.values_mut().for_each(Outbox::try_now);
        }
        let wait = round(&engine, &mut outboxes).await;
        engine.push_bell.wait(engine.ports.sleep(wait)).await;
    }
}

/// Sends whatever is due; returns after how many milliseconds to look again.
async fn round<P: Ports>(engine: &Engine<P>, outboxes: &mut BTreeMap<LogId, Outbox>) -> u32 {
    let mut next = LOOK_MS;
    if engine.credentials().is_some() {
        refresh(engine).await;
        let (logs, timeline) = {
            let state = engine.state.borrow();
            (state.logs_to_send(), timeline_of(&state))
        };
        for (log, role) in logs {
            next = next.min(drain(engine, log, role, outboxes.entry(log).or_default()).await);
        }
        if timeline_of(&engine.state.borrow()) != timeline {
            // a later log heard of a restored server: what the earlier ones believe has to be asked again
            next = 0;
        }
        let failure = outboxes.values().find_map(Outbox::last_failure);
        let blocked = outboxes.values().any(Outbox::is_blocked_by_size);
        engine.update(|state| {
            state.sending = if blocked { Some(Problem::TooLarge) } else { failure.and_then(problem_of) };
        });
    }
    u32::try_from(next.clamp(0, LOOK_MS)).unwrap_or(0)
}

/// Other tabs may have written: the disk knows.
async fn refresh<P: Ports>(engine: &Engine<P>) {
    match engine.journal.heads().await {
        Ok(heads) => engine.update(|state| {
            for head in heads {
                state.owners.insert(head.log.log, head.device);
                // an append of this page may have gone further since the heads were read
                let own = state.logs.get(&head.log.log).filter(|_| !head.closed);
                if own.is_none_or(|own| own.head.seq <= head.log.head.seq) {
                    state.bases.insert(head.log.log, head.base().seq);
                    state.missing.insert(head.log.log, head.missing);
                    state.logs.insert(head.log.log, head.log);
                }
            }
        }),
        Err(error) => engine.update(|state| state.writing = Some(error.to_string())),
    }
}

/// Sends one log until nothing is due; returns when to come back, in milliseconds from now.
async fn drain<P: Ports>(engine: &Engine<P>, log: LogId, role: Role, outbox: &mut Outbox) -> i64 {
    for _ in 0..TURN_MAX {
        let (head, timeline) = {
            let state = engine.state.borrow();
            (state.logs.get(&log).cloned(), timeline_of(&state))
        };
        let Some(head) = head else { return LOOK_MS };
        let now = engine.ports.clocks().monotonic_ms;
        match outbox.due(&head, role, timeline, now) {
            Due::Now(ask) => exchange(engine, &head, ask, outbox).await,
            Due::At(at) => return at.saturating_sub(now),
            Due::InFlight => outbox.failed(Failure::NoAnswer, now, engine.ports.jitter()),
        }
    }
    0
}

/// One push and its answer.
async fn exchange<P: Ports>(engine: &Engine<P>, head: &LogHead, mut ask: Ask, outbox: &mut Outbox) {
    let failed = |outbox: &mut Outbox, failure| {
        outbox.failed(failure, engine.ports.clocks().monotonic_ms, engine.ports.jitter())
    };
    let credentials = engine.state.borrow().credentials_of(head.log);
    let (Some((server, secret)), Some(random)) = (credentials, engine.ports.random::<16>()) else {
        return failed(outbox, Failure::NoAnswer);
    };
    let base = engine.state.borrow().bases.get(&head.log).copied().unwrap_or(0);
    if ask.from <= base {
        if head.durable.is_some() {
            // the server was set back behind what was archived and removed here
            let _ = engine.check(Look::From(head.log)).await;
            return failed(outbox, Failure::NoAnswer);
        }
        ask.from = base.saturating_add(1);
        if ask.from > head.head.seq {
            ask.events_max = 0;
        }
    }
    let nonce = uuid::Builder::from_random_bytes(random).into_uuid();
    let (prev, events) = match engine.journal.read(head.log, ask.from, u32::try_from(ask.events_max).unwrap_or(0)).await
    {
        Ok((prev, events)) if ask.events_max == 0 || !events.is_empty() => (prev, events),
        trouble => {
            let error = trouble
                .err()
                .map_or_else(|| format!("event {} is missing in the journal", ask.from), |it| it.to_string());
            engine.update(|state| state.writing = Some(error));
            // what the disk lost is looked for, and what is nowhere is named
            if engine.check(Look::Whole).await.is_ok() {
                engine.update(|state| state.writing = None);
            }
            return failed(outbox, Failure::NoAnswer);
        }
    };
    let sender = sender(&engine.state.borrow(), head.log, engine.ports.clocks());
    let request = outbox::request(head, ask, nonce, prev, events, sender);
    let count = request.events.len() as u64;
    let Ok(json) = serde_json::to_string(&request) else {
        return failed(outbox, Failure::NoAnswer);
    };
    outbox.sent(ask, nonce);
    let (answer, sent, received) = match engine.exchange(Some(&secret), "/sync/v1/push", Some(json)).await {
        Ok((answer, sent, received)) if answer.is_success() => {
            match serde_json::from_slice::<PushAnswer>(&answer.bytes) {
                Ok(answer) => (answer, sent, received),
                Err(_) => return lost(engine, outbox, Failure::NotBelieved(Disbelief::Unreadable)),
            }
        }
        Ok((answer, ..)) if answer.status == 413 => return lost(engine, outbox, Failure::TooLarge),
        Ok((answer, ..)) => {
            if planted::is(Defect::DeletedOnRefusal) && (400..500).contains(&answer.status) {
                let last = ask.from.saturating_add(count);
                let _ = engine.journal.delete_by_mistake(head.log, ask.from, last.saturating_sub(1)).await;
            }
            return lost(engine, outbox, Failure::Status(answer.status));
        }
        Err(_) => return lost(engine, outbox, Failure::NoAnswer),
    };
    let word = Word { timeline: answer.timeline, now: answer.now, asked: sent };
    judge(engine, head.log, server, outbox, &answer, word).await;
    if outbox.last_failure().is_none() {
        engine.heard(sent, received, answer.now).await;
        if count > 0 || !answer.notes.is_empty() {
            engine.pull_bell.ring();
        }
    }
}

fn lost<P: Ports>(engine: &Engine<P>, outbox: &mut Outbox, failure: Failure) {
    outbox.failed(failure, engine.ports.clocks().monotonic_ms, engine.ports.jitter());
    engine.update(|state| state.online = false);
}

/// Believes an answer, or does not, and writes down what was learned.
async fn judge<P: Ports>(
    engine: &Engine<P>,
    log: LogId,
    server: Uuid,
    outbox: &mut Outbox,
    answer: &PushAnswer,
    word: Word,
) {
    let own = engine.journal.chain_at(log, answer.durable.seq).await;
    let Some(head) = engine.state.borrow().logs.get(&log).cloned() else { return };
    let now = engine.ports.clocks().monotonic_ms;
    let Ok(own) = own else {
        // what cannot be checked is not believed; the same is asked again
        return outbox.failed(Failure::NoAnswer, now, engine.ports.jitter());
    };
    let verdict = outbox.answered(&head, server, own, answer, now, engine.ports.jitter());
    let (durable, archived, rotate) = match verdict {
        Verdict::Believed { durable, archived, rotate } => {
            // the other logs learn of a restored server by it
            engine.update(|state| state.word = Some(word));
            (Some(durable), Some(archived), rotate)
        }
        Verdict::Forget => {
            let base = engine.state.borrow().bases.get(&log).copied().unwrap_or(0);
            if answer.durable.seq < base {
                // a server that was set back behind what was archived and removed here: where it stands cannot be checked
                let _ = engine.check(Look::From(log)).await;
                return;
            }
            (None, None, false)
        }
        Verdict::Ignored(disbelief) => {
            // the exchange is over, and nothing else can come of it
            return outbox.failed(Failure::NotBelieved(disbelief), now, engine.ports.jitter());
        }
    };
    if (head.durable, Some(head.archived)) != (durable, archived.or(Some(head.archived))) {
        match engine.journal.tell(log, durable, archived, word).await {
            Ok(Some(stored)) => engine.update(|state| {
                state.turn = state.turn.wrapping_add(1);
                if let Some(known) = state.logs.get_mut(&log) {
                    (known.durable, known.archived) = (stored.durable, stored.archived);
                }
            }),
            Ok(None) => {}
            Err(error) => engine.update(|state| state.writing = Some(error.to_string())),
        }
    }
    if engine.state.borrow().log == Some(log) && (rotate || was_set_back(engine, &head, answer).await) {
        leave(engine, log).await;
    }
}

/// Two devices write this log, or this one forgot what it wrote: what comes from now on gets one of its own.
async fn leave<P: Ports>(engine: &Engine<P>, log: LogId) {
    let device = engine.state.borrow().owners.get(&log).copied();
    if let Some(device) = device
        && let Err(error) = engine.rotate(LogReason::Fork, device, &[], Some(log)).await
    {
        engine.update(|state| state.writing = Some(error.to_string()));
    }
}

/// The timeline that the server was last heard to be on.
fn timeline_of(state: &State) -> Option<Uuid> {
    state.word.map(|word| word.timeline)
}

/// Whether the server holds more of a log than this device ever had on its disk: yesterday's profile was put back. What is
/// sent was written before, by whichever tab, so the disk is asked after the answer came.
async fn was_set_back<P: Ports>(engine: &Engine<P>, head: &LogHead, answer: &PushAnswer) -> bool {
    let Some(there) = answer.head.filter(|there| there.seq > head.head.seq) else { return false };
    let Ok(heads) = engine.journal.heads().await else { return false };
    heads.iter().any(|own| own.log.log == head.log && own.log.head.seq < there.seq)
}

fn sender(state: &State, log: LogId, now: Reading) -> Sender {
    Sender {
        app: env!("CARGO_PKG_VERSION").to_owned(),
        clock: ClockSample { wall_ms: now.wall_ms, monotonic_ms: now.monotonic_ms, offset_ms: state.clock.offset_ms() },
        storage: state.storage.clone().map(|health| StorageHealth { mirror: Some(state.mirror.is_none()), ..health }),
        missing: state.missing.get(&log).cloned().unwrap_or_default(),
        others: state.logs.values().filter(|other| other.log != log).map(|other| (other.log, other.head)).collect(),
    }
}
