//! As much of HTTP/1.1 as a proxy needs that carries whole messages: where a head ends, and where the body after it does
//! (RFC 9112, sections 2, 6 and 7.1). Bytes are passed on as they came.
//!
//! Absent: understanding them, pipelining, upgrades.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result};

/// Bytes of a piece, at most.
const PIECE: usize = 16 * 1024;

/// A head: its first line in words, and the bytes as they came, with the empty line at their end.
pub struct Head {
    pub first: Vec<String>,
    pub bytes: Vec<u8>,
    length: Option<usize>,
    is_chunked: bool,
}

impl Head {
    /// Reads a head; `None` where the other end closed before one began.
    pub fn read(from: &mut impl BufRead) -> Result<Option<Self>> {
        let mut bytes = Vec::new();
        let mut head = Self { first: Vec::new(), bytes: Vec::new(), length: None, is_chunked: false };
        loop {
            let begun = bytes.len();
            if from.read_until(b'\n', &mut bytes)? == 0 {
                return if begun == 0 { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
            let line = String::from_utf8_lossy(&bytes[begun..]).trim_end().to_ascii_lowercase();
            if begun == 0 {
                let first = String::from_utf8_lossy(&bytes).into_owned();
                head.first = first.split_whitespace().map(str::to_owned).collect();
            } else if line.is_empty() {
                head.bytes = bytes;
                return Ok(Some(head));
            } else if let Some(value) = line.strip_prefix("content-length:") {
                head.length = Some(value.trim().parse().map_err(|_| Error::from(ErrorKind::InvalidData))?);
            } else if line.starts_with("transfer-encoding:") && line.ends_with("chunked") {
                head.is_chunked = true;
            }
        }
    }

    /// The path of a request, with its query.
    pub fn path(&self) -> &str {
        self.first.get(1).map_or("", String::as_str)
    }

    /// The body of a request.
    pub fn request_body(&self, from: &mut impl BufRead) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        let mut keep = |piece: &[u8]| {
            body.extend_from_slice(piece);
            true
        };
        if self.is_chunked {
            chunks(from, &mut keep)?;
        } else {
            counted(from, self.length.unwrap_or(0), &mut keep)?;
        }
        Ok(body)
    }

    /// Hands the body of an answer to `deliver` piece by piece, as it comes, until it ends or `deliver` says no.
    /// Answers whether it ended, and whether the connection can carry another message.
    pub fn answer_body(
        &self,
        method: &str,
        from: &mut impl BufRead,
        deliver: &mut impl FnMut(&[u8]) -> bool,
    ) -> Result<bool> {
        let status = self.first.get(1).map_or("", String::as_str);
        if method == "HEAD" || status.starts_with('1') || ["204", "304"].contains(&status) {
            return Ok(true);
        }
        if self.is_chunked {
            return chunks(from, deliver);
        }
        match self.length {
            Some(length) => counted(from, length, deliver),
            // until the other end closes
            None => counted(from, usize::MAX, deliver).map(|_| false),
        }
    }
}

/// So many bytes, or until the end.
fn counted(from: &mut impl BufRead, mut left: usize, deliver: &mut impl FnMut(&[u8]) -> bool) -> Result<bool> {
    while left > 0 {
        let piece = from.fill_buf()?;
        let take = piece.len().min(left).min(PIECE);
        if take == 0 {
            return Ok(false);
        }
        if !deliver(&piece[..take]) {
            return Ok(false);
        }
        from.consume(take);
        left -= take;
    }
    Ok(true)
}

/// Chunks up to the last one and the line after it.
fn chunks(from: &mut impl BufRead, deliver: &mut impl FnMut(&[u8]) -> bool) -> Result<bool> {
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 || !deliver(&line) {
            return Ok(false);
        }
        let text = String::from_utf8_lossy(&line);
        let digits = text.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(digits, 16).map_err(|_| Error::from(ErrorKind::InvalidData))?;
        // the bytes of the chunk and the end of its line; after the last chunk just that
        if !counted(from, size + 2, deliver)? {
            return Ok(false);
        }
        if size == 0 {
            return Ok(true);
        }
    }
}

/// A reader with enough room for a head.
pub fn buffered<R: Read>(stream: R) -> BufReader<R> {
    BufReader::with_capacity(PIECE, stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, method: &str) -> (String, bool) {
        let mut from = text.as_bytes();
        let head = Head::read(&mut from).expect("readable").expect("a head");
        let mut got = Vec::new();
        let mut deliver = |piece: &[u8]| {
            got.extend_from_slice(piece);
            true
        };
        let again = head.answer_body(method, &mut from, &mut deliver).expect("readable");
        (String::from_utf8(got).expect("text"), again)
    }

    #[test]
    fn a_body_ends_where_its_head_says() {
        assert_eq!(body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", "GET"), ("abc".into(), true));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nrest";
        assert_eq!(body(chunked, "GET"), ("3\r\nabc\r\n0\r\n\r\n".into(), true));
        assert_eq!(body("HTTP/1.1 200 OK\r\n\r\nall of it", "GET"), ("all of it".into(), false));
        assert_eq!(body("HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\nnext", "GET"), (String::new(), true));
        assert_eq!(body("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnext", "HEAD"), (String::new(), true));
    }
}
