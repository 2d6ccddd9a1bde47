//! What a fault happens to: a warehouse with six bins and a count of them, a line in front of it, handhelds in hands.

use serde_json::{Value, json};
use tests::browser::{Browser, Screen};
use tests::floor::{Floor, Scanner};
use tests::ledger;
use tests::proxy::Proxy;
use tests::server::Launch;
use tests::warehouse::{Person, Warehouse};

/// The bins of the count.
pub const BINS: [&str; 6] = ["A-01", "A-02", "A-03", "A-04", "A-05", "A-06"];
/// What lies in them; the label says its number.
pub const NUT: &str = "NUT-0008";
pub const BOLT: &str = "BOLT-0008";

/// Where everything that a handheld sends for counts goes.
pub const PUSH: &str = "/sync/v1/push";

/// A warehouse behind a line.
pub struct Scene {
    pub warehouse: Warehouse,
    pub line: Proxy,
    /// Who leads.
    pub lena: Person,
    /// Who decides.
    pub sam: Person,
}

impl Scene {
    pub async fn open() -> Self {
        let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
        let bins: String = (1..).zip(BINS).map(|(bay, code)| format!("{code},A,1,{bay},1,pick\n")).collect();
        warehouse.import_text("locations", &format!("code,zone,aisle,bay,level,type\n{bins}"));
        let items = format!("{NUT},Nut M8,{NUT},EA,0.12,none\n{BOLT},Bolt M8,{BOLT},EA,0.20,none\n");
        warehouse.import_text("items", &format!("sku,description,barcodes,uom,unit_cost,tracking\n{items}"));
        for name in ["cara", "carl", "cleo"] {
            warehouse.person(name, &["counter"]).await;
        }
        let lena = warehouse.person("lena", &["lead"]).await;
        let sam = warehouse.person("sam", &["supervisor"]).await;
        let mut ids = Vec::new();
        for code in BINS {
            ids.push(lena.location(code).await);
        }
        let wanted = json!({
            "name": "Night count", "selection": {"by": "locations", "ids": ids},
            "assignee": {"kind": "pool"}, "meaning": "independent", "rounds_max": null,
        });
        let _: Value = lena.post("counts", &wanted).await;
        let line = Proxy::to(warehouse.server.address());
        Self { warehouse, line, lena, sam }
    }

    /// A handheld behind the line, in somebody's hand, with everything it needs to work without a network.
    pub async fn floor(&self, name: &str, who: &str) -> Floor {
        let browser = Browser::open(&self.line.url(), Screen::Handheld).await;
        self.floor_in(browser, name, who).await
    }

    /// The same, in a browser that is already open.
    pub async fn floor_in(&self, browser: Browser, name: &str, who: &str) -> Floor {
        let code = self.warehouse.enrolment_code(name).await;
        let floor = Floor::connect(browser, name, Scanner::Keys, &code).await;
        floor.sign_in(who).await;
        for bin in BINS {
            floor.wait_task(bin, 1).await;
        }
        floor.wait_drained().await;
        floor
    }

    /// Holds the screen's ticks against the server, now: what is not there is waiting, and shown so.
    pub async fn expect_nothing_lost(&self, floor: &Floor) {
        let waiting = floor.waiting().await;
        self.compare(floor, waiting);
    }

    /// The line is good again: everything drains by itself, and all of it is there, once.
    pub async fn settle(&self, floor: &Floor) {
        self.line.restore();
        floor.wait_drained().await;
        self.compare(floor, 0);
        assert_eq!(floor.browser.count("[data-test=not-saved]").await, 0);
    }

    fn compare(&self, floor: &Floor, waiting: u64) {
        let data = self.warehouse.server.data();
        ledger::screen(data, &floor.name, &floor.ledger, &floor.tried, waiting).unwrap_or_else(|lost| panic!("{lost}"));
    }
}

/// The browser says that the network is back: the pause after failures is over. What a minute would bring, at once.
pub async fn nudge(floor: &Floor) {
    floor.browser.js("dispatchEvent(new Event('online'))").await;
}
