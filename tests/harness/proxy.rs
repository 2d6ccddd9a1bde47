//! The line between a handheld and the server, which tests can cut, stall, or make lose answers. The page's own
//! "offline" switch does not stop a service worker's requests; this does.
//!
//! Plain threads, so that it works under any test and never waits for an executor. It knows nothing of HTTP.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::process::PATIENCE;

/// What the line does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Open,
    /// connections break, and new ones are closed at once
    Cut,
    /// nothing moves in either direction until the line changes
    Stalled,
    /// so many bytes of each connection's answers arrive, then it breaks
    AnswersCut(usize),
}

struct State {
    line: Line,
    /// both ends of every connection, to break them
    live: Vec<TcpStream>,
    dropped: usize,
    is_closed: bool,
}

/// A proxy in front of one server. Dropping it cuts the line for good.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Proxy {
    /// A line to `server`, open. The server may be dead, and may come and go behind it.
    #[must_use]
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = State { line: Line::Open, live: Vec::new(), dropped: 0, is_closed: false };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let mut state = lock(&accepting);
                if state.is_closed {
                    return;
                }
                let Ok(client) = client else { continue };
                if state.line == Line::Cut {
                    continue;
                }
                let Ok(server) = TcpStream::connect(server) else { continue };
                let (Ok(one), Ok(other)) = (client.try_clone(), server.try_clone()) else { continue };
                state.live.extend([one, other]);
                drop(state);
                join(client, server, &accepting);
            }
        });
        Self { address, shared }
    }

    /// `http://127.0.0.1:<port>`, what the browser is to open.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks every connection and refuses new ones.
    pub fn cut(&self) {
        self.set(Line::Cut);
    }

    /// Lets everything through again.
    pub fn restore(&self) {
        self.set(Line::Open);
    }

    /// Holds every byte back, as in a lift. Connections stay.
    pub fn stall(&self) {
        self.set(Line::Stalled);
    }

    /// Requests arrive and are answered, but no byte of an answer comes back: the connection breaks instead.
    pub fn drop_answers(&self) {
        self.cut_answers_after(0);
    }

    /// Answers break off after so many bytes.
    pub fn cut_answers_after(&self, bytes: usize) {
        self.set(Line::AnswersCut(bytes));
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
        let state = lock(&self.shared);
        let waited = self.shared.1.wait_timeout_while(state, PATIENCE, |state| state.dropped < count);
        let (state, time) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!time.timed_out(), "{} answers were lost, not {count}", state.dropped);
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

fn lock(shared: &Arc<(Mutex<State>, Condvar)>) -> MutexGuard<'_, State> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn break_all(state: &mut State) {
    for stream in state.live.drain(..) {
        // it may be broken already
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn join(client: TcpStream, server: TcpStream, shared: &Arc<(Mutex<State>, Condvar)>) {
    let (Ok(client_in), Ok(server_in)) = (client.try_clone(), server.try_clone()) else { return };
    let (up, down) = (Arc::clone(shared), Arc::clone(shared));
    std::thread::spawn(move || carry(client_in, server, &up, false));
    std::thread::spawn(move || carry(server_in, client, &down, true));
}

fn carry(mut from: TcpStream, mut to: TcpStream, shared: &Arc<(Mutex<State>, Condvar)>, is_answer: bool) {
    let mut buffer = [0; 16 * 1024];
    let mut carried = 0;
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let state = lock(shared);
        let stalled = shared.1.wait_while(state, |state| state.line == Line::Stalled);
        let mut state = stalled.unwrap_or_else(PoisonError::into_inner);
        let mut allowed = read;
        let mut is_last = false;
        match state.line {
            Line::Cut => break,
            Line::AnswersCut(bytes) if is_answer && carried + read > bytes => {
                allowed = bytes.saturating_sub(carried);
                is_last = true;
                state.dropped += 1;
            }
            _ => {}
        }
        drop(state);
        if to.write_all(&buffer[..allowed]).is_err() {
            break;
        }
        carried += allowed;
        if is_last {
            shared.1.notify_all();
            let _ = from.shutdown(Shutdown::Both);
            break;
        }
    }
    let _ = to.shutdown(if is_answer { Shutdown::Both } else { Shutdown::Write });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A server that answers every line with `got <line>`, and how many lines it has got.
    fn echo() -> (SocketAddr, Arc<Mutex<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let got = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counter = Arc::clone(&counter);
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let mut buffer = [0; 100];
                    while let Ok(read @ 1..) = stream.read(&mut buffer) {
                        *counter.lock().expect("a counter") += 1;
                        let answer = [b"got ", &buffer[..read]].concat();
                        if stream.write_all(&answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        (address, got)
    }

    fn connect(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect(proxy.address).expect("the proxy listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        stream
    }

    fn ask(stream: &mut TcpStream, text: &str) -> String {
        let mut answer = Vec::new();
        let mut buffer = [0; 100];
        if stream.write_all(text.as_bytes()).is_ok() {
            while answer.len() < text.len() + 4 {
                match stream.read(&mut buffer) {
                    Ok(read @ 1..) => answer.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
        }
        String::from_utf8(answer).expect("text")
    }

    #[test]
    fn an_open_line_carries_both_ways_and_a_cut_one_nothing_until_it_is_restored() {
        let (server, got) = echo();
        let proxy = Proxy::to(server);
        let mut before = connect(&proxy);
        assert_eq!(ask(&mut before, "one"), "got one");
        proxy.cut();
        assert_eq!(ask(&mut before, "two"), "");
        assert_eq!(ask(&mut connect(&proxy), "three"), "");
        assert_eq!(*got.lock().expect("a counter"), 1);
        proxy.restore();
        assert_eq!(ask(&mut connect(&proxy), "four"), "got four");
    }

    #[test]
    fn a_dropped_answer_leaves_the_request_with_the_server() {
        let (server, got) = echo();
        let proxy = Proxy::to(server);
        proxy.drop_answers();
        assert_eq!(ask(&mut connect(&proxy), "one"), "");
        proxy.wait_dropped(1);
        assert_eq!(*got.lock().expect("a counter"), 1);
        proxy.cut_answers_after(5);
        assert_eq!(ask(&mut connect(&proxy), "two"), "got t");
        assert_eq!(proxy.dropped(), 2);
    }

    #[test]
    fn a_stalled_line_delivers_late() {
        let (server, _) = echo();
        let proxy = Proxy::to(server);
        let mut stream = connect(&proxy);
        proxy.stall();
        stream.write_all(b"one").expect("the proxy reads");
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
        assert!(stream.read(&mut [0; 10]).is_err(), "an answer passed a stalled line");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        proxy.restore();
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).expect("the answer, late");
        assert_eq!(&answer, b"got one");
    }
}
