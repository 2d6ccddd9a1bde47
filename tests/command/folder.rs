//! A data folder with one site, files to import, and what the program said.

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tests::server::run;

/// What a command did.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The command ended with this code, and said all of this.
    #[track_caller]
    pub fn is(&self, code: i32, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for part in parts {
            assert!(all.contains(part), "nothing about {part:?} in:\n{all}");
        }
        assert!(!all.contains("panicked"), "{all}");
    }
}

/// Runs the program.
pub fn trueup(arguments: &[&str]) -> Said {
    let output = run(arguments);
    Said {
        code: output.status.code().expect("it ended by itself"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A fresh data folder with the site MAIN, in EUR.
pub struct Folder {
    home: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self::in_currency("EUR")
    }

    pub fn in_currency(currency: &str) -> Self {
        let folder = Self { home: tempfile::tempdir().expect("a folder") };
        let site = ["site", "add", "MAIN", "--name", "Main", "--currency", currency, "--time-zone", "Europe/Berlin"];
        folder.run(&site).is(0, &["MAIN was added"]);
        folder
    }

    /// With two items, two locations and their stock.
    pub fn stocked() -> Self {
        let folder = Self::new();
        folder
            .import("items", "sku,description,barcodes,tracking\nA,Apple,111,none\nL,Lemon,222,lot\n", &[])
            .is(0, &["Recorded"]);
        folder.import("locations", "code,zone,aisle,bay,level\nB1,B,1,1,A\nB2,B,1,2,A\n", &[]).is(0, &["Recorded"]);
        folder.import("stock", "location,sku,lot,qty\nB1,A,,5\nB2,L,X,2.5\n", &[]).is(0, &["Recorded"]);
        folder
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file beside the data folder.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Runs a command on this data folder.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let data = self.data();
        let data = ["--data", data.to_str().expect("UTF-8")];
        trueup(&[arguments, &data[..]].concat())
    }

    /// Imports bytes as a file.
    pub fn import(&self, what: &str, bytes: impl AsRef<[u8]>, more: &[&str]) -> Said {
        self.import_file(what, &self.write(&format!("{what}.csv"), bytes), more)
    }

    pub fn import_file(&self, what: &str, file: &Path, more: &[&str]) -> Said {
        let file = file.to_str().expect("UTF-8");
        self.run(&[&["import", what, file, "--site", "MAIN"], more].concat())
    }

    /// Every fact, as text: equal before and after means that nothing was recorded.
    pub fn facts(&self) -> String {
        let said = self.run(&["export", "facts"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    }

    /// The chain is whole and everything follows from the facts.
    pub fn verify(&self) {
        self.run(&["verify"]).is(0, &[]);
    }
}
