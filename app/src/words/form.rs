//! How a language writes numbers, days and times. Pure: local time is handed in.
//!
//! Absent: reading. What is typed goes through the keypad, which knows one decimal sign inside.

use shared::{moment::Moment, quantity::Quantity};

/// How a language writes days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// `23.11.2026`, with this sign between.
    Numbers(char),
    /// `23 Nov 2026`: half the English-speaking world puts the month first, so it is written out.
    Named([&'static str; 12]),
}

/// How a language writes numbers and days. Times are `14:05` in all of them, as on every shift plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Between whole and parts.
    pub decimal: char,
    /// Between thousands.
    pub group: char,
    /// From this many whole digits on, thousands are set apart.
    pub group_from: usize,
    /// Days.
    pub date: DateForm,
}

impl Form {
    /// A number of things.
    pub fn whole(&self, n: usize) -> String {
        self.number(&n.to_string())
    }
    /// A quantity.
    pub fn quantity(&self, quantity: Quantity) -> String {
        self.number(&quantity.to_string())
    }
    fn number(&self, text: &str) -> String {
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("\u{2212}", digits));
        let (whole, parts) = digits.split_once('.').map_or((digits, None), |(whole, parts)| (whole, Some(parts)));
        let mut out = String::from(sign);
        for (n, digit) in whole.chars().enumerate() {
            let left = whole.len().saturating_sub(n);
            if n > 0 && left.is_multiple_of(3) && whole.len() >= self.group_from {
                out.push(self.group);
            }
            out.push(digit);
        }
        if let Some(parts) = parts {
            out.push(self.decimal);
            out.push_str(parts);
        }
        out
    }
    /// A number while it is being typed: its own decimal sign, nothing between thousands that would jump about.
    pub fn typed(&self, text: &str) -> String {
        text.replace('.', self.decimal.encode_utf8(&mut [0; 4]))
    }
    /// A day such as `2026-11-23`. What is no day stays as it is: a label's date is shown, never guessed.
    pub fn day(&self, iso: &str) -> String {
        let parts: Vec<&str> = iso.split('-').collect();
        let [year, month, day] = parts[..] else { return iso.to_owned() };
        let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return iso.to_owned();
        }
        match self.date {
            DateForm::Numbers(sign) => format!("{day}{sign}{month}{sign}{year}"),
            DateForm::Named(names) => {
                let name = month.parse::<usize>().ok().and_then(|n| names.get(n.checked_sub(1)?));
                name.map_or_else(|| iso.to_owned(), |name| format!("{} {name} {year}", day.trim_start_matches('0')))
            }
        }
    }
    /// The time of day, `14:05`, of an instant where the clocks are `ahead_minutes` ahead of UTC.
    pub fn time(&self, at: Moment, ahead_minutes: i32) -> String {
        local(at, ahead_minutes).get(11..16).unwrap_or_default().to_owned()
    }
    /// Day and time of day.
    pub fn day_and_time(&self, at: Moment, ahead_minutes: i32) -> String {
        let text = local(at, ahead_minutes);
        format!("{} {}", self.day(text.get(..10).unwrap_or_default()), text.get(11..16).unwrap_or_default())
    }
}

/// `2026-11-23T14:05:31.000Z`, as the wall clock there says.
fn local(at: Moment, ahead_minutes: i32) -> String {
    at.plus_ms(i64::from(ahead_minutes).saturating_mul(60_000)).to_string()
}
