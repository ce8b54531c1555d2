//! Published versions, read once. A version never changes, so what is
//! remembered of it here stays right whatever other instances publish: they
//! give it another number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::domain::template::{Part, Slot, TemplateParts};
use crate::mail::language::Compiled;

/// How much template text is remembered, in bytes; what it is read into takes
/// a few times as much.
const CAPACITY: usize = 8 * 1024 * 1024;
/// How many templates are read at once.
const READERS: usize = 2;

/// A version, read.
#[derive(Debug)]
pub struct ReadVersion {
    /// Its texts.
    pub parts: TemplateParts,
    /// Those that can be rendered.
    pub compiled: Vec<(Part, Arc<Compiled>)>,
}

impl ReadVersion {
    /// A part, to be rendered.
    pub fn part(&self, part: Part) -> Option<Arc<Compiled>> {
        self.compiled.iter().find(|(one, _)| *one == part).map(|(_, compiled)| Arc::clone(compiled))
    }

    fn size(&self) -> usize {
        // A version without a text takes some room too.
        let texts = self.parts.sources().map(|(_, text)| text.len()).sum::<usize>();
        texts + self.parts.html.as_deref().map_or(0, str::len) + 256
    }
}

#[derive(Debug, Default)]
struct Remembered {
    versions: HashMap<(Slot, i64), Arc<ReadVersion>>,
    size: usize,
}

/// Versions that were read lately.
#[derive(Debug)]
pub struct TemplateCache {
    remembered: Mutex<Remembered>,
    /// Reading takes a processor for a while; whoever else wants to, waits.
    pub(super) readers: Arc<Semaphore>,
}

impl Default for TemplateCache {
    fn default() -> Self {
        Self { remembered: Mutex::default(), readers: Arc::new(Semaphore::new(READERS)) }
    }
}

impl TemplateCache {
    /// A version, if it is remembered.
    pub(super) fn get(&self, slot: &Slot, number: i64) -> Option<Arc<ReadVersion>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.versions.get(&(slot.clone(), number)).map(Arc::clone)
    }

    /// Remembers a version; when there is no more room, only this one.
    pub(super) fn put(&self, slot: &Slot, number: i64, version: &Arc<ReadVersion>) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.size + version.size() > CAPACITY {
            *remembered = Remembered::default();
        }
        if remembered.versions.insert((slot.clone(), number), Arc::clone(version)).is_none() {
            remembered.size += version.size();
        }
    }

    /// How many versions are remembered, for tests.
    #[must_use]
    pub fn len(&self) -> usize {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).versions.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
