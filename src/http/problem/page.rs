//! Errors for people: one plain page, no script, nothing inline.

use actix_web::http::StatusCode;

use super::{Kind, workflow};
use crate::domain::locale::Locale;
use crate::http::assets::STYLE;
use crate::locales::Locales;

/// Status and HTML. Only fixed text and our own ticket are written; `home` is
/// the address and the name of where one can go from here.
pub(super) fn body(
    kind: &Kind,
    ticket: &str,
    (locales, locale): (&Locales, Locale),
    home: Option<(&str, &str)>,
) -> (StatusCode, String) {
    let face = workflow::face(kind);
    let (title, text) = match face.status.as_u16() {
        404 => ("problem-not-found-title", "problem-not-found-text"),
        405 => ("problem-method-title", "problem-method-text"),
        429 => ("problem-throttled-title", "problem-throttled-text"),
        503 => ("problem-busy-title", "problem-busy-text"),
        500..=599 => ("problem-fault-title", "problem-fault-text"),
        401 | 403 => ("problem-forbidden-title", "problem-forbidden-text"),
        _ => ("problem-invalid-title", "problem-invalid-text"),
    };
    let said = |key: &str| say(locales, locale, key, &[]);
    let (title, text, style) = (said(title), said(text), STYLE.address());
    let reference = say(locales, locale, "problem-reference", &[("ticket", ticket.into())]);
    let (tag, direction) = (locale.as_str(), locale.direction().as_str());
    let home = home.map(|(href, name)| format!("<p><a href=\"{href}\">{name}</a></p>\n")).unwrap_or_default();
    let html = format!(
        "<!doctype html>\n<html lang=\"{tag}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n<main>\n\
         <div class=\"sign\" aria-hidden=\"true\"></div>\n<h1>{title}</h1>\n<p class=\"lead\">{text}</p>\n\
         <p class=\"hint reference\">{reference}</p>\n{home}</main>\n</body>\n</html>\n"
    );
    (face.status, html)
}

/// A text that cannot be written is left out: an error page must not fail.
fn say(locales: &Locales, locale: Locale, key: &str, args: &[crate::locales::Arg<'_>]) -> String {
    handlebars::html_escape(&locales.text(locale, key, args).unwrap_or_default())
}
