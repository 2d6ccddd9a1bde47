//! The server's first run, its end, and its second run.

use tests::server::Launch;

#[test]
fn the_first_run_prints_a_set_up_link_and_a_told_stop_is_a_clean_end() {
    let mut server = Launch::serve().start();
    let link = server.wait_line("a set-up link", |line| {
        line.split_once("http://").map(|(_, link)| link.to_owned()).filter(|link| link.contains("/desk/setup#token="))
    });
    assert!(link.starts_with(&server.address().to_string()), "{link}");
    assert!(server.stop().success(), "{}", server.output());
    server.restart();
    let again = server.wait_line("a set-up link", |line| line.contains("/desk/setup#token=").then(|| line.to_owned()));
    assert!(!again.contains(&link), "an old link still works");
}

#[test]
fn a_folder_with_people_gets_no_set_up_link() {
    let folder = crate::folder::Folder::new();
    folder.import("people", "username,name,roles\nada,Ada,admin\n", &[]).is(0, &[]);
    let mut server = Launch::serve().data(&folder.data()).start();
    assert!(server.stop().success());
    assert!(!server.output().contains("setup#token"), "{}", server.output());
}
