//! The translation: objects with exactly their keys, failures in exactly
//! their words.
