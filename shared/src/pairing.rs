//! Pairing: two variances that may be one misplaced or mistaken stock, offered with a confidence and never posted alone
//! (`DOMAIN.md` section 6).
//!
//! Absent: posting ([`crate::adjustment::transfer`]) and deciding; amounts that are not exactly opposite are not offered.

use crate::{
    id::{DiscrepancyId, LocationId},
    key::ItemKey,
    moment::Moment,
    quantity::Quantity,
    variance::VarianceKind,
};

/// A week: what was counted farther apart has had time to be two things.
const NEAR_IN_TIME_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// A discrepancy that could be one half of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub discrepancy: DiscrepancyId,
    /// Where.
    pub location: LocationId,
    /// Its code, for the sentence.
    pub location_code: String,
    /// Its zone; neighbours are likelier.
    pub zone: String,
    /// What.
    pub what: ItemKey,
    /// The item's code, for the sentence.
    pub sku: String,
    /// Its variance.
    pub variance: Quantity,
    /// How the variance relates to movements in its window.
    pub kind: VarianceKind,
    /// When it was counted.
    pub scanned_at: Moment,
}

/// Another discrepancy that may be the other half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub other: DiscrepancyId,
    /// 0 to 100. Not a probability: an order, in which a hundred would be certain.
    pub confidence: u8,
    /// What it would mean, in words.
    pub sentence: String,
}

/// The pairs offered for one discrepancy, likeliest first.
///
/// - the same serial number missing here and found there: 95
/// - the same item and lot, short here and over there by the same amount: 80
/// - one lot of an item short and another over, in one bin: 75
/// - one item short and another over by the same amount, in one bin: 55
///
/// Ten more in the same zone, ten less where the counts are more than a week apart, thirty less where either variance
/// is ambiguous, twenty less for each further offer of the same likelihood: they cannot all be true.
pub fn offers(this: &Candidate, others: &[Candidate]) -> Vec<Offer> {
    let mut offers: Vec<Offer> = others.iter().filter_map(|other| offer(this, other)).collect();
    offers.sort_by_key(|offer| (std::cmp::Reverse(offer.confidence), offer.other));
    offers.dedup_by_key(|offer| offer.other);
    let rivals: Vec<usize> = offers
        .iter()
        .map(|offer| offers.iter().filter(|rival| rival.confidence == offer.confidence).count().saturating_sub(1))
        .collect();
    for (offer, rivals) in offers.iter_mut().zip(rivals) {
        let less = u8::try_from(rivals.saturating_mul(20)).unwrap_or(u8::MAX);
        offer.confidence = offer.confidence.saturating_sub(less).max(1);
    }
    offers.sort_by_key(|offer| (std::cmp::Reverse(offer.confidence), offer.other));
    offers
}

fn offer(this: &Candidate, other: &Candidate) -> Option<Offer> {
    let opposite = !this.variance.is_zero() && this.variance.negated() == Ok(other.variance);
    if !opposite || this.discrepancy == other.discrepancy {
        return None;
    }
    let (short, over) = if this.variance.is_negative() { (this, other) } else { (other, this) };
    let amount = over.variance;
    let same_bin = short.location == over.location;
    let same_item = short.what.item == over.what.item;
    let (base, sentence) = if short.what == over.what && !same_bin {
        let thing = if short.what.serial.is_empty() {
            format!("{amount} of {}", short.sku)
        } else {
            format!("{} number {}", short.sku, short.what.serial)
        };
        let base = if short.what.serial.is_empty() { 80 } else { 95 };
        (base, format!("{thing}: missing in {}, found in {}.", short.location_code, over.location_code))
    } else if same_bin && same_item && short.what.lot != over.what.lot && short.what.serial == over.what.serial {
        let lot = |lot: &str| if lot.is_empty() { "no lot".to_owned() } else { format!("lot {lot}") };
        let (from, to) = (lot(&short.what.lot), lot(&over.what.lot));
        (75, format!("{amount} of {} in {}: booked as {from}, counted as {to}.", short.sku, short.location_code))
    } else if same_bin && !same_item && short.what.serial.is_empty() && over.what.serial.is_empty() {
        (55, format!("{amount} in {}: booked as {}, counted as {}.", short.location_code, short.sku, over.sku))
    } else {
        return None;
    };
    let mut confidence: i16 = base;
    if !same_bin && !short.zone.is_empty() && short.zone == over.zone {
        confidence += 10;
    }
    if short.scanned_at.ms_since(over.scanned_at).saturating_abs() > NEAR_IN_TIME_MS {
        confidence -= 10;
    }
    if [short, over].iter().any(|half| half.kind == VarianceKind::Ambiguous) {
        confidence -= 30;
    }
    let confidence = u8::try_from(confidence.clamp(1, 99)).unwrap_or(1);
    Some(Offer { other: other.discrepancy, confidence, sentence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ItemId;

    fn half(discrepancy: i64, location: i64, item: i64, units: i64) -> Candidate {
        Candidate {
            discrepancy: DiscrepancyId(discrepancy),
            location: LocationId(location),
            location_code: format!("A-{location}"),
            zone: format!("Z{location}"),
            what: ItemKey::untracked(ItemId(item)),
            sku: format!("SKU{item}"),
            variance: Quantity::whole(units).expect("small"),
            kind: VarianceKind::Plain,
            scanned_at: Moment(0),
        }
    }
    fn lot(lot: &str, candidate: Candidate) -> Candidate {
        Candidate { what: ItemKey { lot: lot.into(), ..candidate.what.clone() }, ..candidate }
    }
    fn serial(serial: &str, candidate: Candidate) -> Candidate {
        Candidate { what: ItemKey { serial: serial.into(), ..candidate.what.clone() }, ..candidate }
    }

    fn check(this: &Candidate, others: &[Candidate], expected: &[(i64, u8)]) {
        let found: Vec<(i64, u8)> =
            offers(this, others).iter().map(|offer| (offer.other.0, offer.confidence)).collect();
        assert_eq!(found, expected, "{this:?} with {others:?}");
    }

    #[test]
    fn what_is_missing_here_and_found_there_is_offered_with_a_confidence() {
        let this = half(1, 1, 1, -4);
        check(&this, &[half(2, 2, 1, 4)], &[(2, 80)]);
        check(&this, &[Candidate { zone: "Z1".into(), ..half(2, 2, 1, 4) }], &[(2, 90)]);
        check(&this, &[half(2, 1, 2, 4)], &[(2, 55)]);
        check(&this, &[lot("L2", half(2, 1, 1, 4))], &[(2, 75)]);
        check(&serial("S", half(1, 1, 1, -1)), &[serial("S", half(2, 2, 1, 1))], &[(2, 95)]);
        check(&serial("S", half(1, 1, 1, -1)), &[serial("T", half(2, 2, 1, 1))], &[]);
        check(&this, &[Candidate { kind: VarianceKind::Ambiguous, ..half(2, 2, 1, 4) }], &[(2, 50)]);
        check(&this, &[Candidate { scanned_at: Moment(NEAR_IN_TIME_MS + 1), ..half(2, 2, 1, 4) }], &[(2, 70)]);
        check(&this, &[half(2, 2, 1, 4), half(3, 3, 1, 4)], &[(2, 60), (3, 60)]);
        check(&this, &[half(2, 2, 1, 4), half(2, 2, 1, 4)], &[(2, 80)]);
    }

    #[test]
    fn what_is_not_exactly_opposite_is_not_offered() {
        let this = half(1, 1, 1, -4);
        check(&this, &[half(2, 2, 1, 3), half(3, 2, 1, -4), half(4, 2, 2, 4), half(1, 2, 1, 4)], &[]);
        check(&half(1, 1, 1, 0), &[half(2, 2, 1, 0)], &[]);
        check(&lot("L1", this), &[lot("L2", half(2, 2, 1, 4))], &[]);
    }

    #[test]
    fn a_pair_is_offered_the_same_from_both_sides() {
        let (a, b) = (half(1, 1, 1, -4), half(2, 2, 1, 4));
        let (there, back) = (offers(&a, std::slice::from_ref(&b)), offers(&b, std::slice::from_ref(&a)));
        assert_eq!(there[0].sentence, back[0].sentence);
        assert_eq!(there[0].sentence, "4 of SKU1: missing in A-1, found in A-2.");
        assert_eq!(there[0].confidence, back[0].confidence);
    }
}
