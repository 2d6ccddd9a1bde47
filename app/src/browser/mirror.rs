//! The way to the worker that holds the files of the second journal (`app/web/mirror.js`): questions with numbers, and
//! their answers in whatever order.
//!
//! Absent: waiting for a limited time. Whoever gives up drops the future; a worker that died is started anew.

use crate::replica::ports::{MirrorFile, StorageError, Worked};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker};

type Waiting = Rc<RefCell<BTreeMap<u32, (js_sys::Function, js_sys::Function)>>>;

/// The worker of this page.
#[derive(Default)]
pub struct Mirror {
    worker: RefCell<Option<Worker>>,
    waiting: Waiting,
    next: Cell<u32>,
}

impl Mirror {
    /// Every file.
    ///
    /// # Errors
    /// The browser's.
    pub async fn read(&self) -> Worked<Vec<MirrorFile>> {
        let files: Array = self.ask("read", &JsValue::UNDEFINED).await?.unchecked_into();
        let read = |entry: JsValue| {
            let pair: Array = entry.dyn_into().ok()?;
            let bytes: Uint8Array = pair.get(1).dyn_into().ok()?;
            Some(MirrorFile { name: pair.get(0).as_string()?, bytes: bytes.to_vec() })
        };
        Ok(files.iter().filter_map(read).collect())
    }
    /// Appends to this page's file and flushes.
    ///
    /// # Errors
    /// The browser's.
    pub async fn append(&self, text: &str) -> Worked<()> {
        self.ask("append", &JsValue::from_str(text)).await.map(drop)
    }
    /// Removes a file.
    ///
    /// # Errors
    /// The browser's.
    pub async fn remove(&self, name: &str) -> Worked<()> {
        self.ask("remove", &JsValue::from_str(name)).await.map(drop)
    }
    /// Takes up the room that can be given back.
    ///
    /// # Errors
    /// The browser's.
    pub async fn take_room(&self) -> Worked<()> {
        self.ask("takeRoom", &JsValue::UNDEFINED).await.map(drop)
    }
    /// Gives it back; says whether there was any.
    ///
    /// # Errors
    /// The browser's.
    pub async fn give_room(&self) -> Worked<bool> {
        Ok(self.ask("giveRoom", &JsValue::UNDEFINED).await?.as_bool() == Some(true))
    }

    async fn ask(&self, what: &str, argument: &JsValue) -> Worked<JsValue> {
        let worker = self.worker()?;
        let id = self.next.replace(self.next.get().wrapping_add(1));
        let message = Object::new();
        for (name, value) in [("id", &JsValue::from(id)), ("what", &JsValue::from_str(what)), ("argument", argument)] {
            Reflect::set(&message, &JsValue::from_str(name), value).map_err(failed)?;
        }
        let promise = Promise::new(&mut |resolve, reject| {
            self.waiting.borrow_mut().insert(id, (resolve, reject));
        });
        worker.post_message(&message).map_err(failed)?;
        JsFuture::from(promise).await.map_err(failed)
    }
    fn worker(&self) -> Worked<Worker> {
        if let Some(worker) = self.worker.borrow().clone() {
            return Ok(worker);
        }
        let worker = Worker::new(&address()).map_err(failed)?;
        let waiting = Rc::clone(&self.waiting);
        let answered = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            let field = |name: &str| Reflect::get(&data, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
            let Some(id) = field("id").as_f64() else { return };
            let found = waiting.borrow_mut().remove(&(id as u32));
            let Some((resolve, reject)) = found else { return };
            let error = field("error");
            let told = if error.is_undefined() {
                resolve.call1(&JsValue::UNDEFINED, &field("result"))
            } else {
                reject.call1(&JsValue::UNDEFINED, &error)
            };
            drop(told);
        });
        worker.set_onmessage(Some(answered.as_ref().unchecked_ref()));
        answered.forget();
        *self.worker.borrow_mut() = Some(worker.clone());
        Ok(worker)
    }
}

/// The worker lies beside the rest of its build.
fn address() -> String {
    let build = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector("meta[name=build]").ok().flatten())
        .and_then(|meta| meta.get_attribute("content"));
    format!("/b/{}/mirror.js", build.unwrap_or_default())
}

fn failed(error: JsValue) -> StorageError {
    let text = error.as_string().or_else(|| Some(error.dyn_ref::<js_sys::Error>()?.message().into()));
    StorageError(text.unwrap_or_else(|| "the second journal does not answer".into()))
}
