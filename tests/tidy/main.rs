//! The rules of the house that a compiler does not check: layers, purity, words that two places must share, and
//! documents that tell the truth. Each test reads the project's own files; none runs the product.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The project's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lies in the project").to_path_buf()
}

/// Every file under a folder of the project with this ending, with its path from the root.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, into);
            } else if path.extension().is_some_and(|e| e == ending) {
                into.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("source is UTF-8");
            (name, text)
        })
        .collect()
}

fn sources() -> Vec<(String, String)> {
    let all: Vec<_> = ["shared", "server", "app", "tests"].iter().flat_map(|folder| files(folder, "rs")).collect();
    assert!(all.len() > 60, "the sources were not found: {} files", all.len());
    all
}

/// The lines of a file that are code: no comment lines.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Refuses `words` in every source for which `applies` holds.
fn refuse(rule: &str, words: &[&str], applies: impl Fn(&str) -> bool) {
    let mut broken = Vec::new();
    let mut looked_at = 0;
    for (name, text) in sources().into_iter().filter(|(name, _)| applies(name)) {
        looked_at += 1;
        for (line_no, line) in code(&text) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                broken.push(format!("{name}:{line_no}: `{word}` in `{}`", line.trim()));
            }
        }
    }
    assert!(looked_at > 0, "{rule}: the rule looks at no file, so it guards nothing");
    assert!(broken.is_empty(), "{rule}\n{}", broken.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "these files do not open with `//!`: {silent:#?}");
}

/// A noun past about 400 lines becomes a folder; some lines are left to whoever is in the middle of something.
#[test]
fn no_file_is_longer_than_what_is_read_in_one_sitting() {
    const LINES_MAX: usize = 450;
    let lengths = sources().into_iter().map(|(name, text)| (text.lines().count(), name));
    let long: Vec<_> = lengths.filter(|(lines, _)| *lines > LINES_MAX).collect();
    assert!(long.is_empty(), "these files want to be folders: {long:#?}");
}

#[test]
fn the_domain_knows_no_clock_no_randomness_no_io_and_no_async() {
    let words = [
        "SystemTime::now",
        "Instant::now",
        "Utc::now",
        "Local::now",
        "getrandom",
        "rand::",
        "std::fs",
        "std::net",
        "std::env",
        "async fn",
        ".await;",
        ".await?",
        ".await)",
        "println!",
        "eprintln!",
        "tokio",
        "rusqlite",
        "web_sys",
        "thread::",
    ];
    refuse("shared decides; clocks, randomness and input and output are handed in", &words, |name| {
        // its tests may read published vectors and say that they skip
        name.starts_with("shared/src") && !name.ends_with("/tests.rs")
    });
}

#[test]
fn no_floating_point_holds_a_quantity_or_money() {
    refuse("quantities and money are scaled integers", &["f64", "f32"], |name| name.starts_with("shared/src"));
}

#[test]
fn sqlite_stays_behind_the_store() {
    let store = ["server/src/store", "server/src/project", "server/src/read"];
    refuse(
        "SQL and rusqlite live under store, project and read",
        &["rusqlite", "SELECT ", "INSERT INTO ", "DELETE FROM "],
        |name| {
            (name.starts_with("server/src") || name.starts_with("app/src") || name.starts_with("shared/src"))
            && !store.iter().any(|folder| name.starts_with(folder))
            // raw SQLite is what `measure` compares with, and `verify` opens a second database to rebuild into
            && !name.starts_with("server/src/role/measure")
            && !name.starts_with("server/src/role/verify")
        },
    );
}

/// SQLite numbers `$1`, `$2` by where they first stand in a statement, whatever their digits: `SET a = $2 WHERE id = $1`
/// binds both the wrong way round, and an update then silently touches nothing.
#[test]
fn values_of_statements_stand_in_the_order_of_their_numbers() {
    let mut broken = Vec::new();
    let mut looked_at = 0;
    for (name, text) in files("server/src", "rs") {
        // pieces of statements begin later; those with a `$1` are whole
        for literal in text.split('"').filter(|literal| literal.contains("$1")) {
            looked_at += 1;
            let mut seen: Vec<u32> = Vec::new();
            for digits in literal.split('$').skip(1) {
                let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
                if let Ok(number) = digits.parse()
                    && !seen.contains(&number)
                {
                    seen.push(number);
                }
            }
            if !seen.iter().copied().eq(1..=u32::try_from(seen.len()).unwrap()) {
                broken.push(format!("{name}: {seen:?} in `{}`", literal.trim()));
            }
        }
    }
    assert!(looked_at > 50, "the statements were not found: {looked_at}");
    assert!(broken.is_empty(), "values that are bound the wrong way round:\n{}", broken.join("\n"));
}

#[test]
fn http_stays_under_http() {
    refuse("axum is known to http alone", &["axum::", "StatusCode"], |name| {
        name.starts_with("server/src") && !name.starts_with("server/src/http")
    });
}

#[test]
fn the_browser_is_known_to_one_folder() {
    refuse("web_sys and js_sys live under app/src/browser", &["web_sys::", "js_sys::"], |name| {
        name.starts_with("app/src") && !name.starts_with("app/src/browser")
    });
}

#[test]
fn nothing_is_left_half_done() {
    refuse("no unfinished work on any path", &["todo!(", "unimplemented!(", "TODO", "FIXME", "#[ignore"], |name| {
        name != "tests/tidy/main.rs"
    });
}

/// The words of `CHECK (column IN ('a', 'b'))` of one table.
fn checked_words(table: &str, column: &str) -> BTreeSet<String> {
    let schema: String = files("migrations", "sql").into_iter().map(|(_, text)| text).collect();
    let (_, from_table) =
        schema.split_once(&format!("CREATE TABLE {table} (")).unwrap_or_else(|| panic!("no table {table}"));
    let (body, _) = from_table.split_once("STRICT").expect("tables are STRICT");
    let check = format!("CHECK ({column} IN (");
    let (_, list) = body.split_once(&check).unwrap_or_else(|| panic!("no check on {table}.{column}"));
    let (list, _) = list.split_once(')').expect("the list ends");
    list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect()
}

#[test]
fn enums_and_sql_checks_agree() {
    use shared::api::{
        backup::{BackupState, BackupWhy, TimelineWhy},
        count::TaskState,
        discrepancy::{DiscrepancyState, VarianceKind},
        history::Subject,
    };
    use shared::incident::{IncidentKind, IncidentState};
    use shared::{fact::MovementKind, item::Tracking, location::LocationKind, role::Role};
    use shared::{mark::MarkState, sync::message::Mark};
    let check = |table: &str, column: &str, words: Vec<&str>| {
        let words: BTreeSet<_> = words.into_iter().map(str::to_owned).collect();
        assert_eq!(checked_words(table, column), words, "{table}.{column}");
    };
    check("site_role", "role", Role::ALL.iter().map(|r| r.word()).collect());
    check("task", "state", TaskState::ALL.iter().map(|s| s.word()).collect());
    check("discrepancy", "state", DiscrepancyState::ALL.iter().map(|s| s.word()).collect());
    check("movement", "kind", MovementKind::ALL.iter().map(|k| k.word()).collect());
    check("backup", "why", BackupWhy::ALL.iter().map(|w| w.word()).collect());
    check("backup", "state", BackupState::ALL.iter().map(|s| s.word()).collect());
    check("timeline", "why", TimelineWhy::ALL.iter().map(|w| w.word()).collect());
    check("history", "subject", Subject::ALL.iter().map(|s| s.word()).collect());
    let kinds = [VarianceKind::Plain, VarianceKind::SettledByMovement, VarianceKind::Ambiguous];
    check("mark", "mark", Mark::ALL.iter().map(|m| m.word()).collect());
    check("mark", "state", MarkState::ALL.iter().map(|s| s.word()).collect());
    check("incident", "kind", IncidentKind::ALL.iter().map(|k| k.word()).collect());
    check("incident", "state", IncidentState::ALL.iter().map(|s| s.word()).collect());
    check("variance", "kind", kinds.iter().map(|k| k.word()).collect());
    check("discrepancy", "kind", kinds.iter().map(|k| k.word()).collect());
    let tracking = [Tracking::None, Tracking::Lot, Tracking::LotExpiry, Tracking::Serial];
    check("item", "tracking", tracking.iter().map(|t| t.word()).collect());
    let kinds = [
        LocationKind::Pick,
        LocationKind::Reserve,
        LocationKind::Staging,
        LocationKind::Receiving,
        LocationKind::Quarantine,
    ];
    check("location", "kind", kinds.iter().map(|k| k.word()).collect());
}

#[test]
fn paths_named_in_the_documents_exist() {
    let folders = ["shared/", "server/", "app/", "tests/", "migrations/", "docs/", ".ci/"];
    let mut missing = Vec::new();
    let mut named = 0;
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap_or_else(|_| panic!("{document} exists"));
        for span in text.split('`').skip(1).step_by(2) {
            let path = span.split_whitespace().next().unwrap_or("").split("::").next().unwrap_or("");
            if folders.iter().any(|folder| path.starts_with(folder)) && !path.contains(['*', '{', '<', '…']) {
                named += 1;
                if !root().join(path.trim_end_matches([',', '.'])).exists() {
                    missing.push(format!("{document}: {path}"));
                }
            }
        }
    }
    assert!(named > 10, "the documents name too few paths to be a map: {named}");
    assert!(missing.is_empty(), "paths that do not exist: {missing:#?}");
}

#[test]
fn tests_named_in_the_architecture_exist() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md exists");
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    let named: BTreeSet<_> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| {
            span.matches('_').count() >= 3
                && span.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        })
        .collect();
    assert!(named.len() > 5, "the architecture names the tests that guard it");
    let missing: Vec<_> = named.into_iter().filter(|name| !all.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "tests that do not exist: {missing:#?}");
}

/// A defect without a catcher shows that something could break and nobody would hear of it (`SYNC.md` section 10).
#[test]
fn every_planted_defect_has_a_catcher_that_runs() {
    use shared::planted::Defect;
    let suite = fs::read_to_string(root().join("tests").join("run")).expect("tests/run exists");
    assert!(suite.contains("cargo test --locked --workspace\n"), "crash and simulation are run with everything else");
    assert!(suite.contains("--test faults"), "faults of the browser are run by their name");
    assert!(suite.contains("examples/table"), "and the table at the end misses a defect that nobody caught");
    let catchers = files("tests", "rs").into_iter().filter(|(name, _)| name.ends_with("/planted.rs"));
    let catchers: Vec<String> = catchers.map(|(_, text)| text).collect();
    assert_eq!(catchers.len(), 3, "one in each of tests/crash, tests/faults and tests/simulation");
    let without: Vec<_> = Defect::ALL
        .into_iter()
        // where the row of the table begins; no row ends well without the catch
        .filter(|defect| {
            let begins = [format!("planted(Defect::{defect:?},"), format!("caught(Defect::{defect:?},")];
            !catchers.iter().any(|text| begins.iter().any(|begin| text.contains(begin)))
        })
        .collect();
    assert!(without.is_empty(), "nobody catches {without:?}");
}

#[test]
fn the_top_level_stays_small() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "server",
        "app",
        "shared",
        "migrations",
        "tests",
        "README.md",
        "ARCHITECTURE.md",
        "deploy",
        "docs",
        "target",
        "rust-toolchain.toml",
    ];
    let odd: Vec<_> = fs::read_dir(root())
        .expect("the root can be read")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !allowed.contains(&name.as_str()))
        .collect();
    assert!(odd.is_empty(), "not part of the house: {odd:?}");
}
