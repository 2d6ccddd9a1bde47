//! Order, repetition and batching of pushes change nothing about what is stored (I8, for the logs themselves).

use crate::server::Server;
use proptest::prelude::*;
use shared::{
    id::{EventId, LogId},
    sync::{
        log::Chain,
        message::{ClockSample, Head, LogReason, PROTOCOL, PushRequest, PushedEvent},
    },
};
use uuid::Uuid;

/// A log of `count` events, with bodies a server can read.
fn bodies(log: u128, count: u64) -> Vec<(EventId, String)> {
    (1..=count)
        .map(|seq| {
            let id = EventId(Uuid::from_u128(log << 64 | u128::from(seq)));
            let at = r#""at":{"wall_ms":1,"offset_ms":0,"uncertainty_ms":0}"#;
            (id, format!(r#"{{"v":1,"id":"{id}","actor":1,{at},"kind":"locked"}}"#))
        })
        .collect()
}

fn push(log: u128, events: &[(EventId, String)], from: usize, to: usize) -> PushRequest {
    let id = LogId(Uuid::from_u128(log));
    let chain =
        |seq: usize| events[..seq].iter().fold(Chain::start(id), |chain, (_, body)| chain.next(body.as_bytes()));
    PushRequest {
        protocol: PROTOCOL,
        app: "order".into(),
        nonce: Uuid::nil(),
        log: id,
        reason: LogReason::Fresh,
        durable: None,
        head: Head { seq: events.len() as u64, chain: chain(events.len()) },
        others: Vec::new(),
        prev: Some(chain(from - 1)),
        events: (1_u64..)
            .zip(events)
            .skip(from - 1)
            .take(to + 1 - from)
            .map(|(seq, (id, body))| PushedEvent { seq, id: *id, body: body.clone() })
            .collect(),
        clock: ClockSample { wall_ms: 0, monotonic_ms: 0, offset_ms: 0 },
        storage: None,
        missing: Vec::new(),
    }
}

fn server() -> Server {
    Server::new(Uuid::nil(), Uuid::nil())
}

fn deliver(server: &mut Server, request: &PushRequest) -> Option<u64> {
    let (disk, answer) = server.receive(request, 0).expect("no defect is planted");
    server.commit(disk, request.log);
    answer.want.map(|want| want.from)
}

const LOGS: u128 = 3;
const EVENTS: u64 = 30;

proptest! {
    #[test]
    fn any_order_repetition_and_batching_of_pushes_stores_the_same_logs(
        pushes in prop::collection::vec((0..LOGS, 1..=30_usize, 0..30_usize), 0..60),
    ) {
        let logs: Vec<_> = (0..LOGS).map(|log| bodies(log, EVENTS)).collect();
        let mut server = server();
        for (log, from, length) in pushes {
            let events = &logs[usize::try_from(log).expect("small")];
            deliver(&mut server, &push(log, events, from, (from + length).min(30)));
            prop_assert_eq!(server.verify(), Ok(()));
        }
        for (log, events) in (0..LOGS).zip(&logs) {
            let mut from = 1;
            while let Some(want) = deliver(&mut server, &push(log, events, from, 30)) {
                from = usize::try_from(want).expect("small");
            }
            let stored = &server.disk.logs[&LogId(Uuid::from_u128(log))];
            let line: Vec<_> = stored.line.iter().map(|(id, _, body)| (*id, body.clone())).collect();
            prop_assert_eq!(&line, events);
            prop_assert!(stored.beside.is_empty());
        }
        prop_assert_eq!(server.disk.effects.len() as u64, EVENTS * 3);
        prop_assert_eq!(server.verify(), Ok(()));
    }
}
