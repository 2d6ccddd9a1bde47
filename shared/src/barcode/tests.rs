//! Scans of a small warehouse, and the published cases where they are at hand.

use super::*;
use proptest::prelude::*;

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
            "96385074" => code(5, 1),
            _ => None,
        }
    }
    fn location(&self, code: &str) -> Option<LocationId> {
        match code {
            "A-01" => Some(LocationId(1)),
            "B2" => Some(LocationId(2)),
            _ => None,
        }
    }
}

/// 2026-11-23.
const NOW: Moment = Moment(1_795_392_000_000);

fn told(raw: &str) -> String {
    match read(raw, &Small, NOW) {
        Scan::Location(location) => format!("location {location}"),
        Scan::Unknown { raw, gtin } => format!("unknown {raw} {}", gtin.unwrap_or_default()).trim_end().to_owned(),
        Scan::Item(scan) => {
            let mut words = format!("item {} × {}", scan.item, scan.pack_factor);
            for (name, value) in [("lot", scan.lot), ("serial", scan.serial), ("expiry", scan.expiry)] {
                if let Some(value) = value {
                    words += &format!(" {name} {value}");
                }
            }
            if let Some(proposed) = scan.proposed {
                words += &format!(" proposed {proposed}");
            }
            if let Some(hint) = scan.hint {
                words += &format!(" {hint:?}");
            }
            words
        }
    }
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
    check("LOC-C9", "unknown LOC-C9");
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
    check("01040063813339313012", "item 1 × 1 proposed 12");
    check("02140063813339383705", "item 2 × 12 proposed 5");
    check("010590123412345710L7", "unknown 010590123412345710L7 05901234123457");
}

#[test]
fn a_lost_separator_never_becomes_a_lot_in_silence() {
    check("010400638133393110LOT12345678902117S99999999", "item 1 × 1 SeparatorMissing");
    check("010400638133393110L721S9", "item 1 × 1 lot L721S9 SeparatorDoubtful");
    check("10L7010400638133393121S9", "unknown 10L7010400638133393121S9");
}

#[test]
fn a_day_00_is_the_last_of_the_month_and_the_century_is_the_nearest() {
    let check = |value: &str, year: i32, expected: &str| {
        let date = gs1::date(value, year).map_or_else(|| "none".to_owned(), |date| date.to_string());
        assert_eq!(date, expected, "{value} in {year}");
    };
    check("240200", 2026, "2024-02-29");
    check("761231", 2026, "2076-12-31");
    check("770101", 2026, "1977-01-01");
    check("000101", 2060, "2100-01-01");
    check("260230", 2026, "none");
    check("261301", 2026, "none");
    check("26O101", 2026, "none");
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic_and_none_is_lost(text in "\\PC{0,60}") {
        if let Scan::Unknown { raw, .. } = read(&text, &Small, NOW) {
            prop_assert!(text.contains(&raw));
        }
    }

    #[test]
    fn what_is_separated_reads_back(lot in "[A-Z0-9/-]{1,20}", serial in "[A-Za-z0-9]{1,20}") {
        let text = format!("010400638133393110{lot}\u{1d}21{serial}");
        let Scan::Item(scan) = read(&text, &Small, NOW) else { panic!("an item") };
        prop_assert_eq!((scan.lot, scan.serial), (Some(lot), Some(serial)));
    }
}

/// The published cases lie beside the project, not in it.
fn published(name: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/gs1").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

#[test]
fn every_published_code_of_known_identifiers_reads_as_published() {
    let Some(vectors) = published("vectors.jsonl") else { return };
    let (mut read, mut wrong) = (0, Vec::new());
    for line in vectors.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("one case a line");
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let (input, wanted) = match text("kind") {
            "raw_fnc1" => (text("input").replace('^', "\u{1d}"), true),
            "gs1_message" => (symbology::split(text("input")).1.to_owned(), true),
            _ => continue,
        };
        // composite codes, unknown identifiers by setting, and libraries that verify less are not ours to follow
        let engine_differs = case["engine_1_4_1"]["ok"].as_bool().is_some_and(|ok| Some(ok) != case["ok"].as_bool());
        if !wanted
            || input.contains('|')
            || !case["config"].is_null()
            || engine_differs
            || text("note").contains("verif")
        {
            continue;
        }
        let expected: Option<Vec<(String, String)>> = serde_json::from_value(case["ais"].clone()).ok();
        let found = gs1::parse(&input);
        let known = !matches!(found.error, Some(gs1::ElementError::Unknown(_)));
        if text("kind") == "raw_fnc1" && !input.starts_with(SEPARATOR) || (case["ok"] == true && !known) {
            continue;
        }
        read += 1;
        let pairs: Vec<_> = found.elements.iter().map(|element| (element.ai.clone(), element.value.clone())).collect();
        let right = match (case["ok"].as_bool(), expected) {
            (Some(true), Some(expected)) => found.error.is_none() && pairs == expected,
            (Some(false), _) => found.error.is_some(),
            _ => true,
        };
        if !right {
            wrong.push(format!("{} {input:?}: {found:?} {}", text("id"), text("note")));
        }
    }
    assert!(read > 30, "only {read} cases were read");
    assert!(wrong.is_empty(), "{} of {read}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_listed_identifier_has_the_length_of_the_dictionary() {
    let Some(dictionary) = published("gs1-syntax-dictionary.txt") else { return };
    let mut compared = 0;
    for line in dictionary.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(identifiers) = words.next() else { continue };
        let words: Vec<&str> = words.take_while(|word| *word != "#" && !word.contains('=')).collect();
        let mut most = 0;
        for word in words.iter().filter(|word| !word.chars().all(|c| "*?!\"$%&'()+,-./:;<>@^_`|~".contains(c))) {
            let form = word.trim_start_matches('[').split([',', ']']).next().unwrap_or_default();
            let length = form.trim_start_matches(|c: char| c.is_ascii_uppercase()).trim_start_matches("..");
            most += length.parse::<usize>().unwrap_or(0);
        }
        let (first, last) = identifiers.split_once('-').unwrap_or((identifiers, identifiers));
        for number in first.parse::<u16>().expect("number")..=last.parse::<u16>().expect("number") {
            let ai = format!("{number:0width$}", width = first.len());
            if let Some(longest) = gs1::longest(&ai) {
                assert_eq!(longest, most, "({ai}) in {line}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "only {compared} identifiers were compared");
}
