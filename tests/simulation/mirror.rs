//! Files that only grow, each held by the page that writes to it: what the second journal lies in.
//!
//! Absent: what stands in them.

use crate::run::Clockwork;
use app::replica::{
    mirror::Contents,
    ports::{MirrorFile, StorageError, Worked},
};
use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
    future::pending,
    rc::Rc,
};

/// One file.
#[derive(Clone, Default)]
struct File {
    bytes: Vec<u8>,
    synced: usize,
    held_by: Option<u64>,
}

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    None,
    /// It is refused.
    Failing,
    /// Nothing is ever done.
    Silent,
}

/// The files of one handheld.
pub struct Folder {
    files: BTreeMap<String, File>,
    made: u64,
    pub trouble: Trouble,
    pub has_ballast: bool,
    /// Files that the program removed, since they were last counted.
    pub removed: u64,
    /// What stands in the files, as long as they are as they were when it was read.
    contents: OnceCell<Rc<Contents>>,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            files: BTreeMap::new(),
            made: 0,
            trouble: Trouble::None,
            has_ballast: false,
            removed: 0,
            contents: OnceCell::new(),
        }
    }
    /// What a copy of the profile holds.
    pub fn copy(&self) -> Self {
        let mut files = self.files.clone();
        files.values_mut().for_each(|file| file.held_by = None);
        Self { files, made: self.made, ..Self::new() }
    }
    /// A page is gone.
    pub fn release(&mut self, page: u64) {
        self.files.values_mut().filter(|file| file.held_by == Some(page)).for_each(|file| file.held_by = None);
    }
    /// The power fails: of what was not flushed, a part is gone.
    pub fn cut_power(&mut self, below: impl Fn(usize) -> usize) {
        self.contents.take();
        for file in self.files.values_mut() {
            let left = file.synced + below(file.bytes.len() - file.synced + 1);
            file.bytes.truncate(left);
            file.synced = left;
        }
    }
    pub fn delete(&mut self) {
        self.files.clear();
        self.contents.take();
    }
    /// All of it.
    pub fn read(&self) -> Vec<MirrorFile> {
        self.files.iter().map(|(name, file)| MirrorFile { name: name.clone(), bytes: file.bytes.clone() }).collect()
    }
    /// What stands in them.
    pub fn contents(&self) -> Rc<Contents> {
        Rc::clone(self.contents.get_or_init(|| Rc::new(Contents::read(&self.read()))))
    }
    fn own(&mut self, page: u64) -> &mut File {
        let held = |file: &File| file.held_by.is_none_or(|holder| holder == page);
        let own = self.files.iter().find(|(_, file)| file.held_by == Some(page));
        let name = own.or(self.files.iter().find(|(_, file)| held(file))).map(|(name, _)| name.clone());
        let name = name.unwrap_or_else(|| {
            self.made += 1;
            format!("{}", self.made)
        });
        let file = self.files.entry(name).or_default();
        file.held_by = Some(page);
        file
    }
}

/// The way of one page to them.
pub struct Hands {
    pub folder: Rc<RefCell<Folder>>,
    pub clockwork: Rc<Clockwork>,
    pub page: u64,
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.folder.borrow_mut().release(self.page);
    }
}

impl Hands {
    async fn ready(&self) -> Worked<()> {
        self.clockwork.turns().await;
        let trouble = self.folder.borrow().trouble;
        match trouble {
            Trouble::None => Ok(()),
            Trouble::Failing => Err(StorageError("the folder is gone".into())),
            Trouble::Silent => pending().await,
        }
    }
    pub async fn read(&self) -> Worked<Vec<MirrorFile>> {
        self.ready().await?;
        Ok(self.folder.borrow().read())
    }
    pub async fn append(&self, text: &str) -> Worked<()> {
        self.ready().await?;
        {
            let mut folder = self.folder.borrow_mut();
            folder.contents.take();
            folder.own(self.page).bytes.extend_from_slice(text.as_bytes());
        }
        self.clockwork.turns().await;
        {
            let mut folder = self.folder.borrow_mut();
            let file = folder.own(self.page);
            file.synced = file.bytes.len();
        }
        self.clockwork.turns().await;
        Ok(())
    }
    pub async fn remove(&self, name: &str) -> Worked<()> {
        self.ready().await?;
        let mut folder = self.folder.borrow_mut();
        if folder.files.get(name).is_some_and(|file| file.held_by.is_some()) {
            return Err(StorageError("somebody writes to it".into()));
        }
        folder.contents.take();
        folder.removed += u64::from(folder.files.remove(name).is_some());
        Ok(())
    }
    pub async fn ballast(&self, take: bool) -> Worked<bool> {
        self.ready().await?;
        Ok(std::mem::replace(&mut self.folder.borrow_mut().has_ballast, take))
    }
}
