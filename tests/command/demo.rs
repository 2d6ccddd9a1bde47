//! The sample warehouse.

use crate::folder::trueup;
use tests::server::Launch;

#[test]
fn the_sample_warehouse_starts_says_how_to_sign_in_and_verifies() {
    let mut server = Launch::demo().start();
    for role in ["counter", "lead", "supervisor", "auditor", "admin"] {
        server.wait_line(role, |line| line.contains(role).then_some(()));
    }
    server.wait_line("a link for a handheld", |line| line.contains("/#enrol=").then_some(()));
    assert!(server.stop().success(), "{}", server.output());
    let data = server.data().to_str().expect("UTF-8").to_owned();
    let facts = trueup(&["export", "facts", "--data", &data]).out;
    trueup(&["verify", "--data", &data]).is(0, &[]);
    let said = trueup(&["export", "discrepancies", "--data", &data]).out;
    for state in ["recounting", "confirmed", "escalated", "awaiting_approval", "posted", "exported", "rejected"] {
        assert!(said.contains(&format!(",{state},")), "no discrepancy is {state}:\n{said}");
    }
    // the second start finds what the first has made
    server.restart();
    assert!(server.stop().success(), "{}", server.output());
    assert_eq!(trueup(&["export", "facts", "--data", &data]).out.lines().count(), facts.lines().count());
}
