//! `/openapi.json`, and `/docs`: the same document for reading. Rendered once
//! at start; no script, nothing from elsewhere.

mod example;
mod view;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use handlebars::{Handlebars, RenderError};
use thiserror::Error;

use crate::http::ops::openapi;
use crate::http::routes::{RouteSpec, routes};

const TEMPLATE: &str = include_str!("../../../templates/docs/page.hbs");
const STYLE: &str = include_str!("../../../templates/assets/docs.css");

/// The document in both forms.
#[derive(Debug, Clone)]
pub struct Docs {
    json: String,
    html: String,
}

/// The page could not be made: the template and the code do not fit.
#[derive(Debug, Error)]
pub enum DocsError {
    /// The template cannot be read.
    #[error("the documentation template is broken: {0}")]
    Template(#[from] Box<handlebars::TemplateError>),
    /// The template asks for what is not there.
    #[error("the documentation page cannot be written: {0}")]
    Render(#[from] Box<RenderError>),
}

impl Docs {
    /// Describes the calls of all tables, in the order of the chapters.
    pub fn new(public_url: &str, tables: &[&[RouteSpec]]) -> Result<Self, DocsError> {
        let document = openapi::document(public_url, tables);
        let mut pages = Handlebars::new();
        pages.set_strict_mode(true);
        pages.register_template_string("docs", TEMPLATE).map_err(Box::new)?;
        let html = pages.render("docs", &view::of(&document)).map_err(Box::new)?;
        Ok(Self { json: format!("{document:#}\n"), html })
    }

    /// The OpenAPI document, as `rekey openapi` prints it.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The page.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }
}

routes! {
    GET "/openapi.json" => json, tag "Operations", summary "Shows this description as OpenAPI 3.1",
        ok 200, errors [];
    GET "/docs" => page, tag "Operations", summary "Shows this description as a page",
        ok 200, errors [];
    GET "/docs/style.css" => style, tag "Operations", summary "The style of the page",
        ok 200, errors [];
}

async fn json(docs: web::Data<Docs>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(docs.json.clone())
}

async fn page(docs: web::Data<Docs>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(docs.html.clone())
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(STYLE)
}
