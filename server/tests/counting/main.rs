//! Counting over a real store, from the push of a handheld to the posted adjustment and `verify`.
#![allow(clippy::unwrap_used)]

mod arriving;
mod backing_up;
mod carrying;
mod closing;
mod deciding;
mod folder;
mod granting;
mod handheld;
mod incident;
mod mark;
mod moving;
mod naming;
mod order;
mod paper;
mod proving;
mod pulling;
mod rescuing;
mod warehouse;
