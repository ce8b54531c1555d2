//! Who acts, and with what authority.

use std::fmt;
use std::net::IpAddr;

use super::Scope;
use crate::domain::client::masked_network;
use crate::domain::ids::{OperatorId, ServiceAccountId};

/// Who does something: what the audit log remembers of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// A machine caller of one application.
    ServiceAccount(ServiceAccountId),
    /// Somebody who runs the installation, with an operator's API key.
    Operator(OperatorId),
    /// The same, signed in to the console.
    ConsoleOperator(OperatorId),
    /// Whoever may run the program beside the database.
    CommandLine,
}

impl Actor {
    /// What kind of actor, as the audit log writes it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::ServiceAccount(_) => "SERVICE_ACCOUNT",
            Self::Operator(_) => "OPERATOR",
            Self::ConsoleOperator(_) => "CONSOLE_OPERATOR",
            Self::CommandLine => "COMMAND_LINE",
        }
    }

    /// Its id; the command line has none.
    #[must_use]
    pub fn id(self) -> Option<String> {
        match self {
            Self::ServiceAccount(id) => Some(id.to_string()),
            Self::Operator(id) | Self::ConsoleOperator(id) => Some(id.to_string()),
            Self::CommandLine => None,
        }
    }
}

/// The id, or what stands for one.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServiceAccount(id) => id.fmt(f),
            Self::Operator(id) | Self::ConsoleOperator(id) => id.fmt(f),
            Self::CommandLine => f.write_str("command-line"),
        }
    }
}

/// Who acts, in which request and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who.
    pub actor: Actor,
    /// The request, `req_…`.
    pub request: Option<String>,
    /// The address that the call came from.
    pub source_ip: Option<IpAddr>,
}

impl Origin {
    /// Somebody at the command line.
    #[must_use]
    pub const fn command_line() -> Self {
        Self { actor: Actor::CommandLine, request: None, source_ip: None }
    }

    /// The network that the call came from, as far as it is kept.
    #[must_use]
    pub fn network(&self) -> Option<String> {
        self.source_ip.map(masked_network)
    }
}

/// What somebody may do, and who they are: the part of an application that a
/// use case may touch, and the name under which it is written down. Made by the
/// doors' extractors and by the composition root, nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    scope: Scope,
    origin: Origin,
}

impl Authority {
    /// Somebody's authority over a scope.
    #[must_use]
    pub const fn new(scope: Scope, origin: Origin) -> Self {
        Self { scope, origin }
    }

    /// What may be touched.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Who acts, and from where.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.origin.actor
    }
}
