//! No byte of a 200 leaves before the write-ahead log was synced: the server's system calls, in the order in which they
//! were made, as `strace` saw them (I2). This is what tells a commit that is on the disk from one that the kernel keeps.

use crate::scene::Scene;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tests::handheld::Handheld;
use tests::report;
use tests::server::Launch;

/// Pushes that are traced.
const PUSHES: u32 = 20;

/// How far a push has come on one connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Asked,
    Written,
    Synced,
}

/// Reads a trace: how many pushes were answered with 200, each after its own write to the log and a sync of it.
///
/// # Errors
/// The line of an answer that left too early.
fn answered_after_sync(trace: &str) -> Result<u32, String> {
    let mut waiting: BTreeMap<String, Came> = BTreeMap::new();
    let mut answered = 0;
    // a call that another thread's call cuts in two: what it was called with, by thread
    let mut unfinished: BTreeMap<&str, &str> = BTreeMap::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let (call, rest, is_begun, is_done) = if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread, begun);
            (begun, "", true, false)
        } else if call.starts_with("<... ") {
            let Some(begun) = unfinished.remove(thread) else { continue };
            (begun, call, false, true)
        } else {
            (call, "", true, true)
        };
        let Some((name, arguments)) = call.split_once('(') else { continue };
        let descriptor = arguments.split([',', ')']).next().unwrap_or_default().trim();
        match name {
            "recvfrom" | "read"
                if is_done && (arguments.contains("POST /sync/v1/push") || rest.contains("POST /sync/v1/push")) =>
            {
                waiting.insert(descriptor.to_owned(), Came::Asked);
            }
            "pwrite64" if is_done && descriptor.contains("-wal") => {
                waiting.values_mut().filter(|came| **came == Came::Asked).for_each(|came| *came = Came::Written);
            }
            "fdatasync" | "fsync" if is_done && descriptor.contains("-wal") => {
                waiting.values_mut().filter(|came| **came == Came::Written).for_each(|came| *came = Came::Synced);
            }
            "sendto" | "write" | "writev" | "sendmsg" if is_begun && arguments.contains("HTTP/1.1 200") => {
                match waiting.remove(descriptor) {
                    Some(Came::Synced) => answered += 1,
                    Some(_) => return Err(format!("I2: an answer left before the log was synced: {line}")),
                    None => {}
                }
            }
            _ => {}
        }
    }
    Ok(answered)
}

/// Whether another program's calls can be seen here.
fn is_traceable() -> bool {
    let traced = Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).output();
    let is_so = traced.as_ref().is_ok_and(|output| output.status.success());
    if !is_so {
        println!("skipped: strace cannot trace here: {traced:?}");
    }
    is_so
}

fn strace(file: &Path) -> Vec<String> {
    // -D: the server is our child and the tracer a grandchild, so that killing the server ends both
    let calls = "trace=recvfrom,read,pwrite64,fdatasync,fsync,sendto,write,writev,sendmsg";
    let mut command: Vec<String> =
        ["strace", "-D", "-f", "-qq", "-y", "-s", "64", "-e", calls, "-e", "signal=none", "-o"]
            .map(str::to_owned)
            .into();
    command.push(file.to_string_lossy().into_owned());
    command
}

/// Pushes under the tracer, and what it saw; `None` where nothing can be traced.
pub async fn traced(defect: Option<&str>) -> Option<Result<u32, String>> {
    if !is_traceable() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handheld = Handheld::enrol(&scene.warehouse, "H-01").await;
    scene.warehouse.server.set_env("TRUEUP_PLANTED", defect);
    scene.warehouse.server.set_under(strace(&file));
    scene.warehouse.server.restart();
    for _ in 0..PUSHES {
        scene.visit(&mut handheld);
        assert!(handheld.push(200).await.is_some(), "{}", scene.warehouse.server.output());
    }
    scene.warehouse.server.stop();
    Some(answered_after_sync(&String::from_utf8_lossy(&std::fs::read(&file).unwrap())))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_leaves_before_the_log_is_synced() {
    let mut fault = report::fault("server", "power lost right after an answer (traced)", "I2");
    match traced(None).await {
        Some(answered) => {
            assert_eq!(answered, Ok(PUSHES), "the trace does not show the pushes");
            fault.happened_times(PUSHES);
        }
        None => fault.was_skipped(),
    }
}

#[test]
fn a_trace_is_read_call_by_call() {
    let asked = "7 recvfrom(12<TCP:[1->2]>, \"POST /sync/v1/push HTTP/1.1\\r\\n\"..., 8192, 0, NULL, NULL) = 900\n";
    let written = "9 pwrite64(6</d/trueup.db-wal>, \"\"..., 4096, 32) = 4096\n";
    let synced = "9 fdatasync(6</d/trueup.db-wal>) = 0\n";
    let other = "9 fdatasync(5</d/trueup.db>) = 0\n";
    let sent = "8 sendto(12<TCP:[1->2]>, \"HTTP/1.1 200 OK\\r\\n\"..., 300, MSG_NOSIGNAL, NULL, 0) = 300\n";
    let read = |lines: &[&str]| answered_after_sync(&lines.concat());
    assert_eq!(read(&[asked, written, synced, sent]), Ok(1));
    assert_eq!(read(&[asked, written, synced, sent, sent]), Ok(1), "another answer of the connection is no push");
    for early in [&[asked, sent][..], &[asked, written, sent], &[asked, synced, sent], &[asked, written, other, sent]] {
        assert!(read(early).is_err(), "{early:?}");
    }
    // a sync that has begun is not done
    let begun = "9 fdatasync(6</d/trueup.db-wal> <unfinished ...>\n";
    let done = "9 <... fdatasync resumed>) = 0\n";
    assert!(read(&[asked, written, begun, sent, done]).is_err());
    assert_eq!(read(&[asked, written, begun, done, sent]), Ok(1));
}
