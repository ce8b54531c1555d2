//! Which language a visitor wants: what the address asks for (`ui_locales`,
//! as in `OpenID` Connect, or `locale`), what they chose before, and what their
//! browser says that they read.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderMap};
use url::form_urlencoded;

use crate::domain::locale::{Because, Locale, negotiate};

/// Remembers a choice. It decides nothing but words, so it needs no seal.
const COOKIE: &str = "rekey-locale";
/// The parameters that choose, the stronger first.
const PARAMETERS: [&str; 2] = ["ui_locales", "locale"];
/// How long a choice is remembered, in days.
const REMEMBERED_DAYS: i64 = 180;
/// Languages of a browser that are looked at.
const MOST: usize = 20;

/// What a request says about languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// What the address asks for.
    pub asked: Option<Locale>,
    /// What was chosen before.
    pub remembered: Option<Locale>,
    /// What the browser prefers, the most preferred first.
    pub browser: Vec<String>,
}

impl Wishes {
    /// What a request says.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let remembered = request.cookie(COOKIE).and_then(|cookie| Locale::parse(cookie.value()));
        Self { asked: asked(request.query_string()), remembered, browser: accepted(request.headers()) }
    }

    /// What the visitor chose themselves.
    #[must_use]
    pub fn chosen(&self) -> Option<Locale> {
        self.asked.or(self.remembered)
    }

    /// The language to speak. `others` are the wishes of those whom the page is
    /// about; they come after the visitor's choice and before the browser's.
    #[must_use]
    pub fn decide<'a>(&'a self, others: impl IntoIterator<Item = (Because, &'a str)>) -> Locale {
        let chosen = self.chosen().map(|locale| (Because::Request, locale.as_str()));
        let browser = self.browser.iter().map(|tag| (Because::Browser, tag.as_str()));
        negotiate(chosen.into_iter().chain(others).chain(browser)).locale
    }

    /// The cookie that remembers what the address asks for.
    #[must_use]
    pub fn to_remember(&self, https: bool) -> Option<Cookie<'static>> {
        let locale = self.asked.filter(|asked| self.remembered != Some(*asked))?;
        let cookie = Cookie::build(COOKIE, locale.as_str()).path("/").secure(https).http_only(true);
        Some(cookie.same_site(SameSite::Lax).max_age(Duration::days(REMEMBERED_DAYS)).finish())
    }
}

/// The same address with another language asked for; of the other parameters
/// only those that `keep` names stay.
#[must_use]
pub fn address_in(locale: Locale, path: &str, query: &str, keep: &[&str]) -> String {
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| keep.contains(&&**name)) {
        parameters.append_pair(&name, &value);
    }
    parameters.append_pair(PARAMETERS[0], locale.as_str());
    format!("{path}?{}", parameters.finish())
}

/// `ui_locales` is a list, the most preferred first.
fn asked(query: &str) -> Option<Locale> {
    let of = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, tags) = pairs.find(|(name, _)| name == wanted)?;
        tags.split(' ').take(MOST).find_map(Locale::nearest)
    };
    PARAMETERS.into_iter().find_map(of)
}

/// The tags of `Accept-Language` (RFC 9110 § 12.5.4) without the unwanted.
fn accepted(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).filter_map(|line| line.to_str().ok());
    let mut weighed: Vec<(f32, String)> = lines
        .flat_map(|line| line.split(','))
        .take(MOST)
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(0.0_f32);
            (weight > 0.0).then(|| (weight, tag.trim().to_owned()))
        })
        .collect();
    weighed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    weighed.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wishes(uri: &str, lines: &[(&'static str, &'static str)]) -> Wishes {
        let request = lines.iter().fold(TestRequest::with_uri(uri), |request, line| request.append_header(*line));
        Wishes::of(&request.to_http_request())
    }

    #[test]
    fn a_choice_goes_before_everybody_and_the_browser_after() {
        let browser = ("accept-language", "nl, fr;q=0.5, de-AT;q=0.9, ja;q=0");
        let spoken = |uri: &str, cookie: &'static str, tenant: &str| {
            let wishes = wishes(uri, &[browser, ("cookie", cookie)]);
            wishes.decide([(Because::Tenant, tenant)])
        };
        assert_eq!(spoken("/", "", ""), Locale::De);
        assert_eq!(spoken("/", "", "es-MX"), Locale::Es);
        assert_eq!(spoken("/", "rekey-locale=ar", "es"), Locale::Ar);
        assert_eq!(spoken("/?ui_locales=xx+pt&locale=en", "rekey-locale=ar", "es"), Locale::PtBr);
        assert_eq!(spoken("/?locale=JA", "", "es"), Locale::Ja);
        assert_eq!(spoken("/?locale=%3Cscript%3E", "rekey-locale=%00", ""), Locale::De);
        assert_eq!(wishes("/", &[]).decide([]), Locale::En);
    }

    #[test]
    fn what_the_address_asks_for_is_remembered_once() {
        let cookie = wishes("/?ui_locales=de", &[]).to_remember(true).unwrap().to_string();
        assert_eq!(cookie, "rekey-locale=de; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=15552000");
        assert!(wishes("/?ui_locales=de", &[("cookie", "rekey-locale=de")]).to_remember(true).is_none());
        assert!(wishes("/?ui_locales=nl", &[]).to_remember(true).is_none());
    }

    #[test]
    fn the_switch_keeps_what_the_page_is_about_and_nothing_else() {
        let query = "application=a%26b&token=secret&ui_locales=en&sent=1&tenant=t";
        let address = address_in(Locale::De, "/forgot-password", query, &["application", "tenant"]);
        assert_eq!(address, "/forgot-password?application=a%26b&tenant=t&ui_locales=de");
    }
}
