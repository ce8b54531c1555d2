//! One user as a line of an import says it: JSON, or the columns of a table.
//! Passwords have no place here, only hashes that another system made.

use std::borrow::Cow;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::credentials::imported::{HashFormat, ImportedHash, SaltPosition};
use crate::domain::email_address::EmailAddress;
use crate::domain::ids::TenantId;
use crate::domain::secret::Secret;
use crate::domain::user_fields;
use crate::workflows::users::UserChange;

/// The longest line, in bytes: all that a user may hold, and some more.
pub const LONGEST_LINE: usize = 256 * 1024;

/// Why a line is refused. Says which field and what is wrong, never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineRefusal {
    /// The field, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// What is wrong, as a code.
    pub code: &'static str,
    /// More about it, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl LineRefusal {
    /// About the line as a whole.
    #[must_use]
    pub const fn line(code: &'static str) -> Self {
        Self { field: None, code, message: None }
    }

    /// About one field.
    #[must_use]
    pub const fn field(field: &'static str, code: &'static str) -> Self {
        Self { field: Some(Cow::Borrowed(field)), code, message: None }
    }

    fn saying(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }
}

/// A user to be made or changed.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The tenant, if the line names one.
    pub tenant: Option<TenantId>,
    /// The address.
    pub email: EmailAddress,
    /// Everything else that the line says; what it does not say stays.
    pub change: UserChange,
}

/// The fields as they come.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Line {
    /// The tenant's id.
    pub tenant_id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether the address is known to be theirs.
    pub email_verified: Option<bool>,
    /// Given name.
    #[serde(deserialize_with = "named")]
    pub first_name: Named<String>,
    /// Family name.
    #[serde(deserialize_with = "named")]
    pub last_name: Named<String>,
    /// Preferred language.
    #[serde(deserialize_with = "named")]
    pub locale: Named<String>,
    /// The application's own id for them.
    #[serde(deserialize_with = "named")]
    pub external_id: Named<String>,
    /// The application's own texts about them.
    #[serde(rename = "attributes", alias = "metadata", deserialize_with = "texts")]
    pub metadata: Option<Map<String, Value>>,
    /// Whether they are shut out.
    pub disabled: Option<bool>,
    /// Whether they are a privileged target.
    pub protected: Option<bool>,
    /// A hash of their password.
    pub password_hash: Option<Secret>,
    /// Its format.
    pub password_hash_type: Option<String>,
    /// Where its salt goes.
    pub password_salt_position: Option<String>,
}

/// A field that is there, be it null.
type Named<T> = Option<Option<T>>;

fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Named<T>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// An object, or null, that names nothing twice.
fn texts<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Map<String, Value>>, D::Error> {
    struct Texts;
    impl<'de> Visitor<'de> for Texts {
        type Value = Option<Map<String, Value>>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = Map::new();
            while let Some((key, value)) = entries.next_entry::<String, Value>()? {
                if map.insert(key, value).is_some() {
                    return Err(A::Error::custom("duplicate field"));
                }
            }
            Ok(Some(map))
        }
    }
    value.deserialize_any(Texts)
}

impl Candidate {
    /// Reads a line of JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(line: &[u8]) -> Result<Self, LineRefusal> {
        if line.len() > LONGEST_LINE {
            return Err(LineRefusal::line("line_too_long"));
        }
        let text = std::str::from_utf8(line).map_err(|_| LineRefusal::line("invalid_utf8"))?;
        if !text.trim_start().starts_with('{') {
            return Err(LineRefusal::line("invalid_json").saying("A line has to be a JSON object."));
        }
        let line: Line = serde_json::from_str(text).map_err(|error| misread(text, &error))?;
        line.check()
    }
}

impl Line {
    /// Judges the fields.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(self) -> Result<Candidate, LineRefusal> {
        let refuse = LineRefusal::field;
        let tenant = self.tenant_id.map(|id| id.parse()).transpose();
        let tenant = tenant.map_err(|_| refuse("tenantId", "tenant_not_found"))?;
        let email = self.email.ok_or_else(|| refuse("email", "required"))?;
        let email = EmailAddress::parse(&email).map_err(|_| refuse("email", "invalid_email"))?;
        for (field, text, rule) in [
            ("firstName", &self.first_name, user_fields::name as fn(&str) -> _),
            ("lastName", &self.last_name, user_fields::name),
            ("locale", &self.locale, user_fields::locale),
            ("externalId", &self.external_id, user_fields::external_id),
        ] {
            if let Some(Some(text)) = text {
                rule(text).map_err(|code| refuse(field, code))?;
            }
        }
        if let Some(metadata) = &self.metadata {
            user_fields::metadata(metadata).map_err(|code| refuse("attributes", code))?;
        }
        let password_hash = hash(self.password_hash, self.password_hash_type, self.password_salt_position)?;
        let change = UserChange {
            email: Some(email.clone()),
            email_verified: self.email_verified,
            first_name: self.first_name,
            last_name: self.last_name,
            locale: self.locale,
            external_id: self.external_id,
            metadata: self.metadata,
            clear_metadata: false,
            password: None,
            password_hash,
            disabled: self.disabled,
            protected: self.protected,
            version: None,
        };
        Ok(Candidate { tenant, email, change })
    }
}

fn hash(
    text: Option<Secret>,
    format: Option<String>,
    position: Option<String>,
) -> Result<Option<ImportedHash>, LineRefusal> {
    let refuse = LineRefusal::field;
    let position = position.map(|name| SaltPosition::parse(&name).ok_or(())).transpose();
    let position = position.map_err(|()| refuse("passwordSaltPosition", "invalid_value"))?;
    match (text, format) {
        (None, None) if position.is_none() => Ok(None),
        (Some(text), Some(format)) => {
            let format = HashFormat::parse(&format).ok_or_else(|| refuse("passwordHashType", "invalid_value"))?;
            let parsed = ImportedHash::parse(format, text.expose(), position);
            parsed.map(Some).map_err(|error| refuse("passwordHash", "invalid_password_hash").saying(error.0))
        }
        (None, _) => Err(refuse("passwordHash", "required")),
        (Some(_), None) => Err(refuse("passwordHashType", "required")),
    }
}

/// What serde did not understand, in words that hold no value.
fn misread(text: &str, error: &serde_json::Error) -> LineRefusal {
    let place = format!("Column {}.", error.column());
    let words = error.to_string();
    let known =
        [("unknown field", "unknown_field"), ("duplicate field", "duplicate_field"), ("invalid type", "invalid_type")];
    let code = known.iter().find(|(mark, _)| words.starts_with(mark)).map_or("invalid_json", |(_, code)| code);
    let (field, expected) = match code {
        "unknown_field" => (named_in(&words), Some(format!("The fields are {}.", FIELDS.join(", ")))),
        "duplicate_field" => (Some(named_in(&words).unwrap_or("attributes".into())), None),
        "invalid_type" => culprit(text).unzip(),
        _ => (None, None),
    };
    let expected = expected.map(|expected| format!("{expected} ")).unwrap_or_default();
    LineRefusal { field, ..LineRefusal::line(code) }.saying(format!("{expected}{place}"))
}

/// The fields that a line may have, in the order in which they are written.
pub const FIELDS: [&str; 13] = [
    "tenantId",
    "email",
    "emailVerified",
    "firstName",
    "lastName",
    "locale",
    "externalId",
    "attributes",
    "disabled",
    "protected",
    "passwordHash",
    "passwordHashType",
    "passwordSaltPosition",
];

/// The longest name of a field that is said again.
const LONGEST_NAME: usize = 40;

/// The field that serde names, unless it looks like something that is no name.
fn named_in(words: &str) -> Option<Cow<'static, str>> {
    let name = words.split('`').nth(1)?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    (plain && (1..=LONGEST_NAME).contains(&name.len())).then(|| Cow::Owned(name.to_owned()))
}

/// The first field whose value is of another type than it has to be, and what
/// it has to be.
fn culprit(text: &str) -> Option<(Cow<'static, str>, String)> {
    let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
    fields.into_iter().find_map(|(name, value)| {
        let known = FIELDS.into_iter().find(|field| *field == name).map_or(Cow::Borrowed("attributes"), Cow::Borrowed);
        let error = serde_json::from_value::<Line>(Value::Object(Map::from_iter([(name, value)]))).err()?;
        let words = error.to_string();
        let expected = words.rsplit_once("expected ").map_or("another type", |(_, expected)| expected);
        Some((known, format!("It has to be {expected}.")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        match Candidate::from_json(line.as_bytes()) {
            Ok(read) => format!("{} {}", read.email.canonical(), read.change.password_hash.is_some()),
            Err(refusal) => format!("{} {}", refusal.field.as_deref().unwrap_or("-"), refusal.code),
        }
    }

    #[test]
    fn a_line_is_one_user_or_a_reason() {
        assert_eq!(told(r#"{"email":" Ann@Example.test "}"#), "ann@example.test false");
        assert_eq!(
            told(r#"{"email":"a@b.test","firstName":null,"metadata":{"k":"v"},"disabled":true}"#),
            "a@b.test false"
        );
        let bcrypt = "$2b$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6";
        assert_eq!(
            told(&format!(r#"{{"email":"a@b.test","passwordHash":"{bcrypt}","passwordHashType":"bcrypt"}}"#)),
            "a@b.test true"
        );
        for (line, why) in [
            ("", "- invalid_json"),
            ("[]", "- invalid_json"),
            (r#"{"email":"a@b.test""#, "- invalid_json"),
            (r#"{"email":"a@b.test"} {}"#, "- invalid_json"),
            (r#"{"email":"a@b.test","email":"c@d.test"}"#, "email duplicate_field"),
            (r#"{"email":"a@b.test","metadata":{"a":"1","a":"2"}}"#, "attributes duplicate_field"),
            (r#"{"email":"a@b.test","password":"secret"}"#, "password unknown_field"),
            (r#"{"email":"a@b.test","applicationId":"x"}"#, "applicationId unknown_field"),
            (r#"{"email":"a@b.test","id":"user_x"}"#, "id unknown_field"),
            (r#"{"email":7}"#, "email invalid_type"),
            (r#"{"firstName":"Ann"}"#, "email required"),
            (r#"{"email":"a@b.test, c@d.test"}"#, "email invalid_email"),
            (r#"{"email":"a@b.test","tenantId":"x"}"#, "tenantId tenant_not_found"),
            (r#"{"email":"a@b.test","locale":"../x"}"#, "locale invalid_locale"),
            (r#"{"email":"a@b.test","externalId":""}"#, "externalId empty"),
            (r#"{"email":"a@b.test","metadata":{"a":1}}"#, "attributes invalid_metadata"),
            (r#"{"email":"a@b.test","passwordHash":"x"}"#, "passwordHashType required"),
            (r#"{"email":"a@b.test","passwordHashType":"bcrypt"}"#, "passwordHash required"),
            (
                r#"{"email":"a@b.test","passwordHash":"x","passwordHashType":"bcrypt"}"#,
                "passwordHash invalid_password_hash",
            ),
            (r#"{"email":"a@b.test","passwordHash":"x","passwordHashType":"md5"}"#, "passwordHashType invalid_value"),
        ] {
            assert_eq!(told(line), why, "{line}");
        }
    }

    #[test]
    fn bad_bytes_and_endless_lines_are_refused_without_being_shown() {
        let refused = Candidate::from_json(b"{\"email\":\"\xff\"}").unwrap_err();
        assert_eq!(refused, LineRefusal::line("invalid_utf8"));
        let long = format!(r#"{{"email":"{}@b.test"}}"#, "a".repeat(LONGEST_LINE));
        assert_eq!(Candidate::from_json(long.as_bytes()).unwrap_err(), LineRefusal::line("line_too_long"));
        let told = Candidate::from_json(br#"{"email":"a@b.test","firstName":"Ann","disabled":"s3cret"}"#).unwrap_err();
        assert_eq!(told.field.as_deref(), Some("disabled"));
        let message = told.message.unwrap();
        assert!(message.starts_with("It has to be a boolean. Column ") && !message.contains("s3cret"), "{message}");
        let told = Candidate::from_json(br#"{"email":"a@b.test","my s3cret pass":1}"#).unwrap_err();
        let message = told.message.unwrap();
        assert_eq!(told.field, None, "that is no name");
        assert!(message.starts_with("The fields are tenantId, email,") && !message.contains("s3cret"), "{message}");
    }
}
