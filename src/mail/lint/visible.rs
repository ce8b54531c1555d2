//! What people can read of an HTML mail, and where its links lead.

use html5gum::{HtmlString, StartTag, Token, Tokenizer};

/// Elements of which nothing is shown.
const UNSEEN: [&str; 6] = ["head", "title", "style", "script", "template", "textarea"];
/// Elements without an end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Styles that hide whatever stands inside, without spaces. A size of 0 is
/// none of them: MJML writes it around texts that have a size of their own.
/// What a class does is not known here.
const HIDING: [&str; 3] = ["display:none", "visibility:hidden", "opacity:0"];

/// The text that is shown, and the targets of the links that are.
pub fn visible(html: &str) -> String {
    let mut seen = String::new();
    // The element that hides, and how many of its name are open in it.
    let mut hidden: Option<(String, usize)> = None;
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = lossy(&tag.name).to_ascii_lowercase();
                // A paragraph ends where the next one begins.
                if name == "p" && hidden.as_ref().is_some_and(|(hiding, _)| hiding == "p") {
                    hidden = None;
                }
                match &mut hidden {
                    Some((hiding, depth)) if *hiding == name => *depth += 1,
                    Some(_) => {}
                    None if VOID.contains(&name.as_str()) => {}
                    None if UNSEEN.contains(&name.as_str()) || hides(&tag) => hidden = Some((name, 1)),
                    None => seen.extend(target(&name, &tag)),
                }
            }
            Token::EndTag(tag) => {
                if let Some((hiding, depth)) = &mut hidden
                    && tag.name.eq_ignore_ascii_case(hiding.as_bytes())
                {
                    *depth -= 1;
                    if *depth == 0 {
                        hidden = None;
                    }
                }
            }
            Token::String(text) if hidden.is_none() => seen.push_str(&lossy(&text.value)),
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    seen
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let found = tag.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()));
    found.map(|(_, value)| lossy(&value.value))
}

fn hides(tag: &StartTag<()>) -> bool {
    let style: String = attribute(tag, "style").unwrap_or_default().split_whitespace().collect();
    let style = style.to_ascii_lowercase();
    let is_hiding = |wanted: &&str| {
        style.match_indices(*wanted).any(|(at, _)| {
            let rest = style.get(at + wanted.len()..).unwrap_or_default();
            !rest.starts_with('.') && !rest.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    attribute(tag, "hidden").is_some() || HIDING.iter().any(is_hiding)
}

fn target(name: &str, tag: &StartTag<()>) -> Option<String> {
    let target = attribute(tag, "href").filter(|_| name == "a")?;
    Some(format!(" {target} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_see_is_seen() {
        let html = "<!doctype html><html><head><title>a</title></head><body><!-- b --><p hidden>c</p>d\
            <div style=\"Display : none\"><div>e</div>f</div><img alt=\"g\"><a href=\"h\" title=\"i\">j</a>\
            <p style=\"opacity:0.9\">k</p><style>l</style><p style=\"font-size:0px\"><b style=\"font-size:9px\">&amp;</b></p><p hidden>m<p>n";
        assert_eq!(visible(html).replace(' ', ""), "dhjk&n");
    }
}
