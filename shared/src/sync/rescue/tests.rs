//! Property tests of the rescue file and of its codes, and the odd cases by name.

#![allow(clippy::unwrap_used)]

use super::{frame::*, *};
use proptest::{collection::vec, prelude::*, sample::Index};

fn origin() -> Origin {
    Origin {
        version: RESCUE_VERSION,
        server: Uuid::from_u128(9),
        device: DeviceId(4),
        device_name: "H-04".into(),
        app: "0.1.0".into(),
        wall_ms: 1_795_392_000_000,
    }
}

/// Logs of bodies, the first `durable` of each left out, and entries that were not saved.
fn written(logs: &[(Vec<String>, usize)], unsaved: &[String]) -> (String, Vec<SavedEvent>) {
    let mut writer = Writer::new(origin());
    let (mut all, mut after) = (Vec::new(), None);
    for (number, (bodies, left_out)) in logs.iter().enumerate() {
        let log = LogId(Uuid::from_u128(100 + number as u128));
        let mut at = Head { seq: 0, chain: Chain::start(log) };
        let mut before = at;
        let mut events = Vec::new();
        for body in bodies {
            at = Head { seq: at.seq + 1, chain: at.chain.next(body.as_bytes()) };
            if at.seq <= *left_out as u64 {
                before = at;
                continue;
            }
            let id = EventId(Uuid::from_u128(1_000 * (1 + number as u128) + u128::from(at.seq)));
            events.push(SavedEvent { log, seq: at.seq, id, chain: at.chain, body: body.clone() });
        }
        let reason = if number == 0 { LogReason::Fresh } else { LogReason::Salvage };
        writer.log(SavedLog { log, reason, device: DeviceId(4), head: at, before });
        events.iter().cloned().for_each(|event| writer.event(event));
        after = Some(After { log, seq: at.seq, chain: at.chain });
        all.extend(events);
    }
    let empty = LogId(Uuid::nil());
    let after = after.unwrap_or(After { log: empty, seq: 0, chain: Chain::start(empty) });
    for (number, body) in (1..).zip(unsaved) {
        let id = EventId(Uuid::from_u128(500 + u128::from(number)));
        writer.unsaved(Unsaved { number, id, body: body.clone(), after });
    }
    (writer.finish(), all)
}

fn events(rescue: &Rescue) -> Vec<SavedEvent> {
    rescue.runs.iter().flat_map(|run| run.events.clone()).collect()
}

prop_compose! {
    fn a_log()(bodies in vec(any::<String>(), 0..12), left_out in 0_usize..4) -> (Vec<String>, usize) {
        (bodies, left_out)
    }
}

proptest! {
    #[test]
    fn what_a_handheld_writes_is_read_back_byte_for_byte(logs in vec(a_log(), 0..4), unsaved in vec(any::<String>(), 0..5)) {
        let (text, all) = written(&logs, &unsaved);
        let rescue = read(&text);
        prop_assert_eq!(&rescue.damages, &[]);
        prop_assert_eq!(events(&rescue), all);
        prop_assert!(rescue.runs.iter().all(|run| run.prev.is_some()), "nothing is missing before any event");
        prop_assert_eq!(rescue.unsaved.iter().map(|it| it.body.clone()).collect::<Vec<_>>(), unsaved);
        prop_assert_eq!(rescue.origin, Some(origin()));
        prop_assert_eq!(rescue.logs.len(), logs.len());
    }

    #[test]
    fn a_damaged_line_is_named_and_costs_itself_alone(
        logs in vec(a_log(), 1..4), unsaved in vec(any::<String>(), 0..5), line in any::<Index>(), place in any::<Index>(), other in 33_u8..127,
    ) {
        let (text, _) = written(&logs, &unsaved);
        let whole = read(&text);
        let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
        let line = line.index(lines.len());
        let place = place.index(lines[line].len());
        // the digits of a checksum may be written either way
        prop_assume!(lines[line][place].is_ascii() && !lines[line][place].eq_ignore_ascii_case(&other));
        lines[line][place] = other;
        let damaged = read(&String::from_utf8(lines.join(&b'\n')).unwrap());
        prop_assert!(damaged.damages.contains(&Damage::Line { line: line + 1 }), "{:?}", damaged.damages);
        let lost = whole.len() - damaged.len();
        prop_assert!(lost <= 1, "{lost} entries are gone");
        prop_assert!(events(&damaged).iter().all(|event| events(&whole).contains(event)), "nothing is made up");
    }

    #[test]
    fn a_text_cut_off_anywhere_says_so_and_gives_every_whole_line(logs in vec(a_log(), 1..4), at in any::<Index>()) {
        let (text, all) = written(&logs, &[]);
        let mut at = at.index(text.trim_end().len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let cut = read(&text[..at]);
        prop_assert!(!cut.is_whole(), "{:?}", cut.damages);
        let whole_lines = text[..at].matches('\n').count();
        let in_them = text.lines().take(whole_lines).filter(|line| line.contains(r#""line":"event""#)).count();
        prop_assert!(events(&cut).len() >= in_them && events(&cut).iter().all(|event| all.contains(event)));
    }

    #[test]
    fn lines_may_come_in_any_order(logs in vec(a_log(), 1..4), unsaved in vec(any::<String>(), 0..5), turn in any::<Index>()) {
        let (text, _) = written(&logs, &unsaved);
        let mut lines: Vec<&str> = text.lines().collect();
        let turn = turn.index(lines.len());
        lines.rotate_left(turn);
        prop_assert_eq!(read(&lines.join("\r\n")), read(&text));
    }

    #[test]
    fn no_text_at_all_stops_the_reader(text in any::<String>()) {
        let rescue = read(&text);
        prop_assert!(rescue.is_empty() && !rescue.is_whole() && !looks_like(&text));
    }

    #[test]
    fn frames_scanned_in_any_order_and_often_give_the_text(text in "\\PC{0,900}", order in vec(any::<Index>(), 0..30)) {
        let frames = split(&text).unwrap();
        let mut shown: Vec<String> = frames.clone();
        shown.extend(order.iter().map(|index| frames[index.index(frames.len())].to_lowercase()));
        for (one, two) in order.iter().zip(order.iter().rev()) {
            let (one, two) = (one.index(shown.len()), two.index(shown.len()));
            shown.swap(one, two);
        }
        // with a line end, with none, and with other things between
        for between in ["\n", "", "\r\n\t", " something else "] {
            let collected = join(&shown.join(between));
            prop_assert_eq!(collected.text.as_deref(), Some(text.as_str()), "{:?}", between);
            prop_assert_eq!((collected.damaged, collected.others), (0, 0));
        }
    }

    #[test]
    fn frames_that_are_missing_are_named_and_a_damaged_one_is_missing(
        text in "\\PC{900,1400}", left_out in any::<Index>(), hurt in any::<Index>(), place in any::<Index>(),
    ) {
        let mut frames = split(&text).unwrap();
        let (left_out, hurt) = (left_out.index(frames.len()), hurt.index(frames.len()));
        prop_assume!(left_out != hurt);
        let place = MARK.len() + place.index(frames[hurt].len() - MARK.len());
        let digit = if &frames[hurt][place..=place] == "7" { "8" } else { "7" };
        frames[hurt].replace_range(place..=place, digit);
        frames[left_out].clear();
        let collected = join(&frames.join("\n"));
        let mut expected = [left_out as u16 + 1, hurt as u16 + 1];
        expected.sort_unstable();
        prop_assert_eq!((collected.missing.as_slice(), collected.damaged), (expected.as_slice(), 1));
        prop_assert_eq!(collected.text, None);
    }

    #[test]
    fn whatever_a_scanner_types_stops_nothing(text in any::<String>()) {
        prop_assert_eq!(join(&format!("{MARK}{text}")).text, None);
    }
}

#[test]
fn the_codes_of_two_handhelds_are_not_mixed() {
    let (one, two) = (split(&"1".repeat(900)).unwrap(), split(&"2".repeat(900)).unwrap());
    let collected = join(&[&one[..], &two[1..]].concat().join("\n"));
    assert_eq!(collected.text, Some("1".repeat(900)));
    assert_eq!((collected.total, collected.others, collected.damaged), (3, 2, 0));
}

#[test]
fn a_journal_too_long_for_codes_says_how_many_it_would_take() {
    assert_eq!(split(&"x".repeat(TEXT_BYTES_MAX)).unwrap().len(), FRAMES_MAX);
    assert_eq!(split(&"x".repeat(TEXT_BYTES_MAX + 1)), Err(TooLong { frames: FRAMES_MAX + 1 }));
}

#[test]
fn an_event_that_was_changed_in_the_journal_is_named_and_what_follows_stands_alone() {
    let bodies: Vec<String> = (1..=5).map(|n| format!("event {n}")).collect();
    let (text, all) = written(&[(bodies, 0)], &[]);
    let mut writer = Writer::new(origin());
    read(&text).logs.into_values().for_each(|log| writer.log(log));
    for event in &all {
        let body = if event.seq == 3 { "event 3, put right".to_owned() } else { event.body.clone() };
        writer.event(SavedEvent { body, ..event.clone() });
    }
    let rescue = read(&writer.finish());
    assert_eq!(rescue.damages, [Damage::Event { log: all[0].log, seq: 3 }]);
    let runs: Vec<_> = rescue.runs.iter().map(|run| (run.from(), run.events.len(), run.prev.is_some())).collect();
    assert_eq!(runs, [(1, 2, true), (4, 2, false)]);
    assert_eq!(rescue.runs[1].stray_log(), rescue.runs[1].clone().stray_log());
    assert_ne!(rescue.runs[0].stray_log(), rescue.runs[1].stray_log());
}

#[test]
fn an_entry_that_the_disk_had_after_all_is_not_there_twice() {
    let (text, all) = written(&[(vec!["a".into(), "b".into()], 0)], &[]);
    let mut writer = Writer::new(origin());
    read(&text).logs.into_values().for_each(|log| writer.log(log));
    all.iter().cloned().for_each(|event| writer.event(event));
    let after = After { log: all[0].log, seq: 1, chain: all[0].chain };
    writer.unsaved(Unsaved { number: 1, id: all[1].id, body: "b".into(), after });
    writer.unsaved(Unsaved { number: 2, id: EventId(Uuid::from_u128(77)), body: "c".into(), after });
    let rescue = read(&writer.finish());
    assert_eq!(rescue.unsaved.iter().map(|entry| entry.body.as_str()).collect::<Vec<_>>(), ["c"]);
    let after = After { seq: 2, chain: all[1].chain, ..after };
    assert_eq!((rescue.len(), rescue.after()), (3, Some(after)), "what is left comes after it");
}

#[test]
fn the_same_entries_get_the_same_log_on_every_import() {
    let (one, two) = (written(&[], &["a".into()]).0, written(&[], &["a".into(), "b".into()]).0);
    assert_eq!(read(&one).unsaved_log(), read(&one).unsaved_log());
    assert_ne!(read(&one).unsaved_log(), read(&two).unsaved_log());
    assert_eq!(read(&written(&[], &[]).0).unsaved_log(), None);
}

#[test]
fn a_line_of_a_later_release_is_named_as_such() {
    let json = r#"{"line":"photo","of":"A-01"}"#;
    let text = format!("{} {json}\n{}", check_of(json), written(&[(vec!["a".into()], 0)], &[]).0);
    let rescue = read(&text);
    assert!(rescue.damages.contains(&Damage::Newer { line: 1 }), "{:?}", rescue.damages);
    assert_eq!(rescue.len(), 1);
}
