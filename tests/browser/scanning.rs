//! Every way in which a scanner reaches the page, and everything that is open or busy while it does
//! (`HANDHELD.md` 1.4, test recipe), on the real handheld.

use std::time::Duration;

use serde_json::json;
use tests::floor::{Floor, Scanner};
use tests::server::Launch;
use tests::warehouse::Warehouse;

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\n\
    NUT,Nut M8 zinc,4006381333931,EA,2.50,none\nBOLT,Bolt M8x40,4006381333948,EA,0.80,none\n\
    GLUE,Glue in lots,9501101530003,EA,3.00,lot\nFLOUR,Flour by weight,9501101530010,KG,1.00,none\n";
const NUT: &str = "4006381333931";
const BOLT: &str = "4006381333948";

async fn counting() -> (Warehouse, Floor) {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS)] {
        warehouse.import_text(what, csv);
    }
    warehouse.person("cara", &["counter"]).await;
    let mut cara = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    cara.sign_in("cara").await;
    cara.open_bin("A-01").await;
    (warehouse, cara)
}

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_counts_once_whichever_way_it_comes() {
    let (mut warehouse, mut cara) = counting().await;
    // two labels in turn: the same one again within a quarter of a second is the hardware's doing
    for round in 1..=11_u32 {
        for (code, sku) in [(NUT, "NUT"), (BOLT, "BOLT")] {
            let browser = &cara.browser;
            match round {
                // quick first: what a handheld has learned of one scanner must not tear what another sends
                1 => browser.scan(code).await,
                2 => browser.scan_while_busy(code, ms(5), true).await,
                3 => browser.scan_while_busy(code, ms(10), false).await,
                4 => browser.scan_while_busy(code, ms(80), true).await,
                5 => browser.scan_while_busy(code, ms(80), false).await,
                6 => browser.scan_ime(code).await,
                7 => browser.scan_ime(&format!("{code}\n")).await,
                8 => browser.scan_ime_by_character(code, false).await,
                9 => browser.scan_ime_by_character(code, true).await,
                10 => browser.scan_composed(code).await,
                _ => {
                    browser.block(ms(500)).await;
                    browser.scan(code).await;
                }
            }
            cara.wait_ticked(sku, &round.to_string()).await;
        }
    }
    // two codes in one piece of text
    cara.browser.scan_ime(&format!("{NUT}\r\n{BOLT}\r\n")).await;
    cara.wait_ticked("BOLT", "12").await;
    // several labels in view: the one that means nothing here is not worth a tone
    cara.browser.scan_ime(&format!("SHELF-TALKER-7\n{NUT}\nOFFER-3\n")).await;
    cara.wait_ticked("NUT", "13").await;
    assert_eq!(cara.browser.count("[data-test=unknown]").await, 0);
    // two scans without a breath between them
    cara.browser.scan(NUT).await;
    cara.browser.scan(BOLT).await;
    cara.wait_ticked("BOLT", "13").await;
    cara.browser.wait_count("[data-test=line]", 2).await;
    let amounts = cara.browser.texts("[data-test=line-quantity]").await;
    assert_eq!(amounts, ["13", "14"]);
    cara.browser.expect_no_errors().await;
    cara.done().await;
    cara.wait_drained().await;
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn long_codes_and_separators_arrive_whole() {
    let (_warehouse, mut cara) = counting().await;
    // the separator as Ctrl with the key of ]
    cara.count("010950110153000310LOT7\u{1d}21S9", "GLUE", "1").await;
    cara.browser.wait_for("[data-test=line][data-lot=LOT7]").await;
    // inside committed text
    cara.browser.scan_ime("]d2010950110153000310LOT8\u{1d}21S9\n").await;
    cara.browser.wait_for("[data-test=line][data-lot=LOT8]").await;
    // a scanner that lost it: no lot is made up
    cara.browser.scan_ime("010950110153000310LOT912345678901221S999999\n").await;
    cara.browser.wait_for("[data-test=ask][data-ask=lot]").await;
    cara.browser.click("[data-test=answer-no]").await;
    // a stall of three seconds in the middle of a code
    cara.browser.scan_part("]d201095011", ms(5)).await;
    cara.browser.wait_contains("[data-test=say]", "receiving").await;
    cara.browser.scan_with_gap("0153000310LOT5", ms(5)).await;
    cara.browser.wait_for("[data-test=line][data-lot=LOT5]").await;
    // 250 characters, key by key; what comes sooner after another code was in view of the same pull of the trigger
    tokio::time::sleep(ms(300)).await;
    let long = "X1".repeat(125);
    cara.browser.scan(&long).await;
    cara.browser.wait_for(&format!("[data-test=unknown][data-raw='{long}']")).await;
    // and with a stall in the middle, where a handheld has heard that Enter ends a code
    let (front, back) = ("Y2".repeat(60), "Z3".repeat(65));
    cara.browser.scan_while_busy(&front, ms(5), false).await;
    cara.browser.wait_contains("[data-test=say]", "receiving").await;
    cara.browser.scan_while_busy(&back, ms(5), true).await;
    cara.browser.wait_for(&format!("[data-test=unknown][data-raw='{front}{back}']")).await;
    cara.browser.expect_no_errors().await;
}

/// The longest pause between two keys that a scan is held to: 20 ms above what was measured of slow scanners.
const PAUSE_MAX: Duration = ms(110);

#[tokio::test(flavor = "multi_thread")]
async fn keys_with_pauses_between_them_are_one_code_whatever_scanner_was_here_before() {
    let (_warehouse, mut cara) = counting().await;
    cara.browser.click("[data-test=to-list]").await;
    cara.browser.click("[data-test=scanner-test]").await;
    cara.browser.wait_for("[data-test=trial-next]").await;
    for _ in 0..8 {
        cara.browser.scan(NUT).await;
        tokio::time::sleep(ms(300)).await;
    }
    cara.browser.wait_contains("[data-test=learned]", "ends with Enter").await;
    for suffix in [true, false] {
        for gap in [5, 10, 80] {
            let mut busy = Vec::new();
            loop {
                cara.browser.click("[data-test=trial-again]").await;
                cara.browser.wait_count("[data-test=finding]", 0).await;
                let longest = cara.browser.scan_at_pace(NUT, ms(gap), suffix).await;
                tokio::time::sleep(ms(2_000)).await;
                // on a busy machine a round may come to nothing, which is said; the streams hold every pause exactly
                let found = cara.browser.count("[data-test=finding]").await;
                if found == 0 {
                    let events = cara.browser.text("[data-test=events]").await;
                    eprintln!("a code at {gap} ms a key, {longest:?} at most, was not found: {events}");
                }
                if longest <= PAUSE_MAX && found > 0 {
                    cara.browser.wait_text("[data-test=finding] .code", NUT).await;
                    cara.browser.wait_count("[data-test=finding]", 1).await;
                    break;
                }
                // the sender was slower than any scanner: this one does not count
                busy.push(longest);
                assert!(busy.len() < 20, "never sent a code at {gap} ms a key: {busy:?}");
                tokio::time::sleep(ms(500)).await;
            }
        }
    }
    cara.browser.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_heard_while_a_question_is_open_and_while_screens_change() {
    let (_warehouse, mut cara) = counting().await;
    cara.count(NUT, "NUT", "1").await;
    // another bin asks; what is scanned meanwhile waits, and no Enter answers for the person
    cara.scan("A-02").await;
    cara.browser.wait_for("[data-ask=other-bin]").await;
    cara.scan(BOLT).await;
    cara.browser.wait_for("[data-test=say]").await;
    cara.browser.click("[data-test=answer-no]").await;
    cara.wait_ticked("BOLT", "1").await;
    // the label again is a yes; the item behind it belongs to the new bin
    cara.scan("A-02").await;
    cara.browser.wait_for("[data-ask=other-bin]").await;
    cara.scan("A-02").await;
    cara.browser.scan(NUT).await;
    cara.browser.wait_text("[data-test=bin-code]", "A-02").await;
    cara.wait_ticked("NUT", "1").await;
    cara.browser.wait_count("[data-test=line]", 1).await;
    cara.browser.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_weights_and_sums_are_asked_and_counted() {
    let (mut warehouse, mut cara) = counting().await;
    let lead = warehouse.person("lena", &["lead"]).await;
    cara.count(NUT, "NUT", "1").await;
    for key in ["key-1", "key-2", "key-times", "key-6", "key-plus", "key-3", "key-ok"] {
        cara.browser.click(&format!("[data-test={key}]")).await;
    }
    cara.wait_ticked("NUT", "75").await;
    // a number on the label is proposed
    cara.scan("01040063813339483024").await;
    cara.browser.wait_for("[data-ask=amount]").await;
    look(&cara, "ask-amount").await;
    cara.browser.click("[data-test=confirm-amount]").await;
    cara.wait_ticked("BOLT", "24").await;
    // a weight is asked for; the label's own is one tap
    cara.scan("9501101530010").await;
    cara.browser.wait_for("[data-ask=amount] [data-test=keypad]").await;
    for key in ["key-2", "key-point", "key-5"] {
        cara.browser.click(&format!("[data-test={key}]")).await;
    }
    look(&cara, "ask-weight").await;
    cara.browser.click("[data-test=key-ok]").await;
    cara.wait_ticked("FLOUR", "2.5").await;
    cara.scan("01095011015300103103000525").await;
    cara.browser.click("[data-test=confirm-amount]").await;
    cara.wait_ticked("FLOUR", "3.025").await;
    // a pack that nobody named
    cara.scan("34006381333932").await;
    cara.browser.wait_for("[data-ask=case]").await;
    for key in ["key-1", "key-2"] {
        cara.browser.click(&format!("[data-test={key}]")).await;
    }
    look(&cara, "ask-case").await;
    cara.browser.click("[data-test=key-ok]").await;
    cara.browser.wait_contains("[data-test=unknown-pack]", "NUT × 12").await;
    cara.done().await;
    cara.wait_drained().await;

    let unknown: serde_json::Value = lead.get("barcodes/unknown").await;
    let seen = &unknown[0]["seen"][0];
    assert_eq!(
        (&seen["proposed"]["sku"], &seen["proposed"]["pack_factor"]),
        (&json!("NUT"), &json!("12")),
        "{unknown}"
    );
    cara.browser.expect_no_errors().await;
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scanner_test_names_the_setting_to_change() {
    let (_warehouse, mut cara) = counting().await;
    cara.browser.click("[data-test=to-list]").await;
    cara.browser.click("[data-test=scanner-test]").await;
    cara.browser.wait_contains("[data-test=trial-next]", "Code 128").await;
    cara.scan("LOC-QAZWY-Mm7/%$+.:").await;
    cara.browser.wait_count("[data-test=finding]", 1).await;
    cara.scan("4006381333931").await;
    cara.browser.wait_count("[data-test=finding]", 2).await;
    cara.scan("010400638133393110LOT7\u{1d}21Sn-9").await;
    cara.browser.wait_count("[data-test=finding][data-exact=true]", 3).await;
    // this one loses the separator
    cara.scan("010400638133393121Sn-910LOT7").await;
    cara.browser.wait_for("[data-test=trial-done]").await;
    cara.browser.wait_contains("[data-test=advice]", "Control Characters").await;
    cara.browser.wait_contains("[data-test=learned]", "keys, ends with Enter").await;
    cara.browser.wait_contains("[data-test=events]", "keydown").await;
    look(&cara, "scanner-test").await;
    // what is learned is still known after a cold start
    cara.browser.reload().await;
    cara.browser.wait_for("[data-test=last-scan]").await;
    cara.browser.click("[data-test=to-list]").await;
    cara.browser.click("[data-test=scanner-test]").await;
    cara.browser.wait_contains("[data-test=learned]", "keys, ends with Enter").await;
    // keys alone: the text of the same scan is not a second one
    cara.browser.click("[data-test=listen-keys]").await;
    cara.browser.click("[data-test=to-list]").await;
    cara.open_bin("A-01").await;
    cara.count(NUT, "NUT", "1").await;
    cara.browser.scan_ime(BOLT).await;
    cara.count(NUT, "NUT", "2").await;
    cara.browser.wait_count("[data-test=line]", 1).await;
    cara.browser.expect_no_errors().await;
}

/// A picture of the screen, to be looked at.
async fn look(floor: &Floor, name: &str) {
    let folder = tests::root().join("target").join("screens");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    floor.browser.screenshot(&folder.join(format!("handheld-{name}.png"))).await;
}
