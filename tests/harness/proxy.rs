//! The line between a handheld and the server: cut, stalled, deaf in one direction, slow, or with a script of what becomes
//! of each exchange. The page's own "offline" switch does not stop a service worker's requests; this does.
//!
//! Plain threads, so that it works under any test and never waits for an executor. A request is read whole before its
//! fate is decided; answers are passed on as they come. Absent: TLS.

mod fate;
mod message;
#[cfg(test)]
mod tests;

pub use fate::Fate;

use std::collections::VecDeque;
use std::io::Write as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::process::PATIENCE;
use message::{Head, buffered};

/// What the line does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Open,
    /// connections break, and new ones are closed at once
    Cut,
    /// nothing moves in either direction until the line changes
    Stalled,
    /// requests arrive, answers wait until the line changes
    Deaf,
    /// so many bytes of each connection's answers arrive, then it breaks
    AnswersCut(usize),
    /// so many bytes in each such time, in each direction
    Slow(usize, Duration),
}

struct State {
    line: Line,
    /// what becomes of the next exchanges below a path
    scripts: Vec<(String, VecDeque<Fate>)>,
    /// requests below this path are kept, to be sent once more
    keeping: Option<String>,
    kept: Vec<Vec<u8>>,
    /// both ends of every connection, to break them
    live: Vec<TcpStream>,
    dropped: usize,
    /// answers that wait on a deaf line
    held: usize,
    is_closed: bool,
}

/// A proxy in front of one server. Dropping it cuts the line for good.
pub struct Proxy {
    address: SocketAddr,
    server: SocketAddr,
    shared: Shared,
}

type Shared = Arc<(Mutex<State>, Condvar)>;

impl Proxy {
    /// A line to `server`, open. The server may be dead, and may come and go behind it.
    #[must_use]
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = State {
            line: Line::Open,
            scripts: Vec::new(),
            keeping: None,
            kept: Vec::new(),
            live: Vec::new(),
            dropped: 0,
            held: 0,
            is_closed: false,
        };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let mut state = lock(&accepting);
                if state.is_closed {
                    return;
                }
                let Ok(client) = client else { continue };
                let Ok(end) = client.try_clone() else { continue };
                if state.line == Line::Cut {
                    continue;
                }
                state.live.push(end);
                drop(state);
                let shared = Arc::clone(&accepting);
                std::thread::spawn(move || {
                    carry(&client, server, &shared);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, server, shared }
    }

    /// `http://127.0.0.1:<port>`, what the browser is to open.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens, for what stands before it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks every connection and refuses new ones.
    pub fn cut(&self) {
        self.set(Line::Cut);
    }

    /// Lets everything through again. Scripts go on.
    pub fn restore(&self) {
        self.set(Line::Open);
    }

    /// Holds every byte back, as in a lift. Connections stay.
    pub fn stall(&self) {
        self.set(Line::Stalled);
    }

    /// One way only: requests arrive, answers wait until the line is restored.
    pub fn deafen(&self) {
        self.set(Line::Deaf);
    }

    /// So many bytes in each such time, in each direction. What is on its way when the line changes goes on as the line
    /// is then.
    pub fn slow_down(&self, bytes: usize, every: Duration) {
        self.set(Line::Slow(bytes.max(1), every));
    }

    /// Requests arrive and are answered, but no byte of an answer comes back: the connection breaks instead.
    pub fn drop_answers(&self) {
        self.cut_answers_after(0);
    }

    /// Answers break off after so many bytes.
    pub fn cut_answers_after(&self, bytes: usize) {
        self.set(Line::AnswersCut(bytes));
    }

    /// What becomes of the next exchanges whose path begins so, in this order; those after them pass.
    pub fn script(&self, path: &str, fates: impl IntoIterator<Item = Fate>) {
        lock(&self.shared).scripts.push((path.to_owned(), fates.into_iter().collect()));
    }

    /// How many fates of scripts are still to come.
    #[must_use]
    pub fn script_left(&self) -> usize {
        lock(&self.shared).scripts.iter().map(|(_, fates)| fates.len()).sum()
    }

    /// Keeps a copy of each request whose path begins so, for [`Proxy::replay`].
    pub fn keep(&self, path: &str) {
        lock(&self.shared).keeping = Some(path.to_owned());
    }

    /// Sends every kept request to the server once more, the latest first, and answers how each was answered. No client
    /// hears of it.
    ///
    /// # Panics
    /// When the server gives no answer.
    #[must_use]
    pub fn replay(&self) -> Vec<u16> {
        let kept = std::mem::take(&mut lock(&self.shared).kept);
        let send = |request: &Vec<u8>| {
            let mut stream = TcpStream::connect(self.server).expect("the server listens");
            stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
            stream.write_all(request).expect("the server reads");
            let head = Head::read(&mut buffered(&mut stream)).expect("an answer").expect("an answer");
            head.first.get(1).and_then(|status| status.parse().ok()).expect("a status")
        };
        kept.iter().rev().map(send).collect()
    }

    /// How many answers were lost so far.
    #[must_use]
    pub fn dropped(&self) -> usize {
        lock(&self.shared).dropped
    }

    /// Waits until so many answers were lost since the proxy began.
    ///
    /// # Panics
    /// When it takes too long.
    pub fn wait_dropped(&self, count: usize) {
        self.wait(&format!("{count} lost answers"), |state| state.dropped >= count);
    }

    /// Waits until an answer waits on a deaf line: the server has done what it was asked.
    ///
    /// # Panics
    /// When it takes too long.
    pub fn wait_held(&self) {
        self.wait("an answer that waits", |state| state.held > 0);
    }

    fn wait(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let state = lock(&self.shared);
        let waited = self.shared.1.wait_timeout_while(state, PATIENCE, |state| !is_so(state));
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "there never was {what}");
    }

    fn set(&self, line: Line) {
        let mut state = lock(&self.shared);
        state.line = line;
        if line == Line::Cut {
            break_all(&mut state);
        }
        drop(state);
        self.shared.1.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = lock(&self.shared);
        state.is_closed = true;
        state.line = Line::Cut;
        break_all(&mut state);
        drop(state);
        self.shared.1.notify_all();
        // wakes the accepting thread, which then ends
        let _ = TcpStream::connect(self.address);
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn break_all(state: &mut State) {
    for stream in state.live.drain(..) {
        // it may be broken already
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// Waits while the line lets nothing of this direction through; answers what it does then.
fn line(shared: &Shared, is_answer: bool) -> Line {
    let mut state = lock(shared);
    let held = is_answer && state.line == Line::Deaf;
    if held {
        state.held += 1;
        shared.1.notify_all();
    }
    let closed = |line| line == Line::Stalled || is_answer && line == Line::Deaf;
    let mut state = shared.1.wait_while(state, |state| closed(state.line)).unwrap_or_else(PoisonError::into_inner);
    state.held -= usize::from(held);
    state.line
}

/// What becomes of a request; it is kept where that was asked for.
fn fate(shared: &Shared, head: &Head, request: &[u8]) -> Fate {
    let mut state = lock(shared);
    if state.keeping.as_ref().is_some_and(|path| head.path().starts_with(path)) {
        state.kept.push(request.to_vec());
    }
    let script = state.scripts.iter_mut().find(|(path, fates)| head.path().starts_with(path) && !fates.is_empty());
    let fate = script.and_then(|(_, fates)| fates.pop_front()).unwrap_or(Fate::Pass);
    shared.1.notify_all();
    fate
}

fn dropped(shared: &Shared) {
    lock(shared).dropped += 1;
    shared.1.notify_all();
}

/// Carries one connection's exchanges until one of them, or the line, breaks it.
fn carry(client: &TcpStream, server: SocketAddr, shared: &Shared) -> Option<()> {
    let mut requests = buffered(client.try_clone().ok()?);
    let mut client = client.try_clone().ok()?;
    let mut upstream = None;
    let mut carried = 0;
    loop {
        let head = Head::read(&mut requests).ok()??;
        let body = head.request_body(&mut requests).ok()?;
        let request = [head.bytes.as_slice(), &body].concat();
        let line_now = line(shared, false);
        if line_now == Line::Cut {
            return None;
        }
        let fate = fate(shared, &head, &request);
        if fate == Fate::RequestLost {
            return None;
        }
        if let Some(answer) = fate.own_answer() {
            client.write_all(answer.as_bytes()).ok()?;
            continue;
        }
        if upstream.is_none() {
            let stream = TcpStream::connect(server).ok()?;
            lock(shared).live.push(stream.try_clone().ok()?);
            upstream = Some(buffered(stream));
        }
        let answers = upstream.as_mut()?;
        send(answers.get_mut(), &request, line_now, shared)?;
        let mut deliver = |piece: &[u8], allowed: usize| -> bool {
            let line_now = line(shared, true);
            let allowed = match line_now {
                Line::Cut => return false,
                Line::AnswersCut(bytes) => allowed.min(bytes.saturating_sub(carried)),
                _ => allowed,
            };
            let piece_now = &piece[..piece.len().min(allowed)];
            carried += piece_now.len();
            let is_whole = piece_now.len() == piece.len();
            if send(&mut client, piece_now, line_now, shared).is_none() {
                return false;
            }
            if !is_whole {
                dropped(shared);
            }
            is_whole
        };
        let answer = Head::read(answers).ok()??;
        if fate == Fate::AnswerLost {
            // all of it, so that the server has done everything
            answer.answer_body(&head.first[0], answers, &mut |_| true).ok()?;
            dropped(shared);
            return None;
        }
        if !deliver(&answer.bytes, usize::MAX) {
            return None;
        }
        let mut left = if let Fate::AnswerCut(bytes) = fate { bytes } else { usize::MAX };
        let mut body = |piece: &[u8]| {
            let allowed = left;
            left = left.saturating_sub(piece.len());
            deliver(piece, allowed)
        };
        if !answer.answer_body(&head.first[0], answers, &mut body).ok()? {
            return None;
        }
        if fate != Fate::Pass {
            // shorter than the cut: it breaks at its end
            dropped(shared);
            return None;
        }
    }
}

/// Writes, at the speed of the line: of a slow one as long as it is slow.
fn send(to: &mut TcpStream, bytes: &[u8], mut line: Line, shared: &Shared) -> Option<()> {
    let mut left = bytes;
    while let Line::Slow(size, pause) = line {
        let (piece, rest) = left.split_at(size.min(left.len()));
        if piece.is_empty() {
            return Some(());
        }
        to.write_all(piece).ok()?;
        left = rest;
        let waited = shared.1.wait_timeout_while(lock(shared), pause, |state| state.line == line);
        line = waited.unwrap_or_else(PoisonError::into_inner).0.line;
    }
    if line == Line::Cut { None } else { to.write_all(left).ok() }
}
