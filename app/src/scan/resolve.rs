//! What a scanned text means on this handheld.
