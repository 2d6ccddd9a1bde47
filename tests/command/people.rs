//! People from a file, and the links with which they set a password.

use crate::folder::Folder;

#[test]
fn new_people_get_a_link_each_and_known_ones_none() {
    let folder = Folder::new();
    let text =
        "username,name,roles,language,approval_limit\nmaria,Maria Silva,counter;lead,pt,\nsam,Sam,supervisor,,250.5\n";
    let said = folder.import("people", text, &["--url", "https://stock.example/"]);
    said.is(0, &["maria sets a password", "https://stock.example/desk/join#token="]);
    assert_eq!(said.out.matches("#token=").count(), 2);
    let changed = text.replace("counter;lead,pt", "counter;lead,pl");
    let said = folder.import("people", changed, &[]);
    said.is(0, &["changed             1", "same                1"]);
    assert!(!said.out.contains("#token="), "a link was made for somebody who has one");
    let said = folder.import("people", text.replace(",pt,", ",pl,"), &[]);
    said.is(0, &["same                2"]);
    folder.verify();
}

#[test]
fn links_can_be_written_to_a_file_that_nobody_else_reads() {
    let folder = Folder::new();
    let links = folder.path("links.csv");
    let links_text = links.to_str().expect("UTF-8");
    let text = "username,name,roles\nmaria,Maria,counter\n";
    let said = folder.import("people", text, &["--links", links_text]);
    said.is(0, &[]);
    assert!(!said.out.contains("#token="), "{}", said.out);
    assert!(
        std::fs::read_to_string(&links).expect("the links").starts_with("maria,http://127.0.0.1:8080/desk/join#token=")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&links).expect("the file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "others can read it: {mode:o}");
    }
    let before = folder.facts();
    let said = folder.import("people", "username,name,roles\nsam,Sam,lead\n", &["--links", links_text]);
    said.is(1, &["links.csv", "cannot be made"]);
    assert!(folder.facts() == before, "somebody was added whose link nobody has");
}
