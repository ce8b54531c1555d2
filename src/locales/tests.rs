//! The texts that ship, and the rules that those of a folder are held to.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use handlebars::{Handlebars, no_escape};
use serde_json::json;

use super::helpers::{Output, Said, register};
use super::{Locales, check, sources};
use crate::domain::clock::Timestamp;
use crate::domain::locale::Locale;

#[test]
fn every_language_has_every_text() {
    Locales::new(None).unwrap();
    let count =
        |locale| check::catalogue(sources::built_in().iter().filter(|file| file.locale == locale)).unwrap().len();
    assert!(count(Locale::En) >= 5);
    for locale in Locale::ALL {
        assert_eq!(count(locale), count(Locale::En), "{locale:?}");
    }
}

#[test]
fn moments_and_durations_read_as_people_write_them() {
    let locales = Locales::new(None).unwrap();
    let at = Timestamp::parse("2026-03-01T09:05:59Z").unwrap();
    let said: Vec<String> = Locale::ALL.iter().map(|locale| locales.moment(*locale, at).unwrap()).collect();
    let isolated = |text: &str| text.replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(
        said.iter().map(|text| isolated(text)).collect::<Vec<_>>(),
        [
            "1 March 2026, 09:05 UTC",
            "1. März 2026, 09:05 Uhr (UTC)",
            "1er mars 2026 à 09:05 (UTC)",
            "1 de marzo de 2026, 09:05 (UTC)",
            "1º de março de 2026, 09:05 (UTC)",
            "2026年3月1日 09:05（UTC）",
            "1 مارس 2026، 09:05 (UTC)",
        ]
    );
    let minutes = |locale, n: u64| isolated(&locales.duration(locale, Duration::from_secs(n * 60)).unwrap());
    assert_eq!(minutes(Locale::En, 30), "30 minutes");
    assert_eq!(minutes(Locale::De, 30), "30 Minuten");
    assert_eq!(minutes(Locale::Ja, 30), "30分");
    assert_eq!((minutes(Locale::Ar, 2), minutes(Locale::Ar, 3)), ("دقيقتان".into(), "3 دقائق".into()));
    assert_eq!(minutes(Locale::Ar, 30), "30 دقيقة");
    let second = |locale| locales.duration(locale, Duration::from_secs(1)).unwrap();
    assert_eq!((second(Locale::En), second(Locale::Fr)), ("1 second".into(), "1 seconde".into()));
}

#[test]
fn a_folder_replaces_texts_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("de")).unwrap();
    fs::write(folder.path().join("de/ours.ftl"), "duration-minutes = { $count } Min.\n").unwrap();
    let locales = Locales::new(Some(folder.path())).unwrap();
    assert_eq!(locales.duration(Locale::De, Duration::from_secs(600)).unwrap(), "10 Min.");
    assert_eq!(locales.duration(Locale::De, Duration::from_secs(60)).unwrap(), "60 Sekunden");
    assert_eq!(locales.duration(Locale::En, Duration::from_secs(600)).unwrap(), "10 minutes");
}

#[test]
fn a_text_that_does_not_fit_stops_the_start_and_says_where() {
    for (path, content, said) in [
        ("de/x.ftl", "duration-minuts = { $count }\n", "there is no text of that name"),
        ("de/x.ftl", "duration-minutes = gleich\n", "duration-minutes: $count is missing"),
        ("de/x.ftl", "duration-minutes = { $count } { $secret }\n", "$secret is not given"),
        ("de/x.ftl", "duration-minutes = <b>{ $count }</b>\n", "markup"),
        ("de/x.ftl", "duration-minutes = { NUMBER($count) }\n", "functions"),
        ("de/x.ftl", "duration-minutes = { $count }\n    .title = x\n", "attributes"),
        ("de/x.ftl", "-brand = x\n", "terms"),
        ("de/x.ftl", "# fine\nduration-minutes = { $count\n", "line 2"),
        ("de/x.ftl", "moment = { duration-minutes }\n", "another text"),
        ("nl/x.ftl", "", "named after one of the languages"),
        ("de/x.txt", "", ".ftl"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(path);
        fs::create_dir(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        let error = Locales::new(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

fn registry(output: Output) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    if output == Output::Plain {
        registry.register_escape_fn(no_escape);
    }
    register(&mut registry, &Arc::new(Locales::new(None).unwrap()), output);
    registry
}

#[test]
fn a_template_says_texts_in_the_language_of_its_data() {
    let registry = registry(Output::Html);
    let said = Said::new("duration-minutes").with("count", 5);
    let said_in = |tag: &str, template: &str| {
        let data = json!({ "locale": tag, "at": "2026-01-01T00:00:00Z", "said": said, "n": 5, "in": [1] });
        registry.render_template(template, &data)
    };
    assert_eq!(said_in("de-AT", "{{#each in}}{{t \"duration-minutes\" count=@root/n}}{{/each}}").unwrap(), "5 Minuten");
    assert_eq!(said_in("fr", "{{t said}}, {{duration 300}}").unwrap(), "5 minutes, 5 minutes");
    assert_eq!(said_in("nl", "{{moment at}}").unwrap(), "1 January 2026, 00:00 UTC");
    for wrong in
        ["{{t \"no-such-text\"}}", "{{t \"duration-minutes\"}}", "{{t}}", "{{moment \"soon\"}}", "{{duration \"x\"}}"]
    {
        assert!(said_in("en", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn arguments_are_escaped_in_html_and_bare_in_plain_text() {
    let data = json!({ "locale": "ar", "hostile": "<b>\"&" });
    let template = "{{t \"duration-minutes\" count=hostile}}";
    let html = registry(Output::Html).render_template(template, &data).unwrap();
    assert!(html.contains("\u{2068}&lt;b&gt;&quot;&amp;\u{2069}"), "{html}");
    let plain = registry(Output::Plain).render_template(template, &data).unwrap();
    assert!(plain.starts_with("<b>\"& "), "{plain}");
}
