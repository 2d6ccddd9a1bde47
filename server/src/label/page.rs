//! Pages that a browser prints: labels on sheets or on a roll, each page one drawing at its real size.
//!
//! Absent: anything from elsewhere. The page carries its style and its two words of script, and the policy that goes
//! with it names their hashes and allows nothing else.

use super::draw::{Drawing, escape};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use shared::label::{Dots, LabelSize};

/// Opens the browser's own print dialogue.
const SCRIPT: &str = "addEventListener('load',()=>print())";

/// A page and the policy to send with it.
pub struct Page {
    /// The whole document.
    pub html: String,
    /// Content security policy.
    pub policy: String,
}

/// Puts labels on their pages; `first` places of the first sheet are left free, because they were used already.
pub fn lay_out(labels: &[Drawing], size: LabelSize, dots: Dots, first: u32) -> Vec<Drawing> {
    let Some(sheet) = size.sheet() else { return labels.to_vec() };
    let (columns, rows) = sheet.grid;
    let place = |index: u32| {
        let (column, row) = (index % columns, index / columns);
        (dots.in_tenths(sheet.margin.0 + column * sheet.pitch.0), dots.in_tenths(sheet.margin.1 + row * sheet.pitch.1))
    };
    let mut pages = Vec::new();
    let mut index = first % (columns * rows);
    let empty = || Drawing::new((dots.in_tenths(sheet.size.0), dots.in_tenths(sheet.size.1)));
    let mut page = empty();
    for label in labels {
        if index == columns * rows {
            pages.push(std::mem::replace(&mut page, empty()));
            index = 0;
        }
        page.place(place(index), label);
        index += 1;
    }
    if !labels.is_empty() {
        pages.push(page);
    }
    pages
}

/// A document of such pages.
pub fn document(title: &str, pages: &[Drawing], tenths_mm: (u32, u32), dots: Dots) -> Page {
    let mm = |tenths: u32| format!("{}.{}mm", tenths / 10, tenths % 10);
    let (width, height) = (mm(tenths_mm.0), mm(tenths_mm.1));
    let style = format!(
        "@page{{size:{width} {height};margin:0}}\
         html,body{{margin:0;background:#fff}}\
         div{{width:{width};height:{height};overflow:hidden;break-after:page}}\
         div:last-child{{break-after:auto}}\
         svg{{display:block}}\
         @media screen{{html{{background:#777}}body{{background:none}}div{{margin:8mm auto;box-shadow:0 1mm 4mm #0006}}}}"
    );
    let pages: String = pages.iter().map(|page| format!("<div>{}</div>", page.svg(dots))).collect();
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title><style>{style}</style>\
         <script>{SCRIPT}</script></head><body>{pages}</body></html>",
        escape(title)
    );
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(&style),
        hash(SCRIPT)
    );
    Page { html, policy }
}
