//! The route table: one declaration per call, from which registration, the
//! OpenAPI document and the tests are made.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, guard, web};
use utoipa::ToSchema;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};

use super::problem::Problem;

/// Named schemas collected along the way.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// Writes a type's schemas down and returns how to refer to it.
pub type SchemaOf = fn(&mut Schemas) -> RefOr<Schema>;

/// What a call takes in its body.
#[derive(Debug, Clone, Copy)]
pub struct BodySpec {
    /// `application/json` or `application/x-www-form-urlencoded`.
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
    /// Query parameters.
    pub query: Option<fn() -> Vec<Parameter>>,
    /// The request body.
    pub body: Option<BodySpec>,
    /// The status of success.
    pub ok: u16,
    /// The body of success.
    pub answer: Option<SchemaOf>,
    /// The statuses of failure.
    pub errors: &'static [u16],
    /// Makes the route.
    pub route: fn() -> Route,
}

/// Declares calls.
///
/// ```text
/// routes! {
///     POST "/api/v1/things/{id}" => create::handle, tag "Things", summary "Makes a thing",
///         permission "thing:write", query ThingQuery, body NewThing, ok 201 Thing, errors [400, 401];
/// }
/// ```
/// `permission`, `query`, `body` (or `form`) and the type after `ok` may be
/// left out, the order is fixed. Expands to `ROUTES` and `configure`. Among
/// paths that overlap, the first declared wins.
macro_rules! routes {
    ($(
        $method:ident $path:literal => $handler:expr, tag $tag:literal, summary $summary:literal
        $(, permission $permission:literal)? $(, query $query:ty)? $(, body $body:ty)? $(, form $form:ty)?
        , ok $ok:literal $($answer:ty)? , errors [$($error:literal),* $(,)?]
    );+ $(;)?) => {
        /// Every call of this door.
        pub const ROUTES: &[$crate::http::routes::RouteSpec] = &[$(
            $crate::http::routes::RouteSpec {
                method: ::actix_web::http::Method::$method,
                path: $path,
                tag: $tag,
                summary: $summary,
                permission: $crate::http::routes::routes!(@last None $(, Some($permission))?),
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
                    }))?),
                ok: $ok,
                answer: $crate::http::routes::routes!(@last None
                    $(, Some($crate::http::routes::schema_of::<$answer>))?),
                errors: &[$($error),*],
                route: || $crate::http::routes::route(::actix_web::http::Method::$method).to($handler),
            }
        ),+];

        /// Registers every call of this door.
        pub fn configure(cfg: &mut ::actix_web::web::ServiceConfig) {
            $crate::http::routes::register(cfg, ROUTES);
        }
    };
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

/// One resource per path, so that a wrong method is 405 with `Allow`.
pub fn register(cfg: &mut web::ServiceConfig, routes: &[RouteSpec]) {
    for (at, first) in routes.iter().enumerate() {
        let (before, from_here) = routes.split_at(at);
        if before.iter().any(|earlier| earlier.path == first.path) {
            continue;
        }
        let mut resource = web::resource(first.path);
        let mut allow = Vec::new();
        for spec in from_here.iter().filter(|spec| spec.path == first.path) {
            resource = resource.route((spec.route)());
            allow.push(spec.method.clone());
            if spec.method == Method::GET {
                allow.push(Method::HEAD);
            }
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
