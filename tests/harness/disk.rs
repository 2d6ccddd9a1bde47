//! A small file system of its own, which can be filled to its last byte without harm to anything else.
//!
//! Absent: disks that fail in other ways.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The file system; taken away with the value.
pub struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Of a size such as `4m`. `None`, and a line that says why, where file systems cannot be mounted.
    #[must_use]
    pub fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("trueup-disk-").tempdir().expect("a folder");
        let options = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { folder }),
            other => {
                println!("skipped: no file system can be mounted here: {other:?}");
                None
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes it larger.
    pub fn grow(&self, size: &str) {
        let grown = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(self.path()).status();
        assert!(grown.is_ok_and(|status| status.success()), "the disk cannot be made larger");
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Takes every byte that is left.
    pub fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::options().create(true).append(true).open(self.filler()).expect("a file");
        // large pieces first: the last ones take what those leave
        for size in [1 << 20, 4096, 1] {
            let piece = vec![0x5a; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    /// Gives it all back.
    pub fn empty(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // lazily: a program that is still ending holds files on it
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
