//! Defects planted in the real server (`shared/src/planted.rs`): each check of this folder that guards against one must
//! fail when it is there. A defect that survives fails the run.

use crate::scene::Scene;
use crate::trace::traced;
use shared::event::SheetIntent;
use shared::planted::Defect;
use tests::handheld::Handheld;
use tests::server::Launch;
use tests::{record, report};

/// A scene on a server with a defect, or without one.
async fn with(defect: Option<Defect>) -> Scene {
    let mut scene = Scene::open(Launch::serve()).await;
    let name = defect.map(|defect| format!("{defect:?}"));
    scene.warehouse.server.set_env("TRUEUP_PLANTED", name.as_deref());
    scene.warehouse.server.restart();
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_not_synced_is_caught() {
    let mut fault = report::planted(Defect::SyncNormal, "I2");
    let Some(seen) = traced(Some(&format!("{:?}", Defect::SyncNormal))).await else { return fault.was_skipped() };
    fault.caught(seen);
}

/// An answer that comes although the server dies before the commit: the event is nowhere.
async fn answer_before_death(defect: Option<Defect>) -> Result<(), String> {
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handheld = Handheld::enrol(&scene.warehouse, "H-01").await;
    scene.warehouse.server.set_env("TRUEUP_PLANTED", defect.map(|defect| format!("{defect:?}")).as_deref());
    scene.warehouse.server.set_env("TRUEUP_DIE_AT", Some("before_commit"));
    scene.warehouse.server.restart();
    scene.visit(&mut handheld);
    handheld.push(200).await;
    scene.warehouse.server.wait_end();
    scene.acknowledged([&handheld])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_before_the_commit_is_caught() {
    let mut fault = report::planted(Defect::AnswerBeforeCommit, "I2");
    assert_eq!(answer_before_death(None).await, Ok(()));
    fault.caught(answer_before_death(Some(Defect::AnswerBeforeCommit)).await);
}

/// Events of a later release between two of today.
async fn unknown_kind(defect: Option<Defect>) -> Result<(), String> {
    let mut scene = with(defect).await;
    let mut handheld = Handheld::enrol(&scene.warehouse, "H-01").await;
    scene.visit(&mut handheld);
    for kind in ["weighed", "photographed"] {
        let later =
            |id| format!("{{\"v\":1,\"id\":\"{id}\",\"actor\":{},\"kind\":\"{kind}\",\"grams\":12}}", scene.cara);
        handheld.record_bytes(later);
    }
    scene.visit(&mut handheld);
    handheld.drain().await;
    scene.acknowledged([&handheld])?;
    scene.warehouse.verify();
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_that_is_dropped_is_caught() {
    let mut fault = report::planted(Defect::UnknownKindDropped, "I2 I5");
    assert_eq!(unknown_kind(None).await, Ok(()));
    fault.caught(unknown_kind(Some(Defect::UnknownKindDropped)).await);
}

/// One counter counts a bin twice; between the two somebody sets the clock back an hour. The second is the count.
async fn counted_again(defect: Option<Defect>) -> Result<(), String> {
    let mut scene = with(defect).await;
    let (_, task) = {
        scene.warehouse.change_roles(&scene.warehouse.admin, &["admin", "lead"]).await;
        scene.warehouse.admin.count_bin("A-01").await
    };
    let mut handheld = Handheld::enrol(&scene.warehouse, "H-01").await;
    for (units, shift) in [(12, 0), (40, -60 * 60 * 1000)] {
        handheld.hidden_shift_ms = shift;
        let sheet = handheld.open(scene.cara, scene.bin, Some(task), SheetIntent::Own);
        handheld.key(scene.cara, sheet, scene.nut, units);
        handheld.close(scene.cara, sheet);
    }
    handheld.drain().await;
    let lines = record::export(scene.warehouse.server.data(), "lines");
    let counted: Vec<_> = lines.iter().filter_map(|line| line["counted"].as_str()).collect();
    if counted != ["40"] {
        return Err(format!("I10: counted is {counted:?}"));
    }
    scene.warehouse.verify();
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_chooses_between_two_counts_is_caught() {
    let mut fault = report::planted(Defect::LastByWallClock, "I10");
    assert_eq!(counted_again(None).await, Ok(()));
    fault.caught(counted_again(Some(Defect::LastByWallClock)).await);
}
