//! A device without a scanner: Chromium's own camera sees a film with the label of a bin and that of an item, and the bin
//! is counted by it. Linux has no `BarcodeDetector`, so this is the decoder that is loaded for it.

use std::path::Path;

use qrcodegen::{QrCode, QrCodeEcc};
use tests::browser::{Browser, Screen};
use tests::floor::{Floor, Scanner};
use tests::server::Launch;
use tests::warehouse::Warehouse;

/// The size of the film.
const WIDTH: usize = 640;
const HEIGHT: usize = 480;
/// Pictures a second, and pictures of each code: two seconds, longer than a code has to be away to count again.
const RATE: usize = 5;
const PICTURES: usize = 10;

/// The brightness of every pixel of a picture that shows one code in its middle.
fn picture(text: &str) -> Vec<u8> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("a short text");
    let size = usize::try_from(code.size()).expect("a size");
    let scale = 8;
    let (left, top) = ((WIDTH - size * scale) / 2, (HEIGHT - size * scale) / 2);
    let mut pixels = vec![235; WIDTH * HEIGHT];
    for (y, row) in pixels.chunks_exact_mut(WIDTH).enumerate().skip(top).take(size * scale) {
        for (x, pixel) in row.iter_mut().enumerate().skip(left).take(size * scale) {
            let at = |pixel: usize, from: usize| i32::try_from((pixel - from) / scale).expect("a module");
            if code.get_module(at(x, left), at(y, top)) {
                *pixel = 16;
            }
        }
    }
    pixels
}

/// A film that shows each code for a while, in grey.
fn film(file: &Path, codes: &[&str]) {
    let mut bytes = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n").into_bytes();
    for code in codes {
        let pixels = picture(code);
        for _ in 0..PICTURES {
            bytes.extend_from_slice(b"FRAME\n");
            bytes.extend_from_slice(&pixels);
            // no colour
            bytes.resize(bytes.len() + WIDTH * HEIGHT / 2, 128);
        }
    }
    std::fs::write(file, bytes).expect("a film");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bin_is_counted_with_a_camera_and_what_stays_in_view_counts_once() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("items", "sku,description,barcodes\nBOLT,Bolt M8,4006381333931\n");
    warehouse.import_text("locations", "code,zone\nA-01,A\n");
    let _maria = warehouse.person("maria", &["counter"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let film_file = folder.path().join("labels.y4m");
    film(&film_file, &["A-01", "4006381333931"]);

    let browser = Browser::open_filming(&warehouse.server.url(), Screen::Handheld, &film_file).await;
    let code = warehouse.enrolment_code("H-01").await;
    let handheld = Floor::connect(browser, "H-01", Scanner::Keys, &code).await;
    handheld.sign_in("maria").await;
    let browser = &handheld.browser;
    // what is seldom used is on the device all the same, for the corner without a network
    let kept = "return caches.keys().then(names => caches.open(names[0])).then(cache => cache.keys())
        .then(all => all.some(one => one.url.endsWith('/camera.wasm')))";
    browser.wait_js("the reader of pictures on the device", kept).await;
    warehouse.server.stop();

    browser.click("[data-test=camera-open]").await;
    browser.wait_for("[data-test=camera][data-state=looking]").await;
    browser.wait_text("[data-test=bin-code]", "A-01").await;
    handheld.wait_ticked("BOLT", "1").await;
    // the film begins again: the item was away for two seconds, so it is another one
    handheld.wait_ticked("BOLT", "2").await;
    let pictures = tests::root().join("target").join("screens");
    std::fs::create_dir_all(&pictures).expect("a folder for pictures");
    browser.screenshot(&pictures.join("handheld-camera.png")).await;
    browser.click("[data-test=camera-close]").await;
    browser.wait_gone("[data-test=camera]").await;
    browser.wait_for("[data-test=key-1]").await;
}
