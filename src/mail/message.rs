//! From a rendered mail to the bytes of one message (RFC 5322, RFC 2045).
//!
//! Every value is made one line before lettre sees it, and both bodies are
//! normalised to CRLF and sent as quoted-printable. lettre 0.11.23 does not
//! stuff a dot after a bare CR or LF, so no message leaves here that holds one.
//! The same input gives the same bytes, so a retry is the same message.

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::{Address, Message};
use thiserror::Error;
use zeroize::Zeroizing;

use super::dkim::DkimSigner;
use super::render::Rendered;
use super::text::{crlf_lines, is_fit_for_the_wire, single_line};
use crate::domain::clock::Timestamp;
use crate::domain::email_address::{EmailAddress, InvalidEmailAddress};
use crate::domain::secret::SecretDigest;

/// The longest display name, in characters.
const MAX_NAME_CHARS: usize = 78;

/// A message that cannot be written.
#[derive(Debug, Error)]
pub enum MessageError {
    /// An address that the mail format cannot carry.
    #[error("the address {0} cannot be written in a message")]
    Address(String),
    /// Not letters, digits, `.`, `_` and `-` around one `@`.
    #[error("not a message id")]
    MessageId,
    /// The message could not be put together.
    #[error("the message could not be written: {0}")]
    Build(String),
    /// The bytes would not survive SMTP as they are.
    #[error("the message holds a bare line end or a line over 998 bytes")]
    NotFitForTheWire,
}

/// A mailbox with a name, for `From` and `Reply-To`; from configuration only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What people read; made one line of at most 78 characters.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl Party {
    /// Reads `ann@example.com`, `Ann <ann@example.com>` or `"Ann" <…>`.
    ///
    /// # Errors
    /// When the address is not exactly one.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('<') else {
            return Ok(Self { name: None, address: EmailAddress::parse(text)? });
        };
        let address = EmailAddress::parse(rest.strip_suffix('>').ok_or(InvalidEmailAddress::Malformed)?)?;
        let name = single_line(name.trim().trim_matches('"'), MAX_NAME_CHARS);
        Ok(Self { name: Some(name).filter(|name| !name.is_empty()), address })
    }

    fn mailbox(&self) -> Result<Mailbox, MessageError> {
        let name = self.name.as_deref().map(|name| single_line(name, MAX_NAME_CHARS)).filter(|name| !name.is_empty());
        Ok(Mailbox::new(name, address(&self.address)?))
    }
}

/// The name of a message, the same over every retry: `<local@domain>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// Makes one from the id of a row and a domain from configuration.
    pub fn new(local: &str, domain: &str) -> Result<Self, MessageError> {
        let is_plain = |text: &str| {
            !text.is_empty()
                && text.len() <= 200
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if is_plain(local) && is_plain(domain) {
            Ok(Self(format!("<{local}@{domain}>")))
        } else {
            Err(MessageError::MessageId)
        }
    }

    /// With its angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything about a message that is not its content.
#[derive(Debug, Clone)]
pub struct Addressing {
    /// Who it is from.
    pub from: Party,
    /// Where answers go, if not there.
    pub reply_to: Option<Party>,
    /// Where bounces go, if not to `from`.
    pub return_path: Option<EmailAddress>,
    /// The one recipient; mail goes to the address as it was stored.
    pub to: EmailAddress,
    /// Its name.
    pub message_id: MessageId,
    /// When it was written; the same over every retry.
    pub date: Timestamp,
}

/// A message ready to be handed over. Its bytes are wiped when dropped.
#[derive(Clone)]
pub struct OutgoingMessage {
    pub(super) envelope: Envelope,
    pub(super) addressing: Addressing,
    pub(super) rendered: Rendered,
    raw: Zeroizing<Vec<u8>>,
}

impl OutgoingMessage {
    /// Writes the message.
    pub fn new(addressing: Addressing, rendered: Rendered) -> Result<Self, MessageError> {
        let bounces = addressing.return_path.as_ref().unwrap_or(&addressing.from.address);
        let envelope = Envelope::new(Some(address(bounces)?), vec![address(&addressing.to)?])
            .map_err(|error| MessageError::Build(error.to_string()))?;
        let message = build(&addressing, &rendered, envelope.clone())?;
        let raw = Zeroizing::new(message.formatted());
        if !is_fit_for_the_wire(&raw) {
            return Err(MessageError::NotFitForTheWire);
        }
        Ok(Self { envelope, addressing, rendered, raw })
    }

    /// The same, signed by the domain that it is from.
    pub fn signed(mut self, signer: &DkimSigner) -> Result<Self, MessageError> {
        let signature = signer.sign(&self.raw, self.addressing.date);
        let header = signature.map_err(|error| MessageError::Build(error.to_string()))?;
        let mut raw = Zeroizing::new(Vec::with_capacity(header.len() + self.raw.len()));
        raw.extend_from_slice(header.as_bytes());
        raw.extend_from_slice(&self.raw);
        self.raw = raw;
        Ok(self)
    }

    /// The message as it is sent, before dot-stuffing.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Its name.
    #[must_use]
    pub const fn message_id(&self) -> &MessageId {
        &self.addressing.message_id
    }

    /// Its one recipient.
    #[must_use]
    pub const fn to(&self) -> &EmailAddress {
        &self.addressing.to
    }
}

impl fmt::Debug for OutgoingMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingMessage")
            .field("message_id", &self.addressing.message_id)
            .field("to", &self.addressing.to)
            .field("kind", &self.rendered.kind)
            .finish_non_exhaustive()
    }
}

fn build(addressing: &Addressing, rendered: &Rendered, envelope: Envelope) -> Result<Message, MessageError> {
    let message_id = addressing.message_id.as_str();
    let date = SystemTime::UNIX_EPOCH + Duration::from_millis(addressing.date.as_millis_unsigned());
    let mut builder = Message::builder()
        .from(addressing.from.mailbox()?)
        .to(Mailbox::new(None, address(&addressing.to)?))
        .message_id(Some(message_id.to_owned()))
        .date(date)
        .subject(single_line(&rendered.subject, super::render::MAX_SUBJECT_CHARS))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .envelope(envelope);
    if let Some(reply_to) = &addressing.reply_to {
        builder = builder.reply_to(reply_to.mailbox()?);
    }
    // `=_` cannot occur in quoted-printable text, so no body can hold the boundary.
    let digest = SecretDigest::of(message_id.as_bytes());
    let boundary = format!("=_{}", digest.as_str().get(..32).unwrap_or_default());
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &rendered.text)?)
        .singlepart(part(ContentType::TEXT_HTML, &rendered.html)?);
    builder.multipart(parts).map_err(|error| MessageError::Build(error.to_string()))
}

fn part(content_type: ContentType, text: &str) -> Result<SinglePart, MessageError> {
    let body = Body::new_with_encoding(crlf_lines(text), ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| MessageError::Build("the body cannot be encoded".to_owned()))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}

/// The stored address, with an international domain as its A-label, which
/// every server accepts and which names the same mailbox.
fn address(stored: &EmailAddress) -> Result<Address, MessageError> {
    let unusable = || MessageError::Address(stored.masked());
    let (local, domain) = stored.original().rsplit_once('@').ok_or_else(unusable)?;
    if domain.is_ascii() {
        return Address::new(local, domain).map_err(|_| unusable());
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| unusable())?;
    Address::new(local, domain).map_err(|_| unusable())
}

#[cfg(test)]
mod tests;

/// The sample of a link mail, addressed, for the tests of this room.
#[cfg(test)]
pub(super) fn sample_message(local: &str) -> OutgoingMessage {
    use crate::domain::mail::{MailContext, MailKind};
    use crate::domain::template::LanguageTag;
    let (room, context) = (super::render::built_in(), MailContext::sample(MailKind::PasswordResetLink));
    let rendered = room.render_built_in(&context, LanguageTag::english()).unwrap();
    let addressing = Addressing {
        from: Party::parse("Acme Portal <no-reply@example.com>").unwrap(),
        reply_to: None,
        return_path: None,
        to: EmailAddress::parse("ada@example.org").unwrap(),
        message_id: MessageId::new(local, "example.com").unwrap(),
        date: Timestamp::from_millis(1_767_258_000_000),
    };
    OutgoingMessage::new(addressing, rendered).unwrap()
}
