//! Faults of the network. One counter goes on scanning through all of them: no scan waits for the network, every tick is
//! true, and afterwards the server has each entry once, with no hand on the handheld (I1, I4, I11, I12).

use crate::scene::{NUT, PUSH, Scene, nudge};
use std::time::{Duration, Instant};
use tests::browser::{Browser, Screen};
use tests::floor::Floor;
use tests::proxy::Fate;
use tests::report::{self, Fault, fault};
use tests::tls::{Certificate, Tls};
use tokio::time::sleep;

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

    /// Everything arrives with no hand on it, once.
    async fn settle(&mut self, fault: &mut Fault) {
        self.scene.settle(&self.floor, fault).await;
    }

    /// Scans until the script of pushes is over. Between two failures the pause is cut short, so that the next one comes;
    /// after the last it is not.
    async fn scan_through(&mut self, fates: Vec<Fate>) {
        self.scene.line.script(PUSH, fates);
        while self.scene.line.script_left() > 0 {
            self.scan().await;
            self.scene.expect_nothing_lost(&self.floor).await;
            if self.scene.line.script_left() > 0 {
                nudge(&self.floor).await;
            }
        }
    }
}

/// So many rounds end with no hand on the handheld. Each may cost a long pause, so the rest of a long run lends one.
const ROUNDS_WITHOUT_HAND: u32 = 3;

/// The named exchanges fail, each so often.
async fn scripted(walk: &mut Walk, name: &'static str, fates: &[Fate]) {
    let mut fault = fault("network", name, "I1 I4 I6 I12");
    let rounds = report::times(1, 10);
    for round in 0..rounds {
        walk.scan_through(fates.to_vec()).await;
        if round < ROUNDS_WITHOUT_HAND {
            walk.settle(&mut fault).await;
        } else {
            walk.scene.settle_nudged(&walk.floor).await;
        }
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
    scripted(walk, "one exchange fails, the next does not", &Fate::flapping(8)).await;
    let statuses = [413, 429, 500, 503, 507].map(Fate::Status);
    scripted(walk, "413, 429, 500, 503, 507 in sequence", &statuses).await;
    scripted(walk, "refused (401, 403, 404, 409)", &[401, 403, 404, 409].map(Fate::Status)).await;
    scripted(walk, "a log-in page answers", &[Fate::LogInPage; 2]).await;
    late_duplicate(walk).await;
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
        walk.scene.settle_nudged(&walk.floor).await;
    }
    let answers = walk.scene.line.replay();
    assert!(answers.len() >= 3 && answers.iter().all(|status| *status == 200), "{answers:?}");
    fault.happened_times(answers.len() as u64);
    walk.scan().await;
    walk.settle(&mut fault).await;
}

/// Counts on the line as it is for so long, one scan every few seconds. The time is the fault itself, not a wait for
/// something.
async fn scan_for(walk: &mut Walk, time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        walk.scan().await;
        walk.scene.expect_nothing_lost(&walk.floor).await;
        sleep(SCAN_EVERY.min(time.saturating_sub(began.elapsed()))).await;
    }
}

/// Between two scans of a fault that lasts.
const SCAN_EVERY: Duration = Duration::from_secs(10);
/// How long the line is that slow: longer than the handheld waits for an answer (40 s), and than the server takes for any
/// request of a handheld (`SYNC_REQUEST_SECONDS_MAX`, 240 s).
const BYTE_A_SECOND: Duration = Duration::from_secs(260);

#[tokio::test(flavor = "multi_thread")]
async fn a_line_on_which_hardly_anything_moves_costs_no_count() {
    let walk = &mut Walk::begin().await;
    {
        let mut fault = fault("network", "slow line", "I1 I4 I12");
        let began = Instant::now();
        walk.scene.line.slow_down(1, Duration::from_millis(1));
        walk.scan().await;
        walk.scene.expect_nothing_lost(&walk.floor).await;
        // it arrives on the slow line itself
        walk.floor.wait_drained_within(Duration::from_secs(60)).await;
        fault.happened();
        fault.note(format!("1 byte/ms for {} s", began.elapsed().as_secs()));
        walk.settle(&mut fault).await;
    }
    if report::is_long() {
        let mut fault = fault("network", "slow line", "I1 I4 I12");
        walk.scene.line.slow_down(1, Duration::from_secs(1));
        scan_for(walk, BYTE_A_SECOND).await;
        assert!(walk.floor.waiting().await > 0, "what a push says is longer than that many bytes");
        fault.happened();
        fault.note(format!("1 byte/s for {} s", BYTE_A_SECOND.as_secs()));
        walk.settle(&mut fault).await;
    }
    walk.scene.warehouse.verify();
}

/// Nothing moves; in the long run for longer than the handheld has patience, so that late answers meet nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_stalls_costs_no_count() {
    let mut fault = fault("network", "stalled line", "I1 I4 I12");
    let walk = &mut Walk::begin().await;
    let seconds = report::times(3, 45);
    walk.scene.line.stall();
    scan_for(walk, Duration::from_secs(seconds.into())).await;
    assert!(walk.floor.waiting().await > 0, "a stalled line delivers");
    fault.happened();
    fault.note(format!("for {seconds} s"));
    walk.settle(&mut fault).await;
    walk.scene.warehouse.verify();
}

/// How long a flapping network is there, and then away.
const FLAP: Duration = Duration::from_secs(2);

/// The network comes and goes by the clock, whatever is on its way.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_comes_and_goes_costs_no_count() {
    let mut fault = fault("network", "flapping", "I1 I4 I12");
    let walk = &mut Walk::begin().await;
    let began = Instant::now();
    let long = Duration::from_secs(report::times(12, 180).into());
    while began.elapsed() < long {
        walk.scene.line.cut();
        fault.happened();
        scan_for(walk, FLAP).await;
        walk.scene.line.restore();
        scan_for(walk, FLAP).await;
    }
    fault.note(format!("every {} s for {} s", FLAP.as_secs(), began.elapsed().as_secs()));
    walk.settle(&mut fault).await;
    walk.scene.warehouse.verify();
}

/// The server has it, the handheld cannot know: it says that it waits, and when the answer comes nothing is twice there.
async fn one_way(walk: &mut Walk) {
    let mut fault = fault("network", "one-way partition", "I1 I4 I12");
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
        walk.settle(&mut fault).await;
    }
}

/// Nobody answers: connections break before a request.
async fn refused(walk: &mut Walk) {
    let mut fault = fault("network", "every connection refused", "I1 I4 I12 I14");
    walk.scene.line.cut();
    for _ in 0..3 {
        walk.scan().await;
        nudge(&walk.floor).await;
    }
    assert!(walk.floor.waiting().await >= 3);
    walk.scene.expect_nothing_lost(&walk.floor).await;
    fault.happened();
    walk.settle(&mut fault).await;
}

/// Real https, as a proxy gives it, with a certificate that the handheld trusts, until it ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_expires_in_the_middle_of_a_shift_costs_no_count() {
    let mut fault = fault("network", "certificate expired mid-shift", "I1 I4 I12 I14");
    let scene = Scene::open().await;
    let good = Certificate::new(&["localhost"], -30, 60);
    let expired = Certificate::new(&["localhost"], -91, -1);
    let tls = Tls::before(scene.line.address(), &good);
    let browser = Browser::open_trusting(&good, &tls.url(), Screen::Handheld).await;
    let mut floor = scene.floor_in(browser, "H-01", "cara").await;
    floor.open_bin("A-01").await;
    let mut walk = Walk { scene, floor, total: 0 };
    walk.scan().await;
    walk.scene.settle_nudged(&walk.floor).await;
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
        walk.settle(&mut fault).await;
    }
    walk.scene.warehouse.verify();
}
