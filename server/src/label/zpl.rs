//! Commands for label printers that speak ZPL.
//!
//! Bars are written with the sets chosen by [`shared::label::code128`], so that a printed symbol holds exactly what the
//! drawn one does on every firmware (mode D drops brackets and spaces of a lot). What people wrote never reaches the
//! printer raw: every byte that could begin a command is a hexadecimal escape. Absent: networks; the text is a download.

use super::{
    design::{Label, Style, Undrawable, describe, leading},
    draw::fitting,
    symbol::encode,
};
use shared::{
    barcode::gs1::SEPARATOR,
    label::{
        Arrow, Symbol, check_letters,
        code128::{Set, Step, steps},
        payload::{Payload, Unprintable},
    },
};
use std::fmt::Write as _;

/// The widest module that `^BY` and `^BQ` take on every firmware.
const MODULE_DOTS_MAX: u32 = 10;

/// One label, from `^XA` to `^XZ`.
///
/// # Errors
/// [`Undrawable`], by the same rules as a drawing.
pub fn label(label: &Label, style: Style) -> Result<String, Undrawable> {
    // a label that cannot be drawn is not printed either; and its module is the drawing's, as far as printers go
    let (_, module) = super::design::draw(label, style)?;
    let module = module.min(MODULE_DOTS_MAX);
    let modules = encode(style.symbol, label.payload())?;
    let (width, height) = style.size.tenths_mm();
    let (width, height) = (style.dots.in_tenths(width), style.dots.in_tenths(height));
    let margin = width.min(height) / 16;
    let mut zpl = String::from("^XA\n^CI28\n^LH0,0\n");
    // writing into a string cannot fail
    let _ = writeln!(zpl, "^PW{width}\n^LL{height}");
    let payload = label.payload();
    let words = if style.symbol == Symbol::Code128 {
        let foot = if payload.readable.is_empty() { 0 } else { height / 10 };
        let bars = height * 45 / 100 - foot;
        let top = height - margin - foot - bars;
        let left = (width - modules.width * module) / 2;
        let _ = writeln!(zpl, "^FO{left},{top}^BY{module}^BCN,{bars},N,N,N,N^FH_^FD{}^FS", bars_data(payload)?);
        if foot > 0 {
            text(
                &mut zpl,
                (margin, height - margin - foot),
                (foot * 8 / 10, width - 2 * margin, 1, 'C'),
                &payload.readable,
            );
        }
        ((margin, margin), (width - 2 * margin, top - 2 * margin))
    } else {
        let quiet = style.symbol.quiet_modules() * module;
        let side = modules.width * module + 2 * quiet;
        let top = (height - side) / 2 + quiet;
        if style.symbol == Symbol::DataMatrix {
            let _ = writeln!(zpl, "^FO{quiet},{top}^BXN,{module},200,,,,_^FD{}^FS", matrix_data(payload));
        } else {
            // the printer itself adds ten dots above a QR code
            let _ = writeln!(
                zpl,
                "^FO{quiet},{}^BQN,2,{module}^FH_^FDMA,{}^FS",
                top.saturating_sub(10),
                hex(&payload.text)
            );
        }
        let left = side + margin / 2;
        ((left, margin), (width - left - margin, height - 2 * margin))
    };
    match label {
        Label::Bin { code, arrow, has_letters, .. } => bin(&mut zpl, code, (*arrow, *has_letters), words),
        Label::Item { sku, description, marks, .. } => item(&mut zpl, (sku, description, marks), words),
    }
    zpl.push_str("^XZ\n");
    Ok(zpl)
}

type Room = ((u32, u32), (u32, u32));

fn bin(zpl: &mut String, code: &str, (arrow, has_letters): (Arrow, bool), ((x, y), (width, height)): Room) {
    let sign = match arrow {
        Arrow::None => "",
        Arrow::Up => "↑ ",
        Arrow::Down => "↓ ",
    };
    let letters = if has_letters { format!("  {}", check_letters(code)) } else { String::new() };
    let line = format!("{sign}{code}{letters}");
    let size = fitting(&line, width, height);
    text(zpl, (x, y + (height - size) / 2), (size, width, 1, 'L'), &line);
}

fn item(zpl: &mut String, (sku, description, marks): (&str, &str, &str), ((x, y), (width, height)): Room) {
    let size = fitting(sku, width, height * 34 / 100);
    text(zpl, (x, y), (size, width, 1, 'L'), sku);
    let (small, lines) = describe(description, !marks.is_empty(), (width, height.saturating_sub(size)), height);
    let mut top = y + size + small / 3;
    for line in lines {
        text(zpl, (x, top), (small, width, 1, 'L'), &line);
        top += leading(small);
    }
    if !marks.is_empty() {
        text(zpl, (x, top), (small, width, 1, 'L'), marks);
    }
}

/// A block of text in the printer's scalable font.
fn text(zpl: &mut String, (x, y): (u32, u32), (size, width, lines, side): (u32, u32, u32, char), words: &str) {
    let _ = writeln!(zpl, "^FO{x},{y}^A0N,{size},{size}^FB{width},{lines},0,{side},0^FH_^FD{}^FS", hex(words));
}

/// What people wrote, for a field with `^FH_`: letters, digits and harmless signs as they are, every other byte as its
/// number. Control characters are left out.
pub fn hex(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars().filter(|letter| !letter.is_control()) {
        if letter.is_ascii_alphanumeric() || " .,:;-/+*()%#&=!?'\"".contains(letter) {
            escaped.push(letter);
        } else {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(escaped, "_{byte:02X}");
            }
        }
    }
    escaped
}

/// The data of `^BC` without a mode: which set begins (`>:`, `>;`), changes of set (`>6`, `>5`), FNC1 (`>8`).
fn bars_data(payload: &Payload) -> Result<String, Undrawable> {
    let steps = steps(&payload.text, payload.is_gs1).ok_or(Undrawable::Payload(Unprintable::Characters))?;
    let mut data = String::new();
    for (index, step) in steps.iter().enumerate() {
        match step {
            Step::Enter(set) => data.push_str(match (index, set) {
                (0, Set::B) => ">:",
                (0, Set::C) => ">;",
                (_, Set::B) => ">6",
                (_, Set::C) => ">5",
            }),
            Step::Pair(tens, ones) => data.extend([tens, ones]),
            Step::Fnc1 => data.push_str(">8"),
            // the printer reads these three behind `>` and nothing else
            Step::Letter('>') => data.push_str(">0"),
            Step::Letter('^') => data.push_str("><"),
            Step::Letter('~') => data.push_str(">="),
            Step::Letter(letter) => data.push_str(&hex(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    Ok(data)
}

/// The data of `^BX` with `_` as its escape: FNC1 is `_1`, and every byte that is no letter or digit is `_d` and its
/// three-digit number.
fn matrix_data(payload: &Payload) -> String {
    let mut data = String::from(if payload.is_gs1 { "_1" } else { "" });
    for letter in payload.text.chars() {
        match letter {
            SEPARATOR => data.push_str("_1"),
            plain if plain.is_ascii_alphanumeric() || plain == '-' => data.push(plain),
            other => {
                for byte in other.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(data, "_d{byte:03}");
                }
            }
        }
    }
    data
}
