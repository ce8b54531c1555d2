//! The pieces that texts of hashes are made of.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{InvalidHash, LONGEST_HASH, LONGEST_SALT, SHORTEST_HASH};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads base64, padded or not, also in its URL-safe alphabet: exports differ.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .chars()
        .map(|c| {
            if c == '-' {
                '+'
            } else if c == '_' {
                '/'
            } else {
                c
            }
        })
        .collect();
    BASE64.decode(plain).ok()
}

/// Reads a salt.
pub(super) fn salt(text: &str) -> Result<Vec<u8>, InvalidHash> {
    let salt = base64(text).ok_or(InvalidHash("The salt is not base64."))?;
    if (1..=LONGEST_SALT).contains(&salt.len()) {
        Ok(salt)
    } else {
        Err(InvalidHash("The salt must have 1 to 128 bytes."))
    }
}

/// Reads what the result is compared with.
pub(super) fn hash(text: &str) -> Result<Vec<u8>, InvalidHash> {
    let hash = base64(text).ok_or(InvalidHash("The hash is not base64."))?;
    if (SHORTEST_HASH..=LONGEST_HASH).contains(&hash.len()) {
        Ok(hash)
    } else {
        Err(InvalidHash("The hash must have 16 to 128 bytes."))
    }
}

/// Parameters, each given at most once and each asked for.
pub(super) struct Parameters<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parameters<'a> {
    /// Reads `name=value` pairs between separators.
    pub(super) fn parse(text: &'a str, separator: char) -> Result<Self, InvalidHash> {
        let malformed = InvalidHash("The parameters must be pairs of the form name=value.");
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for pair in text.split(separator) {
            let (name, value) = pair.split_once('=').ok_or(malformed)?;
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(InvalidHash("A parameter is given twice."));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// Takes a parameter out.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Takes a whole number out.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<u32>, InvalidHash> {
        let Some(text) = self.take(name) else { return Ok(None) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        number.map(Some).ok_or(InvalidHash("A parameter is not a whole number within bounds."))
    }

    /// Refuses parameters that nobody asked for: they would change the result.
    pub(super) fn finish(self) -> Result<(), InvalidHash> {
        if self.0.is_empty() { Ok(()) } else { Err(InvalidHash("A parameter is not known.")) }
    }
}
