//! Scans of a small warehouse; published cases and the dictionary, where they are at hand, in files of their own.

mod dictionary;
mod published;

use super::*;
use crate::moment::Moment;
use proptest::prelude::*;

/// A published file; `None` with a word where it is not there.
fn file(name: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/gs1").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

/// Known: item 1 by its thirteen digits, item 2 by a case, item 3 by an odd code, bins A-01 and B2.
struct Small;

impl Lookup for Small {
    fn item(&self, barcode: &str) -> Option<ItemCode> {
        let code =
            |item: i64, units: i64| Some(ItemCode { item: ItemId(item), pack_factor: Quantity::whole(units).ok()? });
        match barcode {
            "4006381333931" => code(1, 1),
            "14006381333938" => code(2, 12),
            "4006381333932" => code(3, 1),
            "A 7" => code(4, 1),
            "023450000017" => code(6, 1),
            "+A123BJC5D6E71" => code(7, 1),
            "P-77" => code(8, 1),
            "96385074" => code(5, 1),
            "2112345678900" => code(9, 1),
            _ => None,
        }
    }
    fn location(&self, code: &str) -> Option<LocationId> {
        match code {
            "A-01" => Some(LocationId(1)),
            "B2" => Some(LocationId(2)),
            "9520123456788" => Some(LocationId(3)),
            _ => None,
        }
    }
    fn location_without_signs(&self, code: &str) -> Option<LocationId> {
        (code.replace(['-', ' '], "") == "A01").then_some(LocationId(1))
    }
}

/// 2026-11-23.
const NOW: Moment = Moment(1_795_392_000_000);

fn told(raw: &str) -> String {
    let Scan { meaning, label, hint, body, .. } = read(raw, &Small, NOW);
    let mut words = match meaning {
        Meaning::Location(location) => format!("location {location}"),
        Meaning::Item(code) => format!("item {} × {}", code.item, code.pack_factor),
        Meaning::CaseOf(code) => format!("case of {} × {}", code.item, code.pack_factor),
        Meaning::UnknownLocation => format!("unknown location {body}"),
        Meaning::Unknown => format!("unknown {body}"),
    };
    if meaning == Meaning::Unknown {
        words += &label.gtin.map(|gtin| format!(" {gtin}")).unwrap_or_default();
    }
    let expiry = label.expiry.map(|day| day.to_string());
    for (name, value) in [("lot", label.lot), ("serial", label.serial), ("expiry", expiry), ("pallet", label.sscc)] {
        words += &value.map(|value| format!(" {name} {value}")).unwrap_or_default();
    }
    words += &label.count.map(|(count, of)| format!(" proposed {count} {of:?}")).unwrap_or_default();
    words += &label.weight.map(|(weight, unit)| format!(" weighs {weight} {unit:?}")).unwrap_or_default();
    words += &hint.map(|hint| format!(" {hint:?}")).unwrap_or_default();
    words.trim_end().to_owned()
}

fn check(raw: &str, expected: &str) {
    assert_eq!(told(raw), expected, "{raw:?}");
}

#[test]
fn a_scan_is_a_location_an_item_or_unknown() {
    check("4006381333931", "item 1 × 1");
    check(" 4006381333931\r\n", "item 1 × 1");
    check("]E04006381333931", "item 1 × 1");
    check("04006381333931", "item 1 × 1");
    check("14006381333938", "item 2 × 12");
    check("0000096385074", "item 5 × 1");
    check("A 7", "item 4 × 1");
    check("a-01", "location 1");
    check("LOC-A-01", "location 1");
    check("loc-b2", "location 2");
    check("]C0LOC-B2", "location 2");
    check("LOC-C9", "unknown location LOC-C9");
    check("5901234123457", "unknown 5901234123457 05901234123457");
    check("5901234123458", "unknown 5901234123458");
    check("", "unknown");
}

#[test]
fn a_sites_own_code_with_a_wrong_check_digit_keeps_working() {
    check("4006381333932", "item 3 × 1");
}

#[test]
fn a_longer_number_is_never_cut_to_a_trade_item_number() {
    check("004006381333931", "unknown 004006381333931");
}

#[test]
fn lot_serial_and_expiry_come_out_of_one_code() {
    check("]C101040063813339311726123110L-7", "item 1 × 1 lot L-7 expiry 2026-12-31");
    check("010400638133393110L7\u{1d}21S9", "item 1 × 1 lot L7 serial S9");
    check("\u{1d}010400638133393121S9{GS}10L7\u{1d}", "item 1 × 1 lot L7 serial S9");
    check("010400638133393110L7#21S9", "item 1 × 1 lot L7 serial S9 SeparatorReplaced('#')");
    check("01040063813339311727020010L7", "item 1 × 1 lot L7 expiry 2027-02-28");
    check("(01)04006381333931(10)L7", "item 1 × 1 lot L7");
    check("https://example.com/01/04006381333931/10/L%2F7?17=270200", "item 1 × 1 lot L/7 expiry 2027-02-28");
    check("https://example.com/01/4006381333931/21/S9", "item 1 × 1 serial S9");
    check("01040063813339313012", "item 1 × 1 proposed 12 Units");
    check("02140063813339383705", "item 2 × 12 proposed 5 Packs");
    check("010590123412345710L7", "unknown 010590123412345710L7 05901234123457 lot L7");
}

#[test]
fn a_lost_separator_never_becomes_a_lot_in_silence() {
    check("010400638133393110LOT12345678902117S99999999", "item 1 × 1 SeparatorMissing");
    check("010400638133393110L721S9", "item 1 × 1 lot L721S9 SeparatorDoubtful");
    check("10L7010400638133393121S9", "unknown 10L7010400638133393121S9");
}

#[test]
fn a_pack_nobody_named_is_offered_as_a_case_of_its_item() {
    check("34006381333932", "case of 1 × 1");
    check("013400638133393210L7", "case of 1 × 1 lot L7");
    check("94006381333934", "unknown 94006381333934 94006381333934");
}

#[test]
fn a_short_upc_is_the_item_it_was_shortened_from() {
    check("02345147", "item 6 × 1");
    check("0234514", "item 6 × 1");
    check("234514", "item 6 × 1");
    check("123456", "unknown 123456");
}

#[test]
fn pallets_places_and_weights_are_told() {
    check("00157035381410375177", "unknown 00157035381410375177 pallet 157035381410375177");
    let pallet = "001570353814103751770214006381333938";
    let whole = "item 2 × 12 lot L7 pallet 157035381410375177 proposed 5 Packs";
    check(&format!("{pallet}3705\u{1d}10L7"), whole);
    check(&format!("{pallet}370510L7"), "item 2 × 12 pallet 157035381410375177 SeparatorMissing");
    check("0104006381333931310300052539222299", "item 1 × 1 weighs 0.525 Kilogram");
    check("0104006381333931320100000510L7", "item 1 × 1 lot L7 weighs 0.5 Pound");
    check("4149520123456788", "location 3");
    check("4149520123456788254A-01", "location 1");
    check("https://id.gs1.org/414/9520123456788/254/b2", "location 2");
    check("4149520123456788254XX", "unknown location 4149520123456788254XX");
}

#[test]
fn health_care_and_electronics_labels_are_told() {
    let check_character = hibc::check_character("+A123BJC5D6E71/$$3270630LOT7").expect("its characters");
    check(&format!("+A123BJC5D6E71/$$3270630LOT7{check_character}"), "item 7 × 1 lot LOT7 expiry 2027-06-30");
    check("[)>\u{1e}06\u{1d}PP-77\u{1d}Q25\u{1d}1TL7\u{1e}\u{4}", "item 8 × 1 lot L7 proposed 25 Units");
    check("[)>06PP-77Q25", "unknown [)>06PP-77Q25");
}

#[test]
fn what_another_keyboard_would_have_typed_is_found_with_a_hint() {
    check("Aß01", "location 1 Layout(German)");
    check("A/01", "location 1 Layout(GermanScanner)");
    check("'çàç", "unknown 'çàç");
    check("a 01", "location 1");
    check("A01", "location 1");
    check("àà_&'1&", "unknown àà_&'1&");
}

#[test]
fn values_that_contradict_each_other_are_not_taken() {
    check("010400638133393110L7\u{1d}10L8", "item 1 × 1");
    check("]C10104006381333931214\u{1d}235X", "item 1 × 1");
    let scan = read("010400638133393110L7\u{1d}21S\u{1d}10L8", &Small, NOW);
    assert_eq!(scan.warnings, [Warning::Association(Problem::Repeated("10".into()))]);
    let scan = read("0104006381333931250X", &Small, NOW);
    assert!(matches!(&scan.warnings[..], [Warning::Association(Problem::Missing { .. })]));
    assert_eq!(scan.meaning, read("04006381333931", &Small, NOW).meaning, "what is missing blocks nobody");
}

#[test]
fn a_wrong_value_beside_the_item_is_kept_with_what_is_wrong() {
    let scan = read("]C101040063813339311726133110L7", &Small, NOW);
    assert!(matches!(scan.meaning, Meaning::Item(_)));
    assert_eq!((scan.label.expiry, scan.label.lot.as_deref()), (None, Some("L7")));
    assert_eq!(scan.elements[1].fault, Some(content::Fault::Month));
}

#[test]
fn a_day_00_is_the_last_of_the_month_and_the_century_is_the_nearest() {
    let check = |text: &str, year: i32, expected: &str| {
        let date = value::date(text, year).map_or_else(|| "none".to_owned(), |date| date.to_string());
        assert_eq!(date, expected, "{text} in {year}");
    };
    check("240200", 2026, "2024-02-29");
    check("761231", 2026, "2076-12-31");
    check("770101", 2026, "1977-01-01");
    check("000101", 2060, "2100-01-01");
    check("260230", 2026, "none");
    check("261301", 2026, "none");
    check("26O101", 2026, "none");
}

/// Pieces that labels are made of, so that random texts get far into the readers.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("]C1".to_owned()),
        Just("]d2".to_owned()),
        Just("01040063813339".to_owned()),
        Just("0104006381333931".to_owned()),
        Just("\u{1d}".to_owned()),
        Just("{GS}".to_owned()),
        Just("#".to_owned()),
        Just("10".to_owned()),
        Just("21".to_owned()),
        Just("17".to_owned()),
        Just("3103".to_owned()),
        Just("(01)".to_owned()),
        Just("https://a/01/".to_owned()),
        Just("?17=".to_owned()),
        Just("%2".to_owned()),
        Just("+A123".to_owned()),
        Just("/$$".to_owned()),
        Just("[)>\u{1e}06\u{1d}".to_owned()),
        "[0-9]{1,14}",
        "[A-Z]{1,4}",
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic_and_none_is_lost(text in prop_oneof!["\\PC{0,60}", pieces()]) {
        let scan = read(&text, &Small, NOW);
        prop_assert_eq!(&scan.raw, &text);
        prop_assert!(text.contains(&scan.body));
    }

    #[test]
    fn nothing_is_said_that_is_not_on_the_label(text in pieces()) {
        let scan = read(&text, &Small, NOW);
        let decoded = link::decode(&text, link::Place::Path).unwrap_or_default();
        let layouts = Layout::ALL.map(|layout| layout.repair(&text).unwrap_or_default());
        for value in [scan.label.lot, scan.label.serial, scan.label.sscc].into_iter().flatten() {
            let there = [&text, &decoded].into_iter().chain(&layouts).any(|text| text.contains(&value));
            prop_assert!(there, "{value}");
        }
    }

    #[test]
    fn a_lot_without_its_separator_is_never_taken_in_silence(lot in "[A-Z0-9]{1,12}", serial in "[A-Z0-9]{1,12}") {
        let scan = read(&format!("010400638133393110{lot}21{serial}"), &Small, NOW);
        let taken = scan.label.lot.is_some() || scan.label.serial.is_some();
        prop_assert!(!taken || scan.hint == Some(Hint::SeparatorDoubtful), "{scan:?}");
    }

    #[test]
    fn what_is_separated_reads_back(lot in "[A-Z0-9/-]{1,20}", serial in "[A-Za-z0-9]{1,20}") {
        let text = format!("010400638133393110{lot}\u{1d}21{serial}");
        let label = read(&text, &Small, NOW).label;
        prop_assert_eq!((label.lot, label.serial), (Some(lot), Some(serial)));
    }
}

#[test]
fn a_price_label_of_the_shop_means_what_the_site_says_or_nothing() {
    let ours = read("2112345678900", &Small, NOW);
    assert!(matches!(ours.meaning, Meaning::Item(ItemCode { item: ItemId(9), .. })));
    let other = read("2212345678907", &Small, NOW);
    assert_eq!((other.meaning, other.label.gtin, other.warnings), (Meaning::Unknown, None, vec![Warning::InStore]));
}
