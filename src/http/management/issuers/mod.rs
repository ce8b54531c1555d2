//! `/api/v1/issuers`: the identity providers whose tokens act as service
//! accounts of the application.

pub mod read;
pub mod replace;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::issuer::{Issuer, KeySource, Mapping};
use crate::store::StoreError;
use crate::workflows::issuers::IssuerSet;

/// The whole list; what is not in it is trusted no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutIssuers {
    /// At most 10.
    #[schema(value_type = Vec<TrustedIssuer>)]
    issuers: Option<Vec<TrustedIssuer>>,
}

/// One identity provider.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustedIssuer {
    /// Exactly what stands in `iss` of its tokens, for example
    /// `https://id.example.com`.
    #[schema(value_type = String)]
    issuer: Option<String>,
    /// What has to stand in `aud`, alone or among others. No two applications
    /// of a server have the same issuer and audience.
    #[schema(value_type = String)]
    audience: Option<String>,
    /// Where its keys are published, as a JSON Web Key Set. Either this or
    /// `jwks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_url: Option<String>,
    /// Its public keys themselves, as a JSON Web Key Set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    /// Refuses tokens that were made longer ago, 60 – 86400 seconds; they
    /// need `iat` then.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_token_age_seconds: Option<u64>,
    /// Whose tokens act as which account, 1 – 50.
    #[schema(value_type = Vec<ClaimMapping>)]
    mappings: Option<Vec<ClaimMapping>>,
}

/// A token in which `claim` is exactly `value` acts as a service account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimMapping {
    /// The name of a claim, for example `sub`.
    #[schema(value_type = String)]
    claim: Option<String>,
    /// Its whole value.
    #[schema(value_type = String)]
    value: Option<String>,
    /// The account. Its grants, and whether it is disabled, decide.
    #[schema(value_type = String)]
    service_account_id: Option<String>,
}

/// The identity providers that the application trusts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Issuers {
    /// In the order in which they were given.
    issuers: Vec<TrustedIssuer>,
    /// About the list.
    metadata: IssuersMetadata,
}

/// When the list was replaced, and how often.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuersMetadata {
    /// When there first was one.
    #[schema(value_type = Option<String>, format = DateTime)]
    creation_time: Option<Timestamp>,
    /// When it was last replaced.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_modified_time: Option<Timestamp>,
    /// For `If-Match`, in quotes; 0 before there is a list.
    version: i64,
}

impl Issuers {
    /// Writes a list.
    ///
    /// # Errors
    /// When the kept key set is not what was once checked.
    fn new(set: IssuerSet) -> Result<Self, StoreError> {
        let metadata = IssuersMetadata {
            creation_time: set.version.map(|version| version.created_at),
            last_modified_time: set.version.map(|version| version.updated_at),
            version: set.version.map_or(0, |version| version.version),
        };
        let issuers = set.issuers.into_iter().map(TrustedIssuer::new).collect::<Result<_, _>>()?;
        Ok(Self { issuers, metadata })
    }
}

impl TrustedIssuer {
    fn new(issuer: Issuer) -> Result<Self, StoreError> {
        let (jwks_url, jwks) = match issuer.keys {
            KeySource::Url(url) => (Some(url), None),
            KeySource::Inline(json) => {
                (None, Some(serde_json::from_str(&json).map_err(|_| StoreError::Corrupt("issuers.jwks"))?))
            }
        };
        let mapping = |mapping: Mapping| ClaimMapping {
            claim: Some(mapping.claim),
            value: Some(mapping.value),
            service_account_id: Some(mapping.service_account.to_string()),
        };
        Ok(Self {
            issuer: Some(issuer.issuer),
            audience: Some(issuer.audience),
            jwks_url,
            jwks,
            max_token_age_seconds: issuer.max_token_age.map(|age| age.as_secs()),
            mappings: Some(issuer.mappings.into_iter().map(mapping).collect()),
        })
    }
}
