//! `trueup demo`: the sample warehouse. It is made at the first start, through the facts and actions of real use, with a
//! clock that is handed in; after that it is a server like any other.
//!
//! Absent: anything that real use does not have. Nothing here writes a projection, and `trueup verify` finds it clean.

mod clock;
mod dice;
mod goods;
mod handheld;
mod shelf;
mod story;
mod today;
mod weeks;

use super::serve::{listen, lives, log_to_stderr, origin, ready, run, serve_until_told, told_to_stop};
use crate::{
    action::{
        Doer, Failure, add_person, password, record_items::record_items, record_locations::record_locations,
        record_statement::record_statement, secret, set_rules::set_rules, set_up,
    },
    cli::{self, Ending},
    http::AppState,
    store::{
        Clock, Store, SystemClock, WriteTx, credential, import as known,
        open::FILE,
        token::{self, Purpose, TokenRow},
    },
};
use anyhow::Context;
use clock::SetClock;
use dice::Dice;
use goods::{PASSWORD, PEOPLE, SITE};
use handheld::Handheld;
use shared::{
    api::master::Thresholds,
    api::people::NewPerson,
    fact::{Fact, StatementRow},
    id::{MovementId, SiteId},
    moment::Moment,
    policy::{FoundStock, Limits, RuleScope, ToleranceRule},
    quantity::{NumberError, Quantity},
};
use shelf::Shelves;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use story::{DAY_MS, MINUTE_MS, Story};

/// Says that a folder holds a whole sample: without it a database is somebody's own, or a sample made half.
const MARK: &str = "sample-warehouse";
/// How long the code for handhelds works after a start, and how often: a shift of curious people.
const CODE_DAYS: i64 = 30;
const CODE_USES: u32 = 1000;

/// Runs the sample warehouse until SIGINT or SIGTERM.
///
/// # Errors
/// A sentence when the folder holds something else, or what a server cannot do.
pub fn demo(wanted: &cli::Demo) -> anyhow::Result<Ending> {
    log_to_stderr();
    let temporary = Temporary::unless(wanted.data.as_deref());
    let folder = wanted.data.clone().unwrap_or_else(|| temporary.0.clone().unwrap_or_default());
    lives(&folder, wanted.listen, |address, failed| {
        run(async {
            // the port first: nobody waits for a warehouse that cannot be shown
            let listener = listen(address).await?;
            if !folder.join(MARK).exists() {
                anyhow::ensure!(
                    !folder.join(FILE).exists(),
                    "{} holds a database that is no sample warehouse (or one that was made half). Give an empty folder with --data",
                    folder.display()
                );
                println!("Making the sample warehouse in {} …", folder.display());
                make(&folder, SystemClock.now()).await?;
                std::fs::write(folder.join(MARK), "made by `trueup demo`\n")
                    .context("the sample warehouse cannot be finished")?;
            }
            let store = Store::open(&folder, Arc::new(SystemClock))?;
            let code = store.write(offer_handhelds).await?;
            let address = listener.local_addr()?;
            let origin = origin(address);
            let told = told_to_stop()?;
            ready(&origin);
            tell(&origin, &code, &folder, temporary.0.is_some());
            // a backup at once: the sample shows entries that are in one
            let ended = serve_until_told(listener, AppState::new(store, false), told, (failed, Duration::ZERO));
            Ok((ended.await?, address))
        })
    })
}

/// A folder that goes away with the program.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn unless(given: Option<&Path>) -> Self {
        Self(given.is_none().then(|| std::env::temp_dir().join(format!("trueup-demo-{}", std::process::id()))))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // what cannot be removed stays, as temporary files do
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn tell(origin: &str, code: &str, folder: &Path, is_temporary: bool) {
    println!();
    println!("  {} (site {}), a depot for bicycle parts", SITE.1, SITE.0);
    println!("  Desk:      {origin}/desk");
    println!("  Labels:    {origin}/desk/labels and count sheets at {origin}/desk/paper (as lea)");
    println!("  Handheld:  {origin}/#enrol={code}");
    println!("             opened on as many handhelds as you like, best at phone size; code {code}");
    println!();
    println!("  Everybody's password is: {PASSWORD}");
    for someone in &PEOPLE {
        println!("    {:<6} {:<12} {:<13} {}", someone.username, someone.role.word(), someone.name, someone.does);
    }
    println!();
    let fate = if is_temporary { "; removed at the end, --data DIR keeps it" } else { "" };
    println!("  Data: {}{fate}. Ctrl-C ends it.", folder.display());
}

/// A code for handhelds, new at every start.
fn offer_handhelds(tx: &mut WriteTx<'_>) -> Result<String, Failure> {
    let sites = known::list_sites(&tx.as_read())?;
    let site = sites.first().map(|site| site.id);
    let code = secret::make_code()?;
    token::revoke(tx, Purpose::Enrol, None)?;
    let expires_at = tx.now().plus_ms(CODE_DAYS * DAY_MS);
    let row = TokenRow { site, person: None, name: "Demo".into(), uses_left: CODE_USES, expires_at };
    token::create(tx, &code, Purpose::Enrol, &row)?;
    Ok(code)
}

/// Makes the sample in an empty folder, as of an instant.
async fn make(folder: &Path, now: Moment) -> anyhow::Result<()> {
    let today = Moment(now.0 - now.0.rem_euclid(DAY_MS));
    let opening = today.plus_ms(-(weeks::WEEKS * 7 + 2) * DAY_MS);
    let clock = Arc::new(SetClock::at(opening));
    let store = Store::open(folder, Arc::clone(&clock) as Arc<dyn Clock>)?;
    let (site, people) = store.write(found).await?;
    let (items, locations) = (goods::items()?, goods::locations());
    let shelves = Shelves::opening(&items, &locations)?;
    let stock: Vec<_> = shelves
        .keys
        .iter()
        .map(|(key, shelf)| StatementRow { key: key.clone(), quantity: shelf.book, movement: MovementId(0) })
        .collect();
    let (masters, places) = (items.clone(), locations.clone());
    store
        .write(move |tx| -> Result<(), Failure> {
            let doer = Doer::import(site);
            record_items(tx, &doer, masters)?;
            record_locations(tx, &doer, places)?;
            record_statement(tx, &doer, ("erp", opening), stock)
        })
        .await?;
    let admin = Doer::desk(site, people.get("ada").copied().context("an admin")?);
    let rules =
        Thresholds { version: 0, rules: rules()?, dual_above: Some("1000".parse()?), post_within_tolerance: false };
    let setting = admin.clone();
    store.write(move |tx| set_rules(tx, &setting, &rules)).await?;
    let mut handhelds = Vec::new();
    for (name, seed) in [("H-01", 1), ("H-02", 2), ("H-03", 3)] {
        clock.set(opening.plus_ms(DAY_MS + seed * MINUTE_MS));
        let dice = Dice::new(seed.unsigned_abs());
        handhelds.push(Handheld::enrol(&store, admin.clone(), name, clock.now(), dice).await?);
    }
    let dice = Dice::new(42);
    let items = items.into();
    let mut story = Story { store, clock, site, people, items, locations, shelves, handhelds, dice, orders: 10_400 };
    weeks::live(&mut story, today).await?;
    today::yesterday(&mut story, today).await?;
    today::morning(&mut story, now).await
}

/// The site, its people and their password.
fn found(tx: &mut WriteTx<'_>) -> Result<(SiteId, BTreeMap<&'static str, shared::id::PersonId>), Failure> {
    let new =
        set_up::NewSite { code: SITE.0.into(), name: SITE.1.into(), currency: SITE.2.into(), time_zone: SITE.3.into() };
    let site = set_up::open_site(tx, None, "system", &new)?;
    let doer = Doer { site, person: None, origin: "system" };
    let mut people = BTreeMap::new();
    for someone in &PEOPLE {
        let new = NewPerson {
            username: someone.username.into(),
            name: someone.name.into(),
            language: "en".into(),
            roles: vec![someone.role],
            approval_limit: someone.limit.map(str::parse).transpose().map_err(crate::store::Error::from)?,
        };
        let person = add_person::add_person(tx, &doer, &new)?;
        credential::set(tx, person, &password::hash_blocking(PASSWORD)?)?;
        tx.append(SiteId(0), Some(person), "desk", &Fact::PasswordSet { person })?;
        people.insert(someone.username, person);
    }
    Ok((site, people))
}

/// The depot's tolerances: none for class A, two pieces before a recount elsewhere, one piece let pass in class C.
fn rules() -> Result<Vec<ToleranceRule>, NumberError> {
    let units = |units: i64| -> Result<Limits, NumberError> {
        let limit = Some(Quantity::whole(units)?);
        Ok(Limits { units_over: limit, units_short: limit, ..Limits::default() })
    };
    let rule = |scope, recount, approve| ToleranceRule {
        scope,
        recount,
        approve,
        alert: None,
        found_stock: FoundStock::AlwaysBeyond,
    };
    let large = Limits { value_over: Some("500".parse()?), value_short: Some("500".parse()?), ..Limits::default() };
    Ok(vec![
        rule(RuleScope::Abc("A".into()), units(0)?, units(0)?),
        rule(RuleScope::Abc("C".into()), units(5)?, units(1)?),
        ToleranceRule { alert: Some(large), ..rule(RuleScope::Site, units(2)?, units(0)?) },
    ])
}
