//! What the long run tells at its end: which fault was injected how often, which invariants were checked, and what came
//! of it. Each scenario says so itself, in one line of a file that `TRUEUP_REPORT` names; `tests/run` prints the table.
//!
//! Absent: judging. A scenario that breaks an invariant panics, as every test does; this only notes it.

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
    name: &'static str,
    invariants: &'static str,
    injected: u64,
    is_skipped: bool,
}

/// Begins a scenario: the list of `SYNC.md` section 10 that the fault stands in, its name there, and the invariants of
/// section 9 that are checked, such as `"I2 I4"`.
#[must_use = "a fault is reported when it is dropped"]
pub fn fault(family: &'static str, name: &'static str, invariants: &'static str) -> Fault {
    Fault { family, name, invariants, injected: 0, is_skipped: false }
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

    /// This machine cannot do it; why was printed.
    pub fn was_skipped(&mut self) {
        self.is_skipped = true;
    }

    fn line(&self, result: &str) -> String {
        format!("{}\t{}\t{}\t{}\t{result}\n", self.family, self.name, self.injected, self.invariants)
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        let is_broken = std::thread::panicking();
        if let Some(file) = std::env::var_os("TRUEUP_REPORT") {
            let line = self.line(if is_broken {
                "BROKEN"
            } else if self.is_skipped {
                "skipped"
            } else {
                "held"
            });
            // one write, so that tests that run side by side do not mix their lines
            let written = std::fs::File::options()
                .create(true)
                .append(true)
                .open(file)
                .and_then(|mut file| file.write_all(line.as_bytes()));
            assert!(is_broken || written.is_ok(), "the report cannot be written: {written:?}");
        }
        assert!(
            is_broken || self.is_skipped || self.injected > 0,
            "{}: the fault never happened, so nothing was shown",
            self.name
        );
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_fault_says_how_often_it_happened() {
        let mut flapping = fault("network", "flapping", "I4 I11");
        flapping.happened();
        flapping.happened_times(2_u32);
        assert_eq!(flapping.line("held"), "network\tflapping\t3\tI4 I11\theld\n");
    }

    #[test]
    #[should_panic(expected = "the fault never happened")]
    fn a_scenario_without_its_fault_shows_nothing() {
        drop(fault("network", "flapping", "I4"));
    }
}
