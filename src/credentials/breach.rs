//! Passwords known from data breaches, by their SHA-1: in a sorted file of the
//! operator's, or at an endpoint that is told the first five digits and answers
//! every hash that begins with them (k-anonymity), so that it never learns
//! which one was meant.
//!
//! SHA-1 is what such lists are made of; nothing is kept or protected by it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use crate::domain::secret::{Secret, hex};

/// How many digits of a hash the endpoint is told.
const TOLD: usize = 5;
/// Digits of a line of the file at least: with fewer, innocent passwords
/// would be taken for breached ones.
const SHORTEST: usize = 10;
/// The longest line of the file, in bytes.
const LINE: u64 = 256;

/// The SHA-1 of a password, in upper-case hexadecimal.
pub struct Fingerprint(Zeroizing<String>);

impl Fingerprint {
    /// Of a password, normalised by its policy.
    #[must_use]
    pub fn of(password: &Secret) -> Self {
        let digest = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password.expose().as_bytes())));
        let mut text = Zeroizing::new(hex(&*digest));
        text.make_ascii_uppercase();
        Self(text)
    }

    /// What the endpoint is told.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.get(..TOLD).unwrap_or_default()
    }

    /// Whether an answer of the endpoint names it: lines of the other digits,
    /// a colon and how often it was seen. Padding says never.
    #[must_use]
    pub fn is_in(&self, answer: &str) -> bool {
        let rest = self.0.get(TOLD..).unwrap_or_default();
        answer.lines().filter_map(|line| line.trim().split_once(':')).any(|(digits, seen)| {
            digits.eq_ignore_ascii_case(rest) && seen.trim().parse::<u64>().is_ok_and(|seen| seen > 0)
        })
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint(…)")
    }
}

/// A sorted file of hashes, or of their beginnings.
#[derive(Debug, Clone)]
pub struct BreachFile(PathBuf);

impl BreachFile {
    /// Looks at a file's first line.
    ///
    /// # Errors
    /// When it cannot be read, or does not begin with a hash.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        line_at(&mut file, 0)?;
        Ok(Self(path.to_owned()))
    }

    /// Whether a password is in it: some thirty reads, however long it is.
    /// Blocks while it reads.
    ///
    /// # Errors
    /// When it cannot be read, or a line of it is none.
    pub fn holds(&self, password: &Fingerprint) -> io::Result<bool> {
        let mut file = BufReader::with_capacity(512, File::open(&self.0)?);
        let (mut low, mut high) = (0, file.seek(SeekFrom::End(0))?);
        // The line that is meant begins at `low` or later and before `high`.
        while low < high {
            let middle = low + (high - low) / 2;
            let start = line_start(&mut file, middle, low)?;
            let Some((digits, next)) = line_at(&mut file, start)? else {
                high = start;
                continue;
            };
            let same = password.0.get(..digits.len()).unwrap_or_default();
            match same.cmp(digits.as_str()) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => high = start,
                std::cmp::Ordering::Greater => low = next,
            }
        }
        Ok(false)
    }
}

/// Where the line begins that a place lies in; `low` begins one.
fn line_start(file: &mut BufReader<File>, place: u64, low: u64) -> io::Result<u64> {
    let from = place.saturating_sub(LINE).max(low);
    file.seek(SeekFrom::Start(from))?;
    let mut start = from;
    let mut at = from;
    let mut line = Vec::new();
    while at <= place {
        start = at;
        line.clear();
        let read = io::Read::take(&mut *file, LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        at += read as u64;
    }
    // The first one may be the tail of a line that began before: then nothing of it is judged.
    if start == from && from > low { Err(damaged("a line is too long")) } else { Ok(start) }
}

/// The digits of the line that begins at a place, in upper case, and where the
/// next one begins. `None` at the end.
fn line_at(file: &mut BufReader<File>, start: u64) -> io::Result<Option<(String, u64)>> {
    file.seek(SeekFrom::Start(start))?;
    let mut line = Vec::new();
    let read = io::Read::take(&mut *file, LINE).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    let digits: Vec<u8> = line.iter().copied().take_while(u8::is_ascii_hexdigit).collect();
    let ends = line.get(digits.len()).is_none_or(|byte| matches!(byte, b':' | b'\r' | b'\n'));
    if !ends || !(SHORTEST..=40).contains(&digits.len()) || read as u64 == LINE {
        return Err(damaged("a line does not begin with 10 to 40 hexadecimal digits"));
    }
    let text = String::from_utf8_lossy(&digits).to_ascii_uppercase();
    Ok(Some((text, start + read as u64)))
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(lines: &[String]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("breaches.txt");
        std::fs::write(&path, lines.concat()).unwrap();
        (folder, path)
    }

    fn print(password: &str) -> Fingerprint {
        Fingerprint::of(&Secret::new(password))
    }

    #[test]
    fn an_answer_names_what_is_breached_and_padding_does_not() {
        // SHA-1 of "password" is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
        let known = print("password");
        assert_eq!(known.prefix(), "5BAA6");
        assert!(
            known.is_in("003D68EB55068C33ACE09247EE4C639306B:3\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n")
        );
        assert!(known.is_in("1e4c9b93f3f0682250b6cf8331b7ee68fd8:1"));
        for other in ["1E4C9B93F3F0682250B6CF8331B7EE68FD8:0", "1E4C9B93F3F0682250B6CF8331B7EE68FD9:5", "", "<html>"] {
            assert!(!known.is_in(other), "{other}");
        }
        assert_eq!(format!("{known:?}"), "Fingerprint(…)");
    }

    #[test]
    fn every_line_of_a_sorted_file_is_found_and_nothing_else() {
        for (digits, tail, end) in [(40, ":12", "\n"), (40, "", "\r\n"), (10, "", "\n"), (16, ":1", "\n")] {
            for count in [0, 1, 2, 3, 100] {
                let names: Vec<String> = (0..count).map(|n| format!("breached {n}")).collect();
                let mut lines: Vec<String> =
                    names.iter().map(|name| format!("{}{tail}{end}", &print(name).0[..digits])).collect();
                lines.sort();
                if count == 0 {
                    let (_folder, path) = file(&lines);
                    let opened = BreachFile::open(&path).unwrap();
                    assert!(!opened.holds(&print("breached 0")).unwrap());
                    continue;
                }
                let (_folder, path) = file(&lines);
                let opened = BreachFile::open(&path).unwrap();
                for name in &names {
                    assert!(opened.holds(&print(name)).unwrap(), "{name} of {count}");
                }
                for n in 0..100 {
                    assert!(!opened.holds(&print(&format!("fresh {n}"))).unwrap(), "{n} of {count}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["password\n", "5BAA6\n", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8 7\n", &"A".repeat(300)] {
            let (_folder, path) = file(&[text.to_owned()]);
            assert!(BreachFile::open(&path).is_err(), "{text}");
        }
        assert!(BreachFile::open(Path::new("/nowhere")).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_file_holds_what_it_lists(numbers in proptest::collection::btree_set(0_u32..500, 1..40), wanted in 0_u32..500) {
            let mut lines: Vec<String> = numbers.iter().map(|n| format!("{}\n", *print(&n.to_string()).0)).collect();
            lines.sort();
            let (_folder, path) = file(&lines);
            let found = BreachFile::open(&path).unwrap().holds(&print(&wanted.to_string())).unwrap();
            prop_assert_eq!(found, numbers.contains(&wanted));
        }
    }
}
