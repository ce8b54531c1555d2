//! The choice of templates: the rules one by one, and what always holds.

use proptest::prelude::*;

use super::*;

fn locale(tag: &str) -> LanguageTag {
    LanguageTag::parse(tag).unwrap()
}

fn offer(level: Level, reach: &str, part: Part) -> Offer {
    Offer { level, reach: Reach::parse(reach).unwrap(), part, version: i64::from(level != Level::BuiltIn) }
}

/// What is built in: every part, in two languages.
fn built_in() -> Vec<Offer> {
    let languages = ["en", "pt-BR"];
    languages.into_iter().flat_map(|tag| Part::ALL.map(|part| offer(Level::BuiltIn, tag, part))).collect()
}

fn with(more: &[Offer]) -> Vec<Offer> {
    [built_in(), more.to_vec()].concat()
}

fn told(chosen: &Chosen, part: Part) -> String {
    let found = chosen.of(part).unwrap();
    format!("{} {} {} {:?}", found.level.as_str(), found.reach.as_str(), found.locale, found.because)
}

#[test]
fn a_part_comes_from_the_most_specific_level_that_sets_it() {
    let offers = with(&[
        offer(Level::Application, "en", Part::Subject),
        offer(Level::Application, "en", Part::Html),
        offer(Level::Tenant, "en", Part::Subject),
    ]);
    let chosen = resolve(&Asked::default(), &offers);
    assert_eq!(told(&chosen, Part::Subject), "TENANT en en Default");
    assert_eq!(told(&chosen, Part::Html), "APPLICATION en en Default");
    assert_eq!(told(&chosen, Part::Text), "BUILT_IN en en Default");
}

#[test]
fn a_language_of_its_own_goes_before_a_template_for_any() {
    let offers = with(&[
        offer(Level::Tenant, "*", Part::Html),
        offer(Level::Tenant, "pt-BR", Part::Html),
        offer(Level::Application, "pt-BR", Part::Text),
        offer(Level::Tenant, "*", Part::Text),
    ]);
    let chosen = resolve(&Asked::only(locale("pt-BR")), &offers);
    assert_eq!(told(&chosen, Part::Html), "TENANT pt-BR pt-BR Request");
    assert_eq!(told(&chosen, Part::Text), "TENANT * pt-BR Request");
    assert_eq!(told(&resolve(&Asked::default(), &offers), Part::Html), "TENANT * en Default");
}

#[test]
fn languages_are_tried_in_the_order_of_those_who_ask() {
    let asked = Asked {
        request: Some(locale("nl-BE")),
        user: Some(locale("sv")),
        tenant: Some(locale("pt-BR")),
        application: Some(locale("en")),
    };
    let tags: Vec<_> = asked.candidates().iter().map(|(locale, because)| format!("{locale} {because:?}")).collect();
    assert_eq!(tags, ["nl-BE Request", "nl Request", "sv User", "pt-BR Tenant", "pt Tenant", "en Application"]);
    assert_eq!(told(&resolve(&asked, &built_in()), Part::Text), "BUILT_IN pt-BR pt-BR Tenant");
    let portugal = resolve(&Asked::only(locale("pt-PT")), &built_in());
    assert_eq!(told(&portugal, Part::Text), "BUILT_IN pt-BR pt-BR Request");
    let dutch = with(&[offer(Level::Application, "nl", Part::Text), offer(Level::Application, "nl", Part::Html)]);
    let chosen = resolve(&asked, &dutch);
    assert_eq!((chosen.wording.locale.as_str(), chosen.wording.because), ("nl", Because::Request));
    assert_eq!(told(&chosen, Part::Text), "APPLICATION nl nl Request");
    assert_eq!(told(&chosen, Part::Subject), "BUILT_IN pt-BR pt-BR Tenant", "nobody has it in Dutch");
}

#[test]
fn a_template_for_any_language_does_not_make_a_language_nobody_speaks() {
    let offers = with(&[offer(Level::Application, "*", Part::Html), offer(Level::Application, "nl", Part::Layout)]);
    let asked = Asked { request: Some(locale("nl")), user: Some(locale("pt-BR")), ..Asked::default() };
    let chosen = resolve(&asked, &offers);
    assert_eq!(chosen.wording.locale.as_str(), "pt-BR");
    assert_eq!(told(&chosen, Part::Html), "APPLICATION * pt-BR User");
}

fn reach() -> impl Strategy<Value = Reach> {
    prop::sample::select(vec!["*", "en", "de", "pt", "pt-BR"]).prop_map(|tag| Reach::parse(tag).unwrap())
}

fn offers() -> impl Strategy<Value = Vec<Offer>> {
    let part = prop::sample::select(Part::ALL.to_vec());
    let level = prop::sample::select(vec![Level::Application, Level::Tenant]);
    let one = (level, reach(), part, 1..9_i64).prop_map(|(level, reach, part, version)| Offer {
        level,
        reach,
        part,
        version,
    });
    prop::collection::vec(one, 0..12).prop_map(|more| with(&more))
}

fn asked() -> impl Strategy<Value = Asked> {
    let tag = || prop::option::of(prop::sample::select(vec!["en", "de", "de-AT", "pt-BR", "nl"]).prop_map(locale));
    (tag(), tag(), tag(), tag()).prop_map(|(request, user, tenant, application)| Asked {
        request,
        user,
        tenant,
        application,
    })
}

proptest! {
    #[test]
    fn every_part_is_found_and_was_offered(asked in asked(), offers in offers()) {
        let chosen = resolve(&asked, &offers);
        for part in Part::ALL {
            let found = chosen.of(part).expect("built in in English at least");
            prop_assert!(offers.iter().any(|offer| offer.part == part && offer.level == found.level
                && offer.reach == found.reach && offer.version == found.version));
            prop_assert!(found.reach == Reach::Any || found.reach.locale() == Some(&found.locale));
            prop_assert!(asked.candidates().contains(&(found.locale.clone(), found.because)));
        }
    }

    #[test]
    fn nothing_more_specific_was_passed_over(asked in asked(), offers in offers()) {
        let chosen = resolve(&asked, &offers);
        for part in Part::ALL {
            let found = chosen.of(part).unwrap();
            let fits = |offer: &&Offer| offer.part == part
                && (offer.reach == Reach::Any || offer.reach.locale() == Some(&found.locale));
            prop_assert!(offers.iter().filter(fits).all(|offer| offer.level <= found.level));
        }
    }

    #[test]
    fn what_other_parts_offer_does_not_matter(asked in asked(), offers in offers()) {
        let chosen = resolve(&asked, &offers);
        let layouts: Vec<Offer> = offers.iter().filter(|offer| offer.part != Part::Layout).cloned().collect();
        let without = resolve(&asked, &layouts);
        for part in [Part::Subject, Part::Preheader, Part::Text, Part::Html] {
            prop_assert_eq!(chosen.of(part), without.of(part));
        }
    }
}
