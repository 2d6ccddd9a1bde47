//! What the program can be started as, one file each.
//!
//! Absent: arguments ([`crate::cli`]) and anything a second front end would need as well (that is in `action`).

pub mod backup;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod import;
pub mod measure;
pub mod rescue;
pub mod restore;
pub mod serve;
pub mod site;
pub mod verify;

use crate::{
    import::report::thousands,
    store::{OpenError, ReadTx, Store, SystemClock, import as known, open::FILE},
};
use anyhow::bail;
use std::{path::Path, sync::Arc};

/// Opens a database that must be there: a mistyped folder is an error, not a new database.
fn open_existing(folder: &Path) -> anyhow::Result<Store> {
    if !folder.join(FILE).exists() {
        let missing = OpenError::Missing { folder: folder.to_owned() };
        bail!("{missing}. Give its folder with --data, or make one with `trueup serve` or `trueup site add`");
    }
    Ok(Store::open(folder, Arc::new(SystemClock))?)
}

/// The site with a code, in any case.
fn site_of(tx: &ReadTx<'_>, code: &str) -> anyhow::Result<known::SiteRow> {
    let sites = known::list_sites(tx)?;
    if let Some(site) = sites.iter().find(|site| site.code.eq_ignore_ascii_case(code)) {
        return Ok(site.clone());
    }
    if sites.is_empty() {
        bail!("there is no site yet. Add one with `trueup site add {code} --name … --currency … --time-zone …`");
    }
    let codes: Vec<_> = sites.iter().map(|site| site.code.as_str()).collect();
    bail!("there is no site {code}; there is {}. `trueup site add` adds one", codes.join(", "))
}
