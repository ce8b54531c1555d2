//! The route table: one declaration per call, from which registration, the
//! OpenAPI document and the tests are made.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, guard, web};
use utoipa::ToSchema;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};

use super::extract::KnownParameters;
use super::problem::Problem;

/// Named schemas collected along the way.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// Writes a type's schemas down and returns how to refer to it.
pub type SchemaOf = fn(&mut Schemas) -> RefOr<Schema>;

/// What a call takes in its body.
#[derive(Debug, Clone, Copy)]
pub struct BodySpec {
    /// `application/json`, `application/x-www-form-urlencoded`, or
    /// `application/x-ndjson` for a line each.
    pub media_type: &'static str,
    /// Its shape.
    pub schema: SchemaOf,
}

/// One call. Made by `routes!`.
#[derive(Debug, Clone)]
pub struct RouteSpec {
    /// The method.
    pub method: Method,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Its chapter in the documentation.
    pub tag: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// The permission a caller needs; `None` for calls without credentials.
    pub permission: Option<&'static str>,
    /// Whether only operators may call it.
    pub operator: bool,
    /// Whether the caller's credentials are in the body, not in the header.
    pub identified_by_body: bool,
    /// Query parameters.
    pub query: Option<fn() -> Vec<Parameter>>,
    /// The request body.
    pub body: Option<BodySpec>,
    /// The status of success.
    pub ok: u16,
    /// The body of success.
    pub answer: Option<SchemaOf>,
    /// The status of a page for people, where a browser may end up with one.
    pub page: Option<u16>,
    /// The statuses of failure.
    pub errors: &'static [u16],
    /// Makes the route.
    pub route: fn() -> Route,
}

impl RouteSpec {
    /// The names of its query parameters.
    fn parameters(&self) -> Vec<String> {
        let all = self.query.map(|query| query()).unwrap_or_default();
        all.into_iter().map(|parameter| parameter.name).collect()
    }
}

/// Declares calls.
///
/// ```text
/// routes! {
///     POST "/api/v1/things/{id}" => create::handle, tag "Things", summary "Makes a thing",
///         permission "thing:write", query ThingQuery, body NewThing, ok 201 Thing, errors [400, 401];
/// }
/// ```
/// `only operator` may stand in place of a permission. `ok` may be followed by `or page 200`, for a page that people see. `permission` may be followed by `credentials in body`. `permission`, `query`, `body` (or `form` or `lines`) and the type after `ok` may be
/// left out, the order is fixed. Expands to `ROUTES` and `configure`. Among
/// paths that overlap, the first declared wins.
macro_rules! routes {
    ($(
        $method:ident $path:literal => $handler:expr, tag $tag:literal, summary $summary:literal
        $(, only $who:ident)? $(, permission $permission:literal)? $(, credentials in $place:ident)? $(, query $query:ty)? $(, body $body:ty)? $(, form $form:ty)?
        $(, lines $lines:ty)? , ok $ok:literal $($answer:ty)? $(, or page $page:literal)? , errors [$($error:literal),* $(,)?]
    );+ $(;)?) => {
        /// Every call of this door.
        pub const ROUTES: &[$crate::http::routes::RouteSpec] = &[$(
            $crate::http::routes::RouteSpec {
                method: ::actix_web::http::Method::$method,
                path: $path,
                tag: $tag,
                summary: $summary,
                permission: $crate::http::routes::routes!(@last None $(, Some($permission))?),
                operator: $crate::http::routes::routes!(@last false
                    $(, $crate::http::routes::routes!(@by $who))?),
                identified_by_body: $crate::http::routes::routes!(@last false
                    $(, $crate::http::routes::routes!(@in $place))?),
                query: $crate::http::routes::routes!(@last None $(, Some(
                    || <$query as ::utoipa::IntoParams>::into_params(
                        || Some(::utoipa::openapi::path::ParameterIn::Query))
                ))?),
                body: $crate::http::routes::routes!(@last None
                    $(, Some($crate::http::routes::BodySpec {
                        media_type: "application/json",
                        schema: $crate::http::routes::schema_of::<$body>,
                    }))?
                    $(, Some($crate::http::routes::BodySpec {
                        media_type: "application/x-www-form-urlencoded",
                        schema: $crate::http::routes::schema_of::<$form>,
                    }))?
                    $(, Some($crate::http::routes::BodySpec {
                        media_type: "application/x-ndjson",
                        schema: $crate::http::routes::schema_of::<$lines>,
                    }))?),
                ok: $ok,
                answer: $crate::http::routes::routes!(@last None
                    $(, Some($crate::http::routes::schema_of::<$answer>))?),
                page: $crate::http::routes::routes!(@last None $(, Some($page))?),
                errors: &[$($error),*],
                route: || $crate::http::routes::route(::actix_web::http::Method::$method).to($handler),
            }
        ),+];

        /// Registers every call of this door.
        pub fn configure(cfg: &mut ::actix_web::web::ServiceConfig) {
            $crate::http::routes::register(cfg, ROUTES);
        }
    };
    (@in body) => { true };
    (@by operator) => { true };
    (@last $only:expr) => { $only };
    (@last $first:expr, $($rest:expr),+) => { $crate::http::routes::routes!(@last $($rest),+) };
}
pub(crate) use routes;

/// An empty route for a method; `GET` answers `HEAD` too (RFC 9110 § 9.3.2).
#[must_use]
pub fn route(method: Method) -> Route {
    if method == Method::GET {
        web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        web::route().method(method)
    }
}

/// Whether the calls of a path know their query parameters and no others: in
/// the management API, where a misspelt tenant would mean the whole
/// application. The resets' own calls say everything in the body, and WorkOS
/// SDKs may send what they like.
fn is_strict(path: &str) -> bool {
    path.strip_prefix("/api/v1/").is_some_and(|call| !call.starts_with("password-reset/"))
}

/// One resource per path, so that a wrong method is 405 with `Allow`.
pub fn register(cfg: &mut web::ServiceConfig, routes: &[RouteSpec]) {
    for (at, first) in routes.iter().enumerate() {
        let (before, from_here) = routes.split_at(at);
        if before.iter().any(|earlier| earlier.path == first.path) {
            continue;
        }
        let mut resource = web::resource(first.path);
        let (mut allow, mut known) = (Vec::new(), KnownParameters::default());
        for spec in from_here.iter().filter(|spec| spec.path == first.path) {
            resource = resource.route((spec.route)());
            allow.push(spec.method.clone());
            known.add(spec.method.clone(), spec.parameters());
            if spec.method == Method::GET {
                allow.push(Method::HEAD);
            }
        }
        if is_strict(first.path) {
            resource = resource.app_data(known);
        }
        let refuse = move || std::future::ready(Err::<HttpResponse, _>(Problem::method_not_allowed(allow.clone())));
        cfg.service(resource.default_service(web::to(refuse)));
    }
}

/// Notes the schema of `T` and what it refers to. Objects and unions get a
/// name of their own; lists and plain values are written in place.
pub fn schema_of<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    T::schemas(schemas);
    let schema = T::schema();
    let named = match &schema {
        RefOr::T(Schema::Object(object)) => !object.properties.is_empty(),
        RefOr::T(Schema::OneOf(_) | Schema::AllOf(_) | Schema::AnyOf(_)) => true,
        RefOr::T(_) | RefOr::Ref(_) => false,
    };
    if !named {
        return schema;
    }
    let name = T::name().into_owned();
    let reference = Ref::from_schema_name(&name);
    schemas.push((name, schema));
    RefOr::Ref(reference)
}
