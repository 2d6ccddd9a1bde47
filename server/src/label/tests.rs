//! Every symbol that is printed is read back by a decoder that is not ours, from the very rectangles of the drawing.

use super::{
    design::{Label, Style, Undrawable, describe, draw},
    page,
    paper::{Blank, DOTS, pages},
    zpl,
};
use proptest::prelude::*;
use rxing::{BarcodeFormat, DecodeHints, RXingResultMetadataType, RXingResultMetadataValue};
use shared::{
    api::paper::PaperKey,
    barcode::gs1::SEPARATOR,
    id::{ItemId, TaskId},
    item::{Barcode, Tracking},
    key::ItemKey,
    label::{
        Arrow, Dots, LabelSize, Symbol, check_letters,
        payload::{self, Marks, Payload},
    },
    paper::PaperCode,
    quantity::Quantity,
};

const GTIN: &str = "4006381333931";

fn bin(symbol: Symbol, code: &str) -> Label {
    let payload = payload::bin(symbol, code).expect("printable");
    Label::Bin { code: code.to_owned(), payload, arrow: Arrow::Up, has_letters: true }
}

fn item(symbol: Symbol, barcode: &str, lot: Option<&str>, serial: Option<&str>, expiry: Option<&str>) -> Label {
    let marks = Marks {
        lot: lot.map(str::to_owned),
        serial: serial.map(str::to_owned),
        expiry: expiry.map(|date| date.parse().expect("a date")),
    };
    let barcodes = [Barcode { text: barcode.into(), pack_factor: Quantity::ONE }];
    let payload = payload::item(symbol, &barcodes, &marks).expect("printable");
    Label::Item {
        sku: "GLOVE-M".into(),
        description: "Gloves <medium> & \"soft\"".into(),
        marks: String::new(),
        payload,
    }
}

/// The rectangles of the first path of a drawing, which are its symbol, read from the SVG as a browser reads them.
fn rectangles(svg: &str) -> Vec<[u32; 4]> {
    let (width, height) = size(svg);
    let rectangle = |text: &str| {
        let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
        let numbers: Vec<u32> = numbers.map(|part| part.parse().expect("whole dots")).collect();
        let [x, y, wide, high, back] = numbers[..] else { panic!("no rectangle: {text}") };
        assert_eq!(wide, back);
        assert!(x + wide <= width && y + high <= height, "{text} runs off a drawing of {width} by {height}");
        [x, y, x + wide, y + high]
    };
    between(svg, "<path d=\"", "\"").split('M').skip(1).map(rectangle).collect()
}

fn size(svg: &str) -> (u32, u32) {
    let (width, height) = between(svg, "viewBox=\"0 0 ", "\"").split_once(' ').expect("a width and a height");
    (width.parse().expect("dots"), height.parse().expect("dots"))
}

/// Left, top, right and bottom of all of them.
fn bounds(rectangles: &[[u32; 4]]) -> [u32; 4] {
    let all = |place: usize| rectangles.iter().map(move |rectangle| rectangle[place]);
    let (left, top) = (all(0).min().expect("bars"), all(1).min().expect("bars"));
    [left, top, all(2).max().expect("bars"), all(3).max().expect("bars")]
}

/// A black-and-white picture of a symbol, as a scanner that is held at it sees it.
struct Picture {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

const AROUND: u32 = 60;

fn picture(svg: &str) -> Picture {
    let rectangles = rectangles(svg);
    let [left, top, right, bottom] = bounds(&rectangles);
    let (width, height) = (right - left + 2 * AROUND, bottom - top + 2 * AROUND);
    let mut luma = vec![255; (width * height) as usize];
    for [from_x, from_y, to_x, to_y] in rectangles {
        for y in from_y - top + AROUND..to_y - top + AROUND {
            let row = (y * width) as usize;
            let (from, to) = ((from_x - left + AROUND) as usize, (to_x - left + AROUND) as usize);
            luma[row + from..row + to].fill(0);
        }
    }
    Picture { width, height, luma }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{from} in {text}"));
    rest.split_once(to).expect("an end").0
}

/// What the decoder reads: with the symbology identifier in front, as scanners send it.
fn read(svg: &str, symbol: Symbol) -> Result<String, String> {
    let picture = picture(svg);
    let format = match symbol {
        Symbol::Code128 => BarcodeFormat::CODE_128,
        Symbol::DataMatrix => BarcodeFormat::DATA_MATRIX,
        Symbol::Qr => BarcodeFormat::QR_CODE,
    };
    // FNC1 inside of bars is told as a separator only to those who ask for it
    let mut hints = DecodeHints { AssumeGs1: Some(true), ..DecodeHints::default() };
    let found = rxing::helpers::detect_in_luma_with_hints(
        picture.luma,
        picture.width,
        picture.height,
        Some(format),
        &mut hints,
    )
    .map_err(|error| error.to_string())?;
    let identifier = match found.getRXingResultMetadata().get(&RXingResultMetadataType::SYMBOLOGY_IDENTIFIER) {
        Some(RXingResultMetadataValue::SymbologyIdentifier(identifier)) => identifier.clone(),
        _ => String::new(),
    };
    // this decoder takes check characters for what else has their number: FNC1 is told as a separator, FNC2 as ]C4; no label
    // of ours ends in the one or holds the other
    let identifier = if identifier == "]C4" { "]C0".to_owned() } else { identifier };
    let text = found.getText().trim_end_matches(SEPARATOR);
    Ok(if text.starts_with(']') { text.to_owned() } else { format!("{identifier}{text}") })
}

/// What a scanner that sends identifiers says of a symbol.
fn expected(symbol: Symbol, payload: &Payload) -> String {
    let identifier = match (symbol, payload.is_gs1) {
        (Symbol::Code128, false) => "]C0",
        (Symbol::Code128, true) => "]C1",
        (Symbol::DataMatrix, false) => "]d1",
        (Symbol::DataMatrix, true) => "]d2",
        (Symbol::Qr, _) => "]Q1",
    };
    format!("{identifier}{}", payload.text)
}

fn check(label: &Label, style: Style) {
    let (drawing, module) = draw(label, style).unwrap_or_else(|error| panic!("{label:?} {style:?}: {error}"));
    assert!(module >= 2, "{style:?}");
    let svg = drawing.svg(style.dots);
    let ([left, top, right, bottom], (width, height)) = (bounds(&rectangles(&svg)), size(&svg));
    let quiet = style.symbol.quiet_modules() * module;
    assert!(left >= quiet && width - right >= quiet, "{style:?}: no quiet zone beside");
    assert!(style.symbol == Symbol::Code128 || (top >= quiet && height - bottom >= quiet), "{style:?}: none above");
    let found = read(&svg, style.symbol);
    assert_eq!(found, Ok(expected(style.symbol, label.payload())), "{label:?} {style:?}");
}

#[test]
fn a_bin_label_of_every_size_symbol_and_printer_is_read_by_another_decoder() {
    for size in LabelSize::ALL {
        for symbol in Symbol::ALL {
            for dots in [Dots::Dpi203, Dots::Dpi300] {
                check(&bin(symbol, "A-03-02"), Style { size, symbol, dots });
            }
        }
    }
}

#[test]
fn a_bin_code_is_read_whatever_its_check_character_is() {
    let style = Style { size: LabelSize::Roll150x100, symbol: Symbol::Code128, dots: Dots::Dpi203 };
    // their numbers are those of FNC2 and of FNC1
    for code in ["Y-61-E", "A-42"] {
        check(&bin(Symbol::Code128, code), style);
    }
}

#[test]
fn a_description_is_as_large_as_it_fits_and_ends_where_it_does_not() {
    let room = (400, 70);
    let (large, lines) = describe("Gloves", false, room, 100);
    assert_eq!((large, lines.as_slice()), (24, ["Gloves".to_owned()].as_slice()));
    let long = "Gloves of soft leather with a long cuff, medium, for welding and for cold rooms";
    let (medium, lines) = describe(long, false, room, 100);
    assert!((15..24).contains(&medium) && lines.join(" ") == long, "{medium}: {lines:?}");
    let (small, lines) = describe(&long.repeat(9), true, room, 100);
    assert_eq!((small, lines.len()), (15, 3), "{lines:?}");
    assert!(lines.last().is_some_and(|line| line.ends_with('…')));
}

#[test]
fn letters_to_check_stand_apart_from_the_code_before_them() {
    for (code, size) in [("A01-03-B", LabelSize::A4By24), ("A01-03-B", LabelSize::Roll50x25)] {
        let style = Style { size, symbol: Symbol::Code128, dots: Dots::Dpi600 };
        let svg = draw(&bin(Symbol::Code128, code), style).expect("drawn").0.svg(style.dots);
        let number =
            |text: &str, name: &str| -> u32 { between(text, &format!(" {name}=\""), "\"").parse().expect("a number") };
        let texts: Vec<&str> = svg.split("<text").skip(1).collect();
        let (bin, letters) = (texts[0], texts[1]);
        assert!(bin.contains(code) && letters.contains(&check_letters(code)), "{svg}");
        // both are told their lengths, so that no font makes them longer
        let ends = number(bin, "x") + number(bin, "textLength");
        let begins = number(letters, "x") - number(letters, "textLength");
        assert!(begins >= ends + number(letters, "font-size") / 3, "{ends} {begins}: {svg}");
    }
}

#[test]
fn an_item_label_keeps_lot_serial_and_date_apart_for_another_decoder() {
    let wide = LabelSize::Roll150x100;
    for symbol in Symbol::ALL {
        let style = Style { size: wide, symbol, dots: Dots::Dpi203 };
        check(&item(symbol, GTIN, None, None, None), style);
        check(&item(symbol, GTIN, Some("ABC123"), Some("S-77"), Some("2028-06-30")), style);
        check(&item(symbol, GTIN, Some("L/7"), None, None), style);
        check(&item(symbol, "BOX-1", None, None, None), style);
    }
}

#[test]
fn bars_that_would_be_too_thin_are_refused_and_a_square_symbol_is_offered() {
    let small = |symbol| Style { size: LabelSize::Roll50x25, symbol, dots: Dots::Dpi203 };
    let long = "WAREHOUSE-7-AISLE-12-BAY-03";
    assert_eq!(draw(&bin(Symbol::Code128, long), small(Symbol::Code128)), Err(Undrawable::Narrow));
    check(&bin(Symbol::DataMatrix, long), small(Symbol::DataMatrix));
}

#[test]
fn what_people_wrote_stays_text_in_a_drawing_and_on_a_page() {
    let label = item(Symbol::Qr, GTIN, None, None, None);
    let (drawing, _) =
        draw(&label, Style { size: LabelSize::Roll100x50, symbol: Symbol::Qr, dots: Dots::Dpi203 }).expect("drawn");
    let page = page::document("<b>", &[drawing], (1000, 500), Dots::Dpi203);
    assert!(page.html.contains("&lt;medium&gt;") && page.html.contains("<title>&lt;b&gt;</title>"), "{}", page.html);
    assert!(!page.html.contains("<medium>") && !page.html.contains(" style="));
    assert!(page.policy.starts_with("default-src 'none'") && page.policy.matches("'sha256-").count() == 2);
}

#[test]
fn sheets_are_filled_from_the_first_free_place() {
    let style = Style { size: LabelSize::A4By24, symbol: Symbol::Qr, dots: Dots::Dpi300 };
    let (drawing, _) = draw(&bin(Symbol::Qr, "A-1"), style).expect("drawn");
    let labels = vec![drawing; 25];
    assert_eq!(page::lay_out(&labels, style.size, style.dots, 0).len(), 2);
    assert_eq!(page::lay_out(&labels[..2], style.size, style.dots, 23).len(), 2);
    assert_eq!(page::lay_out(&labels, LabelSize::Roll50x25, style.dots, 5).len(), 25);
    assert!(page::lay_out(&[], style.size, style.dots, 3).is_empty());
}

fn blank(task: i64, keys: Option<usize>) -> Blank {
    let key = |number: usize| PaperKey {
        key: ItemKey { item: ItemId(1), lot: format!("L{number}"), serial: String::new() },
        sku: "GLOVE-M".into(),
        description: "Gloves".into(),
        unit: "EA".into(),
        tracking: Tracking::Lot,
    };
    Blank {
        code: PaperCode::new(TaskId(task), 99),
        location_code: format!("A-{task:02}"),
        zone: "A".into(),
        count_name: "Monday".into(),
        round: if keys.is_some() { 2 } else { 1 },
        assignee: String::new(),
        keys: keys.map(|number| (0..number).map(key).collect()),
    }
}

#[test]
fn a_count_sheet_says_which_it_is_to_another_decoder() {
    for task in [1, 77, i64::MAX] {
        let drawn = pages("Sheets", &[blank(task, None)], 3).expect("drawn");
        let code = PaperCode::new(TaskId(task), 99).to_string();
        assert_eq!(read(&drawn[0].svg(DOTS), Symbol::DataMatrix), Ok(format!("]d1{code}")));
        assert!(drawn[0].svg(DOTS).contains(&format!(">{code}</text>")));
    }
}

#[test]
fn count_sheets_share_pages_and_a_long_recount_goes_on_with_its_code() {
    let many: Vec<Blank> = (1..=9).map(|task| blank(task, None)).collect();
    let drawn = pages("Sheets", &many, 3).expect("drawn");
    let texts: Vec<String> = drawn.iter().map(|page| page.svg(DOTS)).collect();
    assert!(texts.len() < many.len() && texts.len() > 1);
    for (text, number) in texts.iter().zip(1..) {
        assert!(text.contains(&format!("Page {number} of {}", texts.len())));
    }
    let long = blank(5, Some(30));
    let drawn = pages("Sheets", std::slice::from_ref(&long), 3).expect("drawn");
    assert_eq!(drawn.len(), 2);
    assert!(drawn.iter().all(|page| page.svg(DOTS).contains(&long.code.to_string())));
    assert!(drawn[1].svg(DOTS).contains("part 2 of 2") && drawn[1].svg(DOTS).contains(">L29</text>"));
}

/// A label in ZPL by the printer's own rules: commands begin with `^`, and nothing that people wrote begins one.
fn commands(text: &str) -> Vec<&str> {
    text.split('^').skip(1).map(str::trim_end).collect()
}

#[test]
fn a_label_printer_is_told_the_same_symbols() {
    let style = |symbol| Style { size: LabelSize::Roll100x50, symbol, dots: Dots::Dpi203 };
    let told = |label: &Label, symbol| zpl::label(label, style(symbol)).expect("printable");
    let text = told(&bin(Symbol::Code128, "A-03-02"), Symbol::Code128);
    let found = commands(&text);
    assert_eq!((found.first(), found.last()), (Some(&"XA"), Some(&"XZ")), "{text}");
    for command in ["CI28", "PW800", "LL400", "BY4", "FD>:LOC-A-03-02"] {
        assert!(found.contains(&command), "{command} in {text}");
    }
    let all = |symbol| item(symbol, GTIN, Some("ABC_1"), Some("77"), Some("2028-06-30"));
    let wide = |symbol| Style { size: LabelSize::Roll150x100, ..style(symbol) };
    let text = zpl::label(&all(Symbol::Code128), wide(Symbol::Code128)).expect("printable");
    // set C and FNC1 first; lot in set B, its `_` as a number; FNC1 before the serial number
    assert!(text.contains("^FH_^FD>;>80104006381333931") && text.contains("17280630"), "{text}");
    assert!(text.contains("ABC_5F1>8>52177^FS"), "{text}");
    let text = told(&all(Symbol::DataMatrix), Symbol::DataMatrix);
    assert!(text.contains(",200,,,,_^FD_10104006381333931") && text.contains("10ABC_d0951_12177^FS"), "{text}");
    let text = told(&all(Symbol::Qr), Symbol::Qr);
    assert!(text.contains("^BQN,2,") && text.contains("^FH_^FDMA,https://id.gs1.org/01/04006381333931"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_bin_code_is_read_back(code in "[A-Z0-9]{1,3}(-[A-Z0-9]{1,3}){0,3}", symbol in 0_usize..3, fine: bool) {
        let symbol = Symbol::ALL[symbol];
        let dots = if fine { Dots::Dpi300 } else { Dots::Dpi203 };
        check(&bin(symbol, &code), Style { size: LabelSize::Roll150x100, symbol, dots });
    }

    #[test]
    fn every_gs1_string_is_read_back_with_its_separators(
        lot in proptest::option::of("[A-Za-z0-9/.-]{1,10}"), serial in proptest::option::of("[A-Z0-9-]{1,8}"), dated: bool, bars: bool,
    ) {
        let symbol = if bars { Symbol::Code128 } else { Symbol::DataMatrix };
        let label = item(symbol, GTIN, lot.as_deref(), serial.as_deref(), dated.then_some("2031-02-28"));
        check(&label, Style { size: LabelSize::Roll150x100, symbol, dots: Dots::Dpi203 });
    }

    #[test]
    fn nothing_that_people_wrote_becomes_a_command_of_the_printer(text in "\\PC{0,40}", signs in "[\\^~_>{}|]{0,8}") {
        let sku = format!("{text}{signs}");
        let payload = Payload { text: "X".into(), is_gs1: false, readable: String::new() };
        let label = Label::Item { sku: sku.clone(), description: sku.clone(), marks: sku, payload };
        let style = Style { size: LabelSize::Roll100x50, symbol: Symbol::Code128, dots: Dots::Dpi203 };
        let zpl = zpl::label(&label, style).expect("printable");
        prop_assert!(!zpl.contains('~'));
        prop_assert!(zpl.is_ascii());
        let known = ["XA", "CI28", "LH0,0", "PW", "LL", "FO", "BY", "BC", "FH_", "FD", "FS", "A0N", "FB", "XZ"];
        for command in commands(&zpl) {
            prop_assert!(known.iter().any(|known| command.starts_with(known)), "{}", command);
        }
    }
}
