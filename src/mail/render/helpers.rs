//! What templates may call, besides the conditions that Handlebars brings:
//! `{{utc expiresAt}}`, which writes a time for people.

use handlebars::{Handlebars, handlebars_helper};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// For example `1 January 2026, 09:30 UTC`.
const FOR_PEOPLE: &[BorrowedFormatItem<'static>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");

handlebars_helper!(Utc: |moment: str| for_people(moment));

pub(super) fn register(registry: &mut Handlebars<'static>) {
    registry.register_helper("utc", Box::new(Utc));
}

/// A text that is no time is shown as it is.
fn for_people(iso: &str) -> String {
    OffsetDateTime::parse(iso, &Rfc3339)
        .ok()
        .and_then(|moment| moment.format(FOR_PEOPLE).ok())
        .unwrap_or_else(|| iso.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_for_people() {
        assert_eq!(for_people("2026-01-01T09:30:59.999Z"), "1 January 2026, 09:30 UTC");
        assert_eq!(for_people("soon"), "soon");
    }
}
