//! The rekey binary.
fn main() {}
