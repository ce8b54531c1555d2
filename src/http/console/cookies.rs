//! The console's cookies. One stands for a signed-in operator and never
//! travels with a request that another site begins; the others stand for
//! nobody.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jar {
    /// The token of a session.
    Session,
    /// The token of an invitation, until it was used.
    Invitation,
    /// The half of the form token that forms do not carry, for whoever is not
    /// signed in.
    Form,
    /// What the next page says about the last act.
    Flash,
}

impl Jar {
    /// `__Host-` binds a cookie to this very host and to TLS (RFC 6265bis
    /// § 4.1.3.2); without TLS browsers refuse the prefix.
    const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-rekey-console",
            (Self::Session, false) => "rekey-console",
            (Self::Invitation, true) => "__Host-rekey-console-invitation",
            (Self::Invitation, false) => "rekey-console-invitation",
            (Self::Form, true) => "__Host-rekey-console-form",
            (Self::Form, false) => "rekey-console-form",
            (Self::Flash, true) => "__Host-rekey-console-flash",
            (Self::Flash, false) => "rekey-console-flash",
        }
    }

    /// The cookie with a value; all but the invitation end with the browser,
    /// and the server ends the session earlier. An invitation may be clicked
    /// in a chat or a mail, and its cookie must survive the redirect that
    /// follows, so it alone is `Lax`.
    pub(super) fn holding(self, value: String, https: bool) -> Cookie<'static> {
        let site = if self == Self::Invitation { SameSite::Lax } else { SameSite::Strict };
        let cookie = Cookie::build(self.name(https), value).path("/").secure(https).http_only(true).same_site(site);
        match self {
            Self::Invitation => cookie.max_age(Duration::minutes(15)).finish(),
            Self::Flash => cookie.max_age(Duration::minutes(1)).finish(),
            Self::Session | Self::Form => cookie.finish(),
        }
    }

    /// The cookie that makes the browser forget it.
    pub(super) fn cleared(self, https: bool) -> Cookie<'static> {
        let mut cookie = self.holding(String::new(), https);
        cookie.set_max_age(Duration::ZERO);
        cookie
    }

    /// What the browser sent. Two of one name mean that somebody else planted
    /// one of them; then neither counts.
    pub(super) fn read(self, request: &HttpRequest, https: bool) -> Option<String> {
        let cookies = request.cookies().ok()?;
        let mut ours = cookies.iter().filter(|cookie| cookie.name() == self.name(https));
        let first = ours.next()?;
        ours.next().is_none().then(|| first.value().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_belongs_to_this_host_and_to_no_foreign_request() {
        let text = Jar::Session.holding("v".into(), true).to_string();
        assert_eq!(text, "__Host-rekey-console=v; HttpOnly; SameSite=Strict; Secure; Path=/");
        assert!(Jar::Session.holding("v".into(), false).to_string().starts_with("rekey-console=v; HttpOnly"));
        assert!(Jar::Session.cleared(true).to_string().ends_with("Max-Age=0"));
    }

    #[test]
    fn an_invitation_survives_the_click_that_brings_it() {
        let text = Jar::Invitation.holding("v".into(), true).to_string();
        assert!(text.contains("SameSite=Lax") && text.contains("HttpOnly") && text.ends_with("Max-Age=900"), "{text}");
    }
}
