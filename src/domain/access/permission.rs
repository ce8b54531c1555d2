//! The closed list of permissions, and one marker type for each, so that a
//! handler can name its permission in its signature.

/// A type that stands for one permission; see [`may`].
pub trait NamesPermission: 'static {
    /// The permission it stands for.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($name:ident = $text:literal: $doc:literal,)+) => {
        /// Something that a caller may be allowed to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission {
            $(
                #[doc = concat!("`", $text, "`: ", $doc, ".")]
                $name,
            )+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As stored, as in grants and as in an OAuth 2.0 scope.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }

        /// One marker type per permission, for `Require<may::UserRead>`.
        pub mod may {
            use super::{NamesPermission, Permission};
            $(
                #[doc = concat!("`", $text, "`: ", $doc, ".")]
                #[derive(Debug, Clone, Copy)]
                pub struct $name;

                impl NamesPermission for $name {
                    const PERMISSION: Permission = Permission::$name;
                }
            )+
        }
    };
}

permissions! {
    PasswordResetExecute = "password-reset-workflow:execute": "run password resets",
    PasswordResetExecuteProtected = "password-reset-workflow:execute-protected": "reset users that are marked protected",
    PasswordResetSecretRead = "password-reset-secret:read": "see the secret of a link that is handed over",
    UserRead = "user:read": "see users",
    UserWrite = "user:write": "make, change, import and delete users",
    SessionRead = "session:read": "see sessions",
    SessionWrite = "session:write": "end sessions",
    EventRead = "event:read": "read events",
    WebhookEndpointRead = "webhook-endpoint:read": "see webhook endpoints and deliveries",
    WebhookEndpointWrite = "webhook-endpoint:write": "manage webhook endpoints, replay deliveries",
    TenantRead = "tenant:read": "see tenants",
    TenantWrite = "tenant:write": "make, change and delete tenants",
    ServiceAccountRead = "service-account:read": "see service accounts and their grants",
    ServiceAccountWrite = "service-account:write": "manage service accounts, keys and boundaries",
    PasswordResetRead = "password-reset:read": "see resets, never their secrets",
    PasswordResetWrite = "password-reset:write": "cancel resets",
    WorkflowPolicyRead = "workflow-policy:read": "see workflow policies",
    WorkflowPolicyWrite = "workflow-policy:write": "change workflow policies",
    EmailPolicyRead = "email-policy:read": "see email policies",
    EmailPolicyWrite = "email-policy:write": "change email policies",
    PasswordPolicyRead = "password-policy:read": "see password policies",
    PasswordPolicyWrite = "password-policy:write": "change password policies",
    EmailTemplateRead = "email-template:read": "see and preview email templates",
    EmailTemplateWrite = "email-template:write": "change and publish email templates",
    MessageRead = "message:read": "see the outbox, never secrets",
    MessageWrite = "message:write": "replay messages, change suppressions",
    BrandingRead = "branding:read": "see branding",
    BrandingWrite = "branding:write": "change branding",
    IssuerRead = "issuer:read": "see issuers",
    IssuerWrite = "issuer:write": "change issuers",
    OriginRead = "origin:read": "see registered origins and redirect URLs",
    OriginWrite = "origin:write": "change registered origins and redirect URLs",
    AuditRead = "audit:read": "read, export and verify the audit log",
}

impl Permission {
    /// Reads exactly what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text)
    }
}

impl serde::Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a permission"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_one_name_and_reads_back() {
        let names: std::collections::BTreeSet<_> = Permission::ALL.iter().map(|p| p.as_str()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
        }
        assert_eq!(Permission::parse("User:Read"), None);
        assert_eq!(Permission::parse("*"), None);
    }

    #[test]
    fn a_marker_names_its_permission() {
        assert_eq!(may::PasswordResetExecute::PERMISSION.as_str(), "password-reset-workflow:execute");
    }
}
