//! Passwords: policy and strength.
