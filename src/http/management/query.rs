//! The parameter `query` of lists: a simple filter.
//!
//! ```text
//! query     = term *( " and " term )
//! term      = attribute " " operator " " value
//! operator  = "eq" / "ne" / "co" / "sw"        ; equals, differs, contains, starts with
//! value     = a text in double quotes, as in JSON
//! ```
//! For example `name sw "North" and status eq "ENABLED"`. Each list has its own
//! attributes. At most ten terms; all of them must hold. Texts are compared
//! exactly.

use crate::http::problem::Violations;
use crate::store::slice::{Term, Test};

/// How many terms a query may have.
const MOST: usize = 10;

/// Reads a query; what is wrong with it is noted under the name `query`.
pub fn read<K: Copy>(text: &str, attributes: &[(&str, K)], violations: &mut Violations) -> Vec<Term<K>> {
    match terms(text, attributes) {
        Ok(terms) => terms,
        Err(code) => {
            let known: Vec<_> = attributes.iter().map(|(name, _)| *name).collect();
            violations.add_with("query", code, [("attributes", known.join(", "))]);
            Vec::new()
        }
    }
}

/// The same for lists that are sorted by something else than they are found
/// by, and whose query may be absent.
pub fn read_if_there<K: Copy>(
    text: Option<&str>,
    attributes: &[(&str, K)],
    violations: &mut Violations,
) -> Vec<Term<K>> {
    text.map(|text| read(text, attributes, violations)).unwrap_or_default()
}

fn terms<K: Copy>(text: &str, attributes: &[(&str, K)]) -> Result<Vec<Term<K>>, &'static str> {
    let (mut rest, mut terms) = (text.trim(), Vec::new());
    loop {
        let (term, after) = term(rest, attributes)?;
        terms.push(term);
        if terms.len() > MOST {
            return Err("too_long");
        }
        rest = after.trim_start();
        if rest.is_empty() {
            return Ok(terms);
        }
        rest = rest.strip_prefix("and ").ok_or("invalid_value")?.trim_start();
    }
}

fn term<'a, K: Copy>(text: &'a str, attributes: &[(&str, K)]) -> Result<(Term<K>, &'a str), &'static str> {
    let (name, rest) = text.split_once(' ').ok_or("invalid_value")?;
    let (operator, rest) = rest.trim_start().split_once(' ').ok_or("invalid_value")?;
    let (_, by) = attributes.iter().find(|(known, _)| *known == name).ok_or("unknown_attribute")?;
    let comparison = match operator {
        "eq" => Test::Equals,
        "ne" => Test::Differs,
        "co" => Test::Contains,
        "sw" => Test::StartsWith,
        _ => return Err("unknown_operator"),
    };
    let rest = rest.trim_start();
    let mut value = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
    let Some(Ok(serde_json::Value::String(text))) = value.next() else { return Err("invalid_value") };
    if text.contains('\0') {
        return Err("invalid_characters");
    }
    let after = rest.get(value.byte_offset()..).unwrap_or_default();
    if !after.is_empty() && !after.starts_with(' ') {
        return Err("invalid_value");
    }
    Ok((Term { by: *by, test: comparison, value: text }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Vec<(char, Test, String)>, &'static str> {
        let terms = terms(text, &[("name", 'n'), ("status", 's')])?;
        Ok(terms.into_iter().map(|term| (term.by, term.test, term.value)).collect())
    }

    #[test]
    fn terms_are_joined_by_and() {
        assert_eq!(told(r#"name eq "x""#), Ok(vec![('n', Test::Equals, "x".into())]));
        let both = told(r#" name sw "a and \"b\" "  and status ne "" "#);
        assert_eq!(both, Ok(vec![('n', Test::StartsWith, "a and \"b\" ".into()), ('s', Test::Differs, String::new())]));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in ["", "name", "name eq", "name eq x", "name eq 'x'", r#"name eq "x" or"#, r#"name eq "x"and"#] {
            assert_eq!(told(bad), Err("invalid_value"), "{bad}");
        }
        assert_eq!(told(r#"secret eq "x""#), Err("unknown_attribute"));
        assert_eq!(told(r#"name like "x""#), Err("unknown_operator"));
        assert_eq!(told(r#"name eq "\u0000""#), Err("invalid_characters"));
        let many = [r#"name eq "x""#; MOST + 1].join(" and ");
        assert_eq!(told(&many), Err("too_long"));
    }
}
