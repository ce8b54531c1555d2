//! Tests through the front doors, in one binary.

mod mail_wire;
mod support;
