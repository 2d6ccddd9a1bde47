//! Reading and writing the parts of a shard: numbers, texts, permutations.
//!
//! Absent: panics. Every read says `None` at the end of the bytes or on a form that the writer never writes.

/// The version of the form that this program reads and writes.
pub const FORM: u8 = 1;

/// Writes a number, seven bits a byte, least significant first.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a signed number so that small ones of either sign stay short.
pub fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Writes a text with its length.
pub fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Writes places in the list of records, two bytes each.
pub fn put_places(out: &mut Vec<u8>, places: impl IntoIterator<Item = usize>) {
    for place in places {
        // a shard holds at most 4096 records
        out.extend_from_slice(&u16::try_from(place).unwrap_or(u16::MAX).to_le_bytes());
    }
}

/// A place in bytes.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads from `at` on.
    pub const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }
    /// Where it stands.
    pub const fn at(&self) -> usize {
        self.at
    }
    /// Bytes not read yet.
    pub const fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }
    /// The next `length` bytes.
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }
    /// A number of at most 64 bits.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
    /// A number that fits a signed one.
    pub fn positive(&mut self) -> Option<i64> {
        i64::try_from(self.number()?).ok()
    }
    /// A signed number.
    pub fn signed(&mut self) -> Option<i64> {
        let raw = self.number()?;
        Some((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }
    /// A text.
    pub fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }
    /// How many things follow, each at least `size_min` bytes: a number that cannot be true is not believed, so that it
    /// never decides how much memory is taken.
    pub fn count(&mut self, size_min: usize) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count.checked_mul(size_min)? <= self.left()).then_some(count)
    }
}

/// The place that is number `index` of a permutation that begins at `start`.
pub fn place(bytes: &[u8], start: usize, index: usize) -> Option<usize> {
    let at = start.checked_add(index.checked_mul(2)?)?;
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes([*pair.first()?, *pair.get(1)?])))
}

/// Binary search: the index below `count` for which `order` says equal. `order` compares what is there to what is sought.
pub fn search(count: usize, mut order: impl FnMut(usize) -> Option<std::cmp::Ordering>) -> Option<usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match order(middle)? {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(middle),
        }
    }
    None
}

/// Checks the kind and the version, and where the content begins.
pub fn open(bytes: &[u8], kind: [u8; 3]) -> Result<Reader<'_>, super::OpenError> {
    match bytes {
        [a, b, c, form, ..] if [*a, *b, *c] == kind => match *form {
            FORM => Ok(Reader::new(bytes, 4)),
            0 => Err(super::OpenError::NotAShard),
            newer => Err(super::OpenError::Newer(newer)),
        },
        _ => Err(super::OpenError::NotAShard),
    }
}
