//! The password policy, case by case.

use super::*;
use proptest::prelude::*;

fn codes(policy: &PasswordPolicy, password: &str) -> Vec<&'static str> {
    let identity = Identity {
        email: Some("ann.weatherwax@example.test"),
        first_name: Some("Ann"),
        last_name: Some("Weatherwax"),
        service_names: &["Lancre Broom Works"],
    };
    match policy.check(&Secret::new(password), &identity) {
        Ok(_) => Vec::new(),
        Err(violations) => violations.iter().map(Violation::code).collect(),
    }
}

#[test]
fn the_most_specific_level_that_speaks_wins_and_numbers_stay_in_range() {
    let server = PasswordOverrides { minimum_length: Some(3), digit_required: Some(true), ..Default::default() };
    let tenant =
        PasswordOverrides { digit_required: Some(false), minimum_strength_score: Some(9), ..Default::default() };
    let policy = PasswordPolicy::merge([&server, &tenant]);
    assert_eq!((policy.minimum_length, policy.digit_required, policy.minimum_strength_score), (8, false, 4));
    assert_eq!(PasswordPolicy::default().minimum_length, 15);
    assert!(serde_json::from_str::<PasswordOverrides>(r#"{"minLength":3}"#).is_err());
    assert_eq!(
        serde_json::to_value(PasswordPolicy::default().to_wire()).unwrap(),
        serde_json::json!({
            "minimumLength": 15, "maximumLength": 256, "lowercaseCharRequired": false,
            "uppercaseCharRequired": false, "digitRequired": false, "specialCharRequired": false,
            "blocklistEnabled": true, "breachedPwdDetectionEnabled": false, "minimumStrengthScore": 0,
            "historyLength": 0
        })
    );
}

#[test]
fn length_counts_code_points_of_the_normalised_text() {
    let policy = PasswordPolicy { blocklist_enabled: false, ..PasswordPolicy::default() };
    assert_eq!(codes(&policy, ""), ["empty"]);
    assert_eq!(codes(&policy, &"🔐".repeat(14)), ["too_short"]);
    assert!(codes(&policy, &"🔐".repeat(15)).is_empty());
    assert_eq!(codes(&policy, &"e\u{301}".repeat(14)), ["too_short"]);
    assert!(codes(&policy, &"e\u{301}".repeat(256)).is_empty());
    assert!(codes(&policy, &"🔐".repeat(256)).is_empty());
    for long in ["a".repeat(257), "🔐".repeat(257), "a".repeat(1 << 20)] {
        assert_eq!(codes(&policy, &long), ["too_long"]);
    }
    let verbatim = PasswordPolicy { normalization: Normalization::Verbatim, ..policy };
    assert_eq!(codes(&verbatim, &"e\u{301}".repeat(129)), ["too_long"]);
}

#[test]
fn nfc_joins_what_is_typed_alike_and_nothing_else() {
    let policy = PasswordPolicy::default();
    let normal = |text: &str| policy.normalize(&Secret::new(text)).expose().to_owned();
    assert_eq!(normal("e\u{301}"), "\u{e9}");
    assert_ne!(normal("\u{fb01}"), "fi");
    let verbatim = PasswordPolicy { normalization: Normalization::Verbatim, ..policy.clone() };
    assert_eq!(verbatim.normalize(&Secret::new("e\u{301}")).expose(), "e\u{301}");
}

#[test]
fn control_characters_are_refused() {
    for bad in ["sunny\0meadow walk long", "sunny meadow walk\n", "sunny\u{7f}meadow walk long", "sunny meadow\twalk"] {
        assert_eq!(codes(&PasswordPolicy::default(), bad), ["control_character"]);
    }
}

#[test]
fn composition_is_asked_for_only_where_a_tenant_wants_it() {
    let strict = PasswordPolicy {
        lowercase_char_required: true,
        uppercase_char_required: true,
        digit_required: true,
        special_char_required: true,
        ..PasswordPolicy::default()
    };
    assert!(codes(&strict, "Sunny-Meadow-Walk-0042").is_empty());
    assert_eq!(
        codes(&strict, "日本語日本語日本語日本語"),
        ["too_short", "lowercase_char_required", "uppercase_char_required", "digit_required", "special_char_required"]
    );
    assert!(codes(&PasswordPolicy::default(), "all lower case words here").is_empty());
}

#[test]
fn the_blocklist_looks_at_the_whole_password() {
    let policy = PasswordPolicy { context_words: vec!["Turnwise".into()], ..PasswordPolicy::default() };
    assert_eq!(codes(&policy, "password1234567"), ["common_password"]);
    assert_eq!(codes(&policy, "TurnwiseTurnwise"), ["common_password"]);
    assert_eq!(codes(&policy, "lancrebroomworks1"), ["common_password"]);
    assert_eq!(codes(&policy, "ann.weatherwax@example.test"), ["password_contains_identity"]);
    assert!(codes(&policy, "turnwise round the lancre broom works with ann").is_empty());
    let off = PasswordPolicy { blocklist_enabled: false, ..policy };
    assert!(codes(&off, "password1234567").is_empty());
}

#[test]
fn a_minimum_strength_says_what_to_do_better() {
    let policy =
        PasswordPolicy { minimum_length: 8, minimum_strength_score: 4, blocklist_enabled: false, ..Default::default() };
    let weak = policy.check(&Secret::new("password1"), &Identity::default()).unwrap_err();
    let attributes = weak[0].constraint_attributes();
    assert_eq!(weak[0].code(), "password_too_weak");
    assert!(attributes.iter().any(|(name, _)| *name == "warning"));
    assert!(attributes.iter().any(|(name, text)| *name == "suggestions" && !text.is_empty()));
    assert!(codes(&policy, "zk4m9qwx-oi3-lrb").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_accepted_password_is_normal_and_within_bounds(text in "\\PC{0,60}") {
        let policy = PasswordPolicy::default();
        if let Ok(normal) = policy.check(&Secret::new(text), &Identity::default()) {
            let length = normal.expose().chars().count();
            prop_assert!((15..=MAX_LENGTH).contains(&length) && normal.expose().len() <= MAX_BYTES);
            let again = policy.normalize(&normal);
            prop_assert_eq!(again.expose(), normal.expose());
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_get_one_verdict(text in "[a-zäéñ0-9 ]{10,40}") {
        use unicode_normalization::UnicodeNormalization as _;
        let decomposed: String = text.nfd().collect();
        let policy = PasswordPolicy::default();
        prop_assert_eq!(codes(&policy, &text), codes(&policy, &decomposed));
    }

    #[test]
    fn random_letters_are_never_called_common(text in "[a-z0-9]{15,20}") {
        prop_assert!(codes(&PasswordPolicy::default(), &text).is_empty());
    }

    #[test]
    fn nfc_shortens_at_most_threefold(text in "\\PC{1,40}") {
        let normal = PasswordPolicy::default().normalize(&Secret::new(text.clone()));
        prop_assert!(text.len() <= normal.expose().len() * 3);
    }
}
