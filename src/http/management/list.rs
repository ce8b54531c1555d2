//! Lists: numbered pages.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::query;
use crate::http::problem::Violations;
use crate::store::slice::{Slice, Term};

/// Entries of a page when nothing is said, and at most.
const COUNT: (u64, u64) = (20, 100);

/// How a list is asked for, as it came.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ListQuery {
    /// The number of the first one, from 1.
    #[param(value_type = Option<u64>)]
    pub start_index: Option<String>,
    /// How many at most, 0 – 100; 20 when absent.
    #[param(value_type = Option<u64>)]
    pub count: Option<String>,
    /// An attribute of the items, with `:asc` or `:desc`; the newest first
    /// when absent. A wrong one is answered with those there are.
    pub sort_by: Option<String>,
    /// Only items for which this holds, for example `name sw "North" and
    /// status eq "ENABLED"`: `eq`, `ne`, `co` (contains) and `sw` (starts
    /// with) compare an attribute with a text. A wrong attribute is answered
    /// with those there are.
    pub query: Option<String>,
}

/// Which part of a list, by which attribute.
#[derive(Debug)]
pub struct Part<K> {
    /// Its place.
    pub slice: Slice,
    /// What it is sorted by.
    pub by: K,
    /// What must hold for each item.
    pub terms: Vec<Term<K>>,
    start: u64,
}

impl ListQuery {
    /// Reads it, for a list of these attributes. What it is sorted by when
    /// nothing is said is `fallback`, the newest first.
    pub fn read<K: Copy>(&self, attributes: &[(&str, K)], fallback: K, violations: &mut Violations) -> Part<K> {
        let mut number = |name: &str, text: Option<&str>, otherwise: u64, range: std::ops::RangeInclusive<u64>| {
            let read = text.map_or(Some(otherwise), |text| text.parse().ok()).filter(|number| range.contains(number));
            if read.is_none() {
                violations.add(name, "out_of_range");
            }
            read.unwrap_or(otherwise)
        };
        let start = number("start_index", self.start_index.as_deref(), 1, 1..=1_000_000_000);
        let count = number("count", self.count.as_deref(), COUNT.0, 0..=COUNT.1);
        let sort_by = self.sort_by.as_deref().map(|text| text.split_once(':').unwrap_or((text, "asc")));
        let (attribute, descending) = match sort_by {
            None => (None, true),
            Some((attribute, "asc")) => (Some(attribute), false),
            Some((attribute, "desc")) => (Some(attribute), true),
            Some(_) => (Some(""), false),
        };
        let named = attribute.map(|attribute| attributes.iter().find(|(name, _)| *name == attribute));
        if matches!(named, Some(None)) {
            let known: Vec<_> = attributes.iter().map(|(name, _)| *name).collect();
            violations.add_with("sort_by", "invalid_value", [("attributes", known.join(", "))]);
        }
        let by = named.flatten().map_or(fallback, |(_, by)| *by);
        let terms = self.query.as_deref().map(|text| query::read(text, attributes, violations));
        let slice = Slice { skip: start - 1, count, descending };
        Part { slice, by, terms: terms.unwrap_or_default(), start }
    }
}

impl<K> Part<K> {
    /// The page.
    pub fn page<T>(&self, total: u64, items: Vec<T>) -> Page<T> {
        Page { total_results: total, start_index: self.start, items_per_page: items.len(), items }
    }
}

/// A page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "named as on the wire")]
pub struct Page<T> {
    total_results: u64,
    start_index: u64,
    items_per_page: usize,
    items: Vec<T>,
}

/// Declares how a page of one kind of resource is described: a type of its
/// name, with the members that [`Page`] writes.
///
/// ```text
/// page_schema! {
///     /// Webhook endpoints.
///     EndpointPage of EndpointResource
/// }
/// ```
macro_rules! page_schema {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(::utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        #[expect(dead_code, reason = "describes what a page writes")]
        pub struct $name {
            /// How many there are altogether.
            total_results: u64,
            /// The number of the first one here.
            start_index: u64,
            /// How many are here.
            items_per_page: usize,
            /// They.
            items: Vec<$item>,
        }
    };
}
pub(super) use page_schema;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(start: &str, count: &str, sort: &str) -> Result<(u64, u64, bool, char), String> {
        let [start_index, count, sort_by] =
            [start, count, sort].map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        let query = ListQuery { start_index, count, sort_by, query: None };
        let mut violations = Violations::new();
        let part = query.read(&[("name", 'n'), ("creationTime", 'c')], 'c', &mut violations);
        let named = violations.iter().map(|(field, _)| field.to_owned()).collect::<Vec<_>>().join(" ");
        violations.into_result().map_err(|_| named)?;
        Ok((part.slice.skip, part.slice.count, part.slice.descending, part.by))
    }

    #[test]
    fn a_page_is_asked_for_by_number_and_attribute() {
        assert_eq!(read("", "", ""), Ok((0, 20, true, 'c')));
        assert_eq!(read("21", "100", "name"), Ok((20, 100, false, 'n')));
        assert_eq!(read("1", "0", "name:desc"), Ok((0, 0, true, 'n')));
        assert_eq!(read("0", "101", "nam"), Err("count sort_by start_index".into()));
        assert_eq!(read("-1", "x", "name:up"), Err("count sort_by start_index".into()));
    }
}
