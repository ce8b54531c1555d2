//! A query as the pairs that it holds, for filters that may come more than
//! once: `a=1&a=2`, `a[]=1` and `a[0]=1` are all one filter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::form;
use crate::http::problem::Problem;

/// The parameters of a query, in their order.
#[derive(Debug, Clone, Default)]
pub struct Pairs(pub Vec<(String, String)>);

impl FromRequest for Pairs {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(form::pairs(request.query_string().as_bytes(), "query").map(Self))
    }
}

impl Pairs {
    /// Takes out a parameter that may come once.
    ///
    /// # Errors
    /// When it came twice: two readers would disagree on which one counts.
    pub fn once(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut found = self.named(name);
        let first = found.pop();
        if found.is_empty() { Ok(first) } else { Err(form::twice("query", name)) }
    }

    /// Takes out every parameter of exactly this name.
    pub fn named(&mut self, name: &str) -> Vec<String> {
        let (found, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0).into_iter().partition(|(key, _)| key == name);
        self.0 = rest;
        found.into_iter().map(|(_, value)| value).collect()
    }

    /// Takes out a parameter that may come several times, in any spelling of
    /// a list.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        let is_one = |key: &str| {
            let index =
                key.strip_prefix(name).map(|rest| rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')));
            key == name || matches!(index, Some(Some(index)) if index.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let (found, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0).into_iter().partition(|(key, _)| is_one(key));
        self.0 = rest;
        found.into_iter().map(|(_, value)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &str) -> Pairs {
        Pairs(form::pairs(query.as_bytes(), "query").unwrap())
    }

    #[test]
    fn a_list_may_be_spelled_in_several_ways() {
        for query in ["a=1&a=2", "a[]=1&a[]=2", "a[0]=1&a[1]=2", "a%5B%5D=1&a=2"] {
            assert_eq!(pairs(query).all("a"), ["1", "2"], "{query}");
        }
        assert!(pairs("ab=1&a[x]=1&a]=1&a[=1").all("a").is_empty());
    }

    #[test]
    fn what_may_come_once_is_refused_the_second_time() {
        assert_eq!(pairs("a=1&b=2").once("b").unwrap().as_deref(), Some("2"));
        assert_eq!(pairs("a=1").once("b").unwrap(), None);
        assert!(pairs("a=1&a=1").once("a").is_err());
    }
}
