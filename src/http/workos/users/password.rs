//! The password of a user, or a hash of it that another system made.

use crate::credentials::imported::{HashFormat, ImportedHash, SaltPosition};
use crate::domain::secret::Secret;
use crate::http::problem::Problem;
use crate::http::workos::checks::{Checks, Given};
use crate::http::workos::error::bad_request;

/// The fields as they came.
#[derive(Debug, Default)]
pub(super) struct PasswordFields {
    pub password: Given<Secret>,
    pub hash: Given<Secret>,
    pub hash_type: Given<String>,
    pub salt_position: Given<String>,
}

/// The fields, each for itself of the right type.
#[derive(Debug, Default)]
pub(super) struct PasswordRead {
    password: Option<Secret>,
    hash: Option<Secret>,
    format: Option<HashFormat>,
    salt_position: Option<SaltPosition>,
}

impl PasswordFields {
    /// Looks at each field for itself.
    pub fn read(self, checks: &mut Checks) -> PasswordRead {
        let mut word = |field, given: Given<String>| checks.optional(field, given);
        let (format, position) =
            (word("password_hash_type", self.hash_type), word("password_salt_position", self.salt_position));
        PasswordRead {
            password: checks.optional("password", self.password),
            hash: checks.optional("password_hash", self.hash),
            format: known(checks, "password_hash_type", format, HashFormat::parse),
            salt_position: known(checks, "password_salt_position", position, SaltPosition::parse),
        }
    }
}

/// A word that must be one of a few.
fn known<T>(checks: &mut Checks, field: &str, word: Option<String>, parse: fn(&str) -> Option<T>) -> Option<T> {
    let parsed = parse(&word?);
    if parsed.is_none() {
        checks.refuse(field, "invalid_value");
    }
    parsed
}

impl PasswordRead {
    /// The password or the hash, if there is one.
    ///
    /// # Errors
    /// Combinations that mean nothing, and hashes that could not be verified.
    pub fn finish(self) -> Result<(Option<Secret>, Option<ImportedHash>), Problem> {
        if self.password.is_some() && self.hash.is_some() {
            let message = "Either a password or a password hash can be set, not both.";
            return Err(bad_request("password_and_password_hash_provided", message));
        }
        if self.password.is_some() && self.format.is_some() {
            let message = "A password hash type goes with a password hash, not with a password.";
            return Err(bad_request("password_and_password_hash_type_provided", message));
        }
        if self.salt_position.is_some() && self.hash.is_none() {
            let message = "A password salt position goes with a password hash.";
            return Err(bad_request("password_salt_position_requires_password_hash", message));
        }
        let hash = match (self.hash, self.format) {
            (None, None) => None,
            (Some(hash), Some(format)) => Some(
                ImportedHash::parse(format, hash.expose(), self.salt_position)
                    .map_err(|error| bad_request("invalid_password_hash", error.0))?,
            ),
            (hash, _) => {
                let missing = if hash.is_some() { "password_hash_type" } else { "password_hash" };
                let mut checks = Checks::default();
                checks.refuse(missing, "required");
                return checks.finish(None);
            }
        };
        Ok((self.password, hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BCRYPT: &str = "$2b$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6";

    fn given<T>(value: Option<T>) -> Given<T> {
        value.map_or(Given::Missing, Given::Value)
    }

    fn read(password: bool, hash: Option<&str>, hash_type: Option<&str>, position: Option<&str>) -> String {
        let fields = PasswordFields {
            password: given(password.then(|| Secret::new("a password"))),
            hash: given(hash.map(Secret::new)),
            hash_type: given(hash_type.map(str::to_owned)),
            salt_position: given(position.map(str::to_owned)),
        };
        let mut checks = Checks::default();
        let read = fields.read(&mut checks);
        match checks.finish(Some(read)).and_then(PasswordRead::finish) {
            Ok((password, hash)) => format!("{} {}", password.is_some(), hash.is_some()),
            Err(problem) => problem.to_string(),
        }
    }

    #[test]
    fn a_password_or_a_hash_is_read_and_every_mixture_refused() {
        assert_eq!(read(true, None, None, None), "true false");
        assert_eq!(read(false, None, None, None), "false false");
        assert_eq!(read(false, Some(BCRYPT), Some("bcrypt"), None), "false true");
        let ssha = Some("{SSHA}rncvppFmEZ3NHuRpmxkiUqGoKoJzYWx0c2FsdA==");
        assert_eq!(read(false, ssha, Some("ssha"), Some("prefix")), "false true");
        for (refused, code) in [
            (read(true, Some(BCRYPT), None, None), "password_and_password_hash_provided"),
            (read(true, None, Some("bcrypt"), None), "password_and_password_hash_type_provided"),
            (read(false, None, None, Some("prefix")), "password_salt_position_requires_password_hash"),
            (read(false, Some("$2b$"), Some("bcrypt"), None), "invalid_password_hash"),
            (read(false, Some(BCRYPT), Some("ssha"), None), "invalid_password_hash"),
            (read(false, Some(BCRYPT), Some("bcrypt"), Some("suffix")), "invalid_password_hash"),
            (read(false, Some(BCRYPT), None, None), "message_body_constraint_violations"),
            (read(false, None, Some("bcrypt"), None), "message_body_constraint_violations"),
            (read(false, Some(BCRYPT), Some("md5"), None), "message_body_constraint_violations"),
            (read(false, Some(BCRYPT), Some("bcrypt"), Some("middle")), "message_body_constraint_violations"),
        ] {
            assert_eq!(refused, format!("400 {code}"));
        }
    }
}
