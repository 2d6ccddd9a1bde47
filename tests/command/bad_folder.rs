//! Folders and ports that cannot be used: a sentence, exit code 1, and nothing touched.

use crate::folder::{Folder, trueup};
use std::net::TcpListener;

#[test]
fn a_database_of_a_newer_version_is_left_as_it_is() {
    let folder = Folder::new();
    let file = folder.data().join("trueup.db");
    let conn = rusqlite::Connection::open(&file).expect("the database");
    conn.pragma_update(None, "user_version", 999).expect("written");
    conn.pragma_update(None, "journal_mode", "DELETE").expect("one file");
    drop(conn);
    let before = std::fs::read(&file).expect("the file");
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["verify"], &["export", "facts"], &["site", "list"]] {
        folder.run(command).is(1, &["newer version", "999"]);
    }
    assert!(std::fs::read(&file).expect("the file") == before, "the file was changed");
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("trueup.db"), "holiday pictures, for 20 years").expect("a file");
    let data = home.path().to_str().expect("UTF-8");
    trueup(&["serve", "--listen", "127.0.0.1:0", "--data", data]).is(1, &["is not a Trueup database"]);
    assert_eq!(std::fs::read(home.path().join("trueup.db")).expect("the file"), b"holiday pictures, for 20 years");
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let data = file.join("data");
    trueup(&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().expect("UTF-8")])
        .is(1, &["cannot be written", "--data"]);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let folder = Folder::new();
    folder.run(&["serve", "--listen", &address]).is(1, &[&address, "another program is using it", "--listen"]);
    folder.run(&["serve", "--listen", "everywhere"]).is(2, &["--listen"]);
}
