//! What a test can do to a server from outside: plant a defect in it, or let it die at a named point of a push, as a
//! power cut would (`SYNC.md` section 10). Both are asked for when it starts.
//!
//! | variable | value |
//! |---|---|
//! | `TRUEUP_PLANTED` | the name of a [`shared::planted::Defect`] |
//! | `TRUEUP_DIE_AT` | a point of [`POINTS`] or [`MIGRATION_POINTS`] and which time it is reached, such as `before_commit:3` |
//!
//! Absent from every program that people run: without the feature `planted` no variable is read, and [`point`] is nothing.

/// The points, in the order in which a push reaches them.
#[cfg(feature = "planted")]
pub const POINTS: [&str; 7] =
    ["received", "before_append", "after_append", "after_follow_up", "before_commit", "after_commit", "before_answer"];

/// The points of a step of the schema.
#[cfg(feature = "planted")]
pub const MIGRATION_POINTS: [&str; 2] = ["in_migration", "after_migration"];

#[cfg(feature = "planted")]
mod switch {
    use super::{MIGRATION_POINTS, POINTS};
    use shared::planted::{Defect, plant_everywhere};
    use std::sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    };

    /// Where to die, and the how manieth time.
    static DIE_AT: OnceLock<(String, u32)> = OnceLock::new();
    /// How often that point was reached.
    static REACHED: AtomicU32 = AtomicU32::new(0);
    /// Whether a push is among what the writer writes just now: other writes (a session, a code) pass the same points
    /// and are not meant.
    static IS_PUSH: AtomicBool = AtomicBool::new(false);

    /// Reads what a test wants.
    ///
    /// # Errors
    /// A sentence where there is no such defect or point: a test that planted nothing would prove nothing.
    pub fn listen() -> Result<(), String> {
        if let Ok(name) = std::env::var("TRUEUP_PLANTED") {
            let defect = Defect::parse(&name).ok_or_else(|| format!("there is no defect {name}"))?;
            plant_everywhere(Some(defect));
        }
        if let Ok(wanted) = std::env::var("TRUEUP_DIE_AT") {
            let (point, time) = wanted.split_once(':').unwrap_or((&wanted, "1"));
            let time = time.parse().map_err(|_| format!("{wanted} names no time"))?;
            if !POINTS.contains(&point) && !MIGRATION_POINTS.contains(&point) {
                return Err(format!("there is no point {point}"));
            }
            // set once: a program listens once
            let _ = DIE_AT.set((point.to_owned(), time));
        }
        Ok(())
    }

    /// Dies here, where that was asked for: no destructor runs, no buffer is written.
    pub fn point(name: &str) {
        let Some((point, time)) = DIE_AT.get() else { return };
        let is_meant = match name {
            "before_append" => {
                IS_PUSH.store(true, Ordering::Relaxed);
                true
            }
            "before_commit" => IS_PUSH.load(Ordering::Relaxed),
            "after_commit" => IS_PUSH.swap(false, Ordering::Relaxed),
            _ => true,
        };
        if is_meant && name == point && REACHED.fetch_add(1, Ordering::Relaxed) + 1 == *time {
            std::process::abort();
        }
    }
}

#[cfg(feature = "planted")]
pub use switch::{listen, point};

/// Nobody plants anything.
///
/// # Errors
/// None.
#[cfg(not(feature = "planted"))]
pub const fn listen() -> Result<(), String> {
    Ok(())
}

/// A named point of a push: nothing.
#[cfg(not(feature = "planted"))]
pub const fn point(_name: &str) {}
