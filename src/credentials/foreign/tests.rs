//! Tokens of an issuer: the ones that hold, and everything else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto, jwk::Jwk};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::domain::clock::Timestamp;

const ISSUER: &str = "https://id.example.com";
const AUDIENCE: &str = "https://rekey.test/shop";
const NOW: i64 = 1_767_225_600;
/// A key for these tests alone.
const RSA_KEY: &[u8] = include_bytes!("tests/rsa.der");
/// What stands before the seed of an Ed25519 key (RFC 8410, section 7).
const ED_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

fn ed(seed: u8) -> EncodingKey {
    EncodingKey::from_ed_der(&[ED_PREFIX.as_slice(), &[seed; 32]].concat())
}

fn ec() -> EncodingKey {
    EncodingKey::from_ec_der(&rcgen::KeyPair::generate().unwrap().serialize_der())
}

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_der(RSA_KEY)
}

/// The published half of a key, with a `kid` and other members on top.
fn published(key: &EncodingKey, algorithm: Algorithm, more: &Value) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
    for (name, value) in more.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

fn ed_set() -> KeySet {
    set(&[published(&ed(1), Algorithm::EdDSA, &json!({"kid": "k1"}))])
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "k1"})
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "ci", "iat": NOW, "exp": NOW + 300})
}

/// The same with some members changed; `null` removes one.
#[expect(clippy::needless_pass_by_value, reason = "reads better where it is used")]
fn with(mut base: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
    base
}

fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn sealed(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A token of the first Ed25519 key.
fn token(header: &Value, claims: &Value) -> String {
    sealed(&header.to_string(), &claims.to_string(), &ed(1), Algorithm::EdDSA)
}

fn check(token: &str, keys: &KeySet) -> Option<Map<String, Value>> {
    let expected = Expected { issuer: ISSUER, audience: AUDIENCE, max_age: None };
    let read = ForeignToken::read(token).ok()?;
    read.verify(keys, &expected, Timestamp::from_millis(NOW * 1000)).ok()
}

fn holds(header: &Value, claims: &Value) -> bool {
    check(&token(header, claims), &ed_set()).is_some()
}

#[test]
fn a_token_of_each_algorithm_holds_under_its_key_alone() {
    let kinds = [
        (ed(1), Algorithm::EdDSA, "EdDSA"),
        (ed(1), Algorithm::EdDSA, "Ed25519"),
        (ec(), Algorithm::ES256, "ES256"),
        (rsa(), Algorithm::RS256, "RS256"),
        (rsa(), Algorithm::PS256, "PS256"),
    ];
    let others = [ed(2), ec()].map(|key| {
        let algorithm =
            if Jwk::from_encoding_key(&key, Algorithm::EdDSA).is_ok() { Algorithm::EdDSA } else { Algorithm::ES256 };
        set(&[published(&key, algorithm, &json!({"kid": "k1", "alg": null}))])
    });
    for (key, algorithm, name) in kinds {
        let text = sealed(&json!({"alg": name, "kid": "k1"}).to_string(), &claims().to_string(), &key, algorithm);
        let own = set(&[published(&key, algorithm, &json!({"kid": "k1"}))]);
        assert_eq!(check(&text, &own).unwrap()["sub"], "ci", "{name}");
        for other in &others {
            assert!(check(&text, other).is_none(), "{name}");
        }
    }
}

#[test]
fn no_symmetric_and_no_missing_algorithm_is_accepted() {
    let public =
        URL_SAFE_NO_PAD.decode(published(&ed(1), Algorithm::EdDSA, &json!({}))["x"].as_str().unwrap()).unwrap();
    let whole = published(&ed(1), Algorithm::EdDSA, &json!({"kid": "k1"})).to_string();
    for secret in [public.as_slice(), whole.as_bytes(), b""] {
        let key = EncodingKey::from_secret(secret);
        let forged = sealed(r#"{"alg":"HS256","kid":"k1"}"#, &claims().to_string(), &key, Algorithm::HS256);
        assert!(check(&forged, &ed_set()).is_none());
    }
    for alg in ["none", "None", "nOnE", "", "HS512", "eddsa", "ES512", "RSA1_5"] {
        let message =
            format!("{}.{}", encoded(&json!({"alg": alg, "kid": "k1"}).to_string()), encoded(&claims().to_string()));
        assert!(check(&format!("{message}."), &ed_set()).is_none(), "{alg}");
        assert!(!holds(&with(header(), json!({"alg": alg})), &claims()), "{alg}");
    }
    assert!(!holds(&with(header(), json!({"alg": null})), &claims()));
    // A symmetric key that an issuer publishes by mistake verifies nothing.
    let published = KeySet::parse(br#"{"keys":[{"kty":"oct","kid":"k1","k":"AAAA","alg":"HS256"}]}"#).unwrap();
    assert!(published.holds_secrets());
    let forged = sealed(
        r#"{"alg":"HS256","kid":"k1"}"#,
        &claims().to_string(),
        &EncodingKey::from_secret(&[0; 3]),
        Algorithm::HS256,
    );
    assert!(check(&forged, &published).is_none());
}

#[test]
fn the_header_brings_no_key_and_no_rule() {
    assert!(holds(&header(), &claims()));
    assert!(holds(&with(header(), json!({"x5t": "abc", "ver": "1.0"})), &claims()), "what means nothing is ignored");
    for name in ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"] {
        for value in [json!("https://evil.test"), json!([]), json!({})] {
            assert!(!holds(&with(header(), json!({name: value})), &claims()), "{name}");
        }
    }
    for kid in [json!("k2"), json!(""), json!("../k1"), json!(["k1"]), json!(1), json!("k".repeat(300))] {
        assert!(!holds(&with(header(), json!({"kid": kid})), &claims()), "{kid}");
    }
    let null_kid = sealed(r#"{"alg":"EdDSA","kid":null}"#, &claims().to_string(), &ed(1), Algorithm::EdDSA);
    assert!(check(&null_kid, &ed_set()).is_none());
    for typ in ["logout+jwt", "dpop+jwt", "JOSE", "secevent+jwt"] {
        assert!(!holds(&with(header(), json!({"typ": typ})), &claims()), "{typ}");
    }
    for typ in [json!("JWT"), json!("application/at+jwt"), Value::Null] {
        assert!(holds(&with(header(), json!({"typ": typ})), &claims()), "{typ}");
    }
}

#[test]
fn issuer_and_audience_are_compared_as_they_are() {
    for iss in ["https://id.example.com/", "https://ID.example.com", "https://id.example.co", ""] {
        assert!(!holds(&header(), &with(claims(), json!({"iss": iss}))), "{iss}");
    }
    for aud in
        [json!("other"), json!([]), json!([AUDIENCE, 1]), json!({AUDIENCE: 1}), json!(1), json!(vec![AUDIENCE; 17])]
    {
        assert!(!holds(&header(), &with(claims(), json!({"aud": aud}))), "{aud}");
    }
    assert!(holds(&header(), &with(claims(), json!({"aud": ["other", AUDIENCE]}))));
    for name in ["iss", "aud", "exp"] {
        assert!(!holds(&header(), &with(claims(), json!({name: null}))), "{name}");
    }
}

#[test]
fn times_are_whole_seconds_and_hold_now() {
    let far = json!("9999999999");
    for exp in [json!(NOW - 60), json!(0), json!(-1), far, json!(1e300), json!([NOW + 300]), json!(1_767_225_900.5)] {
        assert!(!holds(&header(), &with(claims(), json!({"exp": exp}))), "{exp}");
    }
    assert!(holds(&header(), &with(claims(), json!({"exp": NOW - 59}))), "clocks differ");
    for name in ["nbf", "iat"] {
        for time in [json!(NOW + 61), json!("0"), json!(0.5), json!({})] {
            assert!(!holds(&header(), &with(claims(), json!({name: time}))), "{name} {time}");
        }
        assert!(holds(&header(), &with(claims(), json!({name: NOW + 60}))), "{name}");
    }
    assert!(holds(&header(), &with(claims(), json!({"iat": null}))));
}

#[test]
fn the_age_of_a_token_may_be_limited() {
    let max_age = Some(std::time::Duration::from_secs(600));
    let expected = Expected { issuer: ISSUER, audience: AUDIENCE, max_age };
    let holds = |claims: &Value| {
        let text = token(&header(), claims);
        let read = ForeignToken::read(&text).unwrap();
        read.verify(&ed_set(), &expected, Timestamp::from_millis(NOW * 1000)).is_ok()
    };
    assert!(holds(&claims()) && holds(&with(claims(), json!({"iat": NOW - 660}))));
    assert!(!holds(&with(claims(), json!({"iat": NOW - 661}))));
    assert!(!holds(&with(claims(), json!({"iat": i64::MIN}))));
    assert!(!holds(&with(claims(), json!({"iat": null}))));
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    let doubled = [
        (header().to_string().replacen('{', r#"{"alg":"EdDSA","#, 1), claims().to_string()),
        (header().to_string(), claims().to_string().replacen('{', r#"{"sub":"root","#, 1)),
        (header().to_string(), format!("[{}]", claims())),
        (header().to_string(), format!("{} {{}}", claims())),
    ];
    for (header, claims) in doubled {
        assert!(check(&sealed(&header, &claims, &ed(1), Algorithm::EdDSA), &ed_set()).is_none(), "{header} {claims}");
    }
    let good = token(&header(), &claims());
    assert!(check(&good, &ed_set()).is_some());
    let (message, signature) = good.rsplit_once('.').unwrap();
    for bad in [format!("{message}."), format!("{good}.{signature}"), format!("{good}="), good.replace('.', "..")] {
        assert!(check(&bad, &ed_set()).is_none(), "{bad}");
    }
    let long = with(claims(), json!({"filler": "x".repeat(9000)}));
    assert!(!holds(&header(), &long));
}

#[test]
fn a_key_is_used_for_what_it_is_published_for() {
    let text = token(&header(), &claims());
    let rsa_like = published(&ed(2), Algorithm::EdDSA, &json!({"kid": "k2"}));
    for more in [
        json!({"kid": "k1", "use": "enc"}),
        json!({"kid": "k1", "key_ops": ["sign"]}),
        json!({"kid": "k1", "alg": "ES256"}),
        json!({"kid": "k1", "alg": "HS256"}),
        json!({"kid": "k1", "x": "AAAA"}),
        json!({"kid": "k1", "crv": "Ed448"}),
        json!({"kid": "k1", "d": "AAAA"}),
    ] {
        let keys = set(&[published(&ed(1), Algorithm::EdDSA, &more), rsa_like.clone()]);
        assert!(check(&text, &keys).is_none(), "{more}");
        assert_eq!(keys.holds_secrets(), more.get("d").is_some());
    }
    let ops = json!({"kid": "k1", "use": "sig", "key_ops": ["verify"]});
    assert!(check(&text, &set(&[published(&ed(1), Algorithm::EdDSA, &ops)])).is_some());
}

#[test]
fn a_token_that_names_no_key_holds_only_where_there_is_no_choice() {
    let unnamed = token(&json!({"alg": "EdDSA"}), &claims());
    let (one, two) = (
        published(&ed(1), Algorithm::EdDSA, &json!({"kid": "k1"})),
        published(&ed(2), Algorithm::EdDSA, &json!({"kid": "k2"})),
    );
    let other_kind = published(&ec(), Algorithm::ES256, &json!({"kid": "k3"}));
    assert!(check(&unnamed, &set(&[one.clone(), other_kind])).is_some());
    assert!(check(&unnamed, &set(&[one, two])).is_none());
}

#[test]
fn a_set_without_a_usable_key_is_refused() {
    let parse = |json: Value| KeySet::parse(json.to_string().as_bytes()).err();
    for malformed in [json!([]), json!({}), json!({"keys": {}}), json!("x")] {
        assert_eq!(parse(malformed), Some(InvalidKeySet::Malformed));
    }
    let short = json!({"kty": "RSA", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([0xff; 128])});
    let long = json!({"kty": "RSA", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([0xff; 1024])});
    let even = json!({"kty": "RSA", "e": "Ag", "n": URL_SAFE_NO_PAD.encode([0xff; 256])});
    for useless in [json!([]), json!([short]), json!([long]), json!([even]), json!([{"kty": "EC"}, 1, null])] {
        assert_eq!(parse(json!({"keys": useless})), Some(InvalidKeySet::NoKey));
    }
    assert_eq!(parse(json!({"keys": vec![json!({}); 65]})), Some(InvalidKeySet::TooMany));
}

proptest! {
    #[test]
    fn nothing_that_was_changed_on_the_way_holds(at in 0_usize..400, letter in "[A-Za-z0-9_.-]") {
        let good = token(&header(), &claims());
        let at = at % good.len();
        let changed = format!("{}{letter}{}", &good[..at], &good[at + 1..]);
        // The last letter of a part may have bits that mean nothing; those are refused as well.
        prop_assert!(changed == good || check(&changed, &ed_set()).is_none(), "{}", changed);
    }

    #[test]
    fn reading_never_panics(text in ".{0,200}", header in ".{0,40}", key in "[A-Za-z0-9_-]{0,60}") {
        let _ = ForeignToken::read(&text);
        let _ = ForeignToken::read(&format!("{}.{}.{text}", encoded(&header), encoded(&text)));
        let _ = KeySet::parse(text.as_bytes());
        for kty in ["RSA", "EC", "OKP"] {
            let wild = json!({"kty": kty, "crv": "Ed25519", "x": key, "y": key, "n": key, "e": key});
            let _ = KeySet::parse(json!({"keys": [wild]}).to_string().as_bytes());
        }
    }
}
