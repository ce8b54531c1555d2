//! Which language an answer speaks follows from the path alone, so that a
//! route that does not exist answers like its neighbours. Only where it has no
//! neighbours but pages, the caller is looked at: a program gets JSON.

use actix_web::{HttpMessage, HttpRequest};

/// A way of writing errors (and of reading bodies).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// camelCase, `base_error` and `constraint_violations_error`.
    Workflow,
    /// WorkOS-compatible `snake_case`.
    WorkOs,
    /// RFC 6749.
    OAuth,
    /// HTML for people.
    Page,
    /// HTML for the people of the console, who are shown the way back to it.
    Console,
}

impl Dialect {
    /// The dialect of a path; doubled slashes count as one.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        match segments.next() {
            Some("user_management" | "sso" | "events" | "webhook_endpoints") => Self::WorkOs,
            Some("api") if segments.eq(["v1", "oauth2", "token"]) => Self::OAuth,
            Some("api") => Self::Workflow,
            Some("console") => Self::Console,
            _ => Self::Page,
        }
    }

    /// The dialect of a request: as the middleware found it, or by its path
    /// as the router reads it (percent-decoded).
    #[must_use]
    pub fn of_request(request: &HttpRequest) -> Self {
        let noted = request.extensions().get::<Self>().copied();
        noted.unwrap_or_else(|| Self::of(request.match_info().as_str()))
    }

    /// The dialect in which to say that no route has a path of this one.
    #[must_use]
    pub const fn where_nothing_is(self, to_program: bool) -> Self {
        if !self.is_json() && to_program { Self::WorkOs } else { self }
    }

    /// Whether answers are JSON.
    #[must_use]
    pub const fn is_json(self) -> bool {
        !matches!(self, Self::Page | Self::Console)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialect_follows_from_the_path() {
        assert_eq!(Dialect::of("/user_management/users"), Dialect::WorkOs);
        assert_eq!(Dialect::of("//user_management//x"), Dialect::WorkOs);
        assert_eq!(Dialect::of("/events"), Dialect::WorkOs);
        assert_eq!(Dialect::of("/eventsX"), Dialect::Page);
        assert_eq!(Dialect::of("/api/v1/oauth2/token"), Dialect::OAuth);
        assert_eq!(Dialect::of("/api/v1/oauth2/jwks"), Dialect::Workflow);
        assert_eq!(Dialect::of("/api/nothing"), Dialect::Workflow);
        assert_eq!(Dialect::of("/"), Dialect::Page);
        assert_eq!(Dialect::of("/console/nowhere"), Dialect::Console);
    }
}
