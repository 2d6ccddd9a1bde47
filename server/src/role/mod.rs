//! What the program can be started as.
