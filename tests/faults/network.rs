//! Faults of the network. One counter goes on scanning through all of them: no scan waits for the network, every tick is
//! true, and afterwards the server has each entry once (I1, I4, I11, I12).

use crate::scene::{NUT, PUSH, Scene, nudge};
use std::time::Duration;
use tests::browser::{Browser, Screen};
use tests::floor::Floor;
use tests::proxy::Fate;
use tests::report::{self, fault};
use tests::tls::{Certificate, Tls};

/// A counter in an open bin, scanning one item.
struct Walk {
    scene: Scene,
    floor: Floor,
    total: u32,
}

impl Walk {
    async fn begin() -> Self {
        let scene = Scene::open().await;
        let mut floor = scene.floor("H-01", "cara").await;
        floor.open_bin("A-01").await;
        Self { scene, floor, total: 0 }
    }

    /// One scan, ticked as ever.
    async fn scan(&mut self) {
        self.total += 1;
        self.floor.count(NUT, NUT, &self.total.to_string()).await;
    }

    /// Everything arrives, once.
    async fn settle(&mut self) {
        nudge(&self.floor).await;
        self.scene.settle(&self.floor).await;
    }

    /// Scans until the script of pushes is over; what failed is tried again as soon as the network says it is back.
    async fn scan_through(&mut self, fates: Vec<Fate>) {
        self.scene.line.script(PUSH, fates);
        while self.scene.line.script_left() > 0 {
            self.scan().await;
            self.scene.expect_nothing_lost(&self.floor).await;
            nudge(&self.floor).await;
        }
        self.settle().await;
    }
}

/// The named exchanges fail, each so often.
async fn scripted(walk: &mut Walk, name: &'static str, fates: &[Fate]) {
    let mut fault = fault("network", name, "I1 I4 I6 I11 I12");
    let rounds = report::times(1, 10);
    for _ in 0..rounds {
        walk.scan_through(fates.to_vec()).await;
    }
    let count = fates.iter().filter(|fate| **fate != Fate::Pass).count() as u64;
    fault.happened_times(count * u64::from(rounds));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_scans_through_every_fault_of_the_network() {
    let walk = &mut Walk::begin().await;
    scripted(walk, "request lost", &[Fate::RequestLost; 3]).await;
    scripted(walk, "answer lost after commit", &[Fate::AnswerLost; 3]).await;
    scripted(walk, "answer cut in the middle", &[Fate::AnswerCut(0), Fate::AnswerCut(1), Fate::AnswerCut(120)]).await;
    scripted(walk, "flapping", &Fate::flapping(8)).await;
    let statuses = [413, 429, 500, 503, 507].map(Fate::Status);
    scripted(walk, "413, 429, 500, 503, 507 in sequence", &statuses).await;
    scripted(walk, "refused (401, 403, 404, 409)", &[401, 403, 404, 409].map(Fate::Status)).await;
    scripted(walk, "a log-in page answers", &[Fate::LogInPage; 2]).await;
    late_duplicate(walk).await;
    byte_by_byte(walk).await;
    stall(walk).await;
    one_way(walk).await;
    refused(walk).await;
    walk.floor.browser.expect_no_errors().await;
    walk.scene.warehouse.verify();
}

async fn late_duplicate(walk: &mut Walk) {
    let mut fault = fault("network", "late duplicate replayed", "I4 I6");
    walk.scene.line.keep(PUSH);
    for _ in 0..3 {
        walk.scan().await;
        walk.settle().await;
    }
    let answers = walk.scene.line.replay();
    assert!(answers.len() >= 3 && answers.iter().all(|status| *status == 200), "{answers:?}");
    fault.happened_times(answers.len() as u64);
    walk.scan().await;
    walk.settle().await;
}

/// A byte a second, where a second of the line is a millisecond.
async fn byte_by_byte(walk: &mut Walk) {
    let mut fault = fault("network", "1 byte/s", "I1 I4 I11 I12");
    for _ in 0..report::times(1, 5) {
        walk.scene.line.slow_down(1);
        nudge(&walk.floor).await;
        walk.scan().await;
        walk.scene.expect_nothing_lost(&walk.floor).await;
        // it arrives on the slow line itself
        walk.floor.wait_drained().await;
        walk.scene.expect_nothing_lost(&walk.floor).await;
        fault.happened();
    }
    walk.settle().await;
}

/// Nothing moves: in the long run for longer than the handheld has patience, so that late answers meet nobody.
async fn stall(walk: &mut Walk) {
    let mut fault = fault("network", "40 s stall", "I1 I4 I11 I12");
    walk.scene.line.stall();
    walk.scan().await;
    assert!(walk.floor.waiting().await > 0, "a stalled line delivers");
    walk.scan().await;
    if report::is_long() {
        // the stall itself, not a wait for something
        tokio::time::sleep(Duration::from_secs(45)).await;
    }
    walk.scene.expect_nothing_lost(&walk.floor).await;
    fault.happened();
    walk.settle().await;
}

/// The server has it, the handheld cannot know: it says that it waits, and when the answer comes nothing is twice there.
async fn one_way(walk: &mut Walk) {
    let mut fault = fault("network", "one-way partition", "I1 I4 I11 I12");
    for is_cut in [false, true] {
        walk.scene.line.deafen();
        walk.scan().await;
        walk.scene.line.wait_held();
        assert!(walk.floor.waiting().await > 0, "nobody has told it");
        walk.scan().await;
        if is_cut {
            walk.scene.line.cut();
        }
        walk.scene.expect_nothing_lost(&walk.floor).await;
        fault.happened();
        walk.settle().await;
    }
}

/// Nobody answers: connections break before a request.
async fn refused(walk: &mut Walk) {
    let mut fault = fault("network", "every connection refused", "I1 I4 I11 I12 I14");
    walk.scene.line.cut();
    for _ in 0..3 {
        walk.scan().await;
        nudge(&walk.floor).await;
    }
    assert!(walk.floor.waiting().await >= 3);
    walk.scene.expect_nothing_lost(&walk.floor).await;
    fault.happened();
    walk.settle().await;
}

/// Real https, as a proxy gives it, with a certificate that the handheld trusts, until it ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_expires_in_the_middle_of_a_shift_costs_no_count() {
    let mut fault = fault("network", "certificate expired mid-shift", "I1 I4 I11 I12 I14");
    let scene = Scene::open().await;
    let good = Certificate::new(&["localhost"], -30, 60);
    let expired = Certificate::new(&["localhost"], -91, -1);
    let tls = Tls::before(scene.line.address(), &good);
    let browser = Browser::open_trusting(&good, &tls.url(), Screen::Handheld).await;
    let mut floor = scene.floor_in(browser, "H-01", "cara").await;
    floor.open_bin("A-01").await;
    let mut walk = Walk { scene, floor, total: 0 };
    walk.scan().await;
    walk.settle().await;
    for _ in 0..report::times(1, 10) {
        tls.show(&expired);
        fault.happened();
        for _ in 0..3 {
            walk.scan().await;
            nudge(&walk.floor).await;
        }
        // the page loads from the device, and says what waits
        walk.floor.browser.reload().await;
        walk.floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
        assert!(walk.floor.waiting().await >= 3, "nothing can have gone through");
        walk.scan().await;
        walk.scene.expect_nothing_lost(&walk.floor).await;
        let errors = walk.floor.browser.errors().await;
        assert!(errors.iter().any(|error| error.contains("ERR_CERT")), "something else kept it: {errors:?}");
        // renewed: everything drains by itself
        tls.show(&good);
        walk.settle().await;
    }
    walk.scene.warehouse.verify();
}
