//! The ratios to a direct call as bars on a logarithmic axis, in SVG.

use std::fmt::Write as _;

/// One bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) name: String,
    /// Times a direct call.
    pub(crate) ratio: f64,
    pub(crate) is_ours: bool,
}

const WIDTH: f64 = 860.0;
/// Where the bars begin, right of their names.
const LEFT: f64 = 270.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 64.0;
const ROW: f64 = 22.0;
/// The axis begins a little left of one, so that a bar of a direct call's own cost is seen.
const LEAST: f64 = 0.8;

/// The whole drawing, fastest first.
pub(crate) fn svg(title: &str, note: &str, bars: &[Bar]) -> String {
    let mut bars = bars.to_vec();
    bars.sort_by(|one, other| one.ratio.total_cmp(&other.ratio));
    let most = bars.iter().map(|bar| bar.ratio).fold(10.0, f64::max).log10().ceil();
    let place = |ratio: f64| {
        let share = (ratio.max(LEAST) / LEAST).log10() / (most - LEAST.log10());
        LEFT + share * (WIDTH - LEFT - RIGHT)
    };
    let bottom = TOP + ROW * bars.len() as f64;
    let height = bottom + 44.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    line(&mut text, format_args!("<text x=\"16\" y=\"24\" font-size=\"16\">{}</text>", escaped(title)));
    line(&mut text, format_args!("<text x=\"16\" y=\"44\" fill=\"#555555\">{}</text>", escaped(note)));
    for tick in ticks(most) {
        let x = place(tick);
        line(
            &mut text,
            format_args!(
                "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#cccccc\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555555\">{tick}×</text>",
                bottom + 18.0
            ),
        );
    }
    for (row, bar) in bars.iter().enumerate() {
        draw(&mut text, bar, TOP + ROW * row as f64, place(bar.ratio));
    }
    text.push_str("</svg>\n");
    text
}

/// 1, 2, 5, 10, … up to the end of the axis.
fn ticks(most: f64) -> impl Iterator<Item = f64> {
    let decades = 0..=most as i32;
    let ticks = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(decade)));
    ticks.filter(move |tick| *tick <= 10f64.powf(most) * 1.001)
}

fn draw(text: &mut String, Bar { name, ratio, is_ours }: &Bar, y: f64, end: f64) {
    let (colour, weight) = if *is_ours { ("#2a6f4e", "bold") } else { ("#9aa5b1", "normal") };
    let (middle, width) = (y + ROW / 2.0 + 4.0, end - LEFT);
    line(
        text,
        format_args!(
            "<text x=\"{:.1}\" y=\"{middle:.1}\" text-anchor=\"end\" font-weight=\"{weight}\">{}</text>\
         <rect x=\"{LEFT}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>\
         <text x=\"{:.1}\" y=\"{middle:.1}\">{ratio:.2}</text>",
            LEFT - 8.0,
            escaped(name),
            y + 3.0,
            ROW - 6.0,
            end + 6.0
        ),
    );
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing into a `String` does not fail.
    let _ = writeln!(text, "{arguments}");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Bar, svg};

    #[test]
    fn bars_are_as_long_as_the_logarithm_of_what_they_show() {
        let bar = |name: &str, ratio| Bar { name: name.to_owned(), ratio, is_ours: false };
        let text = svg("a < b", "", &[bar("slow", 80.0), bar("fast", 8.0), bar("direct", 0.8)]);
        let widths: Vec<f64> = text
            .match_indices("\" width=\"")
            .filter_map(|(at, found)| text[at + found.len()..].split('"').next()?.parse().ok())
            .collect();
        let [direct, fast, slow] = widths[..] else { panic!("{widths:?}") };
        assert_eq!(direct, 0.0);
        assert!((slow - 2.0 * fast).abs() < 0.11, "{widths:?}");
        assert!(text.contains("a &lt; b"));
    }
}
