//! Lists: bounded pages between cursors that are ids.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::checks::Checks;

/// Entries of a page when nothing is said.
const DEFAULT: u64 = 10;
/// Entries of a page at most.
const MOST: u64 = 100;

/// How a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(super) struct PageQuery {
    /// Entries at most, 1 – 100; 10 when absent.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    pub limit: Option<String>,
    /// `desc` (also `normal`, and when absent): newest first; `asc`: oldest first.
    pub order: Option<String>,
    /// Only what comes before this id.
    pub before: Option<String>,
    /// Only what comes after this id.
    pub after: Option<String>,
}

/// Which part of a list.
#[derive(Debug)]
pub(super) struct Paging<Id> {
    /// Entries at most.
    pub limit: u64,
    /// Newest first.
    pub descending: bool,
    /// Only what comes before this one.
    pub before: Option<Id>,
    /// Only what comes after this one.
    pub after: Option<Id>,
}

/// Entries of a list, and the cursors to its neighbours.
#[derive(Debug)]
pub(super) struct Page<T> {
    entries: Vec<T>,
    before: Option<String>,
    after: Option<String>,
}

impl<Id: FromStr + Ord + Copy + ToString> Paging<Id> {
    /// Reads a query. An empty parameter is an absent one.
    pub fn read(query: &PageQuery, checks: &mut Checks) -> Self {
        let there = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut cursor = |field: &str, text: Option<String>| {
            let parsed = text.map(|text| text.parse::<Id>());
            if matches!(parsed, Some(Err(_))) {
                checks.refuse(field, "invalid_cursor");
            }
            parsed.and_then(Result::ok)
        };
        let (before, after) = (cursor("before", there(&query.before)), cursor("after", there(&query.after)));
        if before.is_some() && after.is_some() {
            checks.refuse("before", "exactly_one_cursor");
        }
        let limit = there(&query.limit).map_or(Some(DEFAULT), |text| text.parse().ok());
        let limit = limit.filter(|limit| (1..=MOST).contains(limit));
        if limit.is_none() {
            checks.refuse("limit", "out_of_range");
        }
        let descending = match there(&query.order).as_deref() {
            None | Some("desc" | "normal") => true,
            Some("asc") => false,
            Some(_) => {
                checks.refuse("order", "invalid_value");
                true
            }
        };
        Self { limit: limit.unwrap_or(DEFAULT), descending, before, after }
    }

    /// How many entries to fetch: one more than is shown, to know whether
    /// there are more.
    pub const fn fetch(&self) -> u64 {
        self.limit + 1
    }

    /// The entries to fetch out of a whole list, which may be in any order.
    pub fn select<T>(&self, mut all: Vec<T>, id: impl Fn(&T) -> Id) -> Vec<T> {
        all.sort_by_key(|entry| id(entry));
        if self.descending {
            all.reverse();
        }
        // In list order, a greater id comes earlier when descending.
        let is_after = |entry: &T, cursor: Id| (id(entry) < cursor) == self.descending && id(entry) != cursor;
        let is_before = |entry: &T, cursor: Id| (id(entry) > cursor) == self.descending && id(entry) != cursor;
        all.retain(|entry| {
            self.after.is_none_or(|cursor| is_after(entry, cursor))
                && self.before.is_none_or(|cursor| is_before(entry, cursor))
        });
        let fetch = usize::try_from(self.fetch()).unwrap_or(usize::MAX);
        if self.before.is_some() {
            all.drain(..all.len().saturating_sub(fetch));
        }
        all.truncate(fetch);
        all
    }

    /// Makes a page of up to [`Self::fetch`] entries in list order.
    pub fn page<T>(&self, mut entries: Vec<T>, id: impl Fn(&T) -> Id) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let backwards = self.before.is_some();
        let more = entries.len() > limit;
        if more && backwards {
            entries.drain(..entries.len() - limit);
        }
        entries.truncate(limit);
        let first = entries.first().map(|entry| id(entry).to_string());
        let last = entries.last().map(|entry| id(entry).to_string());
        let came_from_before = self.after.is_some();
        Page {
            before: first.filter(|_| if backwards { more } else { came_from_before }),
            after: last.filter(|_| backwards || more),
            entries,
        }
    }
}

impl<T> Page<T> {
    /// The list object.
    pub fn to_object(&self, entry: impl Fn(&T) -> Value) -> Value {
        json!({
            "object": "list",
            "data": self.entries.iter().map(entry).collect::<Vec<_>>(),
            "list_metadata": { "before": self.before, "after": self.after },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: &str, order: &str, before: &str, after: &str) -> PageQuery {
        let text = |text: &str| Some(text.to_owned());
        PageQuery { limit: text(limit), order: text(order), before: text(before), after: text(after) }
    }

    fn list(query: &PageQuery, length: u32) -> Value {
        let mut checks = Checks::default();
        let paging = Paging::<u32>::read(query, &mut checks);
        checks.finish(Some(())).unwrap();
        let fetched = paging.select((1..=length).collect(), |n| *n);
        paging.page(fetched, |n| *n).to_object(|n| json!(n))
    }

    fn shape(list: &Value) -> String {
        format!("{} {} {}", list["data"], list["list_metadata"]["before"], list["list_metadata"]["after"])
    }

    #[test]
    fn a_list_can_be_walked_in_both_directions() {
        for (asked, expected) in [
            (query("2", "", "", ""), r#"[5,4] null "4""#),
            (query("2", "desc", "", "4"), r#"[3,2] "3" "2""#),
            (query("2", "normal", "", "2"), r#"[1] "1" null"#),
            (query("2", "desc", "1", ""), r#"[3,2] "3" "2""#),
            (query("2", "desc", "3", ""), r#"[5,4] null "4""#),
            (query("2", "asc", "", ""), r#"[1,2] null "2""#),
            (query("2", "asc", "", "4"), r#"[5] "5" null"#),
            (query("2", "asc", "5", ""), r#"[3,4] "3" "4""#),
            (query("5", "", "", ""), "[5,4,3,2,1] null null"),
            (query("5", "", "", "1"), "[] null null"),
        ] {
            assert_eq!(shape(&list(&asked, 5)), expected, "{asked:?}");
        }
        assert_eq!(list(&PageQuery::default(), 12)["data"].as_array().map(Vec::len), Some(10));
        assert_eq!(list(&PageQuery::default(), 0)["object"], "list");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for refused in [
            query("0", "", "", ""),
            query("101", "", "", ""),
            query("-1", "", "", ""),
            query("1.5", "", "", ""),
            query("x", "", "", ""),
            query("", "down", "", ""),
            query("", "", "x", ""),
            query("", "", "", "%00"),
            query("", "", "1", "2"),
        ] {
            let mut checks = Checks::default();
            Paging::<u32>::read(&refused, &mut checks);
            assert!(checks.finish(Some(())).is_err(), "{refused:?}");
        }
    }
}
