//! The order in which a scan is tried: the site's own codes exactly as read → locations → trade item numbers in any of
//! their written forms → GS1 elements → Digital Link → HIBC → ISO/IEC 15434 → once more as other keyboards would have
//! typed it → unknown. Exact first, because a site's own odd codes must keep working.
//!
//! Absent: any rule of one form; each has its own file.

use super::{
    CODE_CHARS_MAX, Hint, ItemCode, LOCATION_PREFIX, Lookup, Meaning, Scan, Warning, association, bracket,
    content::Fault,
    gs1::{self, Element, Elements, SEPARATOR},
    gtin, hibc,
    layout::Layout,
    link,
    message::{self, Message},
    symbology::{Promise, Symbology},
    value::{self, CountOf, Label},
};
use crate::{id::LocationId, location::code_for_comparison, moment::Moment, quantity::Quantity};

/// What scanners send for a separator besides itself; none of these can be part of a value.
const SEPARATOR_ALIASES: [&str; 2] = ["{GS}", "␝"];
/// Characters that no value has and that scanners are set to send for a separator: tried once when reading fails.
const SEPARATOR_SUBSTITUTES: [char; 4] = ['#', '^', '~', '|'];

/// Says what a scan means. `now` chooses the century of a date that has none. Labels are read in the editions of Digital
/// Links that are still printed.
pub fn read(raw: &str, lookup: &dyn Lookup, now: Moment) -> Scan {
    let (symbology, body) = Symbology::split(raw.trim());
    let body = body.trim();
    let scan = Scan {
        raw: raw.to_owned(),
        body: body.to_owned(),
        symbology,
        meaning: Meaning::Unknown,
        label: Label::default(),
        elements: vec![],
        warnings: vec![],
        hint: None,
    };
    if body.is_empty() || body.chars().count() > CODE_CHARS_MAX {
        return scan;
    }
    let promise = symbology.map_or(Promise::Nothing, Symbology::promise);
    let reader = Reader { lookup, now };
    let found = reader.plain(body, promise, &scan);
    if matches!(found.meaning, Meaning::Location(_) | Meaning::Item(_) | Meaning::CaseOf(_)) {
        return found;
    }
    if let Some(location) = lookup.location_without_signs(&code_for_comparison(body)) {
        return Scan { meaning: Meaning::Location(location), ..scan };
    }
    for layout in Layout::ALL {
        let Some(meant) = layout.repair(body) else { continue };
        let repaired = reader.plain(&meant, promise, &scan);
        if matches!(repaired.meaning, Meaning::Location(_) | Meaning::Item(_)) {
            return Scan { hint: repaired.hint.or(Some(Hint::Layout(layout))), ..repaired };
        }
    }
    found
}

struct Reader<'a> {
    lookup: &'a dyn Lookup,
    now: Moment,
}

impl Reader<'_> {
    fn plain(&self, body: &str, promise: Promise, empty: &Scan) -> Scan {
        let with = |meaning| Scan { meaning, ..empty.clone() };
        if let Some(code) = self.lookup.item(body) {
            return with(Meaning::Item(code));
        }
        if let Some(location) = self.location(body) {
            return with(Meaning::Location(location));
        }
        let number = if promise == Promise::Elements { None } else { self.number(body) };
        if let Some((fourteen, meaning)) = number {
            if gtin::is_in_store(&fourteen) {
                return Scan { warnings: vec![Warning::InStore], ..with(meaning) };
            }
            let label = Label { gtin: Some(fourteen), ..Label::default() };
            return Scan { label, ..with(meaning) };
        }
        let scan = self
            .elements(body, promise, empty)
            .or_else(|| self.link(body, empty))
            .or_else(|| self.hibc(body, empty))
            .or_else(|| self.message(body, empty));
        scan.unwrap_or_else(|| {
            let labelled = code_for_comparison(body).starts_with(LOCATION_PREFIX);
            with(if labelled { Meaning::UnknownLocation } else { Meaning::Unknown })
        })
    }
    fn location(&self, body: &str) -> Option<LocationId> {
        let code = code_for_comparison(body);
        self.lookup.location(&code).or_else(|| self.lookup.location(code.strip_prefix(LOCATION_PREFIX)?))
    }
    fn gtin(&self, fourteen: &str) -> Option<ItemCode> {
        gtin::written_forms(fourteen).find_map(|form| self.lookup.item(form))
    }
    /// A pack that nobody named is offered as one of its base unit, where that is known.
    fn pack(&self, fourteen: &str) -> Meaning {
        let named = self.gtin(fourteen).map(Meaning::Item);
        let base = || gtin::base_of_pack(fourteen).and_then(|base| self.gtin(&base)).map(Meaning::CaseOf);
        named.or_else(base).unwrap_or(Meaning::Unknown)
    }

    /// A number with a right check digit; a short UPC counts where only it can be meant, or where it is known.
    fn number(&self, body: &str) -> Option<(String, Meaning)> {
        let short = gtin::expand_upc_e(body).and_then(|long| gtin::to_fourteen(&long));
        if let Some(fourteen) = gtin::to_fourteen(body) {
            let meaning = self.pack(&fourteen);
            let other = short.as_deref().filter(|_| meaning == Meaning::Unknown).and_then(|short| self.gtin(short));
            return Some(match (other, short) {
                (Some(code), Some(short)) => (short, Meaning::Item(code)),
                _ => (fourteen, meaning),
            });
        }
        let short = short?;
        let known = self.gtin(&short).map(Meaning::Item);
        // six or seven digits are too few to be believed unseen
        (known.is_some() || body.len() == 8).then(|| (short, known.unwrap_or(Meaning::Unknown)))
    }

    fn elements(&self, body: &str, promise: Promise, empty: &Scan) -> Option<Scan> {
        let (read, replaced) = if body.starts_with('(') { (bracket::parse(body), None) } else { elements(body) };
        let item_first = read.elements.first().is_some_and(|first| {
            matches!(first.ai.as_str(), "00" | "01" | "02" | "03" | "414") && first.fault.is_none()
        });
        let promised = promise == Promise::Elements && !read.elements.is_empty();
        let separated = with_separators(body).trim_matches(SEPARATOR).contains(SEPARATOR) || body.starts_with('(');
        // half a code is believed only where the number came first, with its check digit
        if !(item_first || promised || (read.is_sound() && (separated || read.value("01").is_some()))) {
            return None;
        }
        let problems = association::problems(&read.elements);
        let contradicts = problems.iter().any(association::Problem::is_contradiction);
        let mut warnings: Vec<Warning> = problems.into_iter().map(Warning::Association).collect();
        warnings.extend(read.error.clone().map(Warning::Stopped));
        let mut label = Label::of(&read, self.now);
        let mut hint = replaced.map(Hint::SeparatorReplaced);
        // a letter among the digits of a value of open length: the next value may begin somewhere in it
        let blurred = |element: &Element| {
            let open = super::table::find(&element.ai).is_some_and(|rule| !rule.is_fixed);
            open && matches!(element.fault, Some(Fault::NotDigit | Fault::NotText | Fault::NotCode39))
        };
        let broken = read.error.is_some() || read.elements.iter().any(blurred);
        if broken || contradicts {
            // what came before the break is kept, but nothing whose end is not certain
            let (gtin, sscc) = (label.gtin.take(), label.sscc.take());
            label = if item_first { Label { gtin, sscc, ..Label::default() } } else { Label::default() };
            hint = broken.then_some(Hint::SeparatorMissing);
        } else if !separated && hint.is_none() {
            let open = [label.lot.as_deref(), label.serial.as_deref()];
            let doubtful = open.into_iter().flatten().any(gs1::might_hide_elements);
            hint = doubtful.then_some(Hint::SeparatorDoubtful);
        }
        let meaning = self.meaning(&read, &label);
        Some(Scan { meaning, label, elements: read.elements, warnings, hint, ..empty.clone() })
    }
    fn meaning(&self, read: &Elements, label: &Label) -> Meaning {
        if let Some(fourteen) = &label.gtin {
            return self.pack(fourteen);
        }
        if let Some(place) = read.value("414") {
            let found = self.place(place, read.value("254").unwrap_or_default());
            return found.map_or(Meaning::UnknownLocation, Meaning::Location);
        }
        let pallet = label.sscc.as_deref();
        let code = pallet.and_then(|sscc| self.lookup.item(sscc).or_else(|| self.lookup.item(&format!("00{sscc}"))));
        code.map_or(Meaning::Unknown, Meaning::Item)
    }
    /// A place by its number and extension, in the forms in which a site may keep it.
    fn place(&self, number: &str, extension: &str) -> Option<LocationId> {
        let forms = if extension.is_empty() {
            vec![format!("414{number}"), format!("(414){number}"), number.to_owned()]
        } else {
            vec![
                format!("414{number}254{extension}"),
                format!("(414){number}(254){extension}"),
                format!("{number}{extension}"),
                extension.to_owned(),
            ]
        };
        forms.iter().find_map(|form| self.location(form))
    }

    fn link(&self, body: &str, empty: &Scan) -> Option<Scan> {
        let editions = link::Editions { short_numbers: true, words: true };
        let read = link::is_address(body).then(|| link::parse(body, editions).ok()).flatten()?;
        let label = Label::of(&read, self.now);
        let warnings = association::problems(&read.elements).into_iter().map(Warning::Association).collect();
        Some(Scan { meaning: self.meaning(&read, &label), label, elements: read.elements, warnings, ..empty.clone() })
    }

    fn hibc(&self, body: &str, empty: &Scan) -> Option<Scan> {
        let read = hibc::parse(body, value::year_of(self.now))?;
        let code = read.written_forms().iter().find_map(|form| self.lookup.item(form));
        let count = read.count.and_then(|count| Quantity::whole(i64::from(count)).ok());
        let label = Label {
            lot: read.lot,
            serial: read.serial,
            expiry: read.expiry,
            count: count.filter(|count| !count.is_zero()).map(|count| (count, CountOf::Packs)),
            ..Label::default()
        };
        Some(Scan { meaning: code.map_or(Meaning::Unknown, Meaning::Item), label, ..empty.clone() })
    }

    fn message(&self, body: &str, empty: &Scan) -> Option<Scan> {
        match message::parse(body)? {
            Message::Elements(read) => {
                let label = if read.is_sound() { Label::of(&read, self.now) } else { Label::default() };
                let meaning = self.meaning(&read, &label);
                Some(Scan { meaning, label, elements: read.elements, ..empty.clone() })
            }
            data @ Message::Data(_) => {
                let part = data.value(&["P", "1P", "30P"]);
                let code = part.and_then(|part| self.lookup.item(part));
                let count = data.value(&["Q", "7Q"]).and_then(|count| count.parse::<Quantity>().ok());
                let label = Label {
                    lot: data.value(&["1T", "T"]).map(str::to_owned),
                    serial: data.value(&["S"]).map(str::to_owned),
                    count: count.filter(|count| *count > Quantity::ZERO).map(|count| (count, CountOf::Units)),
                    ..Label::default()
                };
                Some(Scan { meaning: code.map_or(Meaning::Unknown, Meaning::Item), label, ..empty.clone() })
            }
        }
    }
}

fn with_separators(body: &str) -> String {
    let separator = SEPARATOR.to_string();
    SEPARATOR_ALIASES.iter().fold(body.to_owned(), |text, alias| text.replace(alias, &separator))
}

/// Reads elements; where that fails, once more for each character that may stand for the separator.
fn elements(body: &str) -> (Elements, Option<char>) {
    let text = with_separators(body);
    let read = gs1::parse(&text);
    if read.is_sound() {
        return (read, None);
    }
    for substitute in SEPARATOR_SUBSTITUTES {
        if text.contains(substitute) {
            let again = gs1::parse(&text.replace(substitute, &SEPARATOR.to_string()));
            if again.is_sound() {
                return (again, Some(substitute));
            }
        }
    }
    (read, None)
}
