//! What may be logged of things that may not.

use std::net::IpAddr;

use crate::domain::client::masked_network;
use crate::domain::email_address::mask;

/// An email address of which one person can be told from another, and no
/// more.
#[must_use]
pub fn address(address: &str) -> String {
    mask(address)
}

/// The network of a client, for example `198.51.100.0/24`.
#[must_use]
pub fn network(ip: IpAddr) -> String {
    masked_network(ip)
}

/// The scheme, host and port of a URL: path, query and fragment may hold a
/// link token, and the part before `@` a password.
#[must_use]
pub fn url(text: &str) -> String {
    url::Url::parse(text)
        .ok()
        .filter(|url| url.has_host() && !(url.username().is_empty() && text.contains('@')))
        .map_or_else(|| "(hidden)".to_owned(), |url| url.origin().ascii_serialization())
}

/// One printable line of at most 200 characters out of a text that somebody
/// else wrote, such as a mail server's answer: no forged log lines.
#[must_use]
pub fn foreign(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_a_client_and_a_link_are_logged_masked() {
        assert!(!address("ada.lovelace@example.com").contains("lovelace"));
        assert_eq!(network("198.51.100.7".parse().unwrap()), "198.51.100.0/24");
        assert_eq!(url("https://id.example.com/reset?token=abc#def"), "https://id.example.com");
        for odd in ["not a url", "https://ada:pass/word@x.test", "mailto:ada@x.test"] {
            assert_eq!(url(odd), "(hidden)");
        }
    }

    #[test]
    fn a_foreign_text_is_one_short_line() {
        assert_eq!(foreign("550 no\r\nINFO forged\u{1b}[2J"), "550 no  INFO forged [2J");
        assert_eq!(foreign(&"x".repeat(1000)).len(), 200);
    }
}
