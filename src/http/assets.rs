//! Style, script and icon, compiled in. An address that carries the digest of
//! the content may be kept for ever; a plain one is asked about again.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest as _, Sha256};

use crate::domain::secret::hex;
use crate::http::problem::{Missing, Problem};

/// A compiled-in file.
pub(crate) struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
    digest: LazyLock<String>,
}

/// The style of every page, and of the common error page.
pub(crate) static STYLE: Asset = Asset {
    name: "rekey.css",
    media_type: "text/css; charset=utf-8",
    content: include_str!("../../templates/assets/rekey.css"),
    digest: LazyLock::new(|| digest(STYLE.content)),
};

/// Shows a password and counts down; every page works without it.
pub(crate) static SCRIPT: Asset = Asset {
    name: "rekey.js",
    media_type: "text/javascript; charset=utf-8",
    content: include_str!("../../templates/assets/rekey.js"),
    digest: LazyLock::new(|| digest(SCRIPT.content)),
};

/// The icon in the browser's tab.
pub(crate) static ICON: Asset = Asset {
    name: "rekey.svg",
    media_type: "image/svg+xml",
    content: include_str!("../../templates/assets/rekey.svg"),
    digest: LazyLock::new(|| digest(ICON.content)),
};

/// The style of the console.
pub(crate) static CONSOLE_STYLE: Asset = Asset {
    name: "console.css",
    media_type: "text/css; charset=utf-8",
    content: include_str!("../../templates/assets/console.css"),
    digest: LazyLock::new(|| digest(CONSOLE_STYLE.content)),
};

/// Comfort of the console; its screens work without it.
pub(crate) static CONSOLE_SCRIPT: Asset = Asset {
    name: "console.js",
    media_type: "text/javascript; charset=utf-8",
    content: include_str!("../../templates/assets/console.js"),
    digest: LazyLock::new(|| digest(CONSOLE_SCRIPT.content)),
};

/// All of them.
static ALL: [&Asset; 5] = [&STYLE, &SCRIPT, &ICON, &CONSOLE_STYLE, &CONSOLE_SCRIPT];

fn digest(content: &str) -> String {
    hex(&Sha256::digest(content)).chars().take(16).collect()
}

impl Asset {
    /// The address under which this very content may be kept.
    pub(crate) fn address(&self) -> String {
        format!("/assets/{}?v={}", self.name, *self.digest)
    }
}

/// `GET /assets/{file}`.
pub(crate) async fn show(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let asset = ALL.into_iter().find(|asset| asset.name == file.as_str());
    let asset = asset.ok_or_else(|| Problem::not_found(Missing::Route))?;
    let digest = asset.digest.as_str();
    let kept = if request.query_string().strip_prefix("v=") == Some(digest) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=300"
    };
    let tag = format!("\"{digest}\"");
    let known = |line: &HeaderValue| line.to_str().is_ok_and(|line| line.split(',').any(|held| is_tag(held, &tag)));
    let unchanged = request.headers().get_all(header::IF_NONE_MATCH).any(known);
    let mut answer = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, kept)).insert_header((header::ETAG, tag.as_str()));
    if unchanged {
        return Ok(answer.finish());
    }
    Ok(answer.insert_header((header::CONTENT_TYPE, asset.media_type)).body(asset.content))
}

/// Weak comparison (RFC 9110 § 8.8.3.2): a proxy may have weakened our tag.
fn is_tag(held: &str, tag: &str) -> bool {
    let held = held.trim();
    held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag
}
