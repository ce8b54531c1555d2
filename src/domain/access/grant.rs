//! A grant: a permission inside a boundary, optionally narrowed.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Ask, Boundary, Network, Permission};
use crate::domain::clock::{Timestamp, is_over};
use crate::domain::reset::Mode;

/// A permission inside a boundary. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What it allows.
    pub permission: Permission,
    /// Where it holds.
    pub boundary: Boundary,
    /// What narrows it further.
    #[serde(default)]
    pub limits: GrantLimits,
}

/// What narrows a grant; `None` does not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GrantLimits {
    /// Only resets of these modes.
    #[serde(with = "mode_names", skip_serializing_if = "Option::is_none")]
    pub modes: Option<Vec<Mode>>,
    /// Only links that live at most this long; whole seconds when stored.
    #[serde(with = "seconds", rename = "maxLinkLifetimeSeconds", skip_serializing_if = "Option::is_none")]
    pub max_link_lifetime: Option<Duration>,
    /// Only calls from these networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_networks: Option<Vec<Network>>,
    /// Only before this moment; milliseconds since 1970 when stored.
    #[serde(with = "millis", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Grant {
    /// A grant without limits.
    #[must_use]
    pub fn new(permission: Permission, boundary: Boundary) -> Self {
        Self { permission, boundary, limits: GrantLimits::default() }
    }

    /// Whether the grant is alive and the call comes from where it holds.
    #[must_use]
    pub fn is_live(&self, now: Timestamp, source_ip: Option<IpAddr>) -> bool {
        self.limits.expires_at.is_none_or(|expiry| !is_over(Some(expiry), now))
            && self.limits.source_networks.as_ref().is_none_or(|networks| {
                source_ip.is_some_and(|address| networks.iter().any(|network| network.contains(address)))
            })
    }

    /// Whether the grant applies to a call: it is live and no limit stands
    /// against it. A limit to modes stands against a call that names none.
    #[must_use]
    pub fn applies(&self, ask: &Ask) -> bool {
        self.is_live(ask.now, ask.source_ip)
            && self.limits.modes.as_ref().is_none_or(|modes| ask.mode.is_some_and(|mode| modes.contains(&mode)))
            && !matches!((self.limits.max_link_lifetime, ask.lifetime), (Some(longest), Some(wish)) if wish > longest)
    }

    /// Whether everything this grant allows is allowed by `wider` too.
    #[must_use]
    pub fn is_within(&self, wider: &Self) -> bool {
        self.permission == wider.permission
            && self.boundary.is_within(&wider.boundary)
            && self.limits.is_within(&wider.limits)
    }
}

impl GrantLimits {
    /// Whether these limits are at least as narrow.
    fn is_within(&self, wider: &Self) -> bool {
        narrower(self.modes.as_ref(), wider.modes.as_ref(), |mine, theirs| mine.iter().all(|m| theirs.contains(m)))
            && narrower(self.max_link_lifetime, wider.max_link_lifetime, |mine, theirs| mine <= theirs)
            && narrower(self.expires_at, wider.expires_at, |mine, theirs| mine <= theirs)
            && narrower(self.source_networks.as_ref(), wider.source_networks.as_ref(), |mine, theirs| {
                mine.iter().all(|network| theirs.iter().any(|wide| network.is_within(wide)))
            })
    }
}

/// One limit against another, where absence is the widest.
fn narrower<T>(mine: Option<T>, theirs: Option<T>, within: impl Fn(T, T) -> bool) -> bool {
    match (mine, theirs) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(mine), Some(theirs)) => within(mine, theirs),
    }
}

/// Modes by their stored names.
mod mode_names {
    use super::Mode;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
    pub fn serialize<S: Serializer>(modes: &Option<Vec<Mode>>, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Option<Vec<_>> = modes.as_ref().map(|modes| modes.iter().map(|mode| mode.as_str()).collect());
        names.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Mode>>, D::Error> {
        let parse = |name: &String| Mode::parse(name).ok_or_else(|| D::Error::custom("not a mode"));
        Option::<Vec<String>>::deserialize(deserializer)?.map(|names| names.iter().map(parse).collect()).transpose()
    }
}

/// A duration in whole seconds.
mod seconds {
    use super::Duration;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
    pub fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs()).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_secs))
    }
}

/// A time in milliseconds.
mod millis {
    use super::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
    pub fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(Timestamp::as_millis).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(Timestamp::from_millis))
    }
}
