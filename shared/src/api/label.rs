//! Labels at the desk: `GET …/labels/{bins,items}` says what would be printed, the same with `/print` is a page for the
//! browser and with `/zpl` a file for label printers (PlanWork or Administer). No field holds a book quantity.

use serde::{Deserialize, Serialize};

/// What would be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelPreview {
    /// The first label at its real size; empty when there is none.
    pub svg: String,
    pub labels: u32,
    pub pages: u32,
    /// How wide the thinnest bar or module of the first label is, in micrometres.
    pub module_um: u32,
    /// What cannot be printed, and why.
    pub left_out: Vec<LeftOut>,
}

/// Something that gets no label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The bin's code or the item's SKU.
    pub name: String,
    /// Why, in words.
    pub why: String,
}
