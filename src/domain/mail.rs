//! The kinds of mail, each with a typed context and a sample.
