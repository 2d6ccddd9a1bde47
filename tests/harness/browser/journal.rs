//! What the handheld has on its own disk, read from its journal (IndexedDB) beside the application: the drafts, and where
//! each log stands. A screen that counts wrongly is found out by it.
//!
//! Absent: writing.

use serde::Deserialize;
use shared::{
    id::LogId,
    sync::message::{Belief, Head},
};

use super::Browser;

/// Where one log stands on the disk of the handheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// Which log.
    pub log: LogId,
    /// Its last event.
    pub head: Head,
    /// What the handheld was told that the server holds.
    pub durable: Option<Belief>,
}

impl Kept {
    /// Events that the handheld was not told are on the server.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.head.seq.saturating_sub(self.told())
    }

    /// The last event that it was told is there.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.durable.map_or(0, |belief| belief.head.seq)
    }
}

/// Reads every record of a store; nothing where there is no journal, and none is made by looking.
fn read_all(store: &str) -> String {
    format!(
        "const done = arguments[0];
         const opening = indexedDB.open('trueup-journal');
         opening.onupgradeneeded = () => opening.transaction.abort();
         opening.onerror = () => done([]);
         opening.onsuccess = () => {{
           const asking = opening.result.transaction('{store}').objectStore('{store}').getAll();
           asking.onsuccess = () => {{ opening.result.close(); done(asking.result); }};
           asking.onerror = () => {{ opening.result.close(); done([]); }};
         }};"
    )
}

impl Browser {
    /// Where every log of the handheld stands on its disk.
    pub async fn logs(&self) -> Vec<Kept> {
        let records = self.js_async(&read_all("heads")).await;
        let texts = records.as_array().into_iter().flatten().map(|record| record.as_str().expect("a text"));
        texts.map(|text| serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))).collect()
    }

    /// Waits until a half-typed text is among the drafts of the journal.
    pub async fn wait_draft(&self, text: &str) {
        let drafts = read_all("drafts");
        self.until(&format!("a draft with {text:?} in it"), async || {
            self.js_async(&drafts).await.to_string().contains(text)
        })
        .await;
    }
}
