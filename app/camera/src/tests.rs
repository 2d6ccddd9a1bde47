//! Pictures of codes that encoders which are not the decoder's draw: what comes out is what a scanner would send.

use super::read;
use qrcodegen::{QrCode, QrCodeEcc};

/// Pixels of one module, and modules of white around the code.
const SCALE: usize = 4;
const QUIET: usize = 10;

/// A picture of modules (`true` is dark), `width` of them in a row.
fn picture(modules: &[bool], width: usize) -> (Vec<u8>, u32, u32) {
    let rows = modules.len() / width;
    let (across, down) = ((width + 2 * QUIET) * SCALE, (rows + 2 * QUIET) * SCALE);
    let mut pixels = vec![255; across * down * 4];
    for (at, _) in modules.iter().enumerate().filter(|(_, dark)| **dark) {
        for y in 0..SCALE {
            for x in 0..SCALE {
                let (x, y) = ((at % width + QUIET) * SCALE + x, (at / width + QUIET) * SCALE + y);
                pixels[(y * across + x) * 4..][..3].fill(0);
            }
        }
    }
    (pixels, u32::try_from(across).expect("small"), u32::try_from(down).expect("small"))
}

fn read_back(modules: &[bool], width: usize) -> Option<String> {
    let (pixels, across, down) = picture(modules, width);
    read(&pixels, across, down)
}

/// Bars as high as 40 modules.
fn bars(row: &[u8]) -> Vec<bool> {
    let row: Vec<bool> = row.iter().map(|bar| *bar == 1).collect();
    row.repeat(40)
}

#[test]
fn a_bin_label_is_read_with_its_symbology() {
    let row = barcoders::sym::code128::Code128::new("ƁLOC-A-03-02").expect("characters of set B").encode();
    assert_eq!(read_back(&bars(&row), row.len()).as_deref(), Some("]C0LOC-A-03-02"));
}

#[test]
fn a_gs1_label_keeps_its_separators() {
    // FNC1 at the start, and one that ends the lot
    let row = barcoders::sym::code128::Code128::new("ĆŹ0109521234543213Ɓ10ABCŹ21XYZ7").expect("sets C and B").encode();
    assert_eq!(read_back(&bars(&row), row.len()).as_deref(), Some("]C1010952123454321310ABC\u{1d}21XYZ7"));
}

#[test]
fn an_article_number_is_read() {
    let row = barcoders::sym::ean13::EAN13::new("400638133393").expect("twelve digits").encode();
    assert_eq!(read_back(&bars(&row), row.len()).as_deref(), Some("]E04006381333931"));
}

#[test]
fn a_square_code_is_read() {
    let code = QrCode::encode_text("https://id.gs1.org/01/09521234543213/10/ABC", QrCodeEcc::Medium).expect("short");
    let modules: Vec<bool> = (0..code.size())
        .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
        .map(|(x, y)| code.get_module(x, y))
        .collect();
    let read = read_back(&modules, usize::try_from(code.size()).expect("small"));
    assert_eq!(read.as_deref(), Some("]Q1https://id.gs1.org/01/09521234543213/10/ABC"));
}

#[test]
fn a_gs1_matrix_keeps_its_separators() {
    let code = datamatrix::DataMatrixBuilder::new()
        .with_fnc1_start(true)
        .encode(b"010952123454321310ABC\x1d21XYZ7")
        .expect("short");
    let map = code.bitmap();
    let mut modules = vec![false; map.width() * map.height()];
    map.pixels().for_each(|(x, y)| modules[y * map.width() + x] = true);
    assert_eq!(read_back(&modules, map.width()).as_deref(), Some("]d2010952123454321310ABC\u{1d}21XYZ7"));
}

#[test]
fn a_picture_of_nothing_and_bytes_that_are_no_picture_are_no_code() {
    assert_eq!(read(&[255; 64 * 64 * 4], 64, 64), None);
    for (bytes, width, height) in [(0, 0, 0), (16, 2, 1), (16, 64, 64), (17, 2, 2), (0, u32::MAX, u32::MAX)] {
        assert_eq!(read(&vec![0; bytes], width, height), None, "{bytes} bytes as {width} × {height}");
    }
}
