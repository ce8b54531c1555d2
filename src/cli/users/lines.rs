//! A file, record by record, in bounded memory: each with its line number and
//! the place behind it, so that reading can go on there.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek, SeekFrom};
use std::path::Path;

use crate::cli::CliError;
use crate::workflows::import::{Candidate, LONGEST_LINE, LineRefusal};

use super::Format;
use super::csv::{Columns, ends_inside_quotes};

/// One record.
pub struct Record {
    /// The number of its first line, from 1.
    pub line: u64,
    /// What it says, or what is wrong with it.
    pub read: Result<Candidate, LineRefusal>,
    /// Its text as it stands in the file, for whoever mends it.
    pub text: Vec<u8>,
}

/// The records of a file.
pub struct Records {
    file: BufReader<File>,
    /// The names of the columns, in a table.
    columns: Option<Columns>,
    /// Where the next line begins.
    offset: u64,
    /// The number of the line before it.
    line: u64,
}

impl Records {
    /// Opens a file, and reads the names of its columns if it is a table.
    pub fn open(path: &Path, format: Format) -> Result<Self, CliError> {
        let wrong = |error: io::Error| CliError::new(format!("{}: {error}", path.display()));
        let file = BufReader::with_capacity(256 * 1024, File::open(path).map_err(wrong)?);
        let mut records = Self { file, columns: None, offset: 0, line: 0 };
        if format == Format::Csv {
            let names = records.next_line().map_err(wrong)?;
            let (names, whole) = names.ok_or_else(|| CliError::new(format!("{}: is empty", path.display())))?;
            let columns = if whole { Columns::read(&names) } else { Err("the first line is too long".to_owned()) };
            let columns = columns.map_err(|error| CliError::new(format!("{}: line 1: {error}", path.display())))?;
            records.columns = Some(columns);
        }
        Ok(records)
    }

    /// Where the next record begins, and the number of the line before it.
    pub const fn place(&self) -> (u64, u64) {
        (self.offset, self.line)
    }

    /// Goes on from a place.
    pub fn go_on(&mut self, (offset, line): (u64, u64)) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        (self.offset, self.line) = (offset, line);
        Ok(())
    }

    /// The next record that is not blank.
    pub fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            let number = self.line + 1;
            let Some((mut text, whole)) = self.next_line()? else { return Ok(None) };
            if whole && text.trim_ascii().is_empty() {
                continue;
            }
            let read = if !whole {
                Err(LineRefusal::line("line_too_long"))
            } else if let Some(columns) = self.columns.take() {
                let after = self.place();
                let complete = self.complete(&mut text)?;
                let read = if complete { columns.candidate(&text) } else { Err(LineRefusal::line("unclosed_quote")) };
                if !complete {
                    // Only the line that opened the quote is lost, not what follows it.
                    self.go_on(after)?;
                    text.truncate(text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len()));
                }
                self.columns = Some(columns);
                read
            } else {
                Candidate::from_json(text.trim_ascii())
            };
            return Ok(Some(Record { line: number, read, text }));
        }
    }

    /// Adds the lines that belong to a record whose quoted text goes on. Says
    /// whether it ended before it was too long.
    fn complete(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        let mut inside = ends_inside_quotes(text, false);
        while inside {
            match self.next_line()? {
                Some((more, true)) if text.len() + more.len() < LONGEST_LINE => {
                    text.push(b'\n');
                    inside = ends_inside_quotes(&more, inside);
                    text.extend(more);
                }
                Some(_) | None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The next line without its end; of one that is too long, the beginning.
    fn next_line(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut text = Vec::new();
        let most = LONGEST_LINE as u64 + 1;
        let mut read = (&mut self.file).take(most).read_until(b'\n', &mut text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let whole = text.ends_with(b"\n") || read < most;
        if !whole {
            read += self.skip_line()?;
            text.truncate(1000);
        }
        if text.last() == Some(&b'\n') {
            text.pop();
        }
        if text.last() == Some(&b'\r') {
            text.pop();
        }
        // The mark that some programs write before UTF-8 is no part of the text.
        if self.offset == 0 && text.starts_with(b"\xef\xbb\xbf") {
            text.drain(..3);
        }
        self.offset += read;
        self.line += 1;
        Ok(Some((text, whole)))
    }

    /// Leaves out the rest of a line, however long it is.
    fn skip_line(&mut self) -> io::Result<u64> {
        let mut skipped = 0_u64;
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Ok(skipped);
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |at| at + 1);
            self.file.consume(used);
            skipped += used as u64;
            if end.is_some() {
                return Ok(skipped);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &[u8]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let mut records = Records::open(&path, Format::of(None, Some(&path))).unwrap();
        let mut told = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let what = match record.read {
                Ok(read) => read.email.canonical().to_owned(),
                Err(refusal) => refusal.code.to_owned(),
            };
            told.push(format!("{} {what}", record.line));
        }
        assert_eq!(records.place().0, text.len() as u64);
        told
    }

    #[test]
    fn a_wrong_line_is_named_and_the_rest_goes_on() {
        let long = "x".repeat(3 * LONGEST_LINE);
        let text = [
            b"\xef\xbb\xbf{\"email\":\"a@b.test\"}\r\n\n{\"email\":\"\xff\"}\n".as_slice(),
            format!("{{\"email\":\"{long}\"}}\n").as_bytes(),
            b"nonsense\n{\"email\":\"c@d.test\"}",
        ]
        .concat();
        assert_eq!(
            told("u.ndjson", &text),
            ["1 a@b.test", "3 invalid_utf8", "4 line_too_long", "5 invalid_json", "6 c@d.test"]
        );
    }

    #[test]
    fn an_unclosed_quote_costs_one_line_only() {
        let text = b"email,firstName\na@b.test,\"Ann\nMarie\"\nc@d.test,\"open\ne@f.test,Eve\n\xff,x\n";
        assert_eq!(told("u.csv", text), ["2 invalid_characters", "4 unclosed_quote", "5 e@f.test", "6 invalid_utf8"]);
    }

    #[test]
    fn reading_goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("u.csv");
        std::fs::write(&path, "email\na@b.test\nc@d.test\ne@f.test\n").unwrap();
        let mut first = Records::open(&path, Format::Csv).unwrap();
        first.next().unwrap();
        let place = first.place();
        let mut second = Records::open(&path, Format::Csv).unwrap();
        second.go_on(place).unwrap();
        let record = second.next().unwrap().unwrap();
        assert_eq!((record.line, record.read.unwrap().email.canonical()), (3, "c@d.test"));
    }
}
