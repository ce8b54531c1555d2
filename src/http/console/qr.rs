//! QR codes as SVG, drawn here: nobody else learns what is in them.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::domain::secret::Secret;

/// White around the code, in modules: what readers need (ISO/IEC 18004).
const QUIET: i32 = 4;

/// An SVG image of a text; `None` when it is too long for a QR code. Dark on
/// white whatever the colours of the page: many readers know nothing else.
pub(super) fn svg(text: &Secret, label: &str) -> Option<String> {
    let code = QrCode::encode_text(text.expose(), QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing into a String cannot fail.
            let _ = write!(dark, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let label = handlebars::html_escape(label);
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{label}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{dark}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_an_image_with_a_name_and_a_quiet_zone() {
        let image = svg(&Secret::new("otpauth://totp/rekey:a@b.c?secret=ABC"), "QR \"code\"").unwrap();
        assert!(image.starts_with("<svg class=\"qr\"") && image.contains("aria-label=\"QR &quot;code&quot;\""));
        assert!(image.contains("M4 4h1v1h-1z") && !image.contains("M3 "), "the finder begins behind four modules");
        assert!(svg(&Secret::new("x".repeat(5000)), "too long").is_none());
    }
}
