//! The history of one thing: its lines grouped by day, and the raw record made readable.
//!
//! Absent: sentences. The server tells each fact in words; the raw record is shown beside them as it was kept.

use shared::api::history::{HistoryLine, Subject};

/// What a subject is called in a list of search hits.
pub const fn subject_words(subject: Subject) -> &'static str {
    match subject {
        Subject::Location => "bin",
        Subject::Item => "item",
        Subject::Task => "task",
        Subject::Person => "person",
        Subject::Device => "handheld",
        Subject::Discrepancy => "discrepancy",
    }
}

/// How late the server learned of it, when that is worth saying: more than a quarter of an hour, which is what a walk
/// without a network takes.
pub fn learned_late_ms(line: &HistoryLine) -> Option<i64> {
    let late = line.recorded_at.ms_since(line.at);
    (late > 900_000).then_some(late)
}

/// Lays a raw body out line by line without changing a value. A body that is no JSON stays as it is.
pub fn laid_out(body: &str) -> String {
    let (mut text, mut depth, mut in_text, mut escaped) = (String::with_capacity(body.len() * 2), 0usize, false, false);
    if serde_json::from_str::<&serde_json::value::RawValue>(body).is_err() {
        return body.to_owned();
    }
    let mut signs = body.chars().peekable();
    while let Some(sign) = signs.next() {
        if in_text {
            text.push(sign);
            in_text = escaped || sign != '"';
            escaped = !escaped && sign == '\\';
            continue;
        }
        match sign {
            '"' => {
                in_text = true;
                text.push(sign);
            }
            '{' | '[' => {
                text.push(sign);
                while signs.peek().is_some_and(|next| next.is_whitespace()) {
                    signs.next();
                }
                if let Some(end) = signs.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    new_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(sign);
            }
            ',' => {
                text.push(sign);
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            space if space.is_whitespace() => {}
            other => text.push(other),
        }
    }
    text
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// Adds an older page behind the lines already there; a line that is there already is not added again.
pub fn with_older(mut lines: Vec<HistoryLine>, older: Vec<HistoryLine>) -> Vec<HistoryLine> {
    let oldest = lines.last().map_or(i64::MAX, |line| line.position);
    lines.extend(older.into_iter().filter(|line| line.position < oldest));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::moment::Moment;

    fn line(position: i64) -> HistoryLine {
        HistoryLine {
            position,
            at: Moment(0),
            recorded_at: Moment(0),
            person_name: String::new(),
            origin: String::new(),
            kind: String::new(),
            sentence: String::new(),
            body: String::new(),
            chain: String::new(),
        }
    }

    #[test]
    fn a_raw_body_is_laid_out_without_changing_a_value() {
        let body = r#"{"kind":"scanned","q":"1.50","raw":"a\"{,:","e":{},"n":[1,2]}"#;
        let shown = laid_out(body);
        assert!(shown.contains("\n  \"q\": \"1.50\",\n"), "{shown}");
        assert!(shown.contains(r#""a\"{,:""#) && shown.contains("\"e\": {}"), "{shown}");
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("json");
        assert_eq!(same(&shown), same(body));
        assert_eq!(laid_out("not json {"), "not json {");
    }

    #[test]
    fn pages_join_without_a_line_twice() {
        let joined = with_older(vec![line(9), line(8)], vec![line(8), line(7)]);
        assert_eq!(joined.iter().map(|line| line.position).collect::<Vec<_>>(), [9, 8, 7]);
    }

    #[test]
    fn only_what_was_learned_late_says_so() {
        assert_eq!(learned_late_ms(&HistoryLine { recorded_at: Moment(60_000), ..line(1) }), None);
        assert_eq!(learned_late_ms(&HistoryLine { recorded_at: Moment(1_000_000), ..line(1) }), Some(1_000_000));
    }
}
