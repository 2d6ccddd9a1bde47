//! What a handheld does for itself while nobody looks: the mirror gets what it lacks, the disk is tried before it is
//! needed, room is kept for a full disk, and events that are archived and old make room for new ones.
//!
//! Absent: anything that a count waits for, and removing what is not both durable and archived by what the server says now.

use super::{
    Topic,
    engine::Engine,
    head::{JournalHead, Word},
    mirror::Contents,
    ports::{Durability, Ports},
    start::Look,
    wait::within,
};
use std::rc::Rc;

/// Between two rounds.
const ROUND_MS: u32 = 30_000;
/// Between two writes that only try the disk.
const CANARY_MS: i64 = 300_000;
/// How long taking up room may take.
const BALLAST_MS: u32 = 20_000;
/// Events removed in one transaction.
const PRUNED_MAX: u64 = 500;

/// Runs for the life of the page.
pub async fn run<P: Ports>(engine: Rc<Engine<P>>) {
    loop {
        round(&engine).await;
        engine.ports.sleep(ROUND_MS).await;
    }
}

async fn round<P: Ports>(engine: &Engine<P>) {
    if !engine.mirror_read.get() {
        // it could not be compared when the page was opened, and may be all that knows which handheld this is
        let was_unknown = engine.credentials().is_none();
        let _ = engine.check(Look::Quick).await;
        if was_unknown && engine.credentials().is_some() {
            engine.tell(Topic::Person);
            engine.try_now();
        }
    }
    if engine.credentials().is_none() {
        return;
    }
    engine.make_up().await;
    try_disk(engine).await;
    engine.ask_storage().await;
    let word = engine.state.borrow().word;
    if let Some(word) = word
        && prune(engine, word).await
    {
        prune_mirror(engine, word).await;
    }
    let _ = within(engine.ports.sleep(BALLAST_MS), engine.ports.make_ballast()).await;
}

/// A write that nobody needs finds a dead disk before a count does.
async fn try_disk<P: Ports>(engine: &Engine<P>) {
    let now = engine.ports.clocks();
    let is_troubled = engine.state.borrow().writing.is_some();
    let is_due = now.monotonic_ms.saturating_sub(engine.canary_ms.get()) >= CANARY_MS;
    if !is_due && !is_troubled {
        return;
    }
    engine.canary_ms.set(now.monotonic_ms);
    let text = now.wall_ms.to_string();
    let written = engine.journal.put_meta("canary", Some(&text), Durability::Strict).await;
    engine.update(|state| state.writing = written.err().map(|error| error.to_string()));
}

/// Removes what is archived and was here two weeks ago, by what the server just said and never by an answer of earlier: it
/// may have been restored since. Says whether anything was removed.
async fn prune<P: Ports>(engine: &Engine<P>, word: Word) -> bool {
    if !word.is_fresh(engine.ports.clocks()) {
        return false;
    }
    let Ok(heads) = engine.journal.heads().await else { return false };
    let mut pruned = false;
    let is_due = |head: &&JournalHead| head.removable(word) > head.base().seq || (*head).clone().mark(word.now);
    for head in heads.iter().filter(is_due) {
        pruned |= engine.journal.prune(head.log.log, word, PRUNED_MAX).await.unwrap_or(false);
    }
    pruned
}

/// Removes files of the mirror in which nothing is left that the journal still keeps. For some of it they are the last copy,
/// so each of its logs must still be one that may do without, by the same word of the server.
async fn prune_mirror<P: Ports>(engine: &Engine<P>, word: Word) {
    let Ok(heads) = engine.journal.heads().await else { return };
    let Some(Contents { files, .. }) = engine.read_mirror().await else { return };
    let gone = |head: &JournalHead| head.base().seq.min(head.removable(word));
    let is_gone = |(log, seq): &(_, u64)| heads.iter().any(|head| head.log.log == *log && *seq <= gone(head));
    let spent: Vec<_> = files.into_iter().filter(|(_, places)| places.iter().all(is_gone)).collect();
    if spent.is_empty() {
        return;
    }
    // who this handheld is may stand in those files alone
    let meta = engine.state.borrow().meta();
    let entries: Vec<_> = meta.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))).collect();
    engine.mirror_meta(&entries).await;
    if engine.mirror_meta_owed.borrow().is_empty() {
        for (name, _) in spent {
            if !word.is_fresh(engine.ports.clocks()) {
                return;
            }
            // one that a page writes to stays
            let _ = engine.ports.remove_mirror(&name).await;
        }
    }
}
