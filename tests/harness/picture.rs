//! What a browser painted, as shades of grey, and what a decoder that is not ours reads in it.
//!
//! As much of PNG as Chromium writes: eight bits a channel, not interlaced. Absent: colours.

use flate2::read::ZlibDecoder;
use rxing::{BarcodeFormat, DecodeHints};
use std::io::Read as _;

/// A picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Dots in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 0 is black; row after row.
    pub luma: Vec<u8>,
}

impl Picture {
    /// Reads a PNG.
    ///
    /// # Panics
    /// When it is none that Chromium writes.
    #[must_use]
    pub fn of_png(png: &[u8]) -> Self {
        let (mut rest, mut packed) = (png.strip_prefix(b"\x89PNG\r\n\x1a\n").expect("a PNG"), Vec::new());
        let (mut width, mut height, mut channels) = (0, 0, 0);
        while rest.len() >= 12 {
            let (length, name) = (number(rest), &rest[4..8]);
            let data = &rest[8..8 + length];
            match name {
                b"IHDR" => {
                    (width, height) = (number(data), number(&data[4..]));
                    channels = match (data[8], data[9], data[12]) {
                        (8, 2, 0) => 3,
                        (8, 6, 0) => 4,
                        other => panic!("a PNG of another kind: {other:?}"),
                    };
                }
                b"IDAT" => packed.extend_from_slice(data),
                _ => {}
            }
            rest = &rest[12 + length..];
        }
        let mut bytes = Vec::new();
        ZlibDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("packed rows");
        let bytes = unfilter(&bytes, width * channels, channels);
        let luma = bytes.chunks_exact(channels).map(|dot| dot[..3].iter().map(|shade| u16::from(*shade)).sum::<u16>());
        let luma = luma.map(|sum| u8::try_from(sum / 3).expect("a shade")).collect();
        Self { width, height, luma }
    }

    /// What another decoder reads in it; `None` where it finds no such symbol.
    #[must_use]
    pub fn read(&self, format: BarcodeFormat) -> Option<String> {
        let size = |dots: usize| u32::try_from(dots).expect("fits");
        let mut hints = DecodeHints::default();
        let luma = self.luma.clone();
        rxing::helpers::detect_in_luma_with_hints(luma, size(self.width), size(self.height), Some(format), &mut hints)
            .ok()
            .map(|found| found.getText().to_owned())
    }

    /// The widths of what is dark and of what is light along a row, from one edge of the picture to the other.
    #[must_use]
    pub fn runs(&self, row: usize) -> Vec<usize> {
        let row = &self.luma[row * self.width..(row + 1) * self.width];
        row.chunk_by(|a, b| (*a < 128) == (*b < 128)).map(<[u8]>::len).collect()
    }
}

/// Four bytes, the largest first.
fn number(bytes: &[u8]) -> usize {
    let four: [u8; 4] = bytes[..4].try_into().expect("four bytes");
    usize::try_from(u32::from_be_bytes(four)).expect("fits")
}

/// Rows without the byte in front of each that says how it was filtered.
fn unfilter(bytes: &[u8], row_length: usize, step: usize) -> Vec<u8> {
    let mut rows: Vec<u8> = Vec::with_capacity(bytes.len());
    for row in bytes.chunks_exact(row_length + 1) {
        let start = rows.len();
        for (at, byte) in row[1..].iter().enumerate() {
            let left = if at >= step { rows[start + at - step] } else { 0 };
            let above = if start > 0 { rows[start + at - row_length] } else { 0 };
            let corner = if start > 0 && at >= step { rows[start + at - row_length - step] } else { 0 };
            let guess = match row[0] {
                0 => 0,
                1 => left,
                2 => above,
                3 => u8::midpoint(left, above),
                4 => nearest(left, above, corner),
                other => panic!("no filter of PNG: {other}"),
            };
            rows.push(byte.wrapping_add(guess));
        }
    }
    rows
}

/// Paeth's choice: whichever neighbour is nearest to left + above − corner.
fn nearest(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let off = |neighbour: u8| (guess - i16::from(neighbour)).abs();
    if off(left) <= off(above) && off(left) <= off(corner) {
        left
    } else if off(above) <= off(corner) {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::{Picture, unfilter};

    #[test]
    fn each_filter_is_undone() {
        let rows = [0, 10, 20, 1, 10, 10, 2, 1, 1, 3, 5, 5, 4, 1, 1];
        assert_eq!(unfilter(&rows, 2, 1), [10, 20, 10, 20, 11, 21, 10, 20, 11, 21]);
    }

    #[test]
    fn a_row_is_told_in_widths() {
        let picture = Picture { width: 6, height: 1, luma: vec![255, 255, 0, 0, 10, 200] };
        assert_eq!(picture.runs(0), [2, 3, 1]);
    }
}
