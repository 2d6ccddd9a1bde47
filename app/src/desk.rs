//! Where the desk begins: one page below `/desk`, its addresses typed in [`crate::screen::desk::place`].
//!
//! Absent: a service worker. A desk without its server has nothing true to show.

use crate::screen::desk::{part::context::Desk, shell::Shell};
use leptos::prelude::*;
use leptos_router::{
    WildcardSegment,
    components::{FlatRoutes, Route, Router},
};

/// Puts the desk into the page.
pub fn start() {
    let desk = Desk::start();
    mount_to_body(move || {
        provide_context(desk);
        // the router keeps history and links; which screen an address shows is decided in one typed place, so that
        // one route is enough and moving between two discrepancies rebuilds nothing
        view! {
            <Router>
                <FlatRoutes fallback=Shell>
                    <Route path=WildcardSegment("rest") view=Shell/>
                </FlatRoutes>
            </Router>
        }
    });
}
