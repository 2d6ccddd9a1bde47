//! What the desk and the handhelds are shown: queries, one noun a file. Nothing here writes.
