//! `/api/v1/branding`: how the pages of the application, or of one of its
//! tenants, look.

pub mod read;
pub mod replace;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::branding::{Branding, Logo};
use crate::domain::clock::Timestamp;
use crate::workflows::branding::BrandingSet;

/// Which level.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct BrandingQuery {
    /// The tenant; the application itself when absent.
    #[serde(rename = "tenantId")]
    #[param(rename = "tenantId")]
    tenant_id: Option<String>,
}

/// What one level sets, as a whole; what is absent or null is inherited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutBranding {
    /// The name for people, 1 – 80 characters.
    display_name: Option<String>,
    /// The colour of buttons and links, `#rrggbb`. It is darkened, or in dark
    /// mode lightened, as far as it takes to be read.
    primary_color: Option<String>,
    /// The colour around the card, `#rrggbb`. It is lightened, or in dark mode
    /// darkened, as far as it takes for text to be read on it.
    background_color: Option<String>,
    /// A PNG, JPEG or WebP image in base64: at most 64 KiB, each side 16 – 1024
    /// pixels.
    logo: Option<String>,
    /// Keeps the logo that there is; `logo` must be absent then.
    #[serde(default)]
    keep_logo: bool,
}

/// How pages look.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrandingResource {
    /// What this level sets.
    own: BrandingValues,
    /// What pages show: this level over the one below.
    effective: BrandingValues,
    /// About this level.
    metadata: BrandingMetadata,
}

/// Name, colours and logo; null is inherited.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrandingValues {
    /// The name for people.
    display_name: Option<String>,
    /// `#rrggbb`, as it was set.
    primary_color: Option<String>,
    /// `#rrggbb`, as it was set.
    background_color: Option<String>,
    /// The logo.
    logo: Option<BrandingLogo>,
}

/// A logo.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrandingLogo {
    /// For example `image/png`.
    media_type: &'static str,
    /// In pixels.
    width: usize,
    /// In pixels.
    height: usize,
    /// Names this very image.
    digest: String,
}

/// When a level was set, and how often.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrandingMetadata {
    /// When it was first set.
    #[schema(value_type = Option<String>, format = DateTime)]
    creation_time: Option<Timestamp>,
    /// When it was last replaced.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_modified_time: Option<Timestamp>,
    /// For `If-Match`, in quotes; 0 before it was set.
    version: i64,
}

impl BrandingResource {
    fn new(set: BrandingSet) -> Self {
        let (own, effective) = (set.own, set.effective);
        Self {
            metadata: BrandingMetadata {
                creation_time: own.as_ref().map(|level| level.created_at),
                last_modified_time: own.as_ref().map(|level| level.updated_at),
                version: own.as_ref().map_or(0, |level| level.version),
            },
            own: BrandingValues::new(own.map(|level| level.branding).unwrap_or_default()),
            effective: BrandingValues::new(effective),
        }
    }
}

impl BrandingValues {
    fn new(branding: Branding) -> Self {
        let logo = |logo: Logo| BrandingLogo {
            media_type: logo.format.media_type(),
            width: logo.width,
            height: logo.height,
            digest: logo.digest,
        };
        Self {
            display_name: branding.display_name,
            primary_color: branding.primary_color.map(|color| color.to_string()),
            background_color: branding.background_color.map(|color| color.to_string()),
            logo: branding.logo.map(logo),
        }
    }
}
