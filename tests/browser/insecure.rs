//! Plain http to a name on the network: the browser gives such a page neither safe storage nor a service worker, so the
//! handheld counts nothing there and says how to get https (`SYNC.md` section 1, fact 8).

use tests::browser::{Browser, Screen};
use tests::record;
use tests::server::Launch;
use tests::warehouse::Warehouse;

/// A name as a network gives it to the server.
const NAME: &str = "counting.lan";

#[tokio::test(flavor = "multi_thread")]
async fn on_plain_http_nothing_is_counted_and_the_way_to_https_is_shown() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\n");
    let mut handheld = Browser::open_named(NAME, &warehouse.server.url(), Screen::Handheld).await;
    let code = warehouse.enrolment_code("H-01").await;
    // the link that makes a handheld of any other browser makes none of this one
    for path in ["/".to_owned(), format!("/#enrol={code}")] {
        handheld.goto("/manifest.webmanifest").await;
        handheld.goto(&path).await;
        handheld.wait_for("[data-test=insecure]").await;
        assert_eq!(handheld.js("return [isSecureContext, location.hostname]").await, serde_json::json!([false, NAME]));
        handheld.wait_text("[data-test=insecure] h1", "This address is not secure").await;
        let said = handheld.text("[data-test=insecure]").await;
        assert!(said.contains("https://") && said.contains("--https"), "{said}");
        let secure = format!("https://{NAME}");
        assert!(handheld.text("[data-test=secure-address]").await.starts_with(&secure), "{said}");
        // nothing to count with, and a scan is heard by nobody
        handheld.scan("A-01").await;
        for css in ["[data-test=enrol-code]", "[data-test=task-list]", "[data-test=bin-code]", "[data-test=tick-saved]"]
        {
            assert_eq!(handheld.count(css).await, 0, "{css} is offered");
        }
        handheld.wait_for("[data-test=insecure]").await;
    }
    let devices = "SELECT (SELECT count(*) FROM device) + (SELECT count(*) FROM device_log)";
    let devices: i64 =
        record::open(warehouse.server.data()).query_row(devices, [], |row| row.get(0)).expect("the schema");
    assert_eq!(devices, 0, "it was connected all the same");
    // what the browser itself says of such an address, and nothing of ours
    let mut errors = handheld.errors().await;
    let known = ["the URL's origin was untrustworthy", "Failed to load resource"];
    errors.retain(|error| !known.iter().any(|part| error.contains(part)));
    assert!(errors.is_empty(), "the console has errors:\n{}", errors.join("\n"));
}
