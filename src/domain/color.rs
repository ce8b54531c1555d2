//! Colours: sRGB, and how well one can be read on another (WCAG 2.2, success
//! criteria 1.4.3 and 1.4.11).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// What text needs on its ground at level AA.
pub const READABLE: f64 = 4.5;
/// Steps from a colour to black or white.
const STEPS: u8 = 32;

/// A colour without transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// A text that is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a colour of the form #rrggbb")]
pub struct InvalidColor;

impl Color {
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// White.
    pub const WHITE: Self = Self([255; 3]);

    /// From its parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Relative luminance: 0 is black, 1 is white.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast with another colour, 1 – 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The colour on the way to another one, `step` of `steps`.
    #[must_use]
    pub fn towards(self, other: Self, step: u8, steps: u8) -> Self {
        let [red, green, blue] = self.0;
        let [to_red, to_green, to_blue] = other.0;
        let part = |from: u8, to: u8| {
            let (from, to, step) = (u32::from(from), u32::from(to), u32::from(step.min(steps)));
            let steps = u32::from(steps.max(1));
            u8::try_from((from * (steps - step) + to * step) / steps).unwrap_or(to.try_into().unwrap_or(0))
        };
        Self([part(red, to_red), part(green, to_green), part(blue, to_blue)])
    }

    /// The first colour on the way to `limit` that reads on all of `grounds`
    /// (or on which all of them read); `limit` itself when none before does.
    #[must_use]
    pub fn readable_on(self, grounds: &[Self], limit: Self) -> Self {
        let reads = |color: &Self| grounds.iter().all(|ground| color.contrast(*ground) >= READABLE);
        (0..STEPS).map(|step| self.towards(limit, step, STEPS)).find(reads).unwrap_or(limit)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Color {
    type Err = InvalidColor;

    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        let digits = text.strip_prefix('#').ok_or(InvalidColor)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidColor);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| InvalidColor)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_reads_back_and_nothing_else_is_one() {
        assert_eq!("#1A2b3c".parse::<Color>().unwrap().to_string(), "#1a2b3c");
        for bad in ["", "red", "#fff", "#12345", "#1234567", "#12345g", "#+12345", "url(x)", "#000000;}", " #000000"] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 0.001);
        assert!((Color::WHITE.contrast(Color::WHITE) - 1.0).abs() < 0.001);
        // #767676 is the lightest grey that reads on white.
        assert!(Color::new(0x76, 0x76, 0x76).contrast(Color::WHITE) >= READABLE);
        assert!(Color::new(0x77, 0x77, 0x77).contrast(Color::WHITE) < READABLE);
    }
}
