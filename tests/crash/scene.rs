//! What the scenarios of this folder begin with: two bins, two items, a counter, on the real server.

use shared::event::{EventKind, SheetIntent};
use tests::handheld::Handheld;
use tests::ledger;
use tests::server::Launch;
use tests::warehouse::Warehouse;

/// A server with somebody who counts.
pub struct Scene {
    pub warehouse: Warehouse,
    /// Cara's number.
    pub cara: i64,
    /// The number of bin A-01.
    pub bin: i64,
    /// The number of the nut.
    pub nut: i64,
}

impl Scene {
    pub async fn open(launch: Launch) -> Self {
        let mut warehouse = Warehouse::open(launch).await;
        warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n");
        warehouse
            .import_text("items", "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8,1001,EA,0.12,none\n");
        let cara = warehouse.person("cara", &["counter"]).await.id;
        let (bin, nut) = (warehouse.admin.location("A-01").await, warehouse.admin.item("NUT").await);
        Self { warehouse, cara, bin, nut }
    }

    /// One visit to the bin, and the handheld put down: six events.
    pub fn visit(&self, handheld: &mut Handheld) {
        visit(handheld, self.cara, self.bin, self.nut);
    }

    /// What was acknowledged is there.
    pub fn acknowledged<'a>(&self, handhelds: impl IntoIterator<Item = &'a Handheld>) -> Result<(), String> {
        ledger::acknowledged(self.warehouse.server.data(), handhelds)
    }

    /// Drains the handhelds, and holds the server against all that they made.
    pub async fn settle(&mut self, handhelds: &mut [Handheld]) {
        for handheld in handhelds.iter_mut() {
            handheld.drain().await;
        }
        ledger::everything(self.warehouse.server.data(), handhelds.iter()).unwrap();
        self.warehouse.verify();
    }
}

/// As [`Scene::visit`], for a task of its own.
pub fn visit(handheld: &mut Handheld, actor: i64, bin: i64, item: i64) {
    let sheet = handheld.open(actor, bin, None, SheetIntent::Own);
    for units in [3, 4] {
        handheld.key(actor, sheet, item, units);
    }
    handheld.close(actor, sheet);
    handheld.record(actor, None, EventKind::Locked);
}
