//! What a handheld never learns (`DOMAIN.md` section 7): the book quantity of a blind task, and in a recount what was
//! counted before. Looked for in everything the browser was sent, shows and keeps.

use serde_json::Value;
use tests::browser::{Browser, Screen};
use tests::floor::{Floor, Scanner};
use tests::server::Launch;
use tests::warehouse::Warehouse;

/// The book quantity: so long that no hash and no clock has it in it by chance.
const BOOK: i64 = 701_331_907;
/// What the first round counts: seven digits, which the keypad takes after asking.
const FIRST: i64 = 6_998_871;

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
// a cost of one, so that the value would give the quantity away as well
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\n\
    GEAR,Gear wheel,4006381333931,EA,1.00,none\nPILL,Pills,4006381333948,EA,1.00,lot\n";

/// Every form in which a quantity could stand in a text or in bytes (one character a byte).
fn forms(quantity: i64) -> Vec<String> {
    let digits = quantity.to_string();
    let grouped = |separator: &str| {
        let (first, rest) = digits.split_at(digits.len() % 3);
        let rest = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
        let groups: Vec<String> =
            std::iter::once(first.to_owned()).filter(|first| !first.is_empty()).chain(rest).collect();
        groups.join(separator)
    };
    let micro = quantity * 1_000_000;
    let bytes = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    let mut forms =
        vec![digits.clone(), grouped(","), grouped("."), grouped(" "), grouped("\u{a0}"), grouped("\u{202f}")];
    // the leading zeros of a small number prove nothing, so only the bytes that say something are looked for
    forms.extend([bytes(&micro.to_le_bytes()[..7]), bytes(&micro.to_be_bytes()[1..])]);
    forms.extend([bytes(&quantity.to_le_bytes()[..4]), bytes(&quantity.to_be_bytes()[4..])]);
    let mut varint = Vec::new();
    let mut left = micro.unsigned_abs();
    while left > 0 {
        varint.push(u8::try_from(left & 0x7f).expect("seven bits") | if left > 0x7f { 0x80 } else { 0 });
        left >>= 7;
    }
    forms.push(bytes(&varint));
    forms
}

/// A handheld whose every screen, response and record is looked through.
struct Watched {
    floor: Floor,
    secrets: Vec<i64>,
    looks: usize,
}

impl Watched {
    async fn enrol(warehouse: &Warehouse, name: &str, secrets: &[i64]) -> Self {
        let browser = Browser::open_watched(&warehouse.server.url(), Screen::Handheld).await;
        let code = warehouse.enrolment_code(name).await;
        let floor = Floor::connect(browser, name, Scanner::Text, &code).await;
        Self { floor, secrets: secrets.to_vec(), looks: 0 }
    }

    fn refuse(&self, text: &str, place: &str) {
        for secret in &self.secrets {
            for form in forms(*secret) {
                assert!(!text.contains(&form), "{place} of {} holds {secret}", self.floor.name);
            }
        }
    }

    /// Looks through the page as it is now, with everything that is not shown.
    async fn look(&mut self, screen: &str) {
        let page = self.floor.browser.js("return document.documentElement.outerHTML + document.title").await;
        self.refuse(page.as_str().expect("a page"), screen);
        let fields = "return [...document.querySelectorAll('input,textarea,select')].map(e => e.value).join(' ')";
        self.refuse(self.floor.browser.js(fields).await.as_str().expect("fields"), screen);
        self.looks += 1;
        // bodies are let go of after a while, so they are fetched as one goes
        self.floor.browser.responses().await;
    }

    async fn tap_and_look(&mut self, name: &str) {
        self.floor.browser.click(&format!("[data-test={name}]")).await;
        self.look(name).await;
    }

    /// Looks through everything that came and everything that is kept.
    async fn look_through(&mut self) {
        let kept = self.floor.browser.kept().await;
        // what cannot be read is not looked through: these must be in it for the search to mean anything
        for known in ["GEAR", "A-01", "sheet_opened", "handheld.wasm"] {
            assert!(kept.contains(known), "{known} is not in what {} keeps", self.floor.name);
        }
        self.refuse(&kept, "what is kept");
        let name = self.floor.name.clone();
        let seen = self.floor.browser.responses().await.to_vec();
        let mut read = Vec::new();
        for response in &seen {
            let path =
                response.url.split_once("//").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
            let Some(body) = &response.body else {
                assert!(!path.starts_with("sync/"), "the body of {path} could not be read on {name}");
                continue;
            };
            let text: String = body.iter().map(|byte| char::from(*byte)).collect();
            self.refuse(&text, path);
            read.push(path.to_owned());
        }
        for known in ["sync/v1/enrol", "sync/v1/sign-in", "sync/v1/pull", "sync/v1/push", "sync/v1/shard/items"] {
            assert!(read.iter().any(|path| path.starts_with(known)), "{known} was never looked at on {name}: {read:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_on_a_handheld_holds_what_the_books_say() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    let stock = format!("location,sku,lot,qty\nA-01,GEAR,,{BOOK}\nA-02,PILL,L7,12\n");
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS), ("stock", stock.as_str())] {
        warehouse.import_text(what, csv);
    }
    for name in ["cara", "carl"] {
        warehouse.person(name, &["counter"]).await;
    }
    let lead = warehouse.person("lena", &["lead"]).await;
    let sam = warehouse.person("sam", &["supervisor"]).await;
    let mut cara = Watched::enrol(&warehouse, "H-01", &[BOOK]).await;
    cara.look("sign in").await;
    cara.floor.sign_in("cara").await;
    lead.count_bin("A-01").await;
    lead.count_bin("A-02").await;
    cara.floor.wait_task("A-01", 1).await;
    cara.look("my bins").await;

    // every question that a bin asks
    cara.floor.open_bin("A-02").await;
    for question in ["bin-empty", "answer-no", "skip", "answer-no", "done", "answer-no"] {
        cara.tap_and_look(question).await;
    }
    cara.floor.scan("4006381333948").await;
    cara.floor.browser.wait_for("[data-test=lot-field]").await;
    cara.look("lot").await;
    cara.tap_and_look("no-lot").await;
    cara.floor.scan("nobody-knows-this").await;
    cara.floor.browser.wait_for("[data-test=unknown]").await;
    cara.look("unknown barcode").await;
    cara.floor.scan("A-01").await;
    cara.floor.browser.wait_for("[data-test=confirm-other]").await;
    cara.look("another bin").await;
    cara.tap_and_look("answer-no").await;
    cara.floor.done().await;

    cara.floor.open_bin("A-01").await;
    cara.floor.count("4006381333931", "GEAR", "1").await;
    cara.look("one scanned").await;
    for digit in FIRST.to_string().chars() {
        cara.floor.browser.click(&format!("[data-test=key-{digit}]")).await;
    }
    cara.tap_and_look("key-ok").await;
    cara.tap_and_look("confirm-large").await;
    cara.floor.wait_ticked("GEAR", &FIRST.to_string()).await;
    cara.tap_and_look("undo").await;
    cara.floor.browser.click("[data-test=key-1]").await;
    cara.tap_and_look("key-back").await;
    for digit in FIRST.to_string().chars() {
        cara.floor.browser.click(&format!("[data-test=key-{digit}]")).await;
    }
    cara.floor.browser.click("[data-test=key-ok]").await;
    cara.floor.browser.click("[data-test=confirm-large]").await;
    cara.floor.wait_ticked("GEAR", &FIRST.to_string()).await;
    cara.tap_and_look("swap").await;
    cara.floor.done().await;
    cara.look("done").await;
    cara.floor.wait_drained().await;
    // once more in a bin that was counted
    cara.floor.scan("A-02").await;
    cara.floor.browser.wait_for("[data-test=again-fresh]").await;
    cara.look("again").await;
    cara.floor.browser.reload().await;
    cara.floor.browser.wait_for("[data-test=task-list]").await;
    cara.look("after a reload").await;
    cara.tap_and_look("sign-out").await;
    cara.look_through().await;
    // the search finds a number that is there: what cara counted herself
    let kept = cara.floor.browser.kept().await;
    assert!(forms(FIRST).iter().any(|form| kept.contains(form.as_str())), "her own count is not in what is kept");

    // the recount is blind to the book and to the first count
    let mut carl = Watched::enrol(&warehouse, "H-02", &[BOOK, FIRST]).await;
    carl.floor.sign_in("carl").await;
    carl.floor.wait_task("A-01", 2).await;
    carl.look("my recounts").await;
    carl.floor.open_bin("A-01").await;
    carl.floor.browser.wait_for("[data-test=again]").await;
    carl.look("a recount").await;
    carl.floor.count("4006381333931", "GEAR", "1").await;
    carl.look("a recount with one scanned").await;
    carl.floor.done().await;
    carl.floor.wait_drained().await;
    carl.look("a recount that is done").await;
    carl.look_through().await;
    assert!(cara.looks + carl.looks > 20, "hardly any screen was looked at");

    // and the supervisor's answer has all of it
    let rows = serde_json::to_string(&Value::from(sam.discrepancies().await)).expect("text");
    assert!(forms(BOOK).iter().any(|form| rows.contains(form.as_str())), "{rows}");
}
