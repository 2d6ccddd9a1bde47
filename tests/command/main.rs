//! The command line, driven as a person drives it: the real program, real files, its words and its exit codes.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod folder;

mod backup;
mod bad_folder;
mod bad_input;
mod demo;
mod doctor;
mod export;
mod import;
mod people;
mod real_data;
mod rescue;
mod serve;
