//! Labels and count sheets from the desk to the printer, and a written sheet back: what is printed at which size, what
//! another decoder reads on it, and what becomes of a sheet that is typed in.
//!
//! A picture of each first page is kept under `target/screens`, to be looked at.

use std::time::{SystemTime, UNIX_EPOCH};

use rxing::BarcodeFormat;
use serde_json::json;
use shared::moment::Moment;
use tests::browser::Printed;
use tests::desk::Desk;
use tests::picture::Picture;
use tests::record;
use tests::server::Launch;
use tests::warehouse::Warehouse;

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\n\
    NUT,\"Nut M8 zinc, for outdoor use\",4006381333931,EA,2.50,none\nBOLT,Bolt M8x40,4006381333948,EA,0.80,none\n";
const STOCK: &str = "location,sku,qty\nA-01,NUT,40\nA-01,BOLT,5\n";
/// 203 dpi printers have eight dots to a millimetre; the first printed sheet is looked at as an office printer has it.
const LABEL_DOTS: u32 = 8_000;
const OFFICE_DOTS: u32 = 11_811;

async fn warehouse() -> Warehouse {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS)] {
        warehouse.import_text(what, csv);
    }
    warehouse
}

/// The books say so since yesterday: a time on paper is less sure than a scan.
fn stock_of_yesterday(warehouse: &mut Warehouse) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("stock.csv");
    std::fs::write(&file, STOCK).expect("a file");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let yesterday = Moment(i64::try_from(now).expect("fits") - 24 * 60 * 60 * 1000).to_string();
    warehouse.import_with("stock", &file, &["--as-of", &yesterday]);
}

/// Prints what a link of the desk leads to, looks at it, and goes back to the desk.
async fn print(desk: &Desk, link: &str, name: &str, dots_per_metre: u32) -> (Printed, Vec<Picture>) {
    let tab = desk.browser.tab().await;
    let printed = desk.browser.print(link).await;
    assert_eq!(printed.pages.len(), printed.words.len(), "{name}: a page on paper for each that was drawn");
    assert!(printed.cut.is_empty(), "{name}: {:?} is cut off", printed.cut);
    let mut pictures = Vec::new();
    for page in 0..printed.pages.len() {
        pictures.push(desk.browser.page_picture(page, dots_per_metre).await);
    }
    let folder = tests::root().join("target").join("screens");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    std::fs::write(folder.join(format!("{name}.pdf")), &printed.pdf).expect("a file");
    desk.browser.driver().close_window().await.expect("the tab closes");
    desk.browser.to_tab(&tab).await;
    (printed, pictures)
}

/// Chromium rounds a page to its own dots.
fn expect_size(printed: &Printed, (width, height): (u32, u32)) {
    for page in &printed.pages {
        let is_so = page.0.abs_diff(width) <= 5 && page.1.abs_diff(height) <= 5;
        assert!(is_so, "a page of {page:?} tenths of a millimetre, not {width} by {height}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_leave_the_printer_at_their_size_and_are_read_by_another_decoder() {
    let warehouse = warehouse().await;
    warehouse.person("lena", &["lead"]).await;
    let mut desk = Desk::sign_in(&warehouse, "lena").await;
    desk.open("labels").await;
    desk.browser.wait_contains("[data-test=label-number]", "2 labels on 2 pages").await;

    let (printed, pictures) = print(&desk, "[data-test=label-print]", "label-bins", LABEL_DOTS).await;
    expect_size(&printed, (1_000, 500));
    assert_eq!(printed.words, [["A-01"], ["A-02"]]);
    for (picture, code) in pictures.iter().zip(["LOC-A-01", "LOC-A-02"]) {
        assert_eq!(picture.read(BarcodeFormat::CODE_128).as_deref(), Some(code));
        // every bar is whole printer dots: four to the thinnest, and ten times that is free on both sides
        let runs = picture.runs(picture.height * 7 / 10);
        let (bars, quiet) = (&runs[1..runs.len() - 1], [runs[0], runs[runs.len() - 1]]);
        let module = *bars.iter().min().expect("bars");
        assert!(module >= 4 && bars.iter().all(|bar| bar % module == 0), "{runs:?}");
        assert!(quiet.iter().all(|quiet| *quiet >= 10 * module), "{runs:?}");
    }

    // on a sheet of an office printer, with the first place used and letters to check
    desk.browser.choose("[data-test=label-size]", "a4_by24").await;
    desk.browser.choose("[data-test=label-symbol]", "qr").await;
    desk.browser.click("[data-test=label-letters]").await;
    desk.browser.type_into("[data-test=label-used]", "1\t").await;
    desk.browser.wait_contains("[data-test=label-number]", "2 labels on 1 page").await;
    let (printed, pictures) = print(&desk, "[data-test=label-print]", "label-bins-a4", OFFICE_DOTS).await;
    expect_size(&printed, (2_100, 2_970));
    assert_eq!(printed.words[0].len(), 4, "two codes with their letters: {:?}", printed.words);
    let read = pictures[0].read(BarcodeFormat::QR_CODE).expect("a code that is read");
    assert!(["LOC-A-01", "LOC-A-02"].contains(&read.as_str()), "{read}");

    desk.browser.click("[data-test=label-items]").await;
    desk.browser.wait_gone("[data-test=label-preview]").await;
    desk.browser.type_into("[data-test=label-item-search]", "nut").await;
    desk.browser.click("[data-test=label-item-hit][data-sku=NUT]").await;
    desk.browser.choose("[data-test=label-size]", "roll50x25").await;
    desk.browser.choose("[data-test=label-symbol]", "code128").await;
    desk.browser.wait_contains("[data-test=label-number]", "1 label on 1 page").await;
    let (printed, pictures) = print(&desk, "[data-test=label-print]", "label-item", LABEL_DOTS).await;
    expect_size(&printed, (500, 250));
    let words = printed.words[0].join(" ");
    for part in ["NUT", "Nut M8 zinc, for outdoor use", "4006381333931"] {
        assert!(words.contains(part), "{part} in {words}");
    }
    let read = pictures[0].read(BarcodeFormat::CODE_128).expect("a code that is read");
    assert!(read.contains("4006381333931"), "{read}");
    desk.browser.expect_no_errors().await;
}

/// Opens a printed sheet by its code, as a scanner at the desk would, and says who wrote it.
async fn open_sheet(desk: &Desk, code: &str, counter: i64) {
    desk.open("paper").await;
    desk.type_and_enter("[data-test=paper-code]", code).await;
    let person = format!("[data-test=paper-person] option[value='{counter}']");
    desk.browser.wait_for(&person).await;
    desk.browser.choose("[data-test=paper-person]", &counter.to_string()).await;
}

/// Types one line without touching the mouse: Enter goes on, past lot and serial number.
async fn type_line(desk: &Desk, number: usize, sku: &str, quantity: &str) {
    let field = |column: usize| format!("paper-{number}-{column}");
    let focused = |column: usize| format!("return document.activeElement?.dataset.test === '{}'", field(column));
    let css = |column: usize| format!("[data-test='{}']", field(column));
    if !sku.is_empty() {
        desk.type_and_enter(&css(0), sku).await;
        for column in [1, 2] {
            desk.browser.wait_js("the next field", &focused(column)).await;
            desk.browser.press("Enter").await;
        }
        desk.browser.wait_js("the quantity", &focused(3)).await;
    }
    desk.type_and_enter(&css(3), quantity).await;
}

/// What stands behind the code of a sheet, as another decoder reads it, which is also what people can read.
fn code_of(printed: &Printed, picture: &Picture) -> String {
    let code = picture.read(BarcodeFormat::DATA_MATRIX).expect("the code of the sheet is read");
    assert!(printed.words[0].contains(&code), "{code} in {:?}", printed.words);
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_on_paper_is_typed_in_recounted_and_agreed_by_people_who_have_not_seen_it() {
    let mut warehouse = warehouse().await;
    stock_of_yesterday(&mut warehouse);
    // whoever types may count, too, and would be asked first: everything else is alike, and she was there first
    let lena = warehouse.person("lena", &["lead", "counter"]).await;
    let cara = warehouse.person("cara", &["counter"]).await;
    let carl = warehouse.person("carl", &["counter"]).await;
    warehouse.person("sam", &["supervisor"]).await;
    let mut desk = Desk::sign_in(&warehouse, "lena").await;
    desk.make_count("Aisle 1", &["A-01"]).await;

    desk.open("paper").await;
    let option = "[data-test=paper-count] option:not([value=''])";
    desk.browser.click(option).await;
    desk.browser.choose("[data-test=paper-lines]", "6").await;
    let (printed, pictures) = print(&desk, "[data-test=paper-print]", "paper-sheet", OFFICE_DOTS).await;
    expect_size(&printed, (2_100, 2_970));
    assert_eq!(printed.pages.len(), 1);
    let words = printed.words[0].join(" | ");
    for part in ["A-01", "First count", "For anybody", "Count everything in the bin", "Counted by", "MAIN, printed 20"]
    {
        assert!(words.contains(part), "{part} in {words}");
    }
    for blind in ["NUT", "BOLT", "40"] {
        assert!(!printed.words[0].iter().any(|word| word == blind), "{blind} stands on the sheet: {words}");
    }
    // six lines to write on, each nine millimetres high: the rules below the titles, down the middle of the first column
    let column = OFFICE_DOTS as usize * 2 / 100;
    let dark: Vec<usize> =
        (0..pictures[0].height).filter(|row| pictures[0].luma[row * pictures[0].width + column] < 128).collect();
    let rules: Vec<usize> = dark.chunk_by(|a, b| b - a == 1).map(|rule| rule[0]).collect();
    let lines = rules.windows(2).filter(|two| (two[1] - two[0]).abs_diff(OFFICE_DOTS as usize * 9 / 1000) <= 2).count();
    assert_eq!(lines, 6, "{rules:?}");
    let code = code_of(&printed, &pictures[0]);

    // Cara wrote it, two heaps of nuts and one of bolts; four nuts are short of the book
    open_sheet(&desk, &code, cara.id).await;
    type_line(&desk, 0, "NUT", "30").await;
    type_line(&desk, 1, "4006381333931", "6").await;
    type_line(&desk, 2, "BOLT", "5").await;
    desk.browser.click("[data-test=paper-save]").await;
    desk.browser.wait_contains("[data-test=paper-done]", "A-01: 3 lines, counted by Cara").await;
    desk.type_and_enter("[data-test=paper-code]", &code).await;
    desk.browser.wait_contains("[data-test=paper-typed]", "Lena has typed this sheet in already").await;

    // it is judged like any other; neither who counted nor who typed is asked again
    let rows = lena.get::<serde_json::Value>("counts").await;
    let count = rows[0]["id"].as_i64().expect("a count");
    let again = lena.tasks(count, 2).await;
    assert_eq!(again.len(), 1, "{again:?}");
    assert_eq!(again[0]["assignee"]["person"], carl.id, "neither Cara nor Lena: {again:?}");
    let given = json!({"tasks": [again[0]["id"]], "to": {"kind": "person", "person": lena.id}});
    let refused = lena.try_post("tasks/assign", &given).await;
    assert_eq!(refused.status(), reqwest::StatusCode::CONFLICT, "nor by hand");
    desk.open("counts").await;
    desk.browser.click("[data-test=count-row] a").await;
    let row = "[data-test=task-row][data-location='A-01'][data-round='2']";
    desk.browser.wait_contains(row, "Carl").await;

    // the recount goes on paper, too: what is in dispute stands on it, and nothing that anybody found
    let (printed, pictures) = print(&desk, "[data-test=print-sheets]", "paper-recount", OFFICE_DOTS).await;
    let words = printed.words[0].join(" | ");
    for part in ["Count number 2", "For Carl", "Count only what is listed", "NUT", "Nut M8 zinc"] {
        assert!(words.contains(part), "{part} in {words}");
    }
    for blind in ["BOLT", "36", "40", "30"] {
        assert!(!printed.words[0].iter().any(|word| word == blind), "{blind} stands on the recount: {words}");
    }
    let code = code_of(&printed, &pictures[0]);
    open_sheet(&desk, &code, carl.id).await;
    type_line(&desk, 0, "", "36").await;
    desk.browser.click("[data-test=paper-save]").await;
    desk.browser.wait_contains("[data-test=paper-done]", "A-01: 1 line, counted by Carl").await;

    // they were taken on minutes ago, and the time on a sheet is not so sure: she confirms that they counted
    desk.open("marks").await;
    for left in [1, 0] {
        desk.browser.click("[data-test=mark-row][data-code=actor_unknown] [data-test=decide-confirmed]").await;
        desk.browser.click("[data-test=save-mark]").await;
        desk.browser.wait_count("[data-test=mark-row][data-state=open]", left).await;
    }
    desk.browser.expect_no_errors().await;

    // two people agree: the supervisor sees who counted, and decides
    let mut supervisor = Desk::sign_in(&warehouse, "sam").await;
    supervisor.open("discrepancies").await;
    let row = "[data-test=queue-row][data-location='A-01'][data-sku=NUT]";
    supervisor.browser.wait_for(&format!("{row}[data-state=confirmed]")).await;
    supervisor.open_discrepancy("A-01", "NUT").await;
    for part in ["Cara", "Carl", "36"] {
        supervisor.browser.wait_contains("main", part).await;
    }
    supervisor.reason("damage", "Found four crushed under the rack").await;
    supervisor.browser.click("[data-test=approve]").await;
    supervisor.browser.wait_gone("[data-test=approve]").await;
    supervisor.browser.expect_no_errors().await;
    let rows = record::export(warehouse.server.data(), "adjustments");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        (&rows[0]["quantity"], &rows[0]["sku"], &rows[0]["decided_by"]),
        (&json!("-4"), &json!("NUT"), &json!("sam"))
    );
    warehouse.verify();
}
