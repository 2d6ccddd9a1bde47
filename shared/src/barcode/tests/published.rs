//! Published cases of other projects' own tests, each with its expected result. They lie beside the project, not in it.
//!
//! A kind of case is read by the function that is for that form. Where we differ on purpose, [`DIFFERENCES`] says why;
//! a difference that no longer differs fails as well.

use super::{
    super::{
        association, bracket,
        content::{Check, Fault, Set},
        gs1::{self, Element, Elements, SEPARATOR},
        gtin, link, symbology, value,
    },
    file,
};
use serde_json::Value;

/// Cases by the beginning of their name, and why we read them differently.
const DIFFERENCES: &[(&str, &str)] = &[
    ("gse-api-0015", "unknown identifiers are an error here: what follows them cannot be known"),
    ("gse-api-0016", "unknown identifiers are an error here: what follows them cannot be known"),
    ("gse-api-0014", "unknown identifiers are an error here, in links as well"),
    ("bark-0001", "check digits are verified here"),
    ("bark-0003", "check digits are verified here"),
    ("bark-0004", "check digits are verified here"),
    ("biip-msg-0006", "check digits are verified here"),
    ("biip-es-0009", "check digits are verified here"),
    ("biip-msg-0017", "a month 00 is no date here, whatever is asked"),
    ("biip-dl-0030", "a month 00 is no date here, whatever is asked"),
    ("biip-es-0030", "an hour 99 is no time here"),
    ("biip-ck-0007", "in-store codes with a price inside are not read"),
];

/// What we say of a case, in the terms of the case.
#[derive(Debug, Default)]
struct Told {
    ok: bool,
    pairs: Option<Vec<(String, String)>>,
    elements: Vec<Element>,
    fault: Option<Fault>,
    text: Option<String>,
}

fn of_elements(read: Elements) -> Told {
    let pairs = read.elements.iter().map(|element| (element.ai.clone(), element.value.clone())).collect();
    let fault = read.elements.iter().find_map(|element| element.fault);
    Told { ok: read.is_sound(), pairs: Some(pairs), fault, elements: read.elements, text: None }
}
fn of_text(text: Option<String>) -> Told {
    Told { ok: text.is_some(), text, ..Told::default() }
}
fn of_check(result: Result<(), Fault>) -> Told {
    Told { ok: result.is_ok(), fault: result.err(), ..Told::default() }
}
/// In these kinds `^` stands for the separator.
fn separators(input: &str) -> String {
    input.replace('^', &SEPARATOR.to_string())
}

fn tell(case: &Value) -> Option<Told> {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let setting = |name: &str| case["config"][name].as_bool().unwrap_or_default();
    let input = text("input");
    let trimmed = input.trim();
    let digits = |right: bool| of_text(right.then(|| trimmed.to_owned()));
    Some(match text("kind") {
        "raw_fnc1" => of_elements(gs1::parse(&separators(input))),
        "raw_split" => of_elements(gs1::split(&separators(input))),
        "element_string" | "gs1_message" => {
            let (_, body) = symbology::Symbology::split(input);
            of_elements(gs1::parse(body))
        }
        "bracketed_ai" | "gs1_message_hri" => of_elements(bracket::parse(input)),
        "ai_association" => {
            let read = bracket::parse(input);
            let problems = association::problems(&read.elements);
            Told { ok: read.is_sound() && problems.is_empty(), ..of_elements(read) }
        }
        "scan_data" => match symbology::check(input) {
            Ok((_, read)) => of_elements(read),
            Err(_) => Told::default(),
        },
        "digital_link" => {
            let editions = link::Editions {
                short_numbers: setting("permit_zero_suppressed_gtin") || text("suite").starts_with("biip"),
                words: setting("permit_convenience_alphas"),
            };
            link::parse(input, editions).map_or_else(|_| Told::default(), of_elements)
        }
        "digital_link_to_uri" => {
            let read = link::parse(input, link::Editions { short_numbers: true, words: false }).ok();
            of_text(read.and_then(|read| match text("fn") {
                "test_as_gs1_message" => Some(bracket::write(&read.elements)),
                "test_as_canonical_uri" | "test_as_uri" => link::write(link::STEM, &read.elements),
                _ => read.elements.iter().map(|e| &e.value).find(|value| *value == text("expect_uri")).cloned(),
            }))
        }
        "gs1_message_to_dl" => of_text(link::write(link::STEM, &gs1::parse(input).elements)),
        "uri_unescape" => {
            let path = link::decode(input, link::Place::Path)?;
            let query = link::decode(input, link::Place::Query)?;
            let right = path == text("expect_path") && query == text("expect_query");
            digits(right)
        }
        "linter" => of_check(match text("linter") {
            "csetnumeric" => Set::Digits.check(input),
            "cset82" => Set::Text.check(input),
            "cset39" => Set::Code39.check(input),
            "cset64" => Set::Base64.check(input),
            name => Check::named(name)?.check(input),
        }),
        "gtin" => of_text(gtin::to_fourteen(trimmed)),
        "gtin_convert" => {
            let fourteen = gtin::to_fourteen(trimmed)?;
            let wanted = text("fn").rsplit('_').next()?.parse().ok()?;
            of_text(gtin::in_form(&fourteen, wanted).map(str::to_owned))
        }
        "upc" => of_text(upc_a(trimmed)),
        "upc_convert" => of_text(upc_a(trimmed).and_then(|twelve| match text("fn") {
            "test_as_upc_e" => gtin::to_upc_e(&twelve),
            "test_as_gtin_13" => Some(format!("0{twelve}")),
            "test_as_gtin_14" => Some(format!("00{twelve}")),
            _ => Some(twelve),
        })),
        "sscc" => digits(gtin::is_sscc(trimmed)),
        "gln" => digits(gtin::is_gln(trimmed)),
        "check_digit" => of_text(gtin::check_digit(trimmed).map(|digit| digit.to_string())),
        "symbology_identifier" => of_text(symbology::Symbology::split(input).0.map(|it| it.to_string())),
        // in-store codes are each country's own
        "price_weight_check_digit" => Told::default(),
        _ => return None,
    })
}

fn upc_a(text: &str) -> Option<String> {
    let twelve = if text.len() == 12 { Some(text.to_owned()) } else { gtin::expand_upc_e(text) };
    twelve.filter(|twelve| gtin::has_check_digit(twelve))
}

/// Why what we say is not what was published; `None` where it is.
fn differs(case: &Value, told: &Told) -> Option<String> {
    let text = |name: &str| case[name].as_str();
    // some projects verify less: what the reference engine refuses is refused here
    if case["ok"].as_bool() != Some(told.ok) {
        return Some(format!("ok is {}", told.ok));
    }
    if !told.ok {
        let code = text("error_code").and_then(fault);
        return (code.is_some() && told.fault.is_some() && told.fault != code).then(|| format!("{:?}", told.fault));
    }
    let pairs: Option<Vec<(String, String)>> = serde_json::from_value(case["ais"].clone()).ok();
    if let (Some(pairs), Some(own)) = (pairs, &told.pairs)
        && pairs != *own
    {
        return Some(format!("{own:?}"));
    }
    for name in ["gtin14", "expect", "expect_uri", "upc_a", "identifier"] {
        if let (Some(wanted), Some(own)) = (text(name), &told.text)
            && wanted != own
        {
            return Some(format!("{name} is {own}"));
        }
    }
    if let (Some(wanted), Some(own), "check_digit") =
        (case["check_digit"].as_u64(), &told.text, text("kind").unwrap_or_default())
        && wanted.to_string() != *own
    {
        return Some(format!("check digit is {own}"));
    }
    if let Some(raw) = text("expect_raw") {
        let own = Elements { elements: told.elements.clone(), error: None }.to_text();
        // the engine repeats a separator that was not needed
        let wanted = raw.trim_start_matches('^').replace('^', &SEPARATOR.to_string());
        if own != wanted {
            return Some(format!("raw is {own:?}"));
        }
    }
    if let Some(wanted) = case["expect_hri"].as_array() {
        let own: Vec<String> = told.elements.iter().map(ToString::to_string).collect();
        if wanted.iter().map(|line| line.as_str().unwrap_or_default()).ne(own.iter().map(String::as_str)) {
            return Some(format!("{own:?}"));
        }
    }
    if let Some(wanted) = text("expect_bracketed").filter(|wanted| !wanted.contains('|'))
        && wanted != bracket::write(&told.elements)
    {
        return Some(bracket::write(&told.elements));
    }
    if let Some(wanted) = text("decimal") {
        let own = told.elements.iter().find_map(value::decimal).map(|it| it.to_string());
        if own.as_deref() != Some(wanted) {
            return Some(format!("decimal is {own:?}"));
        }
    }
    if let Some(wanted) = text("date") {
        // the year of the case is that of its extraction
        let year_now = 2026;
        let dated = |element: &&Element| !matches!(element.ai.as_str(), "01" | "10" | "21");
        let own = told.elements.iter().filter(dated).find_map(|it| value::date(&it.value, year_now));
        if own.map(|day| day.to_string()).as_deref() != Some(wanted) {
            return Some(format!("date is {own:?}"));
        }
    }
    None
}

/// The fault of an error code of the syntax dictionary.
fn fault(code: &str) -> Option<Fault> {
    Some(match code.strip_prefix("GS1_LINTER_")? {
        "NON_DIGIT_CHARACTER" => Fault::NotDigit,
        "INVALID_CSET82_CHARACTER" => Fault::NotText,
        "INVALID_CSET39_CHARACTER" => Fault::NotCode39,
        "INVALID_CSET64_CHARACTER" => Fault::NotBase64,
        "INVALID_CSET64_PADDING" => Fault::Padding,
        "INCORRECT_CHECK_DIGIT" => Fault::CheckDigit,
        "INCORRECT_CHECK_PAIR" => Fault::CheckPair,
        "ILLEGAL_MONTH" => Fault::Month,
        "ILLEGAL_DAY" => Fault::Day,
        "ILLEGAL_HOUR" => Fault::Hour,
        "ILLEGAL_MINUTE" => Fault::Minute,
        "ILLEGAL_SECOND" => Fault::Second,
        "DATE_TOO_LONG" => Fault::TooLong,
        "DATE_TOO_SHORT" => Fault::TooShort,
        "INVALID_LENGTH_FOR_PIECE_OF_TOTAL" => Fault::PieceLength,
        "ZERO_PIECE_NUMBER" => Fault::PieceZero,
        "ZERO_TOTAL_PIECES" => Fault::TotalZero,
        "PIECE_NUMBER_EXCEEDS_TOTAL" => Fault::PieceBeyond,
        "POSITION_IN_SEQUENCE_MALFORMED" => Fault::Position,
        "POSITION_EXCEEDS_END" => Fault::PositionBeyond,
        "ILLEGAL_ZERO_VALUE" => Fault::Zero,
        "ILLEGAL_ZERO_PREFIX" => Fault::ZeroPrefix,
        "NOT_ZERO" => Fault::NotZero,
        "NOT_HYPHEN" => Fault::NotHyphen,
        "NOT_ZERO_OR_ONE" => Fault::NotYesNo,
        "INVALID_WINDING_DIRECTION" => Fault::Winding,
        "INVALID_BIOLOGICAL_SEX_CODE" => Fault::Sex,
        "INVALID_IMPORT_IDX_CHARACTER" => Fault::ImporterIndex,
        "INVALID_PERCENT_SEQUENCE" => Fault::Percent,
        "INVALID_LATITUDE" => Fault::Latitude,
        "INVALID_LONGITUDE" => Fault::Longitude,
        "NOT_ISO3166" => Fault::Country,
        "NOT_ISO3166_OR_999" => Fault::CountryOr999,
        "NOT_ISO3166_ALPHA2" => Fault::CountryLetters,
        "NOT_ISO4217" => Fault::Currency,
        "IBAN_TOO_SHORT" => Fault::IbanShort,
        "ILLEGAL_IBAN_COUNTRY_CODE" => Fault::IbanCountry,
        "INCORRECT_IBAN_CHECKSUM" => Fault::IbanCheck,
        _ => return None,
    })
}

#[test]
fn every_published_case_is_read_as_published_or_listed_with_its_reason() {
    let Some(cases) = file("vectors.jsonl") else { return };
    let (mut read, mut wrong) = (0, Vec::new());
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("one case a line");
        let id = case["id"].as_str().unwrap_or_default();
        let told = tell(&case).unwrap_or_else(|| panic!("{id} is of a kind that nobody reads"));
        let listed = DIFFERENCES.iter().find(|(name, _)| *name == id);
        read += 1;
        match (differs(&case, &told), listed) {
            (Some(how), None) => wrong.push(format!("{id} {}: {how}", case["input"])),
            (None, Some((_, why))) => wrong.push(format!("{id} is listed ({why}), but does not differ")),
            _ => {}
        }
    }
    assert!(read >= 590, "only {read} cases were read");
    assert!(wrong.is_empty(), "{} of {read}:\n{}", wrong.len(), wrong.join("\n"));
}
