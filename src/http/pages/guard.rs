//! Whether a form that arrives was shown by us, to this browser, for this flow.

use actix_web::HttpRequest;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::entropy::Entropy;
use crate::domain::keys::{KeyRing, Purpose};
use crate::domain::secret::Secret;

use super::cookies::Jar;
pub(super) use crate::http::same_origin::is_foreign;

/// The cookie's half: what the browser has, or a new one.
pub(super) fn half(request: &HttpRequest, https: bool, entropy: &dyn Entropy) -> String {
    let held = Jar::Form.read(request, https);
    held.filter(|held| is_half(held)).unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(entropy.nonce()))
}

fn is_half(text: &str) -> bool {
    BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// The form's half: keyed over the cookie's and over what the form is about,
/// so that a form of one flow is void once another one was begun.
pub(super) fn token(keys: &KeyRing, half: &str, about: &str) -> String {
    keys.pseudonym(Purpose::FormToken, &[b"form", half.as_bytes(), about.as_bytes()])
}

/// Whether the two halves belong together.
pub(super) fn fits(keys: &KeyRing, half: Option<&str>, about: &str, presented: &Secret) -> bool {
    half.filter(|half| is_half(half)).is_some_and(|half| Secret::new(token(keys, half, about)).matches(presented))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::domain::entropy::SeededEntropy;
    use crate::http::pages::flow::tests::keys;

    #[test]
    fn a_form_token_fits_its_cookie_and_its_flow_alone() {
        let request = TestRequest::default().to_http_request();
        let (one, two) = (half(&request, true, &SeededEntropy::new(1)), half(&request, true, &SeededEntropy::new(2)));
        let presented = Secret::new(token(&keys(1), &one, "flow"));
        assert!(fits(&keys(1), Some(&one), "flow", &presented));
        assert!(!fits(&keys(1), Some(&two), "flow", &presented));
        assert!(!fits(&keys(1), Some(&one), "another flow", &presented));
        assert!(!fits(&keys(2), Some(&one), "flow", &presented));
        assert!(!fits(&keys(1), None, "flow", &presented));
        assert!(!fits(&keys(1), Some(&one), "flow", &Secret::new("")));
        let planted = Secret::new(token(&keys(1), "x", "flow"));
        assert!(!fits(&keys(1), Some("x"), "flow", &planted));
    }
}
