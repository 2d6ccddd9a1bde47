//! Where this page's databases lie. The browser keeps all databases of an origin in one place, and after some accidents
//! that place opens no more, not even to delete what is in it (measured: a missing manifest; browsers call it "Internal
//! error opening backing store"). Then they go on in a place beside it (the Storage Buckets API), and stay there: another
//! place, which stays empty, is the sign of it.
//!
//! Absent: what is in the old place. The second journal has it, and makes the new one whole like any other that lost
//! everything.

use crate::replica::ports::{StorageError, Worked};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

/// Places are called this, and a number from 2 on; the usual one has no name.
const NAME: &str = "trueup-";
/// Ends the name of the sign that databases went on in the place of that number. What was only tried, as on a full disk,
/// has no sign, and is not taken away: another tab may just have begun something there.
const TAKEN: &str = "-taken";
/// Places that are tried at once: a try that nobody waited for may have left a database in the first that never opens.
const TRIES: u32 = 2;
/// The number of the usual one.
const USUAL: u32 = 1;
/// What the library that opens databases asks the window for.
const DATABASES: &str = "indexedDB";

fn failed(error: JsValue) -> StorageError {
    StorageError(format!("{error:?}"))
}

fn window() -> Worked<Window> {
    web_sys::window().ok_or_else(|| StorageError("there is no window".into()))
}

fn object(fields: &[(&str, &JsValue)]) -> Worked<Object> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value).map_err(failed)?;
    }
    Ok(object)
}

/// The browser's manager of places; `None`: it has one place only.
fn manager() -> Worked<Option<JsValue>> {
    let manager = Reflect::get(&window()?.navigator(), &"storageBuckets".into()).map_err(failed)?;
    Ok((!manager.is_undefined()).then_some(manager))
}

async fn ask(manager: &JsValue, method: &str, arguments: &Array) -> Worked<JsValue> {
    let method: Function = Reflect::get(manager, &method.into()).map_err(failed)?.dyn_into().map_err(failed)?;
    let promise: Promise = method.apply(manager, arguments).map_err(failed)?.dyn_into().map_err(failed)?;
    JsFuture::from(promise).await.map_err(failed)
}

/// The number of the place that was moved to last.
async fn last(manager: &JsValue) -> Worked<u32> {
    let names = Array::from(&ask(manager, "keys", &Array::new()).await?);
    let taken = names.iter().filter_map(|name| name.as_string()?.strip_prefix(NAME)?.strip_suffix(TAKEN)?.parse().ok());
    Ok(taken.max().unwrap_or(USUAL))
}

/// Every database that this page opens from now on lies there.
fn settle(databases: &JsValue) -> Worked<()> {
    let property = object(&[("value", databases), ("configurable", &JsValue::TRUE)])?;
    match Reflect::define_property(&window()?.into(), &DATABASES.into(), &property).map_err(failed)? {
        true => Ok(()),
        false => Err(StorageError("the page cannot be led to another place for databases".into())),
    }
}

/// Leads back to where the databases were, unless it is decided that they go on elsewhere: also where nobody waits any more.
struct Back {
    before: JsValue,
    is_decided: bool,
}

impl Drop for Back {
    fn drop(&mut self) {
        if !self.is_decided {
            // it was possible before
            let _ = settle(&self.before);
        }
    }
}

/// A place, which is made where there is none.
async fn place(manager: &JsValue, name: &str) -> Worked<JsValue> {
    let options = object(&[("durability", &"strict".into()), ("persisted", &JsValue::TRUE)])?;
    ask(manager, "open", &Array::of2(&name.into(), &options)).await
}

/// The databases of a place.
async fn databases(manager: &JsValue, number: u32) -> Worked<JsValue> {
    Reflect::get(&place(manager, &format!("{NAME}{number}")).await?, &DATABASES.into()).map_err(failed)
}

/// Goes to where the databases were moved to, if they were since this page last looked, and says which place that is.
///
/// # Errors
/// The browser's.
pub async fn find(known: Option<u32>) -> Worked<u32> {
    let Some(manager) = manager()? else { return Ok(USUAL) };
    let known = known.unwrap_or(USUAL);
    let number = last(&manager).await?.max(known);
    if number != known {
        settle(&databases(&manager, number).await?)?;
    }
    Ok(number)
}

/// Leaves a place for the next in which `open` opens something, but only if it opens nothing in the old one even then: on a
/// full disk nothing opens anywhere, until there is room again everywhere. What is opened is of the place where it goes on.
///
/// # Errors
/// The browser's; also where it has one place only.
pub async fn leave<T>(from: u32, open: impl AsyncFn() -> Worked<T>) -> Worked<T> {
    let manager = manager()?.ok_or_else(|| StorageError("this browser has one place for databases".into()))?;
    let before = Reflect::get(&window()?.into(), &DATABASES.into()).map_err(failed)?;
    let mut back = Back { before, is_decided: false };
    let mut refused = StorageError("there is no place left".into());
    for number in (1..=TRIES).map(|step| from.saturating_add(step)) {
        let there = databases(&manager, number).await?;
        settle(&there)?;
        match open().await {
            Ok(opened) => {
                settle(&back.before)?;
                if let Ok(well_again) = open().await {
                    return Ok(well_again);
                }
                place(&manager, &format!("{NAME}{number}{TAKEN}")).await?;
                settle(&there)?;
                back.is_decided = true;
                return Ok(opened);
            }
            Err(error) => refused = error,
        }
    }
    Err(refused)
}
