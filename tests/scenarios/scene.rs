//! The warehouse of the scenarios: two bins, two items, a lead, a supervisor and three counters; and what can be read of
//! the outcome.

use serde_json::Value;
use shared::moment::Moment;
use tests::handheld::{Handheld, now_ms};
use tests::record;
use tests::server::Launch;
use tests::warehouse::{Person, Warehouse};

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
const ITEMS: &str =
    "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8,1001,EA,2.50,none\nBOLT,Bolt M8,1002,EA,0.80,none\n";
const STOCK: &str = "location,sku,qty\nA-01,NUT,40\nA-02,BOLT,25\n";

/// Everything that a scenario needs.
pub struct Scene {
    pub warehouse: Warehouse,
    pub lead: Person,
    pub supervisor: Person,
    /// The numbers of cara, carl and cleo, who count.
    pub counters: [i64; 3],
    pub handheld: Handheld,
    pub nut: i64,
    pub bolt: i64,
    pub a_01: i64,
    pub a_02: i64,
}

impl Scene {
    pub async fn open() -> Self {
        let mut warehouse = Warehouse::open(Launch::serve()).await;
        for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS), ("stock", STOCK)] {
            warehouse.import_text(what, csv);
        }
        let lead = warehouse.person("lena", &["lead"]).await;
        let supervisor = warehouse.person("sam", &["supervisor"]).await;
        let mut counters = [0; 3];
        for (number, name) in counters.iter_mut().zip(["cara", "carl", "cleo"]) {
            *number = warehouse.person(name, &["counter"]).await.id;
        }
        let handheld = Handheld::enrol(&warehouse, "H-01").await;
        let (nut, bolt) = (lead.item("NUT").await, lead.item("BOLT").await);
        let (a_01, a_02) = (lead.location("A-01").await, lead.location("A-02").await);
        Self { warehouse, lead, supervisor, counters, handheld, nut, bolt, a_01, a_02 }
    }

    /// The other system tells of a movement.
    pub fn moved(&mut self, reference: &str, at: Moment, bin: &str, sku: &str, quantity: i64) {
        let kind = if quantity < 0 { "issue" } else { "receipt" };
        let csv = format!("time,sku,location,qty,type,ref\n{at},{sku},{bin},{quantity},{kind},{reference}\n");
        self.warehouse.import_text("movements", &csv);
    }

    /// The counted lines of one round, as the real command exports them.
    pub fn lines(&self, round: u64) -> Vec<Value> {
        let all = record::export(self.warehouse.server.data(), "lines");
        all.into_iter().filter(|row| row["round"] == round).collect()
    }

    /// The one counted line of one round.
    pub fn line(&self, round: u64) -> Value {
        let lines = self.lines(round);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines[0].clone()
    }

    /// The adjustments that were posted.
    pub fn adjustments(&self) -> Vec<Value> {
        record::export(self.warehouse.server.data(), "adjustments")
    }

    /// The one discrepancy.
    pub async fn discrepancy(&self) -> Value {
        let rows = self.supervisor.discrepancies().await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows[0].clone()
    }

    /// Panics when anything is open: a discrepancy, or a recount that somebody would walk for.
    pub async fn expect_settled(&self, count: i64) {
        for row in self.supervisor.discrepancies().await {
            assert_eq!(row["state"], "accepted", "{row}");
        }
        for task in self.lead.tasks(count, 2).await {
            assert_eq!(task["state"], "cancelled", "somebody would walk for nothing: {task}");
        }
        assert!(self.adjustments().is_empty(), "{:?}", self.adjustments());
    }
}

/// An instant that nothing before it and nothing after it shares.
pub fn instant() -> Moment {
    let next = || {
        let before = now_ms();
        while now_ms() == before {
            std::hint::spin_loop();
        }
    };
    next();
    let now = Moment(now_ms());
    next();
    now
}
