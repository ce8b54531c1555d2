//! Errors for people: one plain page, no script, nothing inline.

use actix_web::http::StatusCode;

use super::{Kind, workflow};

/// Status and HTML. Only fixed text and our own ticket are written.
pub(super) fn body(kind: &Kind, ticket: &str) -> (StatusCode, String) {
    let face = workflow::face(kind);
    let (title, text) = match face.status.as_u16() {
        404 => ("Page not found", "There is nothing at this address. Check the link, or start again."),
        405 => ("Not possible here", "This page cannot be used in that way."),
        429 => ("Too many attempts", "Please wait a little before you try again."),
        503 => ("Please try again", "We are busy right now. Nothing was lost; try again in a moment."),
        500..=599 => ("Something went wrong", "The fault is ours. Please try again in a moment."),
        401 | 403 => ("Not allowed", "You may not see this page."),
        _ => ("That did not work", "The request could not be understood. Go back and try again."),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/assets/rekey.css\">\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p>{text}</p>\n<p><small>Reference: <code>{ticket}</code></small></p>\n\
         </main>\n</body>\n</html>\n"
    );
    (face.status, html)
}
