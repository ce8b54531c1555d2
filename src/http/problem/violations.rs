//! Values that break a rule, by field.

use std::collections::BTreeMap;

use serde::Serialize;

/// One broken rule of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// For example `too_short`.
    pub code: &'static str,
    /// The rule's numbers and names; always strings.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub constraint_attributes: BTreeMap<&'static str, String>,
}

/// Field name as the body writes it (camelCase) → what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Violations(BTreeMap<String, Vec<Violation>>);

impl Violations {
    /// Nothing wrong yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// One broken rule.
    #[must_use]
    pub fn one(field: &str, code: &'static str) -> Self {
        let mut violations = Self::new();
        violations.add(field, code);
        violations
    }

    /// Notes a broken rule.
    pub fn add(&mut self, field: &str, code: &'static str) {
        self.add_with(field, code, []);
    }

    /// Notes a broken rule with its attributes.
    pub fn add_with<const N: usize>(
        &mut self,
        field: &str,
        code: &'static str,
        attributes: [(&'static str, String); N],
    ) {
        let violation = Violation { code, constraint_attributes: attributes.into() };
        self.0.entry(field.to_owned()).or_default().push(violation);
    }

    /// Notes a broken rule with attributes that are known only at run time.
    pub fn add_all(
        &mut self,
        field: &str,
        code: &'static str,
        attributes: impl IntoIterator<Item = (&'static str, String)>,
    ) {
        let violation = Violation { code, constraint_attributes: attributes.into_iter().collect() };
        self.0.entry(field.to_owned()).or_default().push(violation);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing is wrong.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Every field with each of its violations.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Violation)> {
        self.0.iter().flat_map(|(field, list)| list.iter().map(move |violation| (field.as_str(), violation)))
    }
}
