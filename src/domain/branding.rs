//! How the pages of an application or tenant look: a name, a logo and two
//! colours. No markup, no style, no script: whatever a tenant may set, it
//! cannot make a page that says or does something else.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::color::Color;

/// The longest display name, in characters.
pub const LONGEST_NAME: usize = 80;
/// The largest logo, in bytes.
pub const LARGEST_LOGO: usize = 64 * 1024;
/// The sides of a logo, in pixels.
pub const LOGO_SIDES: std::ops::RangeInclusive<usize> = 16..=1024;

/// What one level (an application, a tenant) sets; `None` inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Branding {
    /// The name for people.
    pub display_name: Option<String>,
    /// Buttons, links and focus.
    pub primary_color: Option<Color>,
    /// The ground of the page, around its card.
    pub background_color: Option<Color>,
    /// What is known of the logo; its bytes are kept apart.
    pub logo: Option<Logo>,
}

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logo {
    /// What kind of image.
    pub format: LogoFormat,
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Names this very content: the beginning of its SHA-256, in hex.
    pub digest: String,
}

/// The kinds of images that a logo may be. None of them can run or load
/// anything, as SVG can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogoFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl LogoFormat {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

impl Branding {
    /// Merges the levels, the most specific one last.
    #[must_use]
    pub fn merge<'a>(levels: impl IntoIterator<Item = &'a Self>) -> Self {
        levels.into_iter().fold(Self::default(), |sum, level| {
            let level = level.clone();
            Self {
                display_name: level.display_name.or(sum.display_name),
                primary_color: level.primary_color.or(sum.primary_color),
                background_color: level.background_color.or(sum.background_color),
                logo: level.logo.or(sum.logo),
            }
        })
    }

    /// The style sheet that carries the colours into the pages: nothing but
    /// custom properties, each made from numbers. Empty without colours.
    #[must_use]
    pub fn style_sheet(&self) -> String {
        let (light, dark) = (self.theme(&LIGHT), self.theme(&DARK));
        if light.is_empty() {
            return String::new();
        }
        let block = |theme: &[(&str, Color)]| {
            theme.iter().fold(String::new(), |mut text, (name, color)| {
                // Writing into a text cannot fail.
                let _ = write!(text, "--{name}:{color};");
                text
            })
        };
        format!(":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n", block(&light), block(&dark))
    }

    /// The colours as they are shown on these grounds: as near to the wanted
    /// ones as can still be read.
    fn theme(&self, grounds: &Grounds) -> Vec<(&'static str, Color)> {
        let mut theme = Vec::new();
        let paper = self.background_color.map(|wanted| wanted.readable_on(&[grounds.soft, grounds.ink], grounds.calm));
        if let Some(wanted) = self.primary_color {
            let mut behind = vec![grounds.card, grounds.well];
            behind.extend(paper);
            let accent = wanted.readable_on(&behind, grounds.strong);
            let on_accent = if accent.contrast(Color::WHITE) >= accent.contrast(Color::BLACK) {
                Color::WHITE
            } else {
                Color::BLACK
            };
            let pressed = accent.towards(grounds.strong, 1, 4);
            theme.extend([("accent", accent), ("accent-strong", pressed), ("on-accent", on_accent)]);
        }
        if let Some(paper) = paper {
            theme.extend([("paper", paper), ("glow", paper)]);
        }
        theme
    }
}

/// What the pages are made of beside a tenant's colours; as in
/// `templates/assets/rekey.css`.
struct Grounds {
    card: Color,
    well: Color,
    /// The weakest text that stands on the page's ground.
    soft: Color,
    ink: Color,
    /// Where a ground may go to let text be read.
    calm: Color,
    /// Where a colour may go to be read.
    strong: Color,
}

const LIGHT: Grounds = Grounds {
    card: Color::WHITE,
    well: Color::new(0xf6, 0xf2, 0xeb),
    soft: Color::new(0x5d, 0x59, 0x52),
    ink: Color::new(0x1c, 0x1b, 0x1a),
    calm: Color::WHITE,
    strong: Color::BLACK,
};
const DARK: Grounds = Grounds {
    card: Color::new(0x1e, 0x1d, 0x1a),
    well: Color::new(0x27, 0x25, 0x20),
    soft: Color::new(0xb0, 0xa9, 0x9d),
    ink: Color::new(0xec, 0xe8, 0xe1),
    calm: Color::BLACK,
    strong: Color::WHITE,
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::color::READABLE;

    fn color() -> impl Strategy<Value = Color> {
        any::<[u8; 3]>().prop_map(|[red, green, blue]| Color::new(red, green, blue))
    }

    proptest! {
        #[test]
        fn whatever_the_colours_everything_can_be_read(primary in color(), background in color()) {
            let branding = Branding {
                primary_color: Some(primary),
                background_color: Some(background),
                ..Branding::default()
            };
            for grounds in [&LIGHT, &DARK] {
                let theme = branding.theme(grounds);
                let of = |name: &str| theme.iter().find(|(key, _)| *key == name).unwrap().1;
                let (accent, paper) = (of("accent"), of("paper"));
                for (text, ground) in [
                    (of("on-accent"), accent),
                    (of("on-accent"), of("accent-strong")),
                    (accent, grounds.card),
                    (accent, grounds.well),
                    (accent, paper),
                    (grounds.soft, paper),
                    (grounds.ink, paper),
                ] {
                    prop_assert!(text.contrast(ground) >= READABLE, "{text} on {ground}");
                }
            }
        }
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let blue: Color = "#0b5394".parse().unwrap();
        let branding = Branding { primary_color: Some(blue), ..Branding::default() };
        let style = branding.style_sheet();
        assert!(style.starts_with(":root{--accent:#0b5394;"), "{style}");
        assert!(style.contains("prefers-color-scheme:dark") && !style.contains("--paper"));
        assert_eq!(Branding::default().style_sheet(), "");
    }

    #[test]
    fn the_most_specific_level_wins_field_by_field() {
        let name = |name: &str| Branding { display_name: Some(name.into()), ..Branding::default() };
        let application = Branding { primary_color: Some(Color::BLACK), ..name("Acme") };
        let merged = Branding::merge([&application, &name("North")]);
        assert_eq!((merged.display_name.as_deref(), merged.primary_color), (Some("North"), Some(Color::BLACK)));
    }
}
