//! `/dev/mailbox`: the mails that development keeps instead of sending.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::http::middleware::CONTENT_SECURITY_POLICY;
use crate::http::problem::{Missing, Problem};
use crate::http::routes::routes;
use crate::mail::mailbox::{KeptMail, MailboxTransport};

use super::Pages;
use super::look::Look;

/// A mail brings its own inline style and nothing that runs or loads. The
/// sandbox holds when the frame's source is opened by itself, too.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
     base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups";

routes! {
    GET "/dev/mailbox" => list, tag "Development", summary "Lists the kept mails, newest first", ok 200, errors [];
    GET "/dev/mailbox.json" => list_json, tag "Development", summary "Lists the kept mails as JSON",
        ok 200, errors [];
    GET "/dev/mailbox/{number}" => show, tag "Development", summary "Shows a kept mail", ok 200, errors [404];
    GET "/dev/mailbox/{number}/html" => html, tag "Development", summary "Shows the HTML part alone",
        ok 200, errors [404];
    GET "/dev/mailbox/{number}/raw" => raw, tag "Development", summary "Shows the whole message as sent",
        ok 200, errors [404];
}

type Mailbox = web::Data<MailboxTransport>;

async fn list(pages: web::Data<Pages>, mailbox: Mailbox) -> Result<HttpResponse, Problem> {
    let mails: Vec<Value> = mailbox.list().iter().map(|mail| heads(mail)).collect();
    let view = json!({ "title": "Mailbox", "application": "Development", "mails": mails });
    pages.answer(StatusCode::OK, "mailbox", &Look::of_workbench(), view)
}

async fn list_json(mailbox: Mailbox) -> HttpResponse {
    let mails = mailbox.list();
    HttpResponse::Ok().json(mails.iter().map(|mail| &**mail).collect::<Vec<_>>())
}

async fn show(pages: web::Data<Pages>, mailbox: Mailbox, number: web::Path<String>) -> Result<HttpResponse, Problem> {
    let mail = find(&mailbox, &number)?;
    let mut view = heads(&mail);
    if let Value::Object(members) = &mut view {
        members.insert("title".to_owned(), mail.subject.clone().into());
        members.insert("application".to_owned(), "Development".into());
        members.insert("text".to_owned(), mail.text.clone().into());
        members.insert("links".to_owned(), links(&mail.text).into());
    }
    let mut answer = pages.answer(StatusCode::OK, "mail", &Look::of_workbench(), view)?;
    let policy = format!("{CONTENT_SECURITY_POLICY}; frame-src 'self'");
    let policy = header::HeaderValue::from_str(&policy).map_err(Problem::internal)?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

async fn html(mailbox: Mailbox, number: web::Path<String>) -> Result<HttpResponse, Problem> {
    let mail = find(&mailbox, &number)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, MAIL_POLICY))
        .body(mail.html.clone()))
}

async fn raw(mailbox: Mailbox, number: web::Path<String>) -> Result<HttpResponse, Problem> {
    let mail = find(&mailbox, &number)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body(mail.raw.clone()))
}

fn find(mailbox: &MailboxTransport, number: &str) -> Result<std::sync::Arc<KeptMail>, Problem> {
    let mail = number.parse().ok().and_then(|number| mailbox.find(number));
    mail.ok_or_else(|| Problem::not_found(Missing::Route))
}

fn heads(mail: &KeptMail) -> Value {
    json!({
        "number": mail.number, "kind": mail.kind, "from": mail.from, "to": mail.to,
        "date": mail.date, "subject": mail.subject,
    })
}

/// The web addresses in a text, to be clicked.
fn links(text: &str) -> Vec<String> {
    let web = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    text.split(|c: char| c.is_whitespace() || "<>\"".contains(c)).filter(web).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        let text = "Go to <https://id.example.com/r?token=x>\nnot javascript:alert(1) nor data:x";
        assert_eq!(links(text), ["https://id.example.com/r?token=x"]);
    }
}
