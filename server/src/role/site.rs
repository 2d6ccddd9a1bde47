//! `trueup site`: adds sites and lists them.

use super::open_existing;
use crate::{
    action::set_up::{NewSite, open_site},
    cli::{AddSite, Ending, Site},
    store::{Store, SystemClock, import as known},
};
use std::sync::Arc;

/// Runs `trueup site …`.
///
/// # Errors
/// A refusal, or what is wrong with the database.
pub fn site(site: &Site) -> anyhow::Result<Ending> {
    match site {
        Site::Add(new) => add(new),
        Site::List(data) => {
            for site in open_existing(&data.data)?.read_blocking(known::list_sites)? {
                println!("{}\t{}\t{}\t{}", site.code, site.name, site.currency, site.time_zone);
            }
            Ok(Ending::Done)
        }
    }
}

fn add(new: &AddSite) -> anyhow::Result<Ending> {
    let store = Store::open(&new.data.data, Arc::new(SystemClock))?;
    let site = NewSite {
        code: new.code.clone(),
        name: new.name.clone(),
        currency: new.currency.clone(),
        time_zone: new.time_zone.clone(),
    };
    store.write_blocking(move |tx| open_site(tx, None, "import", &site))?;
    println!("Site {} was added.", new.code);
    Ok(Ending::Done)
}
