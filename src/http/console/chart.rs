//! Charts, drawn here as SVG. The colours in them are only names: the style
//! sheet gives each its meaning, in light and in dark.

use plotters::backend::SVGBackend;
use plotters::chart::ChartBuilder;
use plotters::drawing::IntoDrawingArea as _;
use plotters::element::Rectangle;
use plotters::style::{Color as _, IntoFont as _, RGBColor};

/// The size that everything is drawn at; the page scales it.
const SIZE: (u32, u32) = (420, 170);
/// What a series tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tone {
    /// It went well.
    Good,
    /// It came some of the way.
    Middling,
    /// Nothing to speak of yet.
    Pale,
    /// It went wrong.
    Bad,
}

impl Tone {
    /// Its name: what `console.css` knows as `[fill="#000001"]` and so on.
    const fn colour(self) -> RGBColor {
        RGBColor(
            0,
            0,
            match self {
                Self::Good => 1,
                Self::Pale => 2,
                Self::Bad => 3,
                Self::Middling => 4,
            },
        )
    }
}

/// Numbers over time, and what they tell.
pub(super) type Series = (Tone, Vec<i64>);

const LINES: RGBColor = RGBColor(0, 0, 9);
const TEXT: RGBColor = RGBColor(0, 0, 10);

/// Numbers over time as bars, the series of a piece upon each other. `label`
/// says what it shows; the numbers stand in a table beside it.
pub(super) fn bars(label: &str, series: &[Series], ends: (&str, &str)) -> Option<String> {
    let pieces = series.iter().map(|(_, one)| one.len()).max().unwrap_or_default();
    let at = |piece: usize| series.iter().filter_map(|(_, one)| one.get(piece)).sum::<i64>();
    let top = nice((0..pieces).map(at).max().unwrap_or_default());
    let mut svg = String::new();
    draw(&mut svg, series, (pieces, top)).ok()?;
    let (_, inner) = svg.split_once("<svg")?.1.split_once('>')?;
    let (label, first, last) =
        (handlebars::html_escape(label), handlebars::html_escape(ends.0), handlebars::html_escape(ends.1));
    Some(format!(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{label}\">{}\
         <text class=\"end\" x=\"34\" y=\"166\">{first}</text>\
         <text class=\"end\" x=\"414\" y=\"166\" text-anchor=\"end\">{last}</text></svg>",
        SIZE.0,
        SIZE.1,
        inner.trim_end().strip_suffix("</svg>")?,
    ))
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn draw(svg: &mut String, series: &[Series], (pieces, top): (usize, i64)) -> Drawn {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let right = i64::try_from(pieces)?.max(1) * 10;
    let mut chart = ChartBuilder::on(&area)
        .margin_top(8)
        .margin_right(6)
        .x_label_area_size(20)
        .y_label_area_size(30)
        .build_cartesian_2d(0..right, 0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(4)
        .axis_style(LINES)
        .bold_line_style(LINES)
        .max_light_lines(1)
        .light_line_style(LINES.mix(0.0))
        .y_label_style(("sans-serif", 12).into_font().color(&TEXT))
        .draw()?;
    for piece in 0..pieces {
        let left = i64::try_from(piece)? * 10;
        let mut below = 0;
        for (tone, one) in series {
            let number = one.get(piece).copied().unwrap_or_default();
            if number > 0 {
                let bar = Rectangle::new([(left + 2, below), (left + 9, below + number)], tone.colour().filled());
                chart.draw_series(std::iter::once(bar))?;
                below += number;
            }
        }
    }
    area.present()?;
    Ok(())
}

/// The next number that an axis likes to end with.
fn nice(most: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for factor in [4, 10, 20] {
            if most <= step.saturating_mul(factor) {
                return step.saturating_mul(factor);
            }
        }
        step = step.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_name_and_only_colours_that_the_style_knows() {
        let every = [Tone::Good, Tone::Middling, Tone::Pale, Tone::Bad].map(|tone| (tone, vec![1, 0, 7]));
        let chart = bars("Resets & more", &every, ("yesterday", "now")).unwrap();
        assert!(chart.contains("aria-label=\"Resets &amp; more\"") && chart.ends_with("</svg>"));
        for part in chart.split('"').filter(|part| part.starts_with('#')) {
            assert!(part.starts_with("#00000") && part.len() == 7, "{part}");
        }
        for number in 1..=4 {
            assert!(chart.contains(&format!("fill=\"#00000{number}\"")), "{number}");
        }
        assert!(!chart.contains("style="), "nothing inline");
        assert_eq!(chart.matches("<svg").count(), 1);
    }

    #[test]
    fn nothing_is_a_chart_too() {
        assert!(bars("Nothing", &[(Tone::Good, vec![0; 24])], ("", "")).is_some());
        assert!(bars("Nothing", &[], ("", "")).is_some());
    }

    #[test]
    fn an_axis_ends_above_the_most() {
        assert_eq!([0, 4, 5, 9, 11, 21, 77, 201].map(nice), [4, 4, 10, 10, 20, 40, 100, 400]);
    }
}
