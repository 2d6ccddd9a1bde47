//! Drawings in whole printer dots, and their SVG: bars and modules are rectangles on the dot grid, so that no bar is
//! rounded by the printer.
//!
//! Absent: styles. Everything is said by presentation attributes, which the content security policy allows.

use super::symbol::Modules;
use shared::label::Dots;
use std::fmt::Write as _;

/// Where a text stands against its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Stands in the middle of it.
    Middle,
    /// Ends there.
    End,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Where, on its base line.
    pub at: (u32, u32),
    /// Which side of it.
    pub anchor: Anchor,
    /// Height of the letters' square.
    pub size: u32,
    /// Strong strokes.
    pub is_bold: bool,
    /// What it says.
    pub text: String,
    /// It is made to fit into so much.
    pub width_max: u32,
}

/// A drawing in dots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawing {
    /// Width and height.
    pub size: (u32, u32),
    bars: String,
    lines: String,
    texts: String,
}

impl Drawing {
    /// An empty drawing.
    pub fn new(size: (u32, u32)) -> Self {
        Self { size, ..Self::default() }
    }

    /// A black rectangle.
    pub fn rectangle(&mut self, (x, y): (u32, u32), (width, height): (u32, u32)) {
        // writing into a string cannot fail
        let _ = write!(self.bars, "M{x},{y}h{width}v{height}h-{width}z");
    }

    /// A frame of thin lines inside of a rectangle.
    pub fn frame(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), thick: u32) {
        self.line((x, y), (width, thick));
        self.line((x, y + height - thick), (width, thick));
        self.line((x, y), (thick, height));
        self.line((x + width - thick, y), (thick, height));
    }

    /// A rule of a form: a rectangle that is no part of a symbol.
    pub fn line(&mut self, (x, y): (u32, u32), (width, height): (u32, u32)) {
        let _ = write!(self.lines, "M{x},{y}h{width}v{height}h-{width}z");
    }

    /// An arrow that fills a rectangle.
    pub fn arrow(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), is_up: bool) {
        let (half, stem, head) = (width / 2, width / 4, height / 2);
        let (tip, neck, foot) = if is_up { (y, y + head, y + height) } else { (y + height, y + height - head, y) };
        let (left, right) = (x + half - stem, x + half + stem);
        let _ = write!(self.lines, "M{},{tip}L{},{neck}H{right}V{foot}H{left}V{neck}H{x}z", x + half, x + width);
    }

    /// A symbol whose modules are squares of `module` dots (for bars: so wide, and `height` high).
    pub fn symbol(&mut self, (x, y): (u32, u32), modules: &Modules, module: u32, height: u32) {
        let row_height = if modules.height() == 1 { height } else { module };
        let mut top = y;
        for row in &modules.rows {
            let mut left = x;
            // neighbouring dark modules are one rectangle
            for run in row.chunk_by(|a, b| a == b) {
                let width = u32::try_from(run.len()).unwrap_or(u32::MAX).saturating_mul(module);
                if run.first() == Some(&true) {
                    self.rectangle((left, top), (width, row_height));
                }
                left += width;
            }
            top += row_height;
        }
    }

    /// A line of text, squeezed where it would be wider than its place.
    pub fn text(&mut self, text: &Text) {
        let anchor = match text.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if text.is_bold { "700" } else { "400" };
        // near its limit a text is told its length: fonts differ between machines
        let squeeze = if width(&text.text, text.size) * 10 > text.width_max * 9 {
            format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", text.width_max)
        } else {
            String::new()
        };
        let _ = write!(
            self.texts,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{weight}\" text-anchor=\"{anchor}\"{squeeze}>{}</text>",
            text.at.0,
            text.at.1,
            text.size,
            escape(&text.text)
        );
    }

    /// Puts another drawing into this one.
    pub fn place(&mut self, (x, y): (u32, u32), part: &Self) {
        let moved = |inner: &str| format!("<g transform=\"translate({x} {y})\">{inner}</g>");
        self.texts.push_str(&moved(&part.inner()));
    }

    fn inner(&self) -> String {
        let path = |rectangles: &str| {
            if rectangles.is_empty() { String::new() } else { format!("<path d=\"{rectangles}\"/>") }
        };
        format!("{}{}{}", path(&self.bars), path(&self.lines), self.texts)
    }

    /// The drawing at its real size.
    pub fn svg(&self, dots: Dots) -> String {
        let (width, height) = self.size;
        let mm = |size: u32| {
            let um = dots.um(size);
            format!("{}.{:03}mm", um / 1000, um % 1000)
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             shape-rendering=\"crispEdges\" font-family=\"Arial, Helvetica, 'Liberation Sans', sans-serif\" role=\"img\">\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{}</svg>",
            mm(width),
            mm(height),
            self.inner()
        )
    }
}

/// Text inside of XML. Control characters, which XML cannot hold, are left out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// About how wide a strong text is: the widths of the commonest sans-serif letters in thousandths of their size.
pub fn width(text: &str, size: u32) -> u32 {
    let thousandths: u32 = text
        .chars()
        .map(|letter| match letter {
            ' ' | '.' | ',' | ':' | ';' | '|' | '!' | 'i' | 'j' | 'l' | 'I' => 290,
            '-' | '(' | ')' | '/' | 'f' | 't' | 'r' => 390,
            'm' | 'M' | 'W' | 'w' | '%' | '@' => 900,
            'A'..='Z' => 730,
            other if other.is_ascii() => 610,
            _ => 1000,
        })
        .sum();
    (thousandths / 10).saturating_mul(size) / 100
}

/// The largest size at which a text fits into a width, up to a height.
pub fn fitting(text: &str, width_max: u32, size_max: u32) -> u32 {
    let at_hundred = width(text, 100).max(1);
    (width_max.saturating_mul(100) / at_hundred).clamp(1, size_max)
}

/// A text in up to so many lines of a width, broken between words; what does not fit ends in an ellipsis.
pub fn wrap(text: &str, size: u32, width_max: u32, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if width(&longer, size) <= width_max => {
                lines.pop();
                lines.push(longer);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}
