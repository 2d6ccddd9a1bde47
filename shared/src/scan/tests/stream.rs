//! Ten thousand random streams of scans: none is lost, split, merged or invented, whatever was learned before.

use super::*;
use proptest::prelude::*;

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z]{1,3}-[0-9]{2}-[0-9]{2}",
        "LOC-[A-Z0-9]{2,8}",
        "[0-9]{8}",
        "[0-9]{12,14}",
        "\\][CEe][0-9][0-9]{12,30}",
        "\\]d20104006381333931(10[A-Z0-9]{1,12}\u{1d}21[A-Z0-9]{1,20})?",
        "\\[\\)>\u{1e}06\u{1d}P[A-Z0-9]{3,12}\u{1d}Q[0-9]{1,4}\u{1e}\u{4}",
        "https://id\\.gs1\\.org/01/04006381333931/21/[A-Z0-9]{1,20}",
        "[A-Za-z0-9./+%$-]{8,48}".prop_filter("opens no long code", |t| !t.starts_with("http")),
        "[A-Z0-9]{60,250}",
    ]
}

/// One label, how it is scanned, and what goes wrong on the way.
#[derive(Debug, Clone)]
struct Pull {
    label: String,
    pause_ms: i64,
    gaps_ms: Vec<i64>,
    /// Where a long code stalls, and for how long.
    stall: Option<(usize, i64)>,
    /// Where any code stalls for a moment.
    hiccup: Option<(usize, i64)>,
    /// The hardware delivers it twice.
    bounces: bool,
    /// A quantity is typed before the next one.
    typed: Option<String>,
}

fn pull() -> impl Strategy<Value = Pull> {
    let stall = prop::option::weighted(0.2, (1_usize..14, 700_i64..9_000));
    let hiccup = prop::option::weighted(0.2, (6_usize..14, 100_i64..300));
    let typed = prop::option::weighted(0.2, "[1-9][0-9]{0,3}");
    let gaps = prop::collection::vec(0_i64..=100, 48);
    (label(), 620_i64..3_000, gaps, stall, hiccup, prop::bool::weighted(0.1), typed).prop_map(
        |(label, pause_ms, gaps_ms, stall, hiccup, bounces, typed)| Pull {
            label,
            pause_ms,
            gaps_ms,
            stall,
            hiccup,
            bounces,
            typed,
        },
    )
}

/// What a handheld has learned before: scans of another scanner, quick or slow, with or without a suffix.
#[derive(Debug, Clone)]
struct Before {
    scans: usize,
    pace_ms: i64,
    suffix: bool,
    channel: Channel,
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::Keys), Just(Channel::Text), Just(Channel::TextByCharacter)]
}

fn before() -> impl Strategy<Value = Before> {
    (0_usize..9, prop_oneof![0_i64..8, 0_i64..=100], any::<bool>(), channel())
        .prop_map(|(scans, pace_ms, suffix, channel)| Before { scans, pace_ms, suffix, channel })
}

/// What came out, with digits that were typed one by one put together: how many at a time reach the keypad is of no account.
fn told(out: &[Captured]) -> Vec<Captured> {
    let mut told: Vec<Captured> = Vec::new();
    for captured in out.iter().filter(|captured| **captured != Captured::Receiving) {
        match (told.last_mut(), captured) {
            (Some(Captured::Typed(before)), Captured::Typed(more)) => before.push_str(more),
            _ => told.push(captured.clone()),
        }
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_scan_is_lost_split_merged_or_invented(
        before in before(),
        pulls in prop::collection::vec(pull(), 1..5),
        channel in channel(),
        suffix in any::<bool>(),
        pace_ms in 0_i64..=100,
        jitter in any::<bool>(),
        quantity in any::<bool>(),
    ) {
        let mut bench = Bench::new(if quantity { Expect::ScanOrQuantity } else { Expect::Scan });
        for _ in 0..before.scans {
            bench.scan(before.channel, "4006381333931", std::iter::repeat(before.pace_ms), before.suffix).wait(1_000);
        }
        prop_assert_eq!(bench.scans().len(), before.scans);
        bench.out.clear();
        let mut expected = Vec::new();
        for pull in &pulls {
            let sure_of_suffix = bench.capture.learned().suffix;
            let is_open = ["[)>", "]d", "http"].iter().any(|opening| pull.label.starts_with(opening));
            if sure_of_suffix && !suffix && (is_open || pull.label.len() > 48) {
                // waits for an Enter that does not come any more, and is given up aloud: see the tests above
                continue;
            }
            let mut gaps: Vec<i64> = pull.gaps_ms.iter().copied().cycle().take(pull.label.len()).collect();
            if !jitter {
                gaps.fill(pace_ms);
            }
            // before its last character: what comes after that is a pause between scans
            let last = pull.label.chars().count() - 1;
            // a code that may end anywhere may pause for a moment where its Enter is sure to come
            if let Some((at, ms)) = pull.hiccup.filter(|(at, _)| suffix && sure_of_suffix && *at < last) {
                gaps[at] = ms;
            }
            if let Some((at, ms)) = pull.stall {
                // one that says itself that more must come may stall wherever it says so
                if pull.label.starts_with("]d2") && at > 3 {
                    gaps[at] = ms;
                // and a long one anywhere behind what bars could hold, where its Enter is sure to come
                } else if suffix && sure_of_suffix && 48 + at < last && channel != Channel::Text {
                    gaps[48 + at] = ms;
                }
            }
            bench.scan(channel, &pull.label, gaps.into_iter(), suffix);
            if pull.bounces && channel == Channel::Text {
                bench.wait(150).scan(channel, &pull.label, std::iter::repeat(0), suffix);
            }
            // codes that may be long end by their terminator, or after the two seconds that they may stall
            bench.wait(pull.pause_ms + if suffix { 0 } else { 2_100 });
            expected.push(scan(&pull.label));
            if let Some(typed) = pull.typed.as_ref().filter(|_| quantity) {
                bench.keys(typed, 240).feed(Signal::End).wait(700);
                expected.extend([Captured::Typed(typed.clone()), Captured::Entered]);
            }
        }
        prop_assert_eq!(told(&bench.out), expected);
    }
}

proptest! {
    #[test]
    fn no_stream_makes_the_machine_panic_or_swallow_characters_for_good(
        steps in prop::collection::vec((0_i64..20_000, "\\PC{0,4}", 0_u8..6), 0..60),
    ) {
        let mut bench = Bench::new(Expect::ScanOrQuantity);
        for (wait_ms, text, kind) in &steps {
            bench.wait(*wait_ms);
            match kind {
                0 => bench.feed(Signal::Chunk(text)),
                1 => bench.feed(Signal::End),
                2 => bench.feed(Signal::Back),
                3 => bench.feed(Signal::AltDigit('2')),
                4 => bench.feed(Signal::AltEnd),
                _ => bench.feed(Signal::Char(text.chars().next().unwrap_or('1'))),
            };
        }
        bench.wait(60_000);
        prop_assert_eq!(bench.capture.deadline(), None, "everything that came in has come out");
    }
}
