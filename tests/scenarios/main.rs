//! The rules of counting as a warehouse meets them, over HTTP, on the real program with handhelds that have no screen:
//! stock that moves while it is counted, barcodes that nobody knows, two people in one bin, clocks that are wrong.
#![forbid(unsafe_code)]

mod barcode;
mod clock;
mod meaning;
mod movement;
mod scene;
