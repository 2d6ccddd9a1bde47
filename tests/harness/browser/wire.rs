//! A connection of our own to the page's DevTools, for what must not wait for an answer: the keys of a wedge scanner come
//! one right after the other, however busy the page is. The driver sends a command only when the one before is done, so on
//! a busy machine its scanner would be slower than any real one.
//!
//! As much of RFC 6455 as one client needs: text frames out, frames of any length in. Absent: fragments and pings, which
//! the browser does not send here.

use std::path::Path;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::PATIENCE;

/// The connection.
pub(super) struct Wire {
    stream: TcpStream,
    last: u64,
}

/// The port that the browser on this profile listens at.
fn port(profile: &Path) -> String {
    let file = profile.join("DevToolsActivePort");
    let ports = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("no {}: {error}", file.display()));
    ports.lines().next().unwrap_or_default().trim().to_owned()
}

/// Closes a page, in whatever state it is.
pub(super) async fn close(profile: &Path, target: &str) {
    let address = format!("http://127.0.0.1:{}/json/close/{target}", port(profile));
    let answer = reqwest::get(&address).await.expect("the browser answers");
    assert!(answer.status().is_success(), "{address}: {}", answer.status());
}

impl Wire {
    /// Connects to the page `target` of the browser on this profile.
    pub async fn open(profile: &Path, target: &str) -> Self {
        let port = port(profile);
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("the browser listens");
        stream.set_nodelay(true).expect("a socket option");
        let hello = format!(
            "GET /devtools/page/{target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dHJ1ZXVwIHRlc3RzIQ==\r\n\r\n"
        );
        stream.write_all(hello.as_bytes()).await.expect("the browser reads");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer from the browser"));
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 101"), "the browser does not talk: {answer}");
        Self { stream, last: 0 }
    }

    /// Sends commands at once, and waits until the last one is done.
    pub async fn send(&mut self, commands: &[(&str, Value)]) {
        self.post(commands).await;
        tokio::time::timeout(PATIENCE, self.wait()).await.expect("the browser answers");
    }

    /// Sends commands, and waits for nothing.
    pub async fn post(&mut self, commands: &[(&str, Value)]) {
        let mut bytes = Vec::new();
        for (method, parameters) in commands {
            self.last += 1;
            frame(&json!({"id": self.last, "method": method, "params": parameters}).to_string(), &mut bytes);
        }
        self.stream.write_all(&bytes).await.expect("the browser reads");
    }

    async fn wait(&mut self) {
        loop {
            let message: Value = serde_json::from_slice(&self.read().await).unwrap_or_default();
            assert!(message["error"].is_null(), "the browser refuses: {message}");
            if message["id"] == self.last {
                return;
            }
        }
    }

    async fn read(&mut self) -> Vec<u8> {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).await.expect("the browser talks");
        let length = match head[1] & 0x7f {
            126 => u64::from(self.stream.read_u16().await.expect("a length")),
            127 => self.stream.read_u64().await.expect("a length"),
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).expect("fits")];
        self.stream.read_exact(&mut payload).await.expect("a whole frame");
        payload
    }
}

/// One final text frame, masked with zeros: the mask is for proxies, and there is none.
fn frame(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(0x81);
    match u16::try_from(text.len()).expect("commands are short") {
        short @ 0..=125 => bytes.push(0x80 | u8::try_from(short).expect("fits")),
        longer => {
            bytes.push(0x80 | 126);
            bytes.extend(longer.to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn a_frame_tells_its_length_in_one_byte_or_three() {
        let mut bytes = Vec::new();
        frame("abc", &mut bytes);
        assert_eq!(bytes, [0x81, 0x83, 0, 0, 0, 0, b'a', b'b', b'c']);
        bytes.clear();
        frame(&"x".repeat(300), &mut bytes);
        assert_eq!((&bytes[..4], bytes.len()), (&[0x81, 0xfe, 1, 44][..], 308));
    }
}
