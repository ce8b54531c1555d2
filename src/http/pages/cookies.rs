//! The two cookies of the pages. Neither signs anybody in: one names a flow,
//! one belongs to the anti-forgery token of the forms.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// The longest a flow lives, in seconds.
pub(super) const FLOW_SECONDS: i64 = 600;
/// How long a form may stay open, in seconds.
const FORM_SECONDS: i64 = 4 * 60 * 60;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jar {
    /// The flow.
    Flow,
    /// The half of the form token that forms do not carry.
    Form,
}

impl Jar {
    /// `__Host-` binds a cookie to this very host and to TLS (RFC 6265bis
    /// § 4.1.3.2); without TLS browsers refuse the prefix.
    const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Flow, true) => "__Host-rekey-flow",
            (Self::Flow, false) => "rekey-flow",
            (Self::Form, true) => "__Host-rekey-form",
            (Self::Form, false) => "rekey-form",
        }
    }

    /// The cookie with a value. `Lax`, so that a click from webmail keeps it.
    pub(super) fn holding(self, value: String, https: bool) -> Cookie<'static> {
        let seconds = match self {
            Self::Flow => FLOW_SECONDS,
            Self::Form => FORM_SECONDS,
        };
        Cookie::build(self.name(https), value)
            .path("/")
            .secure(https)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds(seconds))
            .finish()
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
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_flow_cookie_is_bound_to_the_host_and_lives_ten_minutes_at_most() {
        let text = Jar::Flow.holding("v".into(), true).to_string();
        assert_eq!(text, "__Host-rekey-flow=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600");
        let text = Jar::Flow.holding("v".into(), false).to_string();
        assert_eq!(text, "rekey-flow=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=600");
        assert!(Jar::Flow.cleared(true).to_string().ends_with("Max-Age=0"));
        assert!(Jar::Form.holding("v".into(), true).to_string().contains("__Host-rekey-form=v; HttpOnly"));
    }

    #[test]
    fn a_cookie_that_comes_twice_counts_as_none() {
        let read = |line: &str| {
            let request = TestRequest::default().insert_header(("cookie", line)).to_http_request();
            Jar::Flow.read(&request, false)
        };
        assert_eq!(read("rekey-flow=a; other=b").as_deref(), Some("a"));
        assert_eq!(read("rekey-flow=a; rekey-flow=b"), None);
        assert_eq!(read("__Host-rekey-flow=a"), None);
    }
}
