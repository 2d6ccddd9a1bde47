//! A barcode that nobody knows (`DOMAIN.md` section 3): kept as it was read, named by a lead, and counted then.

use crate::scene::Scene;
use serde_json::{Value, json};
use shared::event::{EventKind, SheetIntent};
use shared::id::ItemId;
use shared::quantity::Quantity;

#[tokio::test(flavor = "multi_thread")]
async fn naming_an_unknown_barcode_counts_what_was_scanned_of_it() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-02").await;
    let cara = scene.counters[0];
    let sheet = scene.handheld.open(cara, scene.a_02, Some(task), SheetIntent::Own);
    scene.handheld.key(cara, sheet, scene.bolt, 13);
    // what she takes it for: her last word
    for (item, units) in [(scene.nut, 12), (scene.bolt, 6)] {
        let pack_factor = Quantity::whole(units).expect("small");
        let says = EventKind::PackProposed { raw: "4000000000006".into(), item: ItemId(item), pack_factor };
        scene.handheld.record(cara, Some(sheet), says);
    }
    for _ in 0..2 {
        let unknown = EventKind::UnknownBarcode { raw: "4000000000006".into(), quantity: Quantity::ONE };
        scene.handheld.record(cara, Some(sheet), unknown);
    }
    scene.handheld.close(cara, sheet);
    scene.handheld.drain().await;

    let unknown: Value = scene.lead.get("barcodes/unknown").await;
    assert_eq!(unknown[0]["barcode"], "4000000000006", "{unknown}");
    assert_eq!(unknown[0]["seen"][0]["quantity"], "2", "{unknown}");
    assert_eq!(unknown[0]["seen"][0]["location_code"], "A-02", "{unknown}");
    let proposed = &unknown[0]["seen"][0]["proposed"];
    assert_eq!((&proposed["item"], &proposed["pack_factor"]), (&json!(scene.bolt), &json!("6")), "{unknown}");
    assert_eq!(scene.discrepancy().await["variance"], "-12", "a proposal counts nothing");

    // it is a pack of six bolts
    let name = json!({"barcode": "4000000000006", "item": scene.bolt, "pack_factor": "6"});
    let _: Value = scene.lead.post("barcodes/name", &name).await;
    let line = scene.line(1);
    assert_eq!((&line["counted"], &line["variance"]), (&json!("25"), &json!("0")), "{line}");
    scene.expect_settled(count).await;
    let unknown: Value = scene.lead.get("barcodes/unknown").await;
    assert_eq!(unknown, json!([]));

    // the next handheld that scans it knows it: naming it twice as something else is refused
    let other = json!({"barcode": "4000000000006", "item": scene.nut, "pack_factor": "1"});
    let refused = scene.lead.try_post("barcodes/name", &other).await;
    assert!(refused.status().is_client_error(), "a barcode became two items: {}", refused.status());
    scene.warehouse.verify();
}
