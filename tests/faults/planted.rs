//! Defects planted in the browser's part: each check that guards against one must fail when it is there. A defect that
//! survives fails the run.

use crate::deploy::{deploy_while_counting, take_over_open_pages};
use crate::scene::{NUT, Scene};
use shared::planted::Defect;
use tests::report::planted;

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_takes_over_an_open_page_is_caught() {
    let mut fault = planted(Defect::OpenPageTakenOver, "I1 I14");
    let seen = deploy_while_counting(take_over_open_pages, &mut fault).await;
    fault.caught(seen);
}

/// Notes how the browser was asked to keep each write of events, as the transaction itself says.
const RECORDER: &str = "
(() => {
  const real = IDBDatabase.prototype.transaction;
  window.durabilities = [];
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const transaction = real.call(this, stores, mode, options);
    if (mode === 'readwrite' && [].concat(stores).includes('events')) window.durabilities.push(transaction.durability);
    return transaction;
  };
})()";

/// The mistake: nobody asks for anything stricter than what a browser does by itself.
const RELAXED: &str = "
(() => {
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode) { return real.call(this, stores, mode); };
})()";

/// Whether every tick stands for a strict write.
async fn strictly_written(mistake: Option<&str>) -> Result<(), String> {
    let scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.browser.js(RECORDER).await;
    if let Some(mistake) = mistake {
        floor.browser.js(mistake).await;
    }
    floor.open_bin("A-01").await;
    for total in 1..=3 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    let asked = floor.browser.js("return window.durabilities").await;
    let asked: Vec<String> = serde_json::from_value(asked).expect("words");
    if asked.len() < floor.ledger.len() {
        return Err(format!("{} ticks stand for {} writes", floor.ledger.len(), asked.len()));
    }
    match asked.iter().find(|durability| *durability != "strict") {
        None => Ok(()),
        Some(other) => Err(format!("I1: an event was written {other}")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_written_relaxed_is_caught() {
    let mut fault = planted(Defect::RelaxedDurability, "I1");
    assert_eq!(strictly_written(None).await, Ok(()));
    fault.caught(strictly_written(Some(RELAXED)).await);
}
