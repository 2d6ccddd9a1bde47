//! What a fault happens to: a warehouse with six bins and a count of them, a line in front of it, handhelds in hands.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::browser::{Browser, Kept, Screen};
use tests::floor::{Floor, Scanner};
use tests::ledger;
use tests::proxy::Proxy;
use tests::report::Fault;
use tests::server::Launch;
use tests::warehouse::{Person, Warehouse};

/// The bins of the count.
pub const BINS: [&str; 6] = ["A-01", "A-02", "A-03", "A-04", "A-05", "A-06"];
/// What lies in them; the label says its number.
pub const NUT: &str = "NUT-0008";
pub const BOLT: &str = "BOLT-0008";

/// After a fault a handheld drains by itself within this time (I11): the longest pause between two tries.
const DRAINED_WITHIN: Duration = Duration::from_secs(60);

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

    /// Holds the screen's ticks against the server, now: what is not there is waiting, and what is shown as waiting is.
    pub async fn expect_nothing_lost(&self, floor: &Floor) {
        let (waiting, kept) = floor.waiting_truly().await;
        self.compare(floor, waiting, &kept);
    }

    /// The line is good again: everything drains with no hand on it, and all of it is there, once. Only this shows I11,
    /// and the fault's row says so.
    pub async fn settle(&self, floor: &Floor, fault: &mut Fault) {
        self.line.restore();
        floor.wait_drained_within(DRAINED_WITHIN).await;
        fault.shown("I11");
        self.expect_all_there(floor).await;
    }

    /// The same with a hand on it: the pause after failures is not waited for. For what comes before a fault, and where
    /// it is about something else and the pause has grown long.
    pub async fn settle_nudged(&self, floor: &Floor) {
        self.line.restore();
        nudge(floor).await;
        floor.wait_drained().await;
        self.expect_all_there(floor).await;
    }

    async fn expect_all_there(&self, floor: &Floor) {
        let began = Instant::now();
        let (mut waiting, mut kept) = floor.waiting_truly().await;
        // what learns only by that last answer that it was set back carries its open visit into a new log, which drains, too
        while waiting > 0 && began.elapsed() < DRAINED_WITHIN {
            floor.wait_drained_within(DRAINED_WITHIN).await;
            (waiting, kept) = floor.waiting_truly().await;
        }
        assert_eq!(waiting, 0, "I11: it drained, and {waiting} are waiting again");
        self.compare(floor, waiting, &kept);
        assert_eq!(floor.browser.count("[data-test=not-saved]").await, 0);
    }

    fn compare(&self, floor: &Floor, waiting: u64, kept: &[Kept]) {
        let data = self.warehouse.server.data();
        // in this order: what is told while this looks is there when it looks
        ledger::waiting(&ledger::held(data), kept, waiting).unwrap_or_else(|wrong| panic!("{wrong}"));
        ledger::screen(data, &floor.name, &floor.ledger, &floor.tried, waiting).unwrap_or_else(|lost| panic!("{lost}"));
    }
}

/// The browser says that the network is back: the pause after failures is over. A hand, so whoever does this shows no I11.
pub async fn nudge(floor: &Floor) {
    floor.browser.js("dispatchEvent(new Event('online'))").await;
}
