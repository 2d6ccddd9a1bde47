//! A stream of server-sent events, closed when dropped.
//!
//! Absent: what an event means. The browser connects again by itself after a break in the network, but not after the
//! server answered with an error: whoever holds the stream is told, and opens another one later.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// How the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Not yet, or connecting again.
    Connecting,
    /// Events arrive.
    Open,
    /// Closed for good; open another one.
    Closed,
}

/// An open stream.
pub struct Stream {
    source: EventSource,
    _handlers: [Closure<dyn FnMut(Event)>; 3],
}

impl Stream {
    /// Opens a stream; `None` where the browser refuses the address.
    pub fn open(
        path: &str,
        on_data: impl Fn(String) + 'static,
        on_link: impl Fn(Link) + Clone + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(path).ok()?;
        let opened = {
            let on_link = on_link.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| on_link(Link::Open))
        };
        let broken = {
            let source = source.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| {
                let closed = source.ready_state() == EventSource::CLOSED;
                on_link(if closed { Link::Closed } else { Link::Connecting });
            })
        };
        let data = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string()) {
                on_data(text);
            }
        });
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(broken.as_ref().unchecked_ref()));
        source.set_onmessage(Some(data.as_ref().unchecked_ref()));
        Some(Self { source, _handlers: [opened, broken, data] })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.set_onmessage(None);
        self.source.close();
    }
}
