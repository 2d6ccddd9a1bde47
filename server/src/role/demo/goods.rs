//! The sample warehouse as it stands before anything happens: a depot for bicycle parts, its places, its goods, its
//! people. Everything here is made up; the barcodes are from the range that GS1 keeps for use within one company.

use shared::{
    id::{ItemId, LocationId},
    item::{Barcode, Item, Tracking},
    location::{Location, LocationKind, number_serpentine},
    money::Money,
    quantity::{NumberError, Quantity},
    role::Role,
};

/// The site.
pub const SITE: (&str, &str, &str, &str) = ("DEPOT", "Kettle Lane depot", "EUR", "Europe/Berlin");
/// Everybody's password. It opens nothing but this sample.
pub const PASSWORD: &str = "kettle lane 1817";

/// Somebody of the depot: username, name, roles, what they do, and up to which value they approve.
pub struct Someone {
    pub username: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub does: &'static str,
    pub limit: Option<&'static str>,
}

/// The people.
pub const PEOPLE: [Someone; 9] = [
    Someone { username: "nina", name: "Nina Vogel", role: Role::Counter, does: "counts on a handheld", limit: None },
    Someone { username: "tom", name: "Tom Adeyemi", role: Role::Counter, does: "counts on a handheld", limit: None },
    Someone { username: "ravi", name: "Ravi Menon", role: Role::Counter, does: "counts on a handheld", limit: None },
    Someone { username: "eli", name: "Eli Novak", role: Role::Counter, does: "counts on a handheld", limit: None },
    Someone {
        username: "lea",
        name: "Lea Brandt",
        role: Role::Lead,
        does: "plans counts, names barcodes",
        limit: None,
    },
    Someone {
        username: "sven",
        name: "Sven Okafor",
        role: Role::Supervisor,
        does: "decides, without a limit",
        limit: None,
    },
    Someone {
        username: "mira",
        name: "Mira Castel",
        role: Role::Supervisor,
        does: "decides up to 250 EUR",
        limit: Some("250"),
    },
    Someone { username: "otto", name: "Otto Lindgren", role: Role::Auditor, does: "reads everything", limit: None },
    Someone {
        username: "ada",
        name: "Ada Rossi",
        role: Role::Admin,
        does: "people, handhelds, thresholds",
        limit: None,
    },
];

/// An item: SKU, words, unit, cost, category, class, tracking, units in a pack (0: none), and its opening stock.
pub struct Good {
    pub sku: &'static str,
    description: &'static str,
    unit: &'static str,
    cost: &'static str,
    category: &'static str,
    abc: &'static str,
    pub tracking: Tracking,
    pack: i64,
    /// At its place; of an item with serial numbers, how many pieces.
    pub stock: &'static str,
}

#[allow(clippy::too_many_arguments)] // a row of a table, in the order of its columns
const fn good(
    sku: &'static str,
    description: &'static str,
    unit: &'static str,
    cost: &'static str,
    category: &'static str,
    abc: &'static str,
    tracking: Tracking,
    pack: i64,
    stock: &'static str,
) -> Good {
    Good { sku, description, unit, cost, category, abc, tracking, pack, stock }
}

use Tracking::{Lot, LotExpiry, None as Plain, Serial};

/// The goods, in the order of their places.
#[rustfmt::skip]
pub const GOODS: [Good; 41] = [
    good("TB-700-42",  "Inner tube 700 × 28–42, Presta 42 mm", "EA", "4.20", "Tubes", "A", Plain, 10, "184"),
    good("TB-700-60",  "Inner tube 700 × 18–25, Presta 60 mm", "EA", "4.60", "Tubes", "A", Plain, 10, "131"),
    good("TB-275-AV",  "Inner tube 27.5 × 2.1, Schrader",      "EA", "4.10", "Tubes", "B", Plain, 10, "96"),
    good("TB-20-AV",   "Inner tube 20 × 1.75, Schrader",       "EA", "3.80", "Tubes", "C", Plain, 10, "58"),
    good("TY-700-32",  "Tyre 700 × 32, city, puncture guard",  "EA", "18.90", "Tyres", "A", Plain, 0, "64"),
    good("TY-700-25",  "Tyre 700 × 25, road, folding",         "EA", "27.50", "Tyres", "A", Plain, 0, "52"),
    good("TY-275-225", "Tyre 27.5 × 2.25, trail",              "EA", "31.00", "Tyres", "B", Plain, 0, "37"),
    good("TY-20-175",  "Tyre 20 × 1.75, children",             "EA", "11.40", "Tyres", "C", Plain, 0, "41"),
    good("BR-PAD-R",   "Disc brake pads, resin, pair",         "PR", "6.30", "Brakes", "A", Plain, 25, "150"),
    good("BR-PAD-S",   "Disc brake pads, sintered, pair",      "PR", "8.10", "Brakes", "B", Plain, 25, "110"),
    good("BR-SHOE",    "V-brake shoes, pair",                  "PR", "3.20", "Brakes", "B", Plain, 20, "90"),
    good("BR-ROT-160", "Brake rotor 160 mm, six bolts",        "EA", "12.40", "Brakes", "B", Plain, 0, "48"),
    good("BR-ROT-180", "Brake rotor 180 mm, six bolts",        "EA", "13.90", "Brakes", "C", Plain, 0, "36"),
    good("BR-CABLE",   "Brake inner cable 1.6 × 2000 mm",      "EA", "1.10", "Cables", "C", Plain, 100, "240"),
    good("DR-CH-9",    "Chain, 9-speed, 116 links",            "EA", "16.50", "Drive", "A", Plain, 0, "66"),
    good("DR-CH-11",   "Chain, 11-speed, 118 links",           "EA", "24.90", "Drive", "A", Plain, 0, "57"),
    good("DR-CH-12",   "Chain, 12-speed, 126 links",           "EA", "31.90", "Drive", "A", Plain, 0, "49"),
    good("DR-CS-1136", "Cassette 11–36, 10-speed",             "EA", "34.50", "Drive", "B", Plain, 0, "33"),
    good("DR-CS-1142", "Cassette 11–42, 11-speed",             "EA", "52.00", "Drive", "B", Plain, 0, "34"),
    good("DR-JW-11",   "Jockey wheels, 11 teeth, pair",        "PR", "9.80", "Drive", "C", Plain, 0, "39"),
    good("DR-QL-11",   "Chain quick link, 11-speed, pair",     "PR", "3.90", "Drive", "B", Plain, 50, "160"),
    good("SH-CABLE",   "Shift inner cable 1.2 × 2100 mm",      "EA", "1.20", "Cables", "C", Plain, 100, "310"),
    good("SH-HOUSING", "Shift housing 4 mm, by the metre",     "M",  "0.85", "Cables", "C", Plain, 0, "118.5"),
    good("CH-GREASE",  "Assembly grease, by weight",           "KG", "14.80", "Workshop", "C", LotExpiry, 0, "22.75"),
    good("CH-LUBE-W",  "Chain lube, wet, 100 ml",              "EA", "5.40", "Workshop", "B", Lot, 12, "84"),
    good("CH-LUBE-D",  "Chain lube, dry, 100 ml",              "EA", "5.40", "Workshop", "B", Lot, 12, "72"),
    good("CH-SEAL-1L", "Tubeless sealant, 1 l",                "EA", "17.90", "Workshop", "A", LotExpiry, 6, "54"),
    good("CH-SEAL-60", "Tubeless sealant, 60 ml",              "EA", "4.20", "Workshop", "B", LotExpiry, 20, "100"),
    good("CH-FLUID",   "Brake fluid, mineral, 100 ml",         "EA", "7.10", "Workshop", "C", LotExpiry, 0, "44"),
    good("CH-CLEAN",   "Degreaser, 500 ml",                    "EA", "6.60", "Workshop", "C", Lot, 0, "38"),
    good("FS-M5-16",   "Bolt M5 × 16, stainless",              "EA", "0.12", "Fasteners", "C", Plain, 100, "760"),
    good("FS-M6-18",   "Bolt M6 × 18, stainless",              "EA", "0.15", "Fasteners", "C", Plain, 100, "680"),
    good("FS-BALLS",   "Bearing balls 1/4 in, loose, by weight", "KG", "9.40", "Fasteners", "C", Plain, 0, "14.2"),
    good("LT-FRONT",   "Front light, 60 lux, dynamo",          "EA", "42.00", "Lights", "B", Plain, 0, "35"),
    good("LT-REAR",    "Rear light, dynamo",                   "EA", "14.20", "Lights", "B", Plain, 0, "47"),
    good("AC-LOCK-U",  "U-lock 230 mm, two keys",              "EA", "33.00", "Accessories", "B", Plain, 0, "40"),
    good("AC-BELL",    "Bell, brass",                          "EA", "7.50", "Accessories", "C", Plain, 0, "62"),
    good("AC-PUMP",    "Mini pump with hose",                  "EA", "15.80", "Accessories", "C", Plain, 0, "45"),
    good("EM-BAT-500", "Battery pack 500 Wh",                  "EA", "389.00", "Electric", "A", Serial, 0, "6"),
    good("EM-MOTOR",   "Mid motor 250 W",                      "EA", "412.00", "Electric", "A", Serial, 0, "5"),
    good("EM-DISPLAY", "Display, colour",                      "EA", "96.00", "Electric", "B", Serial, 0, "9"),
];

/// The items with their barcodes.
pub fn items() -> Result<Vec<Item>, NumberError> {
    GOODS.iter().zip(1_i64..).map(|(good, id)| good.item(id)).collect()
}

impl Good {
    fn item(&self, id: i64) -> Result<Item, NumberError> {
        // 20…29: restricted circulation (GS1 General Specifications, section 1.4)
        let body = format!("2047110{id:05}");
        let mut barcodes = vec![Barcode { text: with_check_digit(&body), pack_factor: Quantity::ONE }];
        if self.pack > 0 {
            barcodes.push(Barcode {
                text: with_check_digit(&format!("1{body}")),
                pack_factor: Quantity::whole(self.pack)?,
            });
        }
        barcodes.sort_by(|a, b| a.text.cmp(&b.text));
        Ok(Item {
            id: ItemId(id),
            sku: self.sku.into(),
            description: self.description.into(),
            unit: self.unit.into(),
            unit_cost: Some(self.cost.parse::<Money>()?),
            category: self.category.into(),
            abc: self.abc.into(),
            tracking: self.tracking,
            barcodes,
        })
    }
}

/// Digits with their GS1 check digit.
pub fn with_check_digit(digits: &str) -> String {
    let weighted =
        digits.bytes().rev().zip([3_u32, 1].into_iter().cycle()).map(|(byte, weight)| u32::from(byte - b'0') * weight);
    format!("{digits}{}", (10 - weighted.sum::<u32>() % 10) % 10)
}

/// The places: two aisles to pick from, an aisle of reserve, a cage for what is worth locking up.
pub fn locations() -> Vec<Location> {
    let mut places: Vec<(String, &str, String, String, &str, LocationKind)> = Vec::new();
    for aisle in ["A01", "A02"] {
        for bay in 1..=6 {
            for level in ["A", "B"] {
                let code = format!("{aisle}-{bay:02}-{level}");
                places.push((code, "Pick", aisle.into(), format!("{bay:02}"), level, LocationKind::Pick));
            }
        }
    }
    for bay in 1..=6 {
        places.push((format!("R01-{bay:02}"), "Reserve", "R01".into(), format!("{bay:02}"), "", LocationKind::Reserve));
    }
    places.push(("R01-DOCK".into(), "Reserve", "R01".into(), "07".into(), "", LocationKind::Receiving));
    places.push(("R01-HOLD".into(), "Reserve", "R01".into(), "08".into(), "", LocationKind::Quarantine));
    for bay in 1..=4 {
        places.push((format!("C01-{bay:02}"), "Cage", "C01".into(), format!("{bay:02}"), "", LocationKind::Pick));
    }
    let mut locations: Vec<Location> = places
        .into_iter()
        .zip(1_i64..)
        .map(|((code, zone, aisle, bay, level, kind), id)| Location {
            id: LocationId(id),
            barcode: format!("LOC-{code}"),
            code,
            zone: zone.into(),
            aisle,
            bay,
            level: level.into(),
            kind,
            walk_order: 0,
        })
        .collect();
    number_serpentine(&mut locations);
    locations
}

/// Where a good stands: the goods fill the two aisles in turn, what has serial numbers is in the cage.
pub fn place_of(number: usize) -> String {
    match GOODS[number].tracking {
        Serial => {
            format!("C01-{:02}", GOODS[..number].iter().filter(|good| good.tracking == Serial).count() + 1)
        }
        _ => {
            let place = number % 24;
            let (aisle, bay, level) =
                (place / 12 + 1, place % 12 / 2 + 1, if place.is_multiple_of(2) { "A" } else { "B" });
            format!("A{aisle:02}-{bay:02}-{level}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_sample_is_consistent() {
        let (items, locations) = (items().expect("exact"), locations());
        let skus: BTreeSet<_> = items.iter().map(|item| &item.sku).collect();
        let barcodes: BTreeSet<_> = items.iter().flat_map(|item| &item.barcodes).map(|barcode| &barcode.text).collect();
        assert_eq!((skus.len(), barcodes.len()), (GOODS.len(), items.iter().map(|item| item.barcodes.len()).sum()));
        let codes: BTreeSet<_> = locations.iter().map(|location| location.code.as_str()).collect();
        for (number, good) in GOODS.iter().enumerate() {
            assert!(codes.contains(place_of(number).as_str()), "{}", good.sku);
        }
        let zones: BTreeSet<_> = locations.iter().map(|location| &location.zone).collect();
        assert_eq!(zones.len(), 3);
        for role in Role::ALL {
            assert!(PEOPLE.iter().any(|someone| someone.role == role), "nobody is {}", role.word());
        }
    }

    #[test]
    fn barcodes_carry_a_check_digit() {
        assert_eq!(with_check_digit("400638133393"), "4006381333931");
        assert_eq!(with_check_digit("1400638133393"), "14006381333938");
    }
}
