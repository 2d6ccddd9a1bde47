//! Where the scanner test stands: which code is next, what was found of the others, and every event as it came.
//!
//! Absent: judging ([`shared::scan::trial`]).

use crate::words::scanner::ScannerWords;
use shared::{
    barcode::gs1::SEPARATOR,
    scan::{
        Learned,
        trial::{Finding, Sample, judge},
    },
};
use std::collections::VecDeque;

/// Events kept: a few long codes, character by character.
const LINES_MAX: usize = 1_500;

/// The test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    found: Vec<(Finding, String)>,
    lines: VecDeque<String>,
    last_ms: Option<i64>,
}

impl Trial {
    /// The code to scan next; `None` after the last.
    pub fn next(&self) -> Option<Sample> {
        Sample::ALL.get(self.found.len()).copied()
    }
    /// What was found, with the text as it arrived.
    pub fn found(&self) -> &[(Finding, String)] {
        &self.found
    }
    /// A code arrived. One that is another of the four is taken for that one, wherever we are.
    pub fn scanned(&mut self, text: &str, learned: Learned) {
        let Some(next) = self.next() else { return };
        let finding = Sample::ALL
            .into_iter()
            .map(|sample| judge(sample, text, learned))
            .find(|finding| finding.exact || finding.separator.is_some())
            .filter(|finding| self.found.iter().all(|(known, _)| known.sample != finding.sample))
            .unwrap_or_else(|| judge(next, text, learned));
        self.found.push((finding, visible(text)));
    }
    /// An event, with the milliseconds since the one before.
    pub fn watch(&mut self, at_ms: i64, line: &str) {
        let since = self.last_ms.map_or(0, |last| at_ms - last);
        self.last_ms = Some(at_ms);
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(format!("{since:>6} ms  {line}"));
    }
    /// The last events, newest first.
    pub fn recent(&self, most: usize) -> Vec<String> {
        self.lines.iter().rev().take(most).cloned().collect()
    }
    /// Everything, as a text to send to somebody.
    pub fn export(&self, device: &str, words: &ScannerWords) -> String {
        let mut text = format!("Trueup scanner test\n{device}\n");
        for (finding, heard) in &self.found {
            text += &format!("\n{}\n  arrived: {heard}\n", finding.sample.name());
            for line in words.lines(finding) {
                text += &format!("  {line}\n");
            }
        }
        text += "\nEvents\n";
        for line in &self.lines {
            text += line;
            text.push('\n');
        }
        text
    }
    /// From the beginning.
    pub fn restart(&mut self) {
        *self = Self::default();
    }
}

/// A text with its separators made visible.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            SEPARATOR => "␝".to_owned(),
            c if c.is_control() => format!("\\x{:02x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::scanner;
    use shared::language::Language;

    #[test]
    fn four_codes_make_a_report() {
        let mut trial = Trial::default();
        trial.watch(1_000, "keydown key=\"4\"");
        trial.watch(1_008, "keydown key=\"0\"");
        for sample in Sample::ALL {
            assert_eq!(trial.next(), Some(sample));
            trial.scanned(sample.text(), Learned::default());
        }
        trial.scanned("more", Learned::default());
        assert!(trial.next().is_none() && trial.found().iter().all(|(finding, _)| finding.exact));
        let says = |finding| Language::ALL.iter().all(|language| scanner::of(*language).lines(finding).len() >= 4);
        assert!(trial.found().iter().all(|(finding, _)| says(finding)), "every finding says something");
        let report = trial.export("H-07", scanner::of(Language::English));
        for part in ["H-07", "1 · Code 128", "LOT7␝21Sn-9", "     8 ms  keydown"] {
            assert!(report.contains(part), "{part} in\n{report}");
        }
        trial.restart();
        assert_eq!(trial, Trial::default());
    }

    #[test]
    fn events_do_not_pile_up_for_ever() {
        let mut trial = Trial::default();
        (0..5_000).for_each(|n| trial.watch(n, "keydown"));
        assert_eq!((trial.recent(usize::MAX).len(), trial.recent(3).len()), (LINES_MAX, 3));
    }
}
