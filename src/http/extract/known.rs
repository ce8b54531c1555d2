//! Query parameters that a path knows. One with a typing error in its name
//! would otherwise be left out silently, and the call mean more than was meant.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::{form, strict};
use crate::http::problem::Problem;

/// The parameters that each method of a path takes; all others are refused
/// there, as soon as the caller is known.
#[derive(Debug, Clone, Default)]
pub struct KnownParameters(Vec<(Method, Vec<String>)>);

impl KnownParameters {
    /// Adds those of a method.
    pub fn add(&mut self, method: Method, names: Vec<String>) {
        self.0.push((method, names));
    }

    /// Whether a method takes a parameter; `HEAD` takes those of `GET`.
    fn has(&self, method: &Method, name: &str) -> bool {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.0.iter().any(|(own, names)| own == method && names.iter().any(|known| known == name))
    }
}

/// Refuses parameters that the path of a request does not know, if it says
/// which it knows.
pub(super) fn check(request: &HttpRequest) -> Result<(), Problem> {
    let query = request.query_string();
    let Some(known) = request.app_data::<KnownParameters>().filter(|_| !query.is_empty()) else { return Ok(()) };
    let pairs = form::pairs(query.as_bytes(), "query")?;
    match pairs.iter().find(|(name, _)| !known.has(request.method(), name)) {
        None => Ok(()),
        Some((name, _)) => {
            let name = strict::shown(name);
            Err(Problem::invalid_request(format!("The query has an unknown parameter {name}.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_knows_its_own_parameters() {
        let mut known = KnownParameters::default();
        known.add(Method::GET, vec!["count".into()]);
        known.add(Method::DELETE, vec!["tenantId".into()]);
        for (method, name, fine) in [
            (Method::GET, "count", true),
            (Method::HEAD, "count", true),
            (Method::DELETE, "tenantId", true),
            (Method::DELETE, "tenantid", false),
            (Method::DELETE, "count", false),
            (Method::PATCH, "count", false),
        ] {
            assert_eq!(known.has(&method, name), fine, "{method} {name}");
        }
    }
}
