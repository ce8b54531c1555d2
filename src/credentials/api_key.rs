//! API keys and client secrets: random, shown once, known by digest.
//!
//! Each begins with a prefix of its kind, so that a scanner of repositories
//! and logs can tell what it found.

use zeroize::Zeroizing;

use crate::domain::entropy::Entropy;
use crate::domain::reset::proof;
use crate::domain::secret::{Secret, SecretBytes};

/// What every API key begins with.
pub const API_KEY_PREFIX: &str = "sk_";

/// What every API key of an operator begins with.
pub const OPERATOR_KEY_PREFIX: &str = "op_";

/// What every client secret begins with.
pub const CLIENT_SECRET_PREFIX: &str = "cs_";

/// Makes an API key: `sk_` and 43 base62 characters, 256 random bits.
#[must_use]
pub fn generate_api_key(entropy: &dyn Entropy) -> Secret {
    generate(API_KEY_PREFIX, entropy)
}

/// Makes an operator's API key: `op_` and 43 base62 characters, 256 random
/// bits.
#[must_use]
pub fn generate_operator_key(entropy: &dyn Entropy) -> Secret {
    generate(OPERATOR_KEY_PREFIX, entropy)
}

/// Makes a client secret: `cs_` and 43 base62 characters, 256 random bits.
#[must_use]
pub fn generate_client_secret(entropy: &dyn Entropy) -> Secret {
    generate(CLIENT_SECRET_PREFIX, entropy)
}

/// Whether a text could be an API key at all. Saves nothing but a look-up.
#[must_use]
pub fn is_api_key_shaped(text: &str) -> bool {
    text.strip_prefix(API_KEY_PREFIX).is_some_and(proof::is_token_shaped)
}

/// Whether a text could be an operator's API key at all.
#[must_use]
pub fn is_operator_key_shaped(text: &str) -> bool {
    text.strip_prefix(OPERATOR_KEY_PREFIX).is_some_and(proof::is_token_shaped)
}

/// Whether a text could be a client secret at all.
#[must_use]
pub fn is_client_secret_shaped(text: &str) -> bool {
    text.strip_prefix(CLIENT_SECRET_PREFIX).is_some_and(proof::is_token_shaped)
}

/// The part of a key that may be shown in lists: the prefix and four
/// characters, which leaves more than 230 bits unknown.
#[must_use]
pub fn hint(key: &Secret) -> String {
    let shown: String = key.expose().chars().take(API_KEY_PREFIX.len() + 4).collect();
    format!("{shown}…")
}

fn generate(prefix: &str, entropy: &dyn Entropy) -> Secret {
    let random = proof::token(&SecretBytes::new(entropy.nonce()));
    let text = Zeroizing::new([prefix, random.expose()].concat());
    Secret::new(text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SeededEntropy;

    #[test]
    fn keys_differ_and_are_recognised_by_their_kind() {
        let entropy = SeededEntropy::new(3);
        let (one, two) = (generate_api_key(&entropy), generate_api_key(&entropy));
        assert!(!one.matches(&two));
        assert_eq!(one.expose().len(), 46);
        assert!(is_api_key_shaped(one.expose()) && !is_client_secret_shaped(one.expose()));
        let secret = generate_client_secret(&entropy);
        assert!(is_client_secret_shaped(secret.expose()) && !is_api_key_shaped(secret.expose()));
    }

    #[test]
    fn a_text_of_another_shape_is_no_key() {
        let good = generate_api_key(&SeededEntropy::new(3));
        let bare = good.expose().trim_start_matches("sk_").to_owned();
        for bad in ["", "sk_", &bare, &format!("{}x", good.expose()), &format!("SK_{bare}"), &format!(" sk_{bare}")] {
            assert!(!is_api_key_shaped(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_hint_shows_four_characters() {
        let key = generate_api_key(&SeededEntropy::new(3));
        assert_eq!(hint(&key).chars().count(), 8);
        assert!(key.expose().starts_with(hint(&key).trim_end_matches('…')));
    }
}
