//! From a context to a subject and two bodies.
//!
//! A secret is added to the template's data here, at the last moment, and the
//! data is wiped when the mail is rendered.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;

use handlebars::{Context, Handlebars, no_escape};
use serde_json::Value;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::templates::{self, HTML_LAYOUT, LoadError, Part, TEXT_LAYOUT};
use super::text::single_line;
use crate::domain::mail::{MailContext, MailKind};

mod helpers;

/// The longest subject, in characters.
pub const MAX_SUBJECT_CHARS: usize = 150;
/// The largest body, in bytes; a template that writes more is stopped.
pub const MAX_OUTPUT_BYTES: usize = 256 * 1024;

/// A mail that could not be rendered, or templates that cannot be used.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A template is not one.
    #[error("the email template {path} is not valid: {reason}")]
    Syntax {
        /// Its path in the template folder.
        path: String,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// A template failed, for example over a variable that is not there.
    #[error("the email template {path} cannot be rendered: {reason}")]
    Failed {
        /// Its path in the template folder.
        path: String,
        /// What is wrong, with line and column; names a variable, never a value.
        reason: String,
    },
    /// A mail that must show its link or code does not.
    #[error("the email template {path} does not show {{{{{variable}}}}}")]
    MissingVariable {
        /// Its path in the template folder.
        path: String,
        /// The variable.
        variable: &'static str,
    },
    /// A subject came out empty.
    #[error("the email template {path} renders to nothing")]
    Empty {
        /// Its path in the template folder.
        path: String,
    },
}

/// A rendered mail. Wiped when dropped: it may hold a link or a code.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Rendered {
    /// What it is.
    #[zeroize(skip)]
    pub kind: MailKind,
    /// One line of 1 to [`MAX_SUBJECT_CHARS`] characters.
    pub subject: String,
    /// The plain text body, lines ending in LF.
    pub text: String,
    /// The HTML body, a whole document.
    pub html: String,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// All templates, compiled once.
pub struct Renderer {
    /// Escapes for HTML.
    html: Handlebars<'static>,
    /// Escapes nothing.
    plain: Handlebars<'static>,
    /// By kind and part; made once, as a name is needed at every rendering.
    paths: HashMap<MailKind, [String; 4]>,
}

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

impl Renderer {
    /// Compiles the built-in templates, with the files of a folder in place of
    /// those of the same name, and renders the sample of every kind, so that a
    /// broken override shows at the start and not in somebody's inbox.
    pub fn new(override_dir: Option<&Path>) -> Result<Self, RenderError> {
        let mut renderer = Self { html: registry(), plain: registry(), paths: HashMap::new() };
        renderer.plain.register_escape_fn(no_escape);
        for (path, source) in templates::load(override_dir)? {
            let is_html = path.ends_with("html.hbs");
            let room = if is_html { &mut renderer.html } else { &mut renderer.plain };
            room.register_template_string(&path, &source)
                .map_err(|error| RenderError::Syntax { path, reason: error.to_string() })?;
        }
        for kind in MailKind::ALL {
            renderer.paths.insert(kind, Part::ALL.map(|part| templates::path_of(kind, part)));
        }
        for kind in MailKind::ALL {
            renderer.check_sample(kind)?;
        }
        Ok(renderer)
    }

    /// Renders one mail.
    pub fn render(&self, context: &MailContext) -> Result<Rendered, RenderError> {
        let kind = context.kind();
        let [subject, preheader, text, html] =
            self.paths.get(&kind).ok_or_else(|| RenderError::Load(LoadError::Missing(kind.as_str().to_owned())))?;
        let mut data = WipedContext::new(context)?;
        let rendered_subject = single_line(&run(&self.plain, subject, &data)?, MAX_SUBJECT_CHARS);
        if rendered_subject.is_empty() {
            return Err(RenderError::Empty { path: subject.clone() });
        }
        let rendered_preheader = run(&self.plain, preheader, &data)?;
        data.insert("preheader", single_line(&rendered_preheader, MAX_SUBJECT_CHARS));
        data.insert("subject", rendered_subject.clone());

        let body = run(&self.plain, text, &data)?;
        data.insert("body", body.trim().to_owned());
        let text = run(&self.plain, TEXT_LAYOUT, &data)?;

        let body = run(&self.html, html, &data)?;
        data.insert("body", body);
        let html = run(&self.html, HTML_LAYOUT, &data)?;
        Ok(Rendered { kind, subject: rendered_subject, text, html })
    }

    fn check_sample(&self, kind: MailKind) -> Result<(), RenderError> {
        let context = MailContext::sample(kind);
        let rendered = self.render(&context)?;
        if let Some((variable, secret)) = context.secret() {
            let escaped = handlebars::html_escape(secret.expose());
            for (part, shown) in
                [(Part::Text, rendered.text.contains(secret.expose())), (Part::Html, rendered.html.contains(&escaped))]
            {
                if !shown {
                    return Err(RenderError::MissingVariable { path: templates::path_of(kind, part), variable });
                }
            }
        }
        Ok(())
    }
}

fn run(room: &Handlebars<'static>, path: &str, data: &WipedContext) -> Result<String, RenderError> {
    let failed = |reason| RenderError::Failed { path: path.to_owned(), reason };
    let mut output = Bounded(Vec::with_capacity(4096));
    room.render_with_context_to_write(path, &data.0, &mut output).map_err(|error| failed(error.to_string()))?;
    String::from_utf8(output.0).map_err(|error| failed(error.to_string()))
}

fn registry() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    // Indentation of a partial is nothing a mail needs, and costs time.
    registry.set_prevent_indent(true);
    // A template shall not write to the log of the process.
    registry.unregister_helper("log");
    helpers::register(&mut registry);
    registry
}

/// The data of one rendering, wiped when dropped.
struct WipedContext(Context);

impl WipedContext {
    fn new(context: &MailContext) -> Result<Self, RenderError> {
        let data = serde_json::to_value(context).map_err(|error| RenderError::Failed {
            path: context.kind().as_str().to_owned(),
            reason: error.to_string(),
        })?;
        let mut data = Self(Context::from(data));
        if let Some((name, secret)) = context.secret() {
            data.insert(name, secret.expose().to_owned());
        }
        Ok(data)
    }

    /// Adds or replaces a text; the old one is wiped.
    fn insert(&mut self, name: &str, text: String) {
        if let Value::Object(map) = self.0.data_mut()
            && let Some(mut old) = map.insert(name.to_owned(), Value::String(text))
        {
            wipe(&mut old);
        }
    }
}

impl Drop for WipedContext {
    fn drop(&mut self) {
        wipe(self.0.data_mut());
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// An output that refuses to grow past [`MAX_OUTPUT_BYTES`].
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT_BYTES {
            return Err(io::Error::other("the output is over 256 KiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
