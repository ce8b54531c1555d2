//! The schema history of rekey.
