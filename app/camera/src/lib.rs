//! Reads barcodes out of a camera's pictures, for devices without a scanner and browsers without `BarcodeDetector`. A
//! bundle of its own with nothing in it but the decoder: a worker loads it when somebody opens the camera
//! (`app/web/camera-worker.js`), and no handheld that never does pays for it.
//!
//! Absent: the camera (`app/web/camera-view.js`), what a code means (`shared::barcode`), and which of many reads count
//! (`shared::scan::hold`).
#![forbid(unsafe_code)]

use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, MultiFormatReader, RXingResult,
    RXingResultMetadataType, RXingResultMetadataValue, Reader as _, common::HybridBinarizer,
};
use std::collections::HashSet;
use wasm_bindgen::prelude::wasm_bindgen;

/// What warehouses print; fewer formats are fewer wrong reads, and less time for a picture without a code.
const FORMATS: [BarcodeFormat; 9] = [
    BarcodeFormat::CODE_128,
    BarcodeFormat::CODE_39,
    BarcodeFormat::EAN_13,
    BarcodeFormat::EAN_8,
    BarcodeFormat::UPC_A,
    BarcodeFormat::UPC_E,
    BarcodeFormat::ITF,
    BarcodeFormat::QR_CODE,
    BarcodeFormat::DATA_MATRIX,
];

/// Reads the code in a picture of `width` × `height` pixels, four bytes each (red, green, blue, opacity): its text as a
/// scanner sends it, with the symbology identifier before it and FNC1 as GS; `None` where there is none to read.
#[wasm_bindgen]
pub fn read(rgba: &[u8], width: u32, height: u32) -> Option<String> {
    let luma: Vec<u8> = rgba.chunks_exact(4).map(|pixel| luma(pixel[0], pixel[1], pixel[2])).collect();
    let pixels = usize::try_from(width).ok()?.checked_mul(usize::try_from(height).ok()?)?;
    (pixels > 0 && luma.len() == pixels).then(|| decode(luma, width, height)).flatten()
}

/// Brightness as the eye sees it, in eighths: two of red, five of green, one of blue.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 2 * u16::from(red) + 5 * u16::from(green) + u16::from(blue);
    u8::try_from(sum / 8).unwrap_or(u8::MAX)
}

fn decode(luma: Vec<u8>, width: u32, height: u32) -> Option<String> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from(FORMATS)),
        TryHarder: Some(true),
        AssumeGs1: Some(true),
        ..DecodeHints::default()
    };
    let source = Luma8LuminanceSource::new(luma, width, height).ok()?;
    let mut picture = BinaryBitmap::new(HybridBinarizer::new(source));
    let mut reader = MultiFormatReader::default();
    let found = reader.decode_with_hints(&mut picture, &hints).ok()?;
    Some(as_scanned(&found))
}

/// The text with its symbology identifier, where the decoder tells one and has not written it itself.
fn as_scanned(found: &RXingResult) -> String {
    let text = found.getText();
    match found.getRXingResultMetadata().get(&RXingResultMetadataType::SYMBOLOGY_IDENTIFIER) {
        Some(RXingResultMetadataValue::SymbologyIdentifier(aim)) if !text.starts_with(aim.as_str()) => {
            format!("{aim}{text}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
