//! The network as the browser saw it: every response that came into the page, with its body, by the `Network` events of
//! the DevTools protocol. And everything that the page keeps: databases, caches, storage.
//!
//! Absent: what a service worker fetches for itself; that ends in its caches, which are read.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Browser;

/// A response that came into the page.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where from.
    pub url: String,
    /// Its status.
    pub status: u64,
    /// Its body, unpacked; `None` where the browser has let go of it.
    pub body: Option<Vec<u8>>,
}

/// What was seen so far, and what is still on its way, by the browser's number for the request.
#[derive(Default)]
pub(super) struct Watch {
    coming: BTreeMap<String, (String, u64)>,
    pub(super) seen: Vec<Seen>,
}

impl Browser {
    /// Every response since the browser was opened with [`Browser::open_watched`]. Call it often: a browser keeps bodies
    /// for a while only.
    pub async fn responses(&mut self) -> &[Seen] {
        let entries = self.driver().get_log("performance").await.unwrap_or_default();
        for entry in entries {
            let Ok(message) = serde_json::from_str::<Value>(&entry.message) else { continue };
            let message = &message["message"];
            let Some(request) = message["params"]["requestId"].as_str() else { continue };
            match message["method"].as_str() {
                Some("Network.responseReceived") => {
                    let response = &message["params"]["response"];
                    let url = response["url"].as_str().unwrap_or("").to_owned();
                    let status = response["status"].as_u64().unwrap_or(0);
                    self.watch.coming.insert(request.to_owned(), (url, status));
                }
                Some("Network.loadingFinished" | "Network.loadingFailed") => {
                    if let Some((url, status)) = self.watch.coming.remove(request) {
                        let body = self.body_of(request).await;
                        self.watch.seen.push(Seen { url, status, body });
                    }
                }
                _ => {}
            }
        }
        &self.watch.seen
    }

    async fn body_of(&self, request: &str) -> Option<Vec<u8>> {
        let asked = self.driver().cdp().send_raw("Network.getResponseBody", json!({"requestId": request})).await;
        let answer = asked.ok()?;
        let body = answer["body"].as_str()?;
        if answer["base64Encoded"] == true { decode(body) } else { Some(body.as_bytes().to_vec()) }
    }

    /// Everything that the page keeps, as text: every record of every IndexedDB, every cached response, localStorage and
    /// cookies. Bytes appear as one character each, so that text inside them can be found.
    pub async fn kept(&self) -> String {
        let kept = self.js_async(KEPT).await;
        kept.as_str().unwrap_or_else(|| panic!("the page could not tell what it keeps: {kept}")).to_owned()
    }
}

/// Calls back with a text of everything kept, or with an object that says why not.
const KEPT: &str = "
const done = arguments[0];
const plain = value => {
  if (value instanceof ArrayBuffer) value = new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return Array.from(value, byte => String.fromCharCode(byte)).join('');
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
};
const wait = request => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
(async () => {
  const kept = { local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie, databases: {}, caches: {} };
  for (const { name } of await indexedDB.databases()) {
    const database = await wait(indexedDB.open(name));
    const stores = kept.databases[name] = {};
    for (const store of database.objectStoreNames) {
      const at = () => database.transaction(store).objectStore(store);
      stores[store] = { keys: plain(await wait(at().getAllKeys())), values: plain(await wait(at().getAll())) };
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request);
      kept.caches[request.url] = plain(await response.arrayBuffer());
    }
  }
  done(JSON.stringify(kept));
})().catch(error => done({ error: String(error) }));
";

/// Standard base64, as the protocol uses it.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_is_read_with_and_without_padding() {
        assert_eq!(decode("VHJ1ZXVw").as_deref(), Some(&b"Trueup"[..]));
        assert_eq!(decode("AP8=").as_deref(), Some(&[0, 255][..]));
        assert_eq!(decode("AP8").as_deref(), Some(&[0, 255][..]));
        assert_eq!(decode("A*"), None);
    }
}
