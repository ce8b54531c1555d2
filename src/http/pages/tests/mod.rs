//! The pages as a browser meets them, on a database of their own.

mod assets;
mod codes;
mod hostile;
mod languages;
mod links;
mod world;
