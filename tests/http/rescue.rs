//! Files carried in by hand, over HTTP.

use crate::fixture::{Yard, body, refused};
use serde_json::{Value, json};
use shared::api::rescue::RESCUE_TEXT_BYTES_MAX;
use shared::event::{CaptureTime, EVENT_VERSION, Event, EventKind};
use shared::id::{DeviceId, EventId, LocationId, LogId, PersonId, SheetId};
use shared::sync::log::Chain;
use shared::sync::message::{Head, LogReason};
use shared::sync::rescue::{Origin, RESCUE_VERSION, SavedEvent, SavedLog, Writer, frame};
use uuid::Uuid;

const TAKE: &str = "/api/v1/sites/NORTH/rescue";

/// A file of a handheld with one visit of one person.
fn file(server: &Value, device: i64, person: i64) -> String {
    let server = server.as_str().and_then(|id| id.parse().ok()).expect("a server");
    let origin = Origin {
        version: RESCUE_VERSION,
        server,
        device: DeviceId(device),
        device_name: "H-01".into(),
        app: "test".into(),
        wall_ms: 0,
    };
    let mut writer = Writer::new(origin);
    let log = LogId(Uuid::from_u128(5));
    let start = Head { seq: 0, chain: Chain::start(log) };
    let mut head = start;
    let kinds = [
        EventKind::SheetOpened { location: LocationId(10), task: None, count: None, intent: Default::default() },
        EventKind::ConfirmedEmpty,
        EventKind::SheetClosed { location_done: true },
    ];
    let mut events = Vec::new();
    for kind in kinds {
        let seq = head.seq + 1;
        let (id, sheet) = (EventId(Uuid::from_u128(u128::from(seq))), Some(SheetId(Uuid::from_u128(7))));
        let at = CaptureTime { wall_ms: crate::fixture::START.0, offset_ms: 0, uncertainty_ms: 100 };
        let event = Event { v: EVENT_VERSION, id, actor: PersonId(person), sheet, at, kind };
        let body = serde_json::to_string(&event).expect("an event");
        head = Head { seq, chain: head.chain.next(body.as_bytes()) };
        events.push(SavedEvent { log, seq, id, chain: head.chain, body });
    }
    writer.log(SavedLog { log, reason: LogReason::Fresh, device: DeviceId(device), head, before: start });
    events.into_iter().for_each(|event| writer.event(event));
    writer.finish()
}

#[tokio::test]
async fn a_lead_carries_a_file_in_once_and_everybody_who_may_sees_it() {
    let yard = Yard::open().await;
    let (lead, handheld) = (yard.sign_in("north-lead").await, yard.enrol(1, "H-01").await);
    let server = body(handheld.get("/sync/v1/pull").await).await["server"].clone();
    let device = body(lead.get("/api/v1/sites/NORTH/devices").await).await[0]["id"].as_i64().expect("a number");
    let text = file(&server, device, yard.person("north-counter").await);

    let tried = body(lead.post(TAKE, &json!({"text": text, "dry_run": true})).await).await;
    assert_eq!((tried["tally"]["new"].as_u64(), tried["dry_run"].as_bool()), (Some(3), Some(true)));
    assert_eq!(body(lead.get(TAKE).await).await, json!([]));

    let codes = frame::split(&text).expect("short").join(" ");
    let taken = body(lead.post(TAKE, &json!({"text": codes})).await).await;
    assert_eq!((taken["tally"]["new"].as_u64(), taken["kept"].as_bool()), (Some(3), Some(false)), "{taken}");
    assert_eq!(taken["device_name"], "H-01");
    let again = body(yard.sign_in("north-admin").await.post(TAKE, &json!({"text": text})).await).await;
    assert_eq!((again["tally"]["new"].as_u64(), again["tally"]["known"].as_u64()), (Some(0), Some(3)));
    let brought = body(lead.get(TAKE).await).await;
    assert_eq!(brought.as_array().map(Vec::len), Some(1), "{brought}");
    assert_eq!(brought[0]["person_name"], "North Admin");
    let south = yard.sign_in("south-lead").await;
    assert_eq!(body(south.get("/api/v1/sites/SOUTH/rescue").await).await, json!([]));
}

#[tokio::test]
async fn a_file_of_an_unknown_handheld_is_kept_and_can_be_tried_again() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let text = file(&json!(Uuid::from_u128(9)), 4, 1);
    let taken = body(admin.post(TAKE, &json!({"text": text})).await).await;
    assert_eq!((taken["tally"]["foreign"].as_u64(), taken["kept"].as_bool()), (Some(3), Some(true)));
    let id = body(admin.get(TAKE).await).await[0]["id"].as_str().expect("an id").to_owned();
    let again = body(admin.post(&format!("{TAKE}/{id}/again"), &json!({})).await).await;
    assert_eq!(again["tally"]["foreign"].as_u64(), Some(3));
    // another site's lead has nothing to do with it
    let south = yard.sign_in("south-lead").await;
    let elsewhere = format!("/api/v1/sites/SOUTH/rescue/{id}/again");
    refused(south.post(&elsewhere, &json!({})).await, 404, "not_found").await;
}

#[tokio::test]
async fn what_is_no_rescue_file_is_refused_with_a_sentence() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    refused(admin.post(TAKE, &json!({"text": "sku,qty\nA,1"})).await, 422, "bad_rescue").await;
    let codes = frame::split(&"x".repeat(1_000)).expect("short");
    let problem = refused(admin.post(TAKE, &json!({"text": codes[1]})).await, 422, "bad_codes").await;
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("1, 3")), "{problem}");
    let large = "x".repeat(RESCUE_TEXT_BYTES_MAX + 1);
    refused(admin.post(TAKE, &json!({"text": large})).await, 422, "bad_rescue").await;
    refused(admin.post(TAKE, &json!({"text": large.repeat(2)})).await, 413, "too_large").await;
}
