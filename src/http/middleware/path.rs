//! Some SDKs join the origin and the path with one slash too many.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

use crate::http::problem::Dialect;

/// Merges doubled slashes, in the WorkOS dialect only: elsewhere a path has
/// one spelling.
pub(super) fn make_plain(request: &mut ServiceRequest) {
    let path = request.match_info().as_str();
    if !path.contains("//") || Dialect::of(path) != Dialect::WorkOs {
        return;
    }
    if let Some(uri) = merged(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

fn merged(uri: &Uri) -> Option<Uri> {
    let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let mut text = format!("/{}", segments.join("/"));
    if let Some(query) = uri.query() {
        text.push('?');
        text.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_slashes_merge_and_the_query_stays() {
        let merged = |text: &str| merged(&text.parse().unwrap()).unwrap().to_string();
        assert_eq!(merged("//user_management//users?a=b//c"), "/user_management/users?a=b//c");
        assert_eq!(merged("/user_management/users"), "/user_management/users");
    }
}
