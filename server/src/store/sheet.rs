//! Sheets: one person's visit to one location on one device.

/// A sheet as the writer remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {}
