//! Users as the rows of a table.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in
//! front when it is written, and loses it when it is read (OWASP, CSV
//! injection).

use serde_json::Value;

use crate::domain::secret::Secret;
use crate::workflows::import::{Candidate, FIELDS, Line, LineRefusal};

/// The columns that there may be, in the order in which they are written.
pub const COLUMNS: [&str; FIELDS.len()] = FIELDS;

/// What makes a cell a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as a cell that no spreadsheet computes.
pub fn cell(text: &str) -> String {
    let mut characters = text.chars();
    let guarded = match characters.next() {
        Some('\'') => characters.next().is_some_and(|second| second == '\'' || FORMULA.contains(&second)),
        Some(first) => FORMULA.contains(&first),
        None => false,
    };
    if guarded { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell.
fn text(cell: &str) -> &str {
    let Some(rest) = cell.strip_prefix('\'') else { return cell };
    if rest.starts_with('\'') || rest.starts_with(FORMULA) { rest } else { cell }
}

/// Whether a text that continues a record ends inside quotes.
pub fn ends_inside_quotes(text: &[u8], inside: bool) -> bool {
    text.iter().fold(inside, |inside, byte| inside ^ (*byte == b'"'))
}

/// The columns of one table.
pub struct Columns(Vec<&'static str>);

impl Columns {
    /// Reads the line of names.
    ///
    /// # Errors
    /// Which name is not known, doubled or missing.
    pub fn read(line: &[u8]) -> Result<Self, String> {
        let row = row(line).ok_or("it cannot be read as CSV")?;
        let mut columns = Vec::new();
        for name in &row {
            let name = String::from_utf8_lossy(name);
            let known = COLUMNS.into_iter().find(|known| *known == name.trim());
            let known = known.ok_or_else(|| {
                format!("there is no column {:?}; the columns are {}", name.trim(), COLUMNS.join(", "))
            })?;
            if columns.contains(&known) {
                return Err(format!("the column {known} is there twice"));
            }
            columns.push(known);
        }
        if columns.contains(&"email") { Ok(Self(columns)) } else { Err("the column email is missing".to_owned()) }
    }

    /// Reads a row. An empty cell says nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn candidate(&self, line: &[u8]) -> Result<Candidate, LineRefusal> {
        let row = row(line).ok_or_else(|| LineRefusal::line("invalid_csv"))?;
        if row.len() != self.0.len() {
            return Err(LineRefusal::line("wrong_number_of_columns"));
        }
        let mut user = Line::default();
        for (column, bytes) in self.0.iter().zip(row.iter()) {
            let cell = std::str::from_utf8(bytes).map_err(|_| LineRefusal::line("invalid_utf8"))?;
            if !cell.is_empty() {
                set(&mut user, column, text(cell))?;
            }
        }
        user.check()
    }
}

fn row(line: &[u8]) -> Option<csv::ByteRecord> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(line.len().max(64))
        .from_reader(line);
    reader.into_byte_records().next()?.ok()
}

fn set(user: &mut Line, column: &'static str, text: &str) -> Result<(), LineRefusal> {
    let some = || Some(text.to_owned());
    match column {
        "tenantId" => user.tenant_id = some(),
        "email" => user.email = some(),
        "emailVerified" => user.email_verified = Some(switch(column, text)?),
        "firstName" => user.first_name = Some(some()),
        "lastName" => user.last_name = Some(some()),
        "locale" => user.locale = Some(some()),
        "externalId" => user.external_id = Some(some()),
        "attributes" => {
            let parsed: Result<Value, _> = serde_json::from_str(text);
            let Ok(Value::Object(object)) = parsed else { return Err(LineRefusal::field(column, "invalid_json")) };
            user.metadata = Some(object);
        }
        "disabled" => user.disabled = Some(switch(column, text)?),
        "protected" => user.protected = Some(switch(column, text)?),
        "passwordHash" => user.password_hash = Some(Secret::new(text)),
        "passwordHashType" => user.password_hash_type = some(),
        _ => user.password_salt_position = some(),
    }
    Ok(())
}

fn switch(column: &'static str, text: &str) -> Result<bool, LineRefusal> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(LineRefusal::field(column, "invalid_value")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(names: &str, row: &str) -> String {
        match Columns::read(names.as_bytes()).unwrap().candidate(row.as_bytes()) {
            Ok(user) => format!("{} {:?} {:?}", user.email.original(), user.change.first_name, user.change.disabled),
            Err(refusal) => format!("{} {}", refusal.field.as_deref().unwrap_or("-"), refusal.code),
        }
    }

    #[test]
    fn a_row_is_a_user_or_a_reason() {
        let names = "email,firstName,disabled";
        assert_eq!(
            told(names, "a@b.test,\"Ann, \"\"Lee\"\"\",TRUE"),
            "a@b.test Some(Some(\"Ann, \\\"Lee\\\"\")) Some(true)"
        );
        assert_eq!(told(names, "a@b.test,,"), "a@b.test None None");
        assert_eq!(told(names, "'+ann@b.test,'=1,0"), "+ann@b.test Some(Some(\"=1\")) Some(false)");
        assert_eq!(told(names, "a@b.test,x"), "- wrong_number_of_columns");
        assert_eq!(told(names, "a@b.test,x,maybe"), "disabled invalid_value");
        assert_eq!(told("email,attributes", "a@b.test,[]"), "attributes invalid_json");
        assert_eq!(told(names, ",Ann,"), "email required");
    }

    #[test]
    fn a_table_with_other_columns_is_refused_before_it_begins() {
        for (names, words) in [
            ("email,password", "there is no column \"password\""),
            ("email,email", "twice"),
            ("firstName", "email is missing"),
        ] {
            let refused = Columns::read(names.as_bytes()).err().unwrap();
            assert!(refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(cell(formula).starts_with('\''), "{formula}");
        }
        assert_eq!((cell("Ann"), cell("'Tis"), cell("'=x")), ("Ann".into(), "'Tis".into(), "''=x".into()));
    }

    proptest! {
        #[test]
        fn every_text_reads_back(wanted in "['=+@\t\r-]{0,3}\\PC{0,10}") {
            let written = cell(&wanted);
            prop_assert_eq!(text(&written), wanted.as_str());
            prop_assert!(!written.starts_with(FORMULA));
        }
    }
}
