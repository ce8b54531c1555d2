//! Every way in which a token is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use hmac::{KeyInit as _, Mac as _};
use serde_json::{Value, json};

use super::*;
use crate::credentials::signing_keys::SigningKey;
use crate::domain::entropy::SeededEntropy;
use crate::domain::secret::SecretBytes;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const SEED: [u8; 32] = [7; 32];

fn tokens() -> AccessTokens {
    let keys = vec![
        SigningKey::from_seed("k2".into(), SecretBytes::new(SEED), false),
        SigningKey::from_seed("k1".into(), SecretBytes::new([1; 32]), true),
    ];
    AccessTokens::new(SigningKeys::new("k2", keys).unwrap(), "https://id.test".into(), "https://id.test/api".into())
}

fn subject() -> ClientSubject {
    let entropy = SeededEntropy::new(5);
    ClientSubject {
        service_account: ServiceAccountId::generate(NOW, &entropy),
        client_id: "client_one".into(),
        application: ApplicationId::generate(NOW, &entropy),
        generation: 3,
    }
}

fn user() -> UserSubject {
    let entropy = SeededEntropy::new(6);
    UserSubject {
        user: UserId::generate(NOW, &entropy),
        session: SessionId::generate(NOW, &entropy),
        tenant: TenantId::generate(NOW, &entropy),
        client_id: "client_1".to_owned(),
    }
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "k2"})
}

fn claims() -> Value {
    let subject = subject();
    json!({
        "iss": "https://id.test", "sub": subject.service_account, "sub_kind": "client",
        "aud": "https://id.test/api", "client_id": subject.client_id, "app_id": subject.application,
        "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 1_700_000_900, "jti": "3.j",
    })
}

/// Signs any two texts with a key of ours: only the content can be wrong.
fn sign_with(seed: [u8; 32], header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = ed25519_dalek::SigningKey::from_bytes(&seed).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn sign(header: &Value, claims: &Value) -> String {
    sign_with(SEED, &header.to_string(), &claims.to_string())
}

fn is_accepted(token: &str) -> bool {
    tokens().verify_client(token, NOW).is_ok()
}

/// The good header or claims with one member set, or removed by `null`.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.into(), value)),
    }
    object
}

#[test]
fn an_issued_token_names_its_subject_until_it_expires() {
    let token = tokens().issue_client(&subject(), NOW, &SeededEntropy::new(1)).unwrap();
    let at = |seconds: u64| tokens().verify_client(token.expose(), NOW + Duration::from_secs(seconds));
    assert_eq!(at(0), Ok(subject()));
    assert_eq!(at(899), Ok(subject()));
    assert_eq!(at(900), Err(InvalidToken));
    assert!(is_accepted(&sign(&header(), &claims())), "the token that the other tests spoil is itself good");
}

#[test]
fn an_issued_user_token_names_its_subject_until_it_expires() {
    let issuer = "https://auth.app.test";
    let token = tokens().issue_user(issuer, &user(), NOW, &SeededEntropy::new(1)).unwrap();
    let verify =
        |issuer: &str, seconds| tokens().verify_user(issuer, token.expose(), NOW + Duration::from_secs(seconds));
    assert_eq!(verify(issuer, 299), Ok(user()));
    assert_eq!(verify(issuer, 300), Err(InvalidToken));
    assert_eq!(verify("https://auth.app.test/", 0), Err(InvalidToken));
}

#[test]
fn two_tokens_of_one_moment_differ() {
    let entropy = SeededEntropy::new(1);
    let issue = || tokens().issue_client(&subject(), NOW, &entropy).unwrap();
    assert!(!issue().matches(&issue()));
}

#[test]
fn a_token_of_one_kind_does_not_pass_for_the_other() {
    let client = tokens().issue_client(&subject(), NOW, &SeededEntropy::new(1)).unwrap();
    let user = tokens().issue_user("https://id.test", &user(), NOW, &SeededEntropy::new(1)).unwrap();
    assert!(!is_accepted(user.expose()));
    assert!(tokens().verify_user("https://id.test", client.expose(), NOW).is_err());
}

#[test]
fn a_retired_key_still_verifies_and_an_unknown_one_does_not() {
    let old = header();
    assert!(is_accepted(&sign_with(
        [1; 32],
        &with(old.clone(), "kid", json!("k1")).to_string(),
        &claims().to_string()
    )));
    assert!(!is_accepted(&sign_with([1; 32], &old.to_string(), &claims().to_string())));
    assert!(!is_accepted(&sign_with([9; 32], &old.to_string(), &claims().to_string())));
}

#[test]
fn j06_an_algorithm_other_than_ours_is_refused() {
    let none = ["none", "None", "nOnE", "NONE", "", "eddsa", "EdDSA ", "Ed25519", "ES256", "RS256"];
    for alg in none.map(|alg| json!(alg)).into_iter().chain([Value::Null, json!(null), json!(["EdDSA"]), json!(1)]) {
        let header = with(header(), "alg", alg.clone());
        assert!(!is_accepted(&sign(&header, &claims())), "{alg}");
        let unsigned = sign(&header, &claims());
        let (message, _) = unsigned.rsplit_once('.').unwrap();
        assert!(!is_accepted(&format!("{message}.")), "{alg} unsigned");
        assert!(!is_accepted(message), "{alg} in two parts");
    }
}

#[test]
fn j06_a_public_key_is_not_a_shared_secret() {
    let public = *tokens().keys().current().public();
    let as_text = URL_SAFE_NO_PAD.encode(public);
    for secret in [&public[..], as_text.as_bytes(), b""] {
        for alg in ["HS256", "EdDSA"] {
            let header = with(header(), "alg", json!(alg)).to_string();
            let message =
                format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims().to_string()));
            let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
            mac.update(message.as_bytes());
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
            assert!(!is_accepted(&token), "{alg}");
        }
    }
}

#[test]
fn j06_a_signature_must_be_the_one_of_this_message() {
    let token = sign(&header(), &claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(with(claims(), "jti", json!("3.k")).to_string());
    for bad in [
        format!("{head}.{other}.{signature}"),
        format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{message}.{signature}=="),
        format!("{message}.{signature}{signature}"),
        format!("{message}.{signature}.{signature}"),
        format!("{message}..{signature}"),
        format!(" {token}"),
        format!("{token}\n"),
        signature.to_owned(),
        "..".to_owned(),
        String::new(),
    ] {
        assert!(!is_accepted(&bad), "{bad}");
    }
}

#[test]
fn j06_each_time_is_required_and_a_whole_number() {
    for name in ["exp", "nbf", "iat"] {
        assert!(!is_accepted(&sign(&header(), &with(claims(), name, Value::Null))), "{name} missing");
        for raw in ["null", "\"1700000500\"", "1700000500.0", "1.7000005e9", "true", "[1700000500]", "{}", "1e400"] {
            let text = claims().to_string();
            let value = claims()[name].to_string();
            let spoiled = text.replacen(&format!("\"{name}\":{value}"), &format!("\"{name}\":{raw}"), 1);
            assert_ne!(text, spoiled);
            assert!(!is_accepted(&sign_with(SEED, &header().to_string(), &spoiled)), "{name} {raw}");
        }
    }
}

#[test]
fn j06_each_time_must_hold_now() {
    let huge = json!(u64::MAX);
    for (name, value) in [
        ("exp", json!(1_700_000_000)),
        ("exp", json!(1_699_999_999)),
        ("exp", json!(-1)),
        ("exp", json!(i64::MAX)),
        ("exp", huge.clone()),
        ("exp", json!(1_700_000_901)),
        ("nbf", json!(1_700_000_061)),
        ("nbf", huge.clone()),
        ("iat", json!(1_700_000_061)),
        ("iat", json!(i64::MIN)),
        ("iat", huge),
    ] {
        assert!(!is_accepted(&sign(&header(), &with(claims(), name, value.clone()))), "{name} {value}");
    }
    assert!(is_accepted(&sign(&header(), &with(claims(), "nbf", json!(1_700_000_060)))));
}

#[test]
fn j06_issuer_audience_and_kind_are_compared_exactly() {
    for (name, value) in [
        ("iss", json!("https://id.test/")),
        ("iss", json!("https://evil.test")),
        ("iss", Value::Null),
        ("aud", json!("https://id.test/api/")),
        ("aud", json!(["https://id.test/api"])),
        ("aud", json!(["https://evil.test", "https://id.test/api"])),
        ("aud", json!("")),
        ("aud", Value::Null),
        ("sub", json!("user_01ARZ3NDEKTSV4RRFFQ69G5FAV")),
        ("sub", Value::Null),
        ("sub_kind", json!("user")),
        ("sub_kind", Value::Null),
        ("app_id", json!("app_1")),
        ("app_id", Value::Null),
        ("jti", json!("")),
        ("jti", json!("j")),
        ("jti", Value::Null),
        ("scope", json!("everything")),
    ] {
        assert!(!is_accepted(&sign(&header(), &with(claims(), name, value.clone()))), "{name} {value}");
    }
}

#[test]
fn j06_another_type_is_refused() {
    for typ in [json!("JWT"), json!("AT+JWT"), json!("application/at+jwt"), json!(""), json!(["at+jwt"]), Value::Null] {
        assert!(!is_accepted(&sign(&with(header(), "typ", typ.clone()), &claims())), "{typ}");
    }
}

#[test]
fn j06_a_repeated_member_is_refused() {
    let (header, claims) = (header().to_string(), claims().to_string());
    let twice = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    for member in ["\"exp\":1700000900", "\"aud\":\"https://evil.test\"", "\"sub_kind\":\"client\""] {
        assert!(!is_accepted(&sign_with(SEED, &header, &twice(&claims, member))), "{member}");
    }
    assert!(!is_accepted(&sign_with(SEED, &twice(&header, "\"alg\":\"none\""), &claims)));
}

#[test]
fn j06_an_array_is_not_an_object() {
    let header = json!(["EdDSA", "at+jwt", "k2"]).to_string();
    assert!(!is_accepted(&sign_with(SEED, &header, &claims().to_string())));
}

#[test]
fn j06_an_encrypted_or_huge_token_is_refused() {
    assert!(!is_accepted("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..MTIzNDU2Nzg5MDEy.YQ.MTIzNDU2Nzg5MDEyMzQ1Ng"));
    assert!(!is_accepted(&sign(&with(header(), "enc", json!("A128GCM")), &claims())));
    assert!(!is_accepted(&"a".repeat(1 << 20)));
    assert!(!is_accepted(&sign(&header(), &with(claims(), "client_id", json!("x".repeat(1 << 20))))));
    assert!(!is_accepted(&sign(&header(), &with(claims(), "client_id", json!("x".repeat(jws::MAX_LENGTH))))));
}

#[test]
fn j07_a_key_id_selects_among_our_own_keys_only() {
    let long = "k".repeat(1 << 20);
    for kid in ["", "k", "K2", "k2\0", " k2", "../../dev/null", "' OR 1=1--", "null", "0", long.as_str()] {
        assert!(!is_accepted(&sign(&with(header(), "kid", json!(kid)), &claims())), "{kid:.40}");
    }
    for kid in [Value::Null, json!(["k2"]), json!(2), json!({"k2": 1})] {
        assert!(!is_accepted(&sign(&with(header(), "kid", kid.clone()), &claims())), "{kid}");
    }
    assert!(!is_accepted(&sign_with(SEED, r#"{"alg":"EdDSA","typ":"at+jwt","kid":null}"#, &claims().to_string())));
}

#[test]
fn j07_a_header_that_brings_a_key_is_refused() {
    let own = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(own)});
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://canary.test/jwks")),
        ("x5u", json!("https://canary.test/cert")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("YQ")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
    ] {
        let header = with(header(), name, value);
        for seed in [SEED, [9; 32]] {
            assert!(!is_accepted(&sign_with(seed, &header.to_string(), &claims().to_string())), "{name}");
        }
    }
}
