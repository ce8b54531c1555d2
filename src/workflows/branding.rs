//! How pages look: read with its cascade, and replaced level by level.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use imagesize::ImageType;
use sha2::{Digest as _, Sha256};

use crate::domain::access::{Authority, Scope};
use crate::domain::audit::Act;
use crate::domain::branding::{Branding, LARGEST_LOGO, LOGO_SIDES, Logo, LogoFormat};
use crate::domain::ids::TenantId;
use crate::domain::secret::hex;
use crate::store::branding::{self, Level};

use super::{Engine, Failure, Outcome};

/// What a level is to become.
#[derive(Debug, Clone)]
pub struct NewBranding {
    /// Name and colours; its logo is made from [`Self::logo`].
    pub branding: Branding,
    /// The logo.
    pub logo: NewLogo,
    /// The version that the caller has seen; 0 when they saw none.
    pub seen: Option<i64>,
}

/// What becomes of a level's logo.
#[derive(Debug, Clone)]
pub enum NewLogo {
    /// There is none; the level below may have one.
    None,
    /// The one that there is.
    Keep,
    /// This one; see [`inspect`].
    Replace(Logo, Vec<u8>),
}

/// Why bytes are no logo: the code of the violation.
pub type NoLogo = &'static str;

/// What kind of image these bytes are. They are not decoded here: browsers do
/// that, and they are told the kind that was found and to believe it.
///
/// # Errors
/// `too_long` over [`LARGEST_LOGO`], `invalid_image` when they are neither
/// PNG, JPEG nor WebP, `out_of_range` when a side is not in [`LOGO_SIDES`].
pub fn inspect(bytes: &[u8]) -> Result<Logo, NoLogo> {
    if bytes.len() > LARGEST_LOGO {
        return Err("too_long");
    }
    let format = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => LogoFormat::Png,
        Ok(ImageType::Jpeg) => LogoFormat::Jpeg,
        Ok(ImageType::Webp) => LogoFormat::Webp,
        Ok(_) | Err(_) => return Err("invalid_image"),
    };
    let size = imagesize::blob_size(bytes).map_err(|_| "invalid_image")?;
    if !LOGO_SIDES.contains(&size.width) || !LOGO_SIDES.contains(&size.height) {
        return Err("out_of_range");
    }
    let digest = hex(&Sha256::digest(bytes)).chars().take(16).collect();
    Ok(Logo { format, width: size.width, height: size.height, digest })
}

/// A level and what it adds up to with the level below.
#[derive(Debug, Clone)]
pub struct BrandingSet {
    /// What this level sets, if it sets anything.
    pub own: Option<Level>,
    /// What pages show.
    pub effective: Branding,
}

impl Engine {
    /// The branding of a tenant, or of the application itself.
    ///
    /// # Errors
    /// `NotFound(Tenant)` when there is none inside the scope.
    pub async fn branding(&self, scope: &Scope, tenant: Option<TenantId>) -> Outcome<BrandingSet> {
        if tenant.is_some() {
            self.tenancy(scope, tenant).await?;
        }
        let levels = branding::list(self.database.read(), scope, tenant).await?;
        let effective = Branding::merge(levels.iter().map(|level| &level.branding));
        Ok(BrandingSet { own: levels.into_iter().find(|level| level.tenant == tenant), effective })
    }

    /// Replaces what one level sets. The same once more changes nothing.
    ///
    /// # Errors
    /// `NotFound(Tenant)`, `Stale`.
    pub async fn replace_branding(
        &self,
        authority: &Authority,
        tenant: Option<TenantId>,
        new: NewBranding,
    ) -> Outcome<BrandingSet> {
        let scope = authority.scope();
        let before = self.branding(scope, tenant).await?.own;
        let version = before.as_ref().map_or(0, |level| level.version);
        let target = tenant.map_or_else(|| scope.application().to_string(), |tenant| tenant.to_string());
        if new.seen.is_some_and(|seen| seen != version) {
            return Err(self.stale(scope, target).await);
        }
        let current = before.map(|level| level.branding);
        let now = self.now().await?;
        let transaction = self.database.begin().await?;
        let (logo, bytes) = match new.logo {
            NewLogo::None => (None, None),
            NewLogo::Keep => {
                let kept = current.clone().and_then(|branding| branding.logo);
                (kept, branding::find_logo(&transaction, scope, tenant).await?)
            }
            NewLogo::Replace(logo, bytes) => (Some(logo), Some(BASE64_STANDARD.encode(bytes))),
        };
        let wanted = Branding { logo, ..new.branding };
        if current.as_ref() == Some(&wanted) {
            return self.branding(scope, tenant).await;
        }
        let done = match version {
            0 => branding::insert(&transaction, scope, tenant, (&wanted, bytes), now).await?,
            _ => branding::advance(&transaction, scope, tenant, (&wanted, bytes), version, now).await?,
        };
        if !done {
            drop(transaction);
            return Err(self.stale(scope, target).await);
        }
        let mut act = Act::new("branding.replaced", target).with("hasLogo", wanted.logo.is_some());
        if let Some(tenant) = tenant {
            act = act.of_tenant(tenant);
        }
        self.commit_act(transaction, authority, now, act).await?;
        self.tenancies.clear();
        self.branding(scope, tenant).await
    }

    /// The logo that the pages of a tenant show, with its bytes.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn logo(&self, scope: &Scope, tenant: TenantId) -> Outcome<Option<(Logo, Vec<u8>)>> {
        let levels = branding::list(self.database.read(), scope, Some(tenant)).await?;
        let with_logo = levels.into_iter().rev().find_map(|level| Some((level.tenant, level.branding.logo?)));
        let Some((level, logo)) = with_logo else { return Ok(None) };
        let text = branding::find_logo(self.database.read(), scope, level).await?;
        let bytes = text.and_then(|text| BASE64_STANDARD.decode(text).ok());
        let bytes = bytes.ok_or(Failure::Store(crate::store::StoreError::Corrupt("branding.logo")))?;
        Ok(Some((logo, bytes)))
    }
}
