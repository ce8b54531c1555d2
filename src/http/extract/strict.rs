//! What JSON must be before a type looks at it: one value and nothing after
//! it, no key twice at any depth (two readers would disagree on which one
//! counts), not nested deeper than [`MAX_DEPTH`], numbers that fit.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// How many arrays and objects may enclose a value.
pub(super) const MAX_DEPTH: usize = 16;

/// Walks `text` and refuses with words for the caller that name the place,
/// never a value. Returns the keys of the outermost object.
pub(super) fn check(text: &str) -> Result<Vec<String>, String> {
    let fault = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let result = Walk { depth: 0, fault: &fault }.deserialize(&mut reader).and_then(|keys| reader.end().map(|()| keys));
    result.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        fault.into_inner().map_or_else(
            || format!("The message body is not valid JSON at {place}."),
            |fault| format!("{fault} at {place}."),
        )
    })
}

/// A name that may be repeated to the caller and to the log: short and plain.
pub(super) fn shown(name: &str) -> String {
    let plain = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if plain { format!("`{name}`") } else { "with an unusual name".to_owned() }
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    depth: usize,
    fault: &'a RefCell<Option<String>>,
}

impl Walk<'_> {
    fn refuse<E: de::Error>(self, fault: String) -> E {
        self.fault.replace(Some(fault));
        E::custom("refused")
    }

    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(format!("The message body is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E>(self, _: &str) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<String>, A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Vec<String>, A::Error> {
        let inner = self.deeper()?;
        let mut seen = HashSet::new();
        let mut keys = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(self.refuse(format!("The message body has the key {} twice", shown(&key))));
            }
            if self.depth == 0 {
                keys.push(key);
            }
            members.next_value_seed(inner)?;
        }
        Ok(keys)
    }
}

/// The field names a struct reads, as its `Deserialize` declares them; `None`
/// for types that take any key (maps, flattened structs).
pub(super) fn fields_of<'de, T: de::Deserialize<'de>>() -> Option<&'static [&'static str]> {
    let mut fields = None;
    // The probe never yields a value; what matters is what it was asked for.
    drop(T::deserialize(Probe(&mut fields)));
    fields
}

struct Probe<'a>(&'a mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("a probe holds nothing"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = Some(fields);
        Err(de::Error::custom("a probe holds nothing"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plain_value_passes_and_tells_its_outermost_keys() {
        assert_eq!(check(r#"{"a":{"b":[1,null,true,"\u0000"]},"c":-1.5}"#).unwrap(), ["a", "c"]);
    }

    #[test]
    fn a_key_is_refused_the_second_time_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#] {
            assert!(check(text).unwrap_err().contains("key `a` twice"), "{text}");
        }
    }

    #[test]
    fn bombs_rests_and_numbers_without_end_are_refused() {
        assert!(check(&"[".repeat(16_000)).unwrap_err().contains("nested deeper"));
        for text in ["1e309", "NaN", "-Infinity", "{} {}", "{", "", "\u{feff}{}", "{\"a\":1,}", "'a'"] {
            assert!(check(text).unwrap_err().contains("not valid JSON"), "{text}");
        }
    }

    #[test]
    fn a_struct_tells_its_fields_and_a_map_takes_any() {
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only its field names are read")]
        struct Body {
            a: u8,
            #[serde(rename = "newB")]
            b: Option<u8>,
        }
        assert_eq!(fields_of::<Body>(), Some(["a", "newB"].as_slice()));
        assert_eq!(fields_of::<std::collections::BTreeMap<String, u8>>(), None);
    }
}
