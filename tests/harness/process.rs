//! A child process whose output is always read and kept, so that it never blocks and a failing test can show it.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a program may take to say what is waited for; generous, because test machines are small and busy.
pub const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Default)]
struct Log {
    lines: Vec<String>,
    /// pipes that are still open
    open: usize,
}

/// A running program and everything it has printed, on both streams, in the order of arrival.
pub struct Process {
    name: String,
    child: Child,
    log: Arc<(Mutex<Log>, Condvar)>,
}

impl Process {
    /// Starts a program.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(name: &str, command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {name}: {error} ({command:?})"));
        let log = Arc::new((Mutex::new(Log { lines: Vec::new(), open: 2 }), Condvar::new()));
        keep(child.stdout.take().expect("a pipe"), &log);
        keep(child.stderr.take().expect("a pipe"), &log);
        Self { name: name.to_owned(), child, log }
    }

    /// Waits for a line that `wanted` makes something of.
    ///
    /// # Panics
    /// When the program ends or falls silent for too long before it says so.
    pub fn wait_line<T>(&self, what: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let (log, news) = &*self.log;
        let deadline = Instant::now() + PATIENCE;
        let mut seen = 0;
        let mut held = log.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = held.lines[seen..].iter().find_map(|line| wanted(line)) {
                return found;
            }
            seen = held.lines.len();
            let left = deadline.saturating_duration_since(Instant::now());
            if held.open == 0 || left.is_zero() {
                let (state, text) = (if held.open == 0 { "ended" } else { "kept silent" }, held.lines.join("\n"));
                drop(held);
                panic!("{} {state} without {what}; it printed:\n{text}", self.name);
            }
            held = news.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until it prints such a line, or ends without one; says which.
    ///
    /// # Panics
    /// When it does neither.
    pub fn wait_line_or_end(&self, wanted: impl Fn(&str) -> bool) -> bool {
        let (log, news) = &*self.log;
        let held = log.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = |log: &mut Log| log.open > 0 && !log.lines.iter().any(|line| wanted(line));
        let (held, waited) = news.wait_timeout_while(held, PATIENCE, is_open).unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "{} neither said it nor ended", self.name);
        held.lines.iter().any(|line| wanted(line))
    }

    /// Everything printed so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.log.0.lock().unwrap_or_else(PoisonError::into_inner).lines.join("\n")
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it with SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        // an error means that it has ended already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end with SIGTERM and waits until it has.
    ///
    /// # Panics
    /// When it does not.
    pub fn stop(&mut self) -> ExitStatus {
        signal(self.child.id(), "TERM");
        self.wait_end()
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child to wait for") {
                return status;
            }
            assert!(Instant::now() < deadline, "{} did not end; it printed:\n{}", self.name, self.output());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn keep(pipe: impl Read + Send + 'static, log: &Arc<(Mutex<Log>, Condvar)>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line).unwrap_or(0);
            let mut held = log.0.lock().unwrap_or_else(PoisonError::into_inner);
            if read == 0 {
                held.open -= 1;
            } else {
                held.lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            drop(held);
            log.1.notify_all();
            if read == 0 {
                return;
            }
        }
    });
}

/// Sends a signal by name (`TERM`, `KILL`, `STOP`, `CONT`) to one process. The shell's own `kill` is used, because it is
/// there on the barest system and std has none.
pub fn signal(id: u32, name: &str) {
    kill(name, &id.to_string());
}

/// Sends a signal to every process of a group, which has the id of its leader.
pub fn signal_group(leader: u32, name: &str) {
    kill(name, &format!("-{leader}"));
}

fn kill(name: &str, target: &str) {
    // a target that is gone already is no failure
    let sent = Command::new("sh").args(["-c", &format!("kill -s {name} -- {target}")]).stderr(Stdio::null()).status();
    assert!(sent.is_ok(), "cannot run sh");
}

/// Waits until a process that is not our child is gone.
pub fn wait_gone(id: u32) {
    let deadline = Instant::now() + PATIENCE;
    while is_alive(id) {
        assert!(Instant::now() < deadline, "process {id} survived its SIGKILL");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A zombie counts as gone: it holds no file and no port any more.
pub(crate) fn is_alive(id: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { return false };
    !stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_whether_it_was_printed_before_or_after_the_question() {
        let process = Process::start("sh", Command::new("sh").args(["-c", "echo port 7; read never; echo late"]));
        let port = |line: &str| line.strip_prefix("port ").map(str::to_owned);
        assert_eq!(process.wait_line("a port", port), "7");
        assert_eq!(process.wait_line("a port", port), "7");
    }

    #[test]
    #[should_panic(expected = "sh ended without a port; it printed:\nsorry")]
    fn a_program_that_ends_early_is_quoted() {
        let process = Process::start("sh", Command::new("sh").args(["-c", "echo sorry >&2"]));
        process.wait_line("a port", |line| line.strip_prefix("port ").map(str::to_owned));
    }

    #[test]
    fn a_killed_process_is_gone() {
        let mut process = Process::start("sleep", Command::new("sleep").arg("100"));
        let id = process.id();
        assert!(process.is_running() && is_alive(id));
        process.kill();
        assert!(!process.is_running() && !is_alive(id));
    }
}
