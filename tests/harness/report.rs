//! What a run tells at its end: which fault was injected how often, which invariants were checked, and what came of it.
//! Each scenario says so itself, in one line of a file that `TRUEUP_REPORT` names; `tests/run` prints the table and fails
//! where a fault of the list is not in it.
//!
//! Absent: judging a scenario. One that breaks an invariant panics, as every test does; this only notes it.

pub mod list;
pub mod table;

use shared::planted::Defect;
use std::fmt::Debug;
use std::io::Write as _;

/// Whether everything is to be run, and not the representative part of it: `tests/run --long` sets `TRUEUP_LONG`.
#[must_use]
pub fn is_long() -> bool {
    std::env::var_os("TRUEUP_LONG").is_some()
}

/// How often to do something in a quick run and in a long one.
#[must_use]
pub fn times(quick: u32, long: u32) -> u32 {
    if is_long() { long } else { quick }
}

/// A fault that a scenario injects. When it is dropped, its line is written.
pub struct Fault {
    family: &'static str,
    name: String,
    invariants: Vec<&'static str>,
    injected: u64,
    is_skipped: bool,
    note: String,
}

/// Begins a scenario: the family and the name that the fault has in [`list`], and the invariants of `SYNC.md` section 9
/// that are checked, such as `"I2 I4"`.
///
/// # Panics
/// Where the list has no such fault: then nobody would miss it.
#[must_use = "a fault is reported when it is dropped"]
pub fn fault(family: &'static str, name: &str, invariants: &'static str) -> Fault {
    assert!(list::find(family, name).is_some(), "{family}, {name}: not in tests/harness/report/list.rs");
    let invariants = invariants.split_whitespace().collect();
    Fault { family, name: name.to_owned(), invariants, injected: 0, is_skipped: false, note: String::new() }
}

/// Begins a scenario with a planted defect, which [`Fault::caught`] ends.
#[must_use = "a fault is reported when it is dropped"]
pub fn planted(defect: Defect, invariants: &'static str) -> Fault {
    fault(list::PLANTED, &format!("{defect:?}"), invariants)
}

impl Fault {
    /// It happened once more.
    pub fn happened(&mut self) {
        self.injected += 1;
    }

    /// It happened so many times more.
    pub fn happened_times(&mut self, times: impl Into<u64>) {
        self.injected += times.into();
    }

    /// A check was run where the defect is planted, and saw this.
    ///
    /// # Panics
    /// When it saw nothing wrong: the defect survived.
    pub fn caught<T: Debug>(&mut self, seen: Result<T, String>) {
        match seen {
            Err(found) => println!("caught: {} ({found})", self.name),
            Ok(seen) => panic!("{} survived: {seen:?}", self.name),
        }
        self.happened();
    }

    /// One more invariant was checked: one that only part of the scenarios can show, and that no row is to claim for the
    /// others.
    pub fn shown(&mut self, invariant: &'static str) {
        if !self.invariants.contains(&invariant) {
            self.invariants.push(invariant);
            self.invariants.sort_by_key(|known| (known.len(), *known));
        }
    }

    /// What was really done in this run, where the name says no number: how long, how much.
    pub fn note(&mut self, done: impl Into<String>) {
        self.note = done.into();
    }

    /// This machine cannot do it; why was printed.
    pub fn was_skipped(&mut self) {
        self.is_skipped = true;
    }

    fn line(&self, result: &str) -> String {
        let (invariants, note) = (self.invariants.join(" "), &self.note);
        format!("{}\t{}\t{}\t{invariants}\t{result}\t{note}\n", self.family, self.name, self.injected)
    }
}

impl Fault {
    /// What came of it, where the test was going well until now (`is_well`).
    fn result(&self, is_well: bool) -> &'static str {
        match (is_well, self.is_skipped, self.injected) {
            (false, ..) => table::BROKEN,
            (true, true, _) => table::SKIPPED,
            (true, false, 0) => table::NEVER,
            (true, false, _) => table::HELD,
        }
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        let is_well = !std::thread::panicking();
        let result = self.result(is_well);
        if let Some(file) = std::env::var_os("TRUEUP_REPORT") {
            let line = self.line(result);
            // one write, so that tests that run side by side do not mix their lines
            let written = std::fs::File::options()
                .create(true)
                .append(true)
                .open(file)
                .and_then(|mut file| file.write_all(line.as_bytes()));
            assert!(!is_well || written.is_ok(), "the report cannot be written: {written:?}");
        }
        assert!(result != table::NEVER, "{}: the fault never happened, so nothing was shown", self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, fault, planted, table};
    use shared::planted::Defect;
    use std::mem::ManuallyDrop;

    /// One that writes no line: no run is to read of these.
    fn quiet(fault: Fault) -> ManuallyDrop<Fault> {
        ManuallyDrop::new(fault)
    }

    #[test]
    fn a_fault_says_how_often_it_happened() {
        let mut flapping = quiet(fault("network", "flapping", "I4 I11"));
        assert_eq!(flapping.result(true), table::NEVER, "a scenario without its fault shows nothing");
        flapping.happened();
        flapping.happened_times(2_u32);
        assert_eq!(flapping.line(flapping.result(true)), "network\tflapping\t3\tI4 I11\theld\t\n");
        assert_eq!(flapping.result(false), table::BROKEN);
        flapping.was_skipped();
        assert_eq!(flapping.result(true), table::SKIPPED);
    }

    #[test]
    fn a_fault_says_what_was_shown_beyond_its_beginning_and_what_was_done() {
        let mut flapping = quiet(fault("network", "flapping", "I4 I12"));
        for _ in 0..2 {
            flapping.shown("I11");
        }
        flapping.happened();
        flapping.note("8 exchanges in 9 s");
        assert_eq!(flapping.line(table::HELD), "network\tflapping\t1\tI4 I11 I12\theld\t8 exchanges in 9 s\n");
    }

    #[test]
    #[should_panic(expected = "not in tests/harness/report/list.rs")]
    fn a_fault_that_the_list_does_not_know_is_none() {
        let _ = quiet(fault("network", "solar flare", "I4"));
    }

    #[test]
    #[should_panic(expected = "PutForAdd survived: 12")]
    fn a_planted_defect_that_survives_fails_the_run() {
        quiet(planted(Defect::PutForAdd, "I1")).caught(Ok(12));
    }

    #[test]
    fn a_planted_defect_that_is_caught_counts_as_injected() {
        let mut fault = quiet(planted(Defect::PutForAdd, "I1"));
        fault.caught::<()>(Err("I1: something is lost".into()));
        assert_eq!(fault.line(fault.result(true)), "planted\tPutForAdd\t1\tI1\theld\t\n");
    }
}
