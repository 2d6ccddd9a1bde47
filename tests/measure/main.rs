//! The figures of the handheld that the README quotes, from a real browser slowed down six times, with the catalogue of a
//! large shop on the device (65,239 barcodes, 41,600 locations): cold start without a network, and over a thousand scans the
//! time from the last key to the sound and to the tick. Beside each stands what the same browser needs for the same without
//! the application.
//!
//! Run by name: `cargo test -p tests --test measure -- --nocapture`. It prints a table; it fails only when the application
//! does not work, never for being slow. `TRUEUP_SCANS=100` makes it shorter. Absent: figures of the server, which
//! `trueup measure` prints.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use tests::floor::{Floor, Scanner};
use tests::server::{Launch, bundles};
use tests::warehouse::Warehouse;

/// How many times slower the processor is made: a cheap phone.
const THROTTLE: u32 = 6;
/// Cold starts, for so many scans.
const STARTS: usize = 15;
/// Scans, each of another item, where `TRUEUP_SCANS` says nothing else.
const SCANS: usize = 1_000;
/// Scans in one bin, which is then done.
const SCANS_IN_BIN: usize = 25;

/// Put into every page before its own scripts: notes when the list of bins is there, when a scan would be understood,
/// and for each scan the time from its last key to the call that starts its sound, and to the first frame after its tick.
const WATCH: &str = "
(() => {
  const at = window.measured = { list: 0, ready: 0, ticks: [], sounds: [] };
  let began = 0, silent = 0, shown = '', wanted = Infinity, tell;
  const check = () => {
    if (Math.min(at.ticks.length, at.sounds.length) < wanted) return;
    wanted = Infinity;
    tell(true);
  };
  // calls back once there are so many of both: a page that is asked again and again has no time to count
  window.whenMeasured = (n, done) => { [wanted, tell] = [n, done]; check(); };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    if (silent) at.sounds.push(performance.now() - silent);
    silent = 0;
    check();
    return start.apply(this, when);
  };
  const look = () => {
    const is = css => document.querySelector(css);
    if (!at.list && is('[data-test=task-list]')) requestAnimationFrame(() => { at.list ||= performance.now(); });
    if (!at.ready && is('[data-test=tasks-left]') && is('[data-test=status-pill][data-state=ready]') && !is('.list .warn'))
      requestAnimationFrame(() => { at.ready ||= performance.now(); });
    const sku = is('[data-test=hand-sku]')?.textContent, total = is('[data-test=big-quantity]')?.textContent;
    const saved = is('[data-test=big-quantity]')?.dataset.fate === 'saved' && is('[data-test=tick-saved][data-state=yes]');
    if (began && saved && sku + total !== shown) {
      shown = sku + total;
      const from = began;
      began = 0;
      requestAnimationFrame(() => { at.ticks.push(performance.now() - from); check(); });
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  addEventListener('keydown', event => { if (event.key === 'Enter') began = silent = event.timeStamp; }, true);
})();
";

/// The same durable write without the application: one record, one strict transaction, to its end.
const BARE_WRITES: &str = "
const done = arguments[0];
const opening = indexedDB.open('bare', 1);
opening.onupgradeneeded = () => opening.result.createObjectStore('events');
opening.onsuccess = async () => {
  const took = [];
  for (let n = 0; n < 100; n++) {
    const from = performance.now();
    await new Promise(yes => {
      const writing = opening.result.transaction('events', 'readwrite', { durability: 'strict' });
      writing.objectStore('events').add({ id: n, body: 'x'.repeat(250) }, Date.now() * 1000 + n);
      writing.oncomplete = yes;
    });
    await new Promise(requestAnimationFrame);
    took.push(performance.now() - from);
  }
  done(took);
};
";

/// Milliseconds at a share of the sorted times.
fn at(times: &[f64], share: usize) -> f64 {
    times[(times.len() * share / 100).min(times.len() - 1)]
}

fn row(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let [half, most, nearly_all] = [50, 95, 99].map(|share| at(&times, share));
    let longest = times[times.len() - 1];
    println!("| {name} | {half:.0} ms | {most:.0} ms | {nearly_all:.0} ms | {longest:.0} ms | {} |", times.len());
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// Every so many-th item of the shop, with a barcode of it.
fn sample(retail: &Path) -> Vec<(String, String)> {
    let mut items = csv::Reader::from_path(retail.join("items.csv")).expect("items");
    let rows = items.deserialize::<BTreeMap<String, String>>().map(|row| row.expect("an item"));
    let known: Vec<_> = rows
        .filter(|row| row["tracking"] == "none" && !row["barcodes"].is_empty())
        .map(|row| (row["sku"].clone(), row["barcodes"].split(';').next().unwrap_or_default().to_owned()))
        .collect();
    let scans = scans();
    known.iter().step_by(known.len() / scans).take(scans).cloned().collect()
}

/// How many scans to measure.
fn scans() -> usize {
    let wanted = std::env::var("TRUEUP_SCANS").ok();
    wanted.map_or(SCANS, |wanted| {
        wanted.parse().ok().filter(|scans| *scans > 0).expect("TRUEUP_SCANS is a number above 0")
    })
}

fn sizes() {
    println!("\n| file | bytes | brotli |\n|---|---|---|");
    for asset in &bundles().assets {
        if [".wasm", ".js", ".css"].iter().any(|ending| asset.name.ends_with(ending)) {
            let size = |file: &Path| file.metadata().expect("a built file").len();
            let name = asset.name.rsplit('/').next().unwrap_or_default();
            let packed = asset.br.as_deref().map_or_else(|| "–".to_owned(), |file| size(file).to_string());
            println!("| {name} | {} | {packed} |", size(&asset.file));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn measure_the_handheld() {
    sizes();
    let Some(retail) = tests::data::find("retail-gtin") else { return };
    let began = Instant::now();
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    for what in ["items", "barcodes", "locations"] {
        warehouse.import(what, &retail.join(format!("{what}.csv")));
    }
    println!("\nimported after {:.0?}", began.elapsed());
    warehouse.person("cara", &["counter"]).await;
    let mut floor = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    let from = Instant::now();
    floor.sign_in("cara").await;
    floor.wait_drained().await;
    println!("first load of the whole catalogue after {:.1?}, not slowed down", from.elapsed());
    warehouse.server.kill();
    floor.browser.throttle(THROTTLE).await;

    let (mut lists, mut readies, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..(STARTS * scans() / SCANS).max(1) {
        floor.browser.restart().await;
        floor.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
        floor.browser.goto("/").await;
        floor.browser.wait_js("a handheld that is ready to scan", "return window.measured.ready").await;
        let seen = floor.browser.js("return window.measured").await;
        lists.push(seen["list"].as_f64().expect("a time"));
        readies.push(seen["ready"].as_f64().expect("a time"));
        let page = "return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd";
        bare.push(floor.browser.js(page).await.as_f64().expect("a time"));
    }

    let locations = std::fs::read_to_string(retail.join("locations.csv")).expect("locations");
    let mut bins = locations.lines().skip(20_000).filter_map(|line| line.split(',').next());
    let (mut ticks, mut sounds) = (Vec::new(), Vec::new());
    for (place, scans) in (1..).zip(sample(&retail).chunks(SCANS_IN_BIN)) {
        floor.open_bin(bins.next().expect("a bin")).await;
        floor.browser.js("measured.ticks = []; measured.sounds = []").await;
        for (n, (sku, barcode)) in (1..).zip(scans) {
            // no pause for a hand: every code is another, and the next comes when the last is ticked
            floor.browser.scan(barcode).await;
            let all = format!("whenMeasured({n}, arguments[0])");
            assert_eq!(
                floor.browser.js_async(&all).await,
                true,
                "a tick and a sound of {sku}, scan {n} of bin {place}"
            );
        }
        let measured = floor.browser.js("return measured").await;
        ticks.extend(numbers(&measured["ticks"]));
        sounds.extend(numbers(&measured["sounds"]));
        assert_eq!(floor.browser.count("[data-test=unknown]").await, 0, "a barcode of the shop is unknown");
        floor.done().await;
        assert_eq!(ticks.len(), place * SCANS_IN_BIN, "each scan has one time");
    }
    let writes = numbers(&floor.browser.js_async(BARE_WRITES).await);

    println!("\n{THROTTLE}× slower processor, no server | median | 95 % | 99 % | longest | times");
    println!("|---|---|---|---|---|---|");
    row("cold start: the page itself, before the application", bare);
    row("cold start: my bins on the screen", lists);
    row("cold start: ready to scan, 65,239 barcodes at hand", readies);
    row("scan to sound: last key to the call that starts it", sounds);
    row("scan to tick: last key to the frame with the tick", ticks);
    row("the same write in bare JavaScript, to the next frame", writes);
}
