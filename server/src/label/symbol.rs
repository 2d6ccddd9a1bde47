//! Symbols as rows of dark and light modules.
//!
//! Absent: sizes. How many dots a module has is decided by the design that holds it.

use barcoders::sym::code128::Code128;
use datamatrix::{DataMatrix, SymbolList};
use qrcodegen::{QrCode, QrCodeEcc};
use shared::label::{
    Symbol,
    code128::{Set, Step, steps},
    payload::{Payload, Unprintable},
};

/// A symbol without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// Which kind.
    pub symbol: Symbol,
    /// Modules side by side.
    pub width: u32,
    /// Rows of dark (`true`) modules; bars have one.
    pub rows: Vec<Vec<bool>>,
}

impl Modules {
    /// Rows, one for bars.
    pub fn height(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}

/// Encodes a payload.
///
/// # Errors
/// [`Unprintable`] for what the symbol cannot hold.
pub fn encode(symbol: Symbol, payload: &Payload) -> Result<Modules, Unprintable> {
    let rows = match symbol {
        Symbol::Code128 => vec![bars(payload)?],
        Symbol::DataMatrix => matrix(payload)?,
        Symbol::Qr => square(payload)?,
    };
    let width = rows.first().map_or(0, Vec::len);
    Ok(Modules { symbol, width: u32::try_from(width).map_err(|_| Unprintable::Long)?, rows })
}

fn bars(payload: &Payload) -> Result<Vec<bool>, Unprintable> {
    let steps = steps(&payload.text, payload.is_gs1).ok_or(Unprintable::Characters)?;
    // the names that the encoder gives to sets and to FNC1
    let mut named = String::with_capacity(payload.text.len() + 8);
    for step in steps {
        match step {
            Step::Enter(Set::B) => named.push('Ɓ'),
            Step::Enter(Set::C) => named.push('Ć'),
            Step::Letter(letter) => named.push(letter),
            Step::Pair(tens, ones) => named.extend([tens, ones]),
            Step::Fnc1 => named.push('Ź'),
        }
    }
    let code = Code128::new(&named).map_err(|_| Unprintable::Characters)?;
    Ok(code.encode().into_iter().map(|module| module == 1).collect())
}

fn matrix(payload: &Payload) -> Result<Vec<Vec<bool>>, Unprintable> {
    let sizes = SymbolList::default().enforce_square();
    let bytes = payload.text.as_bytes();
    let code = if payload.is_gs1 { DataMatrix::encode_gs1(bytes, sizes) } else { DataMatrix::encode(bytes, sizes) };
    let map = code.map_err(|_| Unprintable::Long)?.bitmap();
    let mut rows = vec![vec![false; map.width()]; map.height()];
    for (x, y) in map.pixels() {
        if let Some(module) = rows.get_mut(y).and_then(|row| row.get_mut(x)) {
            *module = true;
        }
    }
    Ok(rows)
}

fn square(payload: &Payload) -> Result<Vec<Vec<bool>>, Unprintable> {
    let code = QrCode::encode_text(&payload.text, QrCodeEcc::Medium).map_err(|_| Unprintable::Long)?;
    let side = 0..code.size();
    Ok(side.clone().map(|y| side.clone().map(|x| code.get_module(x, y)).collect()).collect())
}
