//! Who may use what the operator has set up: addresses to send from, and
//! transports. Both belong to all, to one application, or to one tenant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::email_address::EmailAddress;

/// One application, or one of its tenants, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The application.
    pub application: String,
    /// The tenant; all of the application's when absent.
    pub tenant: Option<String>,
}

impl Owner {
    /// Whether a tenant is meant.
    #[must_use]
    pub fn covers(&self, application: &str, tenant: &str) -> bool {
        self.application == application && self.tenant.as_deref().is_none_or(|own| own == tenant)
    }
}

/// A text that names no owner or no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSender {
    /// The owner.
    #[error("an owner is written `application` or `application/tenant`")]
    Owner,
    /// The address or domain.
    #[error("neither an email address nor a domain")]
    Address,
}

impl FromStr for Owner {
    type Err = InvalidSender;

    fn from_str(text: &str) -> Result<Self, InvalidSender> {
        let (application, tenant) = match text.trim().split_once('/') {
            Some((application, tenant)) => (application, Some(tenant)),
            None => (text.trim(), None),
        };
        if application.is_empty() || tenant.is_some_and(|tenant| tenant.is_empty() || tenant.contains('/')) {
            return Err(InvalidSender::Owner);
        }
        Ok(Self { application: application.to_owned(), tenant: tenant.map(str::to_owned) })
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tenant {
            Some(tenant) => write!(f, "{}/{tenant}", self.application),
            None => f.write_str(&self.application),
        }
    }
}

/// An address, or all addresses of a domain, that may be sent from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedSender {
    owner: Option<Owner>,
    /// In canonical form.
    sender: Sender,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Sender {
    Address(String),
    Domain(String),
}

impl AllowedSender {
    /// One address, for everybody.
    #[must_use]
    pub fn address(address: &EmailAddress) -> Self {
        Self { owner: None, sender: Sender::Address(address.canonical().to_owned()) }
    }

    /// Whether a tenant may send from an address because of this. A domain
    /// does not stand for its subdomains.
    #[must_use]
    pub fn allows(&self, application: &str, tenant: &str, address: &EmailAddress) -> bool {
        let owned = self.owner.as_ref().is_none_or(|owner| owner.covers(application, tenant));
        owned
            && match &self.sender {
                Sender::Address(own) => own == address.canonical(),
                Sender::Domain(own) => address.canonical().rsplit_once('@').is_some_and(|(_, domain)| domain == own),
            }
    }
}

impl FromStr for AllowedSender {
    type Err = InvalidSender;

    fn from_str(text: &str) -> Result<Self, InvalidSender> {
        let (owner, sender) = match text.split_once('=') {
            Some((owner, sender)) => (Some(owner.parse()?), sender),
            None => (None, text),
        };
        let sender = sender.trim();
        let sender = if sender.contains('@') {
            let address = EmailAddress::parse(sender).map_err(|_| InvalidSender::Address)?;
            Sender::Address(address.canonical().to_owned())
        } else {
            // In the form in which the domains of addresses are compared.
            let address = EmailAddress::parse(&format!("postmaster@{sender}")).map_err(|_| InvalidSender::Address)?;
            let domain = address.canonical().rsplit_once('@').ok_or(InvalidSender::Address)?.1;
            Sender::Domain(domain.to_owned())
        };
        Ok(Self { owner, sender })
    }
}

impl fmt::Display for AllowedSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(owner) = &self.owner {
            write!(f, "{owner}=")?;
        }
        match &self.sender {
            Sender::Address(text) | Sender::Domain(text) => f.write_str(text),
        }
    }
}

macro_rules! as_text {
    ($($name:ident)+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

as_text!(Owner AllowedSender);

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rule: &str, application: &str, tenant: &str, address: &str) -> bool {
        let rule: AllowedSender = rule.parse().unwrap();
        rule.allows(application, tenant, &EmailAddress::parse(address).unwrap())
    }

    #[test]
    fn an_address_or_a_domain_may_be_everybodys_or_somebodys() {
        assert!(allows("shop.example", "a", "t", "Any@Shop.Example"));
        assert!(!allows("shop.example", "a", "t", "any@mail.shop.example"));
        assert!(!allows("shop.example", "a", "t", "any@evilshop.example"));
        assert!(allows("hello@shop.example", "a", "t", "hello@shop.example"));
        assert!(!allows("hello@shop.example", "a", "t", "hullo@shop.example"));
        assert!(allows("a=shop.example", "a", "t", "x@shop.example"));
        assert!(!allows("a=shop.example", "b", "t", "x@shop.example"));
        assert!(allows("a/t=x@shop.example", "a", "t", "x@shop.example"));
        assert!(!allows("a/t=x@shop.example", "a", "u", "x@shop.example"));
    }

    #[test]
    fn what_names_nobody_is_refused() {
        for bad in ["", "@", "a@b@c", "not a domain", "=shop.example", "a/=shop.example", "a/b/c=shop.example", "a="] {
            assert!(bad.parse::<AllowedSender>().is_err(), "{bad}");
        }
        assert_eq!("a/t = Shop.Example".parse::<AllowedSender>().unwrap().to_string(), "a/t=shop.example");
    }
}
