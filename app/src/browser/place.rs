//! Where this page's databases lie. The browser keeps all databases of an origin in one place, and after some accidents
//! that place opens no more, not even to delete what is in it (measured: a missing manifest; browsers call it "Internal
//! error opening backing store"). Then they go on in a place beside it (the Storage Buckets API), and stay there.
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

/// Whether there are databases in a place. One that does not even say so may have some.
async fn is_used(databases: &JsValue) -> bool {
    let listed = ask(databases, "databases", &Array::new()).await;
    listed.map_or(true, |names| Array::from(&names).length() > 0)
}

/// The number of the place that was moved to last; 1 is the usual one. A place where nothing ever opened, as on a full disk,
/// stays behind empty and does not count: to delete it could take away what another tab opened there by then.
async fn last(manager: &JsValue) -> Worked<u32> {
    let names = Array::from(&ask(manager, "keys", &Array::new()).await?);
    let numbers = names.iter().filter_map(|name| name.as_string()?.strip_prefix(NAME)?.parse().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable_by(|one, other| other.cmp(one));
    for number in numbers {
        if is_used(&databases(manager, number).await?).await {
            return Ok(number);
        }
    }
    Ok(USUAL)
}

/// Every database that this page opens from now on lies there.
fn settle(databases: &JsValue) -> Worked<()> {
    let property = object(&[("value", databases), ("configurable", &JsValue::TRUE)])?;
    Reflect::define_property(&window()?.into(), &DATABASES.into(), &property).map_err(failed).map(drop)
}

/// The databases of a place; it is made where there is none.
async fn databases(manager: &JsValue, number: u32) -> Worked<JsValue> {
    let options = object(&[("durability", &"strict".into()), ("persisted", &JsValue::TRUE)])?;
    let place = ask(manager, "open", &Array::of2(&format!("{NAME}{number}").into(), &options)).await?;
    Reflect::get(&place, &DATABASES.into()).map_err(failed)
}

/// Goes to where the databases were moved to, if ever they were, and says which place that is. Before any is opened.
///
/// # Errors
/// The browser's.
pub async fn find() -> Worked<u32> {
    let Some(manager) = manager()? else { return Ok(USUAL) };
    let number = last(&manager).await?;
    if number != USUAL {
        settle(&databases(&manager, number).await?)?;
    }
    Ok(number)
}

/// Leaves a place: to where another tab has gone by now, or else to the next one. Stays there and says which that is if
/// `open` opens something; on a full disk nothing opens anywhere.
///
/// # Errors
/// The browser's; also where it has one place only.
pub async fn leave<T>(from: u32, open: impl AsyncFnOnce() -> Worked<T>) -> Worked<(u32, T)> {
    let manager = manager()?.ok_or_else(|| StorageError("this browser has one place for databases".into()))?;
    let before = Reflect::get(&window()?.into(), &DATABASES.into()).map_err(failed)?;
    let number = last(&manager).await?.max(from.saturating_add(1));
    settle(&databases(&manager, number).await?)?;
    match open().await {
        Ok(opened) => Ok((number, opened)),
        Err(error) => settle(&before).and(Err(error)),
    }
}
