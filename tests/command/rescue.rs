//! Files of handhelds, taken in on the server itself.

use crate::folder::Folder;
use shared::id::{DeviceId, EventId, LogId};
use shared::sync::log::Chain;
use shared::sync::rescue::{After, Origin, RESCUE_VERSION, Unsaved, Writer};
use uuid::Uuid;

#[test]
fn a_file_of_an_unknown_handheld_is_said_to_be_and_kept_unless_only_a_look_was_wished() {
    let folder = Folder::stocked();
    let (server, device) = (Uuid::from_u128(1), DeviceId(3));
    let origin =
        Origin { version: RESCUE_VERSION, server, device, device_name: "H-03".into(), app: "test".into(), wall_ms: 0 };
    let mut writer = Writer::new(origin);
    let log = LogId(Uuid::from_u128(2));
    let after = After { log, seq: 0, chain: Chain::start(log) };
    writer.unsaved(Unsaved { number: 1, id: EventId(Uuid::from_u128(3)), body: "{}".into(), after });
    let text = writer.finish().replacen("\"line\":\"end\"", "\"line\":\"odd\"", 1);
    let file = folder.path("rescue.txt");
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let rescue = |more: &[&str]| folder.run(&[&["rescue", file, "--site", "main"], more].concat());
    let said = ["1 entries of H-03", "foreign", "DAMAGED: line 3 is damaged"];
    rescue(&["--dry-run"]).is(1, &[said[0], said[1], said[2], "Nothing was stored (--dry-run)"]);
    rescue(&[]).is(1, &[said[0], said[1], said[2], "The file itself is kept"]);
    folder.run(&["verify"]).is(0, &["Everything agrees"]);
}

#[test]
fn a_file_that_is_something_else_is_refused_with_a_sentence() {
    let folder = Folder::stocked();
    let file = folder.path("items.csv");
    std::fs::write(&file, "sku,qty\nA,3\n").unwrap();
    folder.run(&["rescue", file.to_str().unwrap(), "--site", "MAIN"]).is(1, &["This is no rescue file"]);
    folder.run(&["rescue", "nowhere.txt", "--site", "MAIN"]).is(1, &["nowhere.txt cannot be read"]);
}
