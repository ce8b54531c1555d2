//! One template from its data to text, and no further than so much text.

use std::io;

use handlebars::{Handlebars, Output, RenderContext, RenderErrorReason, Renderable};
use zeroize::Zeroize;

use super::{Data, RenderError};
use crate::domain::template::{Mark, Part, Severity};
use crate::mail::language::Compiled;

/// The largest body, in bytes; a template that writes more is stopped.
pub const MAX_OUTPUT_BYTES: usize = 256 * 1024;

/// Renders a template.
pub fn run(room: &Handlebars<'static>, compiled: &Compiled, part: Part, data: &Data) -> Result<String, RenderError> {
    let mut output = Bounded { text: String::with_capacity(4096), is_full: false };
    let mut context = RenderContext::new(None);
    let rendered = compiled.template.render(room, data.context(), &mut context, &mut output);
    rendered.map_err(|error| {
        output.text.zeroize();
        let (code, message) = match error.reason() {
            _ if output.is_full => ("too_much", "it becomes more than 256 KiB".to_owned()),
            RenderErrorReason::MissingVariable(name) => {
                ("unknown_variable", format!("there is no variable {}", name.as_deref().unwrap_or_default()))
            }
            reason => ("failed", reason.to_string().lines().next().unwrap_or_default().to_owned()),
        };
        let (line, column) = (error.line_no.unwrap_or(1), error.column_no.unwrap_or(1));
        RenderError::Failed { mark: Mark { part, line, column, severity: Severity::Error, code, message } }
    })?;
    Ok(std::mem::take(&mut output.text))
}

/// An output that refuses to grow past [`MAX_OUTPUT_BYTES`].
struct Bounded {
    text: String,
    is_full: bool,
}

impl Output for Bounded {
    fn write(&mut self, text: &str) -> Result<(), io::Error> {
        if self.text.len() + text.len() > MAX_OUTPUT_BYTES {
            self.is_full = true;
            return Err(io::Error::other("the output is over 256 KiB"));
        }
        self.text.push_str(text);
        Ok(())
    }
}
