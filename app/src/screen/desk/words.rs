//! Numbers, ages and states as people read them at the desk. Everything stays integer arithmetic.
//!
//! Absent: time zones (the browser knows them) and languages other than English.

use shared::{
    api::discrepancy::{DiscrepancyState, VarianceKind},
    fact::MovementKind,
    money::Money,
    quantity::Quantity,
};

/// A thin space that does not break, between groups of three digits (ISO 80000-1, 7.3.1).
const GROUP: char = '\u{202f}';
/// The minus sign that is as wide as a plus.
const MINUS: char = '−';

/// Groups the digits before the point by three, from five digits on: `1234`, `12 345`.
fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::with_capacity(digits.len() + 6);
    for (at, digit) in whole.chars().enumerate() {
        if whole.len() > 4 && at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(GROUP);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn with_sign(text: &str, plus: bool) -> String {
    match text.strip_prefix('-') {
        Some(digits) => format!("{MINUS}{}", grouped(digits)),
        None if plus && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => format!("+{}", grouped(text)),
        None => grouped(text),
    }
}

/// A quantity: `12 345.5`, `−3`.
pub fn quantity(quantity: Quantity) -> String {
    with_sign(&quantity.to_string(), false)
}

/// A quantity whose sign matters: `+5`, `−3`, `0`.
pub fn signed(quantity: Quantity) -> String {
    with_sign(&quantity.to_string(), true)
}

/// An amount to two decimals, rounded half away from zero: `1234.50`, `−0.32`. The exact text belongs beside it where
/// somebody decides on it.
pub fn money(amount: Money) -> String {
    let cents = (amount.micro().unsigned_abs() + 5_000) / 10_000;
    let sign = if amount.is_negative() && cents > 0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{}", grouped(&format!("{}.{:02}", cents / 100, cents % 100)))
}

/// A cost: two decimals where that is exact, else every decimal it has.
pub fn cost(amount: Money) -> String {
    if amount.micro() % 10_000 == 0 { money(amount) } else { with_sign(&amount.to_string(), false) }
}

/// An amount with its sign, or the word for one nobody knows.
pub fn value(value: Option<Money>) -> String {
    match value {
        Some(amount) if amount.micro() > 0 => format!("+{}", money(amount)),
        Some(amount) => money(amount),
        None => "unknown".to_owned(),
    }
}

/// How long ago or how old: `under 1 min`, `12 min`, `3 h`, `2 d`.
pub fn age(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match minutes {
        0 => "under 1 min".to_owned(),
        1..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1_440),
    }
}

/// When it is due, as seen from now: `in 3 h`, `2 d overdue`.
pub fn due(in_ms: i64) -> String {
    if in_ms >= 0 { format!("in {}", age(in_ms)) } else { format!("{} overdue", age(-in_ms)) }
}

/// A number of things: `1 task`, `3 tasks`.
pub fn many(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(&number.to_string()), if number == 1 { one } else { more })
}

/// A plain number, grouped.
pub fn number(number: u64) -> String {
    grouped(&number.to_string())
}

/// Which way a variance points: a shape, a word and the name of a colour class; never one of them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// Drawn before the number.
    pub shape: &'static str,
    /// Said after it.
    pub word: &'static str,
    /// Class of the style sheet.
    pub class: &'static str,
}

/// The direction of a variance.
pub const fn direction(variance: Quantity) -> Direction {
    if variance.is_zero() {
        Direction { shape: "=", word: "match", class: "is-match" }
    } else if variance.is_negative() {
        Direction { shape: "▼", word: "short", class: "is-short" }
    } else {
        Direction { shape: "▲", word: "over", class: "is-over" }
    }
}

/// What a state is called, and how it is dressed.
pub const fn state(state: DiscrepancyState) -> (&'static str, &'static str) {
    match state {
        DiscrepancyState::Recounting => ("recounting", "chip-info"),
        DiscrepancyState::Confirmed => ("confirmed", "chip-warn"),
        DiscrepancyState::Escalated => ("escalated", "chip-bad"),
        DiscrepancyState::AwaitingApproval => ("awaiting approval", "chip-warn"),
        DiscrepancyState::HalfApproved => ("1 of 2 approved", "chip-warn"),
        DiscrepancyState::Accepted => ("accepted", "chip-good"),
        DiscrepancyState::Posted => ("posted", "chip-good"),
        DiscrepancyState::Exported => ("exported", "chip-good"),
        DiscrepancyState::Acknowledged => ("acknowledged", "chip-good"),
        DiscrepancyState::Rejected => ("rejected", "chip-quiet"),
        DiscrepancyState::Transferred => ("transferred", "chip-good"),
    }
}

/// What a state means for the person who reads it.
pub const fn state_sentence(state: DiscrepancyState) -> &'static str {
    match state {
        DiscrepancyState::Recounting => "Somebody else is counting it again. Nothing to decide yet.",
        DiscrepancyState::Confirmed => "Two rounds agree. You decide.",
        DiscrepancyState::Escalated => "The rounds disagree and none are left. You decide on all the evidence.",
        DiscrepancyState::AwaitingApproval => "Beyond what may be posted without a supervisor. You decide.",
        DiscrepancyState::HalfApproved => "One approval is there; its value needs a second one by somebody else.",
        DiscrepancyState::Accepted => {
            "A later round was within tolerance: the earlier count was wrong, and the book stands."
        }
        DiscrepancyState::Posted => "Approved; the adjustment is in the ledger and waits for the export.",
        DiscrepancyState::Exported => "Handed to the other system, which has not confirmed it yet.",
        DiscrepancyState::Acknowledged => "The other system has posted it.",
        DiscrepancyState::Rejected => "The book stands.",
        DiscrepancyState::Transferred => "Paired with another discrepancy and posted as one transfer.",
    }
}

/// What a movement in the window means; empty where nothing moved.
pub const fn kind_sentence(kind: VarianceKind) -> &'static str {
    match kind {
        VarianceKind::Plain => "",
        VarianceKind::SettledByMovement => "settled by a movement during the count",
        VarianceKind::Ambiguous => "ambiguous: stock moved during the count",
    }
}

/// What a movement was.
pub const fn movement(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Opening => "opening",
        MovementKind::Receipt => "receipt",
        MovementKind::Issue => "issue",
        MovementKind::Transfer => "transfer",
        MovementKind::Return => "return",
        MovementKind::Damage => "damage",
        MovementKind::Adjustment => "adjustment",
        MovementKind::CountAdjustment => "count adjustment",
        MovementKind::StatementCorrection => "statement correction",
    }
}

/// Words of the wire such as `would_now_differ`, as people read them.
pub fn plain(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Quantity {
        text.parse().expect("a quantity")
    }
    fn amount(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn numbers_are_grouped_without_losing_a_digit() {
        assert_eq!(quantity(of("1234")), "1234");
        assert_eq!(quantity(of("-12345.600001")), "−12\u{202f}345.600001");
        assert_eq!(quantity(of("1234567")), "1\u{202f}234\u{202f}567");
        assert_eq!(number(100_000), "100\u{202f}000");
    }

    #[test]
    fn a_variance_always_has_its_sign_and_zero_has_none() {
        assert_eq!(signed(of("5")), "+5");
        assert_eq!(signed(of("-0.5")), "−0.5");
        assert_eq!(signed(of("0")), "0");
    }

    #[test]
    fn amounts_are_rounded_once_and_unknown_is_never_zero() {
        assert_eq!(money(amount("0.3153")), "0.32");
        assert_eq!(money(amount("-0.005")), "−0.01");
        assert_eq!(money(amount("-0.0001")), "0.00");
        assert_eq!(money(amount("12345.5")), "12\u{202f}345.50");
        assert_eq!((cost(amount("30.9")), cost(amount("0.1051"))), ("30.90".to_owned(), "0.1051".to_owned()));
        assert_eq!(value(None), "unknown");
        assert_eq!(value(Some(amount("3"))), "+3.00");
    }

    #[test]
    fn ages_are_as_coarse_as_people_say_them() {
        assert_eq!(age(59_000), "under 1 min");
        assert_eq!(age(119 * 60_000), "119 min");
        assert_eq!(age(120 * 60_000), "2 h");
        assert_eq!(age(48 * 3_600_000), "2 d");
        assert_eq!(due(-3 * 3_600_000), "3 h overdue");
        assert_eq!(due(3 * 3_600_000), "in 3 h");
    }

    #[test]
    fn short_and_over_differ_in_shape_word_and_class() {
        let (short, over) = (direction(of("-1")), direction(of("1")));
        assert!(short.shape != over.shape && short.word != over.word && short.class != over.class);
    }
}
