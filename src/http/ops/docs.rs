//! `/openapi.json`, and `/docs`: the same document for reading. Rendered when
//! first asked for (a service that nobody reads about need not hold it) and
//! kept; no script, nothing from elsewhere.

mod example;
mod view;

use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use handlebars::{Handlebars, RenderError};
use thiserror::Error;

use crate::http::ops::openapi;
use crate::http::problem::Problem;
use crate::http::routes::{RouteSpec, routes};

const TEMPLATE: &str = include_str!("../../../templates/docs/page.hbs");
const STYLE: &str = include_str!("../../../templates/assets/docs.css");

/// The document in both forms.
#[derive(Debug)]
pub struct Docs {
    public_url: String,
    tables: Vec<&'static [RouteSpec]>,
    json: OnceLock<Bytes>,
    html: OnceLock<Bytes>,
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
    #[must_use]
    pub fn new(public_url: &str, tables: Vec<&'static [RouteSpec]>) -> Self {
        Self { public_url: public_url.to_owned(), tables, json: OnceLock::new(), html: OnceLock::new() }
    }

    /// The OpenAPI document, as `rekey openapi` prints it.
    pub fn json(&self) -> Bytes {
        let text = || format!("{:#}\n", self.document()).into();
        self.json.get_or_init(text).clone()
    }

    /// The page.
    pub fn html(&self) -> Result<Bytes, DocsError> {
        if let Some(html) = self.html.get() {
            return Ok(html.clone());
        }
        let mut pages = Handlebars::new();
        pages.set_strict_mode(true);
        pages.register_template_string("docs", TEMPLATE).map_err(Box::new)?;
        let html = pages.render("docs", &view::of(&self.document())).map_err(Box::new)?;
        Ok(self.html.get_or_init(|| html.into()).clone())
    }

    fn document(&self) -> serde_json::Value {
        openapi::document(&self.public_url, &self.tables)
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

async fn json(docs: web::Data<Docs>) -> Result<HttpResponse, Problem> {
    let json = web::block(move || docs.json()).await.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(json))
}

async fn page(docs: web::Data<Docs>) -> Result<HttpResponse, Problem> {
    let html = web::block(move || docs.html()).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(html))
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(STYLE)
}
