//! What this browser remembers of itself (theme, chosen site, language), and marks of the document's root.
//!
//! Absent: anything a count depends on. What is remembered here may vanish at any time.

/// Reads what this browser remembers under a name.
pub fn recall(name: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(name).ok()?
}

/// Remembers a text under a name, where the browser lets us.
pub fn remember(name: &str, text: &str) {
    if let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok()?) {
        let _ = storage.set_item(name, text);
    }
}

/// Sets an attribute of the document's root, such as `data-theme`.
pub fn mark_root(name: &str, value: &str) {
    if let Some(root) = web_sys::window().and_then(|window| window.document()?.document_element()) {
        let _ = root.set_attribute(name, value);
    }
}

/// The language the browser itself speaks, as a tag; empty where it does not say.
pub fn own_language() -> String {
    web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default()
}
