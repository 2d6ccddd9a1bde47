//! The table at the end of a run, and whether it shows what the run was to show: each fault of the list was injected, often
//! enough in a long run, and every invariant held.
//!
//! Absent: running anything.

use super::list::{self, Listed, Needs};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Every check of the scenario held.
pub const HELD: &str = "held";
/// An invariant broke, or the scenario did.
pub const BROKEN: &str = "BROKEN";
/// This machine cannot do it.
pub const SKIPPED: &str = "skipped";
/// The scenario ran and the fault did not happen.
pub const NEVER: &str = "NEVER HAPPENED";

/// What a run was to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run {
    /// Faults as often as the list says for a long run, and nothing skipped.
    pub is_long: bool,
    /// Real browsers were left out.
    pub is_without_browsers: bool,
    /// Somebody knows that this machine cannot do all of it (no right to trace or to mount), and wants the rest. A long
    /// run does not listen to that.
    pub are_skips_known: bool,
}

/// One fault, over all scenarios that injected it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    injected: u64,
    invariants: BTreeSet<(usize, String)>,
    results: Vec<String>,
    notes: BTreeSet<String>,
}

impl Row {
    /// What is wrong with it, or `None`.
    fn trouble(&self, listed: &Listed, run: Run) -> Option<String> {
        let is = |result: &str| self.results.iter().any(|known| known == result);
        let least = if run.is_long { listed.long_min } else { 1 };
        let odd = self.results.iter().find(|result| ![HELD, BROKEN, SKIPPED, NEVER].contains(&result.as_str()));
        match () {
            () if is(BROKEN) => Some(BROKEN.into()),
            () if is(NEVER) => Some(NEVER.into()),
            () if odd.is_some() => odd.cloned(),
            () if self.results.is_empty() => Some("MISSING".into()),
            () if is(SKIPPED) && !is(HELD) => (run.is_long || !run.are_skips_known).then(|| "SKIPPED".into()),
            () if self.injected < least => Some(format!("TOO FEW, {least} wanted")),
            () => None,
        }
    }

    fn result(&self) -> &str {
        if self.results.iter().all(|result| result == SKIPPED) { SKIPPED } else { HELD }
    }

    fn invariants(&self) -> String {
        self.invariants.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn note(&self) -> String {
        self.notes.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

/// Draws the table of a report; the second part is what is wrong with it, a line for each.
#[must_use]
pub fn draw(report: &str, run: Run) -> (String, Vec<String>) {
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in report.lines() {
        let [family, name, injected, invariants, result, note] = line.split('\t').collect::<Vec<_>>()[..] else {
            wrong.push(format!("not a line of a report: {line}"));
            continue;
        };
        let row = rows.entry((family.to_owned(), name.to_owned())).or_default();
        row.injected += injected.parse::<u64>().unwrap_or(0);
        row.invariants.extend(invariants.split_whitespace().map(|known| (known.len(), known.to_owned())));
        row.results.push(result.to_owned());
        row.notes.extend((!note.is_empty()).then(|| note.to_owned()));
    }
    let mut table = String::new();
    let mut put = |[family, name, injected, invariants, result, note]: [&str; 6]| {
        let line = format!("{family:<10}{name:<68}{injected:>9}  {invariants:<22}{result:<10}{note}");
        let _ = writeln!(table, "{}", line.trim_end());
    };
    put(["family", "fault", "injected", "invariants checked", "result", "in this run"]);
    for listed in list::all() {
        if run.is_without_browsers && listed.needs == Needs::Browser {
            continue;
        }
        let row = rows.remove(&(listed.family.to_owned(), listed.name.clone())).unwrap_or_default();
        let trouble = row.trouble(&listed, run);
        let result = trouble.clone().unwrap_or_else(|| row.result().to_owned());
        let (injected, invariants) = (row.injected.to_string(), row.invariants());
        put([listed.family, &listed.name, &injected, &invariants, &result, &row.note()]);
        wrong.extend(trouble.map(|trouble| format!("{}, {}: {trouble}", listed.family, listed.name)));
    }
    // what ran although it was not asked for, or is not on the list
    for ((family, name), row) in rows {
        let is_fine = run.is_without_browsers && list::find(&family, &name).is_some();
        let result = if is_fine { row.result() } else { "NOT ON THE LIST" };
        put([&family, &name, &row.injected.to_string(), &row.invariants(), result, &row.note()]);
        if !is_fine {
            wrong.push(format!("{family}, {name}: {result}"));
        }
    }
    (table, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Run = Run { is_long: false, is_without_browsers: false, are_skips_known: false };
    const LONG: Run = Run { is_long: true, ..SHORT };

    /// A report of a run in which everything happened as often as a long one asks.
    fn good() -> Vec<String> {
        let line = |listed: Listed| format!("{}\t{}\t{}\tI1\theld\t", listed.family, listed.name, listed.long_min);
        list::all().into_iter().map(line).collect()
    }

    fn check(change: impl Fn(&mut Vec<String>), run: Run, wanted: &[&str]) {
        let mut report = good();
        change(&mut report);
        let (table, wrong) = draw(&report.join("\n"), run);
        assert_eq!(wrong, wanted, "{table}");
    }

    fn at(report: &mut [String], begins: &str) -> usize {
        report.iter().position(|line| line.starts_with(begins)).expect("a row")
    }

    #[test]
    fn a_run_that_did_everything_has_nothing_wrong() {
        check(|_| (), LONG, &[]);
        check(|_| (), SHORT, &[]);
        let (table, _) = draw(&good().join("\n"), LONG);
        assert_eq!(table.lines().count(), list::all().len() + 1);
    }

    #[test]
    fn a_fault_that_no_scenario_injected_is_missed() {
        let forget = |report: &mut Vec<String>| {
            let at = at(report, "deploy\tone asset missing");
            report.remove(at);
        };
        check(forget, SHORT, &["deploy, one asset missing: MISSING"]);
        check(forget, Run { is_without_browsers: true, ..SHORT }, &[]);
    }

    #[test]
    fn a_fault_that_never_happened_is_wrong_however_often_it_did_elsewhere() {
        let add = |report: &mut Vec<String>| report.push("network\tflapping\t0\tI4\tNEVER HAPPENED\t".into());
        check(add, SHORT, &["network, flapping: NEVER HAPPENED"]);
        let zero = |report: &mut Vec<String>| {
            let at = at(report, "network\tflapping");
            report[at] = "network\tflapping\t0\tI4\theld\t".into();
        };
        check(zero, SHORT, &["network, flapping: TOO FEW, 1 wanted"]);
    }

    #[test]
    fn a_thousand_kills_are_a_thousand() {
        let fewer = |report: &mut Vec<String>| {
            let at = at(report, "server\tkill −9");
            report[at] = "server\tkill −9 in the middle of pushes\t600\tI2\theld\t".into();
        };
        check(fewer, SHORT, &[]);
        check(fewer, LONG, &["server, kill −9 in the middle of pushes: TOO FEW, 1000 wanted"]);
        let in_two = |report: &mut Vec<String>| {
            fewer(report);
            report.push("server\tkill −9 in the middle of pushes\t400\tI2\theld\t".into());
        };
        check(in_two, LONG, &[]);
    }

    #[test]
    fn one_broken_scenario_breaks_its_row() {
        let add = |report: &mut Vec<String>| report.push("planted\tPutForAdd\t1\tI1\tBROKEN\t".into());
        check(add, SHORT, &["planted, PutForAdd: BROKEN"]);
    }

    #[test]
    fn what_a_machine_cannot_do_is_wrong_unless_that_is_known_and_always_in_a_long_run() {
        let skip = |report: &mut Vec<String>| {
            let at = at(report, "server\tdisk full");
            report[at] = "server\tdisk full\t0\tI2\tskipped\t".into();
        };
        check(skip, SHORT, &["server, disk full: SKIPPED"]);
        check(skip, Run { are_skips_known: true, ..SHORT }, &[]);
        check(skip, Run { are_skips_known: true, ..LONG }, &["server, disk full: SKIPPED"]);
    }

    #[test]
    fn a_row_says_what_any_of_its_scenarios_showed_and_did() {
        let report = "network\tflapping\t2\tI4 I12\theld\t2 s\nnetwork\tflapping\t3\tI4 I11\theld\t3 s\n";
        let (table, _) = draw(report, SHORT);
        let row = table.lines().find(|line| line.contains("flapping")).expect("a row");
        assert!(row.ends_with("5  I4 I11 I12            held      2 s; 3 s"), "{row}");
    }

    #[test]
    fn what_the_list_does_not_know_and_what_is_no_row_is_wrong() {
        check(
            |report| report.push("network\tsolar flare\t1\tI4\theld\t".into()),
            SHORT,
            &["network, solar flare: NOT ON THE LIST"],
        );
        check(|report| report.push("nonsense".into()), SHORT, &["not a line of a report: nonsense"]);
    }
}
