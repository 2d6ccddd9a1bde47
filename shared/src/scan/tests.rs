//! The capture machine against streams as scanners and hands make them.

mod stream;

use super::*;

struct Bench {
    capture: Capture,
    now_ms: i64,
    out: Vec<Captured>,
}

impl Bench {
    fn new(expect: Expect) -> Self {
        let mut capture = Capture::new();
        capture.expect(expect);
        Self { capture, now_ms: 1_000, out: Vec::new() }
    }
    /// Lets time pass, with every timer on time.
    fn wait(&mut self, ms: i64) -> &mut Self {
        let until = self.now_ms + ms;
        while let Some(due) = self.capture.deadline().filter(|due| *due <= until) {
            self.now_ms = due;
            self.out.extend(self.capture.tick(due));
        }
        self.now_ms = until;
        self
    }
    fn feed(&mut self, signal: Signal<'_>) -> &mut Self {
        self.out.extend(self.capture.feed(self.now_ms, signal));
        self
    }
    fn scan(&mut self, channel: Channel, text: &str, gaps: impl Iterator<Item = i64>, suffix: bool) -> &mut Self {
        match channel {
            Channel::Text if suffix => self.feed(Signal::Chunk(&format!("{text}\n"))),
            Channel::Text => self.feed(Signal::Chunk(text)),
            Channel::Keys | Channel::TextByCharacter => {
                for (c, gap) in text.chars().zip(gaps) {
                    match channel {
                        Channel::Keys => self.feed(Signal::Char(c)),
                        _ => self.feed(Signal::Chunk(c.encode_utf8(&mut [0; 4]))),
                    };
                    self.wait(gap);
                }
                if suffix { self.feed(Signal::End) } else { self }
            }
        }
    }
    fn keys(&mut self, text: &str, gap_ms: i64) -> &mut Self {
        self.scan(Channel::Keys, text, std::iter::repeat(gap_ms), false)
    }
    fn scans(&self) -> Vec<&str> {
        self.out
            .iter()
            .filter_map(|c| if let Captured::Scan { text, .. } = c { Some(text.as_str()) } else { None })
            .collect()
    }
}

fn scan(text: &str) -> Captured {
    Captured::Scan { text: text.into(), companion: false }
}

#[test]
fn the_same_label_reads_the_same_on_every_channel_with_and_without_enter() {
    for channel in [Channel::Keys, Channel::Text, Channel::TextByCharacter] {
        for suffix in [true, false] {
            for gap_ms in [0, 5, 10, 35, 80, 100] {
                for text in ["LOC-A-03-02", "4006381333931", "]C10109521234543213"] {
                    let mut bench = Bench::new(Expect::ScanOrQuantity);
                    bench.scan(channel, text, std::iter::repeat(gap_ms), suffix).wait(700);
                    assert_eq!(bench.out, [scan(text)], "{channel:?} suffix {suffix} gap {gap_ms}");
                }
            }
        }
    }
}

#[test]
fn enter_ends_a_scan_at_once() {
    let mut bench = Bench::new(Expect::Scan);
    bench.keys("A-03-02", 5).feed(Signal::End);
    assert_eq!(bench.out, [scan("A-03-02")]);
}

#[test]
fn two_codes_in_one_piece_of_text_are_two_scans() {
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.feed(Signal::Chunk("LOC-A\r\n4006381333931\r\n")).wait(700);
    assert_eq!(bench.scans(), ["LOC-A", "4006381333931"]);
    assert!(matches!(&bench.out[1], Captured::Scan { companion: true, .. }));
}

#[test]
fn a_code_that_bounces_is_one_scan_and_a_second_pull_is_two() {
    let mut bench = Bench::new(Expect::Scan);
    bench.feed(Signal::Chunk("4006381333931\n")).wait(200).feed(Signal::Chunk("4006381333931\n")).wait(700);
    assert_eq!(bench.scans().len(), 1);
    bench.feed(Signal::Chunk("4006381333931\n")).wait(251).feed(Signal::Chunk("4006381333931\n")).wait(700);
    assert_eq!(bench.scans().len(), 3);
}

#[test]
fn an_enter_behind_a_scan_that_already_ended_presses_nothing() {
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.keys("4006381333931", 5).wait(130);
    assert_eq!(bench.scans(), ["4006381333931"]);
    assert!(bench.capture.owns_enter(bench.now_ms));
    bench.feed(Signal::End);
    assert_eq!(bench.out.len(), 1, "the late terminator is swallowed");
    bench.wait(5_000);
    assert!(!bench.capture.owns_enter(bench.now_ms));
    bench.feed(Signal::End);
    assert_eq!(bench.out.last(), Some(&Captured::Entered));
}

#[test]
fn digits_typed_by_hand_are_a_quantity_where_one_is_expected() {
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.keys("12", 220).feed(Signal::End).wait(700);
    assert_eq!(bench.out, [Captured::Typed("1".into()), Captured::Typed("2".into()), Captured::Entered]);

    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.keys("12", 90).feed(Signal::End).wait(700);
    assert_eq!(bench.out, [Captured::Typed("12".into()), Captured::Entered]);

    let mut bench = Bench::new(Expect::Scan);
    bench.keys("12", 220).wait(700);
    assert!(bench.out.iter().all(|c| matches!(c, Captured::Ignored(_))), "{:?}", bench.out);
}

#[test]
fn backspace_takes_back_what_waits_or_what_the_keypad_shows() {
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.feed(Signal::Char('1')).feed(Signal::Back).wait(700);
    assert_eq!(bench.out, []);
    bench.feed(Signal::Back);
    assert_eq!(bench.out, [Captured::Erased]);
}

#[test]
fn a_long_code_is_held_through_a_stall_and_given_up_aloud() {
    let mut bench = Bench::new(Expect::Scan);
    bench.keys("4006381333931", 5).feed(Signal::End).wait(1_000); // this scanner sends Enter
    bench.keys("]d201095212345", 80).wait(3_000).keys("4321310ABC", 80).feed(Signal::End);
    assert_eq!(bench.out[1], Captured::Receiving);
    assert_eq!(bench.out[2], scan("]d2010952123454321310ABC"));
    bench.wait(1_000).keys("[)>06", 80).wait(20_000);
    assert_eq!(bench.out[3..], [Captured::Receiving, Captured::Garbled("[)>06".into())]);
}

#[test]
fn a_page_that_was_busy_does_not_tear_a_scan_in_two() {
    let mut capture = Capture::new();
    let mut out = Vec::new();
    for (index, c) in (0_i64..).zip("40063813".chars()) {
        out.extend(capture.feed(1_000 + index * 10, Signal::Char(c)));
    }
    // the timer fires half a second late, before the keys that were queued behind it
    out.extend(capture.tick(1_600));
    for (index, c) in (8_i64..).zip("33931".chars()) {
        out.extend(capture.feed(1_000 + index * 10, Signal::Char(c)));
    }
    out.extend(capture.feed(1_130, Signal::End));
    assert_eq!(out, [scan("4006381333931")]);
}

#[test]
fn a_group_separator_inside_committed_text_survives() {
    let mut bench = Bench::new(Expect::Scan);
    bench.feed(Signal::Chunk("]C110LOT7\u{1d}21S-1\n"));
    assert_eq!(bench.scans(), ["]C110LOT7\u{1d}21S-1"]);
}

#[test]
fn a_250_character_code_at_80_ms_arrives_whole() {
    let text = "X1".repeat(125);
    let mut bench = Bench::new(Expect::Scan);
    bench.keys(&text, 80).wait(700);
    assert_eq!(bench.scans(), [text.as_str()]);
}

#[test]
fn a_code_that_cannot_end_yet_is_held_on_a_scanner_that_sends_no_enter() {
    let mut bench = Bench::new(Expect::Scan);
    for _ in 0..6 {
        bench.keys("4006381333931", 5).wait(1_000);
    }
    bench.keys("]d20104006381", 80).wait(8_000).keys("333931", 80).wait(2_500);
    assert_eq!(bench.out[6..], [Captured::Receiving, scan("]d20104006381333931")]);
    bench.keys("]d20104006381", 80).wait(5_000).keys("]d20104006381333931", 80).wait(2_500);
    assert_eq!(
        bench.out[8..],
        [Captured::Receiving, Captured::Garbled("]d20104006381".into()), scan("]d20104006381333931")],
        "scanned again: the first half is not put in front of it"
    );
}

#[test]
fn a_separator_typed_as_a_number_with_alt_is_one_character() {
    let mut bench = Bench::new(Expect::Scan);
    bench.keys("10L7", 5);
    for digit in "029".chars() {
        bench.feed(Signal::AltDigit(digit)).wait(5);
    }
    bench.feed(Signal::AltEnd).keys("21S9", 5).feed(Signal::End);
    // a whole code with Alt held is digits and nothing else
    for digit in "4006029".chars() {
        bench.feed(Signal::AltDigit(digit)).wait(5);
    }
    bench.feed(Signal::AltEnd).feed(Signal::End);
    assert_eq!(bench.scans(), ["10L7\u{1d}21S9", "4006029"]);
}

#[test]
fn signs_of_a_sum_are_typed_one_by_one_or_at_a_stretch() {
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.keys("12", 200).keys("x", 200).keys("6-3", 200).feed(Signal::End);
    let typed: String =
        bench.out.iter().filter_map(|c| if let Captured::Typed(t) = c { Some(t.as_str()) } else { None }).collect();
    assert_eq!(typed, "12x6-3");
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.keys("2*6", 90).feed(Signal::End);
    assert_eq!(bench.out, [Captured::Typed("2*6".into()), Captured::Entered]);
}

#[test]
fn what_a_scanner_does_is_learned_and_kept() {
    let mut bench = Bench::new(Expect::Scan);
    bench.keys("]C10104006381333931", 80).feed(Signal::End).wait(700);
    let learned = bench.capture.learned();
    assert_eq!((learned.channel, learned.suffix, learned.aim, learned.gap_ms), (Some(Channel::Keys), true, true, 80));
    bench.feed(Signal::Chunk("4006381333931"));
    bench.wait(700);
    assert_eq!(bench.capture.learned().channel, Some(Channel::Text));
    let kept = serde_json::to_string(&learned).expect("text");
    let mut again = Capture::new();
    again.remember(serde_json::from_str(&kept).expect("what was kept"));
    assert_eq!(again.learned(), learned);
}

#[test]
fn a_quick_scanner_that_was_learned_does_not_tear_a_slow_one() {
    for quick_suffix in [true, false] {
        for suffix in [true, false] {
            let mut bench = Bench::new(Expect::ScanOrQuantity);
            for _ in 0..30 {
                bench.scan(Channel::Keys, "4006381333931", std::iter::repeat(1), quick_suffix).wait(700);
            }
            for gap_ms in [80, 100] {
                for text in ["4006381333948", "LOC-A-03-02", "X1Y2Z3"] {
                    bench.out.clear();
                    bench.scan(Channel::Keys, text, std::iter::repeat(gap_ms), suffix).wait(700);
                    assert_eq!(bench.out, [scan(text)], "{quick_suffix} {suffix} {gap_ms}");
                }
            }
        }
    }
}

#[test]
fn what_is_learned_of_the_suffix_says_how_long_silence_is_waited_for() {
    let after = |bench: &mut Bench, text: &str| {
        let before = bench.scans().len();
        bench.keys(text, 5);
        let began = bench.now_ms;
        while bench.scans().len() == before {
            let due = bench.capture.deadline().expect("a code waits for its end");
            bench.wait(due - bench.now_ms);
        }
        let took = bench.now_ms - began;
        bench.wait(700);
        took
    };
    let mut bench = Bench::new(Expect::Scan);
    assert_eq!(after(&mut bench, "4006381333931"), IDLE_END_MS - 5);
    bench.keys("4006381333931", 5).feed(Signal::End).wait(700);
    assert_eq!(after(&mut bench, "4006381333931"), IDLE_END_SUFFIX_MS - 5, "it may be on its way");
    assert_eq!(after(&mut bench, "4006381333931"), IDLE_END_SUFFIX_MS - 5);
    assert_eq!(after(&mut bench, "4006381333931"), IDLE_END_MS - 5, "this scanner sends none any more");
    assert!(!bench.capture.learned().suffix);
}

#[test]
fn a_long_code_that_says_nothing_of_its_length_is_held_where_an_enter_is_sure_to_come() {
    let text = "X1".repeat(125);
    let (front, back) = text.split_at(100);
    let mut bench = Bench::new(Expect::Scan);
    bench.keys("4006381333931", 5).feed(Signal::End).wait(1_000);
    bench.keys(front, 80).wait(7_000).keys(back, 80).feed(Signal::End);
    assert_eq!(bench.out[1..], [Captured::Receiving, scan(&text)]);
}

#[test]
fn one_stall_in_a_short_code_does_not_make_it_a_hands() {
    let mut bench = Bench::new(Expect::ScanOrQuantity);
    bench.keys("4006381333931", 5).feed(Signal::End).wait(1_000);
    bench.keys("40063", 80).keys("81", 80).wait(200).keys("3", 80).feed(Signal::End);
    assert_eq!(bench.scans(), ["4006381333931", "40063813"]);
}

#[test]
fn what_was_typed_into_a_field_that_closed_is_no_scan() {
    let mut capture = Capture::new();
    for (at_ms, letter) in (0..).step_by(10).zip("tube".chars()) {
        capture.feed(at_ms, Signal::Char(letter));
    }
    capture.forget();
    assert_eq!((capture.deadline(), capture.tick(1_000)), (None, vec![]));
}
