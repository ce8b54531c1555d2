//! Vectors, bounds, and texts that nobody would send.

use proptest::prelude::*;

use super::*;
use crate::credentials::{HashSettings, Hasher, Verdict};

const PASSWORD: &str = "Sunny-Meadow-Walk-0042";

/// Made with other implementations: Python's hashlib, the bcrypt and Argon2
/// reference code, and an AES of its own.
const KNOWN: [(HashFormat, &str); 13] = [
    (HashFormat::Bcrypt, "$2b$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6"),
    (HashFormat::Bcrypt, "$2y$04$goc6maREHseYa9yHVCq5N.d2IqzgY8adpRMYl4rOH7.YFj1Fr2sMa"),
    (
        HashFormat::Scrypt,
        "$scrypt$v=1$n=1024,r=8,p=1,kl=64$c2FsdC1vZi0xNi1ieXRlcw$sdKVBmwzEimW2NhTY3Xc7A+LZRAHa6RQGu5hxBZTVe4afqyr+7fVF/82LwjAV/nsneHqEM8z0cHLLJ/FudFxzg",
    ),
    (
        HashFormat::Scrypt,
        "$scrypt$v=1$n=16384,r=8,p=1,kl=64$c2FsdC1vZi0xNi1ieXRlcw$5fMre0E+MzXZPXnLWdd5xcpdigtHladXgnBnaUrjKcVLDjSQz0rbQ50s4CnK+qlaUmCTNJdkKo/P4O5v0JskNQ",
    ),
    (
        HashFormat::FirebaseScrypt,
        "$firebase-scrypt$hash=potP+VXg7D+rVPPeaknzDb1gkJyi5MS63oz15YjceaMJ4DxCpQbzIQLAh6/0CxRkdx1m7emeyMSFCgdKwcV0UQ==$salt=c2FsdC1vZi0xNi1ieXRlcw==$sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$ss=Bw==$r=8$m=10",
    ),
    (HashFormat::Ssha, "{SSHA}rncvppFmEZ3NHuRpmxkiUqGoKoJzYWx0c2FsdA=="),
    (HashFormat::Ssha256, "{SSHA256}Pg8l0p4tJbzrJqPCx6dP8QuCsNVnYxuQ2kqvKVPzyexzYWx0c2FsdA=="),
    (HashFormat::Pbkdf2, "$pbkdf2$i=1000,d=sha256$c2FsdC1vZi0xNi1ieXRlcw$iovkFwyIL/XYwKqClXUAIbmqutLUPQC3jEfm5UmqB3Q"),
    (
        HashFormat::Pbkdf2,
        "$pbkdf2$i=600000,d=sha256$c2FsdC1vZi0xNi1ieXRlcw$9kfx96cl3bjfey1Lk3y0IgPhJUzzffPBQaoppZwUWuI",
    ),
    (
        HashFormat::Pbkdf2,
        "$pbkdf2$i=1000,d=sha512$c2FsdC1vZi0xNi1ieXRlcw$r5w1bYZb0Fvo8jTURi/htuyRT80cAsI5HlqUtS5kQ8zoHfy/qw0/Q4hWsPzsmjE//Vqwp5+GgrA8qYe78/POIw",
    ),
    (
        HashFormat::Argon2,
        "$argon2id$v=19$m=256,t=2,p=1$c2FsdC1vZi0xNi1ieXRlcw$tgvFz25U4k1arFcCLZYSyUOMSkpmzOMQ0EF+u7zbSRY",
    ),
    (
        HashFormat::Argon2,
        "$argon2i$v=19$m=256,t=2,p=1$c2FsdC1vZi0xNi1ieXRlcw$PXhEa7ZUAekF3NeznD0+sJwfEjiOvtUnkfbIKreY8Zc",
    ),
    (
        HashFormat::Argon2,
        "$argon2d$v=19$m=256,t=2,p=1$c2FsdC1vZi0xNi1ieXRlcw$kpZeq9+/SGV9FumpYOXJRKLmWKN3ykvgC3u17sWjrtc",
    ),
];

fn hasher() -> Hasher {
    let settings = HashSettings { threads: 1, memory_kib: 64, iterations: 1, parallelism: 1, queue: 8 };
    Hasher::start(settings, None).unwrap()
}

fn scheme(format: HashFormat, text: &str, position: Option<SaltPosition>) -> Scheme {
    let hash = ImportedHash::parse(format, text, position).unwrap();
    Scheme::from_stored(hash.stored()).unwrap().unwrap()
}

fn refused(format: HashFormat, text: &str) -> &'static str {
    ImportedHash::parse(format, text, None).err().unwrap_or_else(|| panic!("{text} was taken")).0
}

#[tokio::test]
async fn hashes_of_every_format_verify_with_their_password_and_with_no_other() {
    let hasher = hasher();
    for (format, text) in KNOWN {
        let hash = ImportedHash::parse(format, text, None).unwrap();
        assert!(hash.stored().ends_with(text), "{text}");
        let check = async |password: &str| hasher.verify(Secret::new(password), hash.stored().to_owned()).await;
        assert_eq!(check(PASSWORD).await, Ok(Verdict { matches: true, outdated: true }), "{text}");
        for wrong in ["", "Sunny-Meadow-Walk-0043", "Sunny-Meadow-Walk-0042 ", "Sunny-Meadow-Walk-0042\0"] {
            assert_eq!(check(wrong).await, Ok(Verdict { matches: false, outdated: true }), "{text} {wrong:?}");
        }
    }
}

#[test]
fn vectors_that_others_have_published_verify() {
    // crypt_blowfish's own test, the README of Firebase's scrypt, and two of RFC 7914.
    let firebase = "$firebase-scrypt$hash=lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==\
         $salt=42xEC+ixf3L2lw==$sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==\
         $ss=Bw==$r=8$m=14";
    for (format, text, password) in [
        (HashFormat::Bcrypt, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        (HashFormat::FirebaseScrypt, firebase, "user1password"),
        (
            HashFormat::Scrypt,
            "$scrypt$n=1024,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA",
            "password",
        ),
        (
            HashFormat::Pbkdf2,
            "$pbkdf2$i=1,d=sha256$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw",
            "passwd",
        ),
    ] {
        let scheme = scheme(format, text, None);
        assert!(scheme.matches(&Secret::new(password)), "{text}");
        assert!(!scheme.matches(&Secret::new("another")), "{text}");
    }
}

#[test]
fn a_salt_goes_where_the_caller_says() {
    let before = "{SSHA}GiCjuIFpa2nIgjvapqTFuOoCO8JzYWx0c2FsdA==";
    assert!(scheme(HashFormat::Ssha, before, Some(SaltPosition::Prefix)).matches(&Secret::new(PASSWORD)));
    assert!(!scheme(HashFormat::Ssha, before, Some(SaltPosition::Suffix)).matches(&Secret::new(PASSWORD)));
    let bare = "rncvppFmEZ3NHuRpmxkiUqGoKoJzYWx0c2FsdA";
    assert!(scheme(HashFormat::Ssha, bare, None).matches(&Secret::new(PASSWORD)));
    let (format, text) = KNOWN[0];
    assert!(ImportedHash::parse(format, text, Some(SaltPosition::Suffix)).is_err());
}

#[test]
fn bcrypt_takes_no_password_that_it_would_cut() {
    let cut = scheme(HashFormat::Bcrypt, "$2b$04$MkLfD2Od3UArsMQ36qZcJOwpgwMCi7UsT9u2sliFWv0AZYQ9tKPS.", None);
    for length in [71, 72, 73, 1000] {
        assert!(!cut.matches(&Secret::new("a".repeat(length))), "{length}");
    }
}

#[test]
fn what_would_take_too_much_is_refused() {
    let salt = "c2FsdC1vZi0xNi1ieXRlcw";
    let hash = "iovkFwyIL/XYwKqClXUAIbmqutLUPQC3jEfm5UmqB3Q";
    let bcrypt = |cost: &str| format!("$2b${cost}$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6");
    for cost in ["15", "31", "32", "99", "03", "00"] {
        refused(HashFormat::Bcrypt, &bcrypt(cost));
    }
    for cost in ["n=262144,r=8,p=1", "n=2,r=1,p=1048576", "n=4294967296,r=8,p=1", "n=131072,r=8,p=3", "n=1000,r=8,p=1"]
    {
        refused(HashFormat::Scrypt, &format!("$scrypt$v=1${cost}${salt}${hash}"));
    }
    for cost in ["n=131072,r=8,p=1", "n=8192,r=8,p=10"] {
        let text = format!("$scrypt$v=1${cost}${salt}${hash}");
        assert!(ImportedHash::parse(HashFormat::Scrypt, &text, None).is_ok(), "{cost}");
    }
    for work in ["i=2000001,d=sha256", "i=4294967295,d=sha256", "i=99999999999,d=sha256", "i=0,d=sha256", "i=1,d=sha1"]
    {
        refused(HashFormat::Pbkdf2, &format!("$pbkdf2${work}${salt}${hash}"));
    }
    let firebase = |m: &str| format!("$firebase-scrypt$hash={hash}$salt={salt}$sk={hash}$ss=$r=8$m={m}");
    for m in ["18", "64", "4294967295", "-1", "0"] {
        refused(HashFormat::FirebaseScrypt, &firebase(m));
    }
    assert!(ImportedHash::parse(HashFormat::FirebaseScrypt, &firebase("17"), None).is_ok());
    for work in ["m=262145,t=1,p=1", "m=4294967295,t=1,p=1", "m=256,t=65,p=1", "m=65536,t=17,p=1"] {
        refused(HashFormat::Argon2, &format!("$argon2id$v=19${work}${salt}${hash}"));
    }
    assert!(refused(HashFormat::Ssha, &"A".repeat(1025)).contains("1024"));
}

#[test]
fn what_cannot_be_read_is_refused_with_words() {
    let salt = "c2FsdC1vZi0xNi1ieXRlcw";
    let hash = "iovkFwyIL/XYwKqClXUAIbmqutLUPQC3jEfm5UmqB3Q";
    for (format, text) in [
        (HashFormat::Bcrypt, "$2x$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6".to_owned()),
        (HashFormat::Bcrypt, "$2b$".to_owned()),
        (HashFormat::Bcrypt, format!("$2b$05${}", "é".repeat(27))),
        (HashFormat::Scrypt, format!("$scrypt$v=2$n=16,r=8,p=1${salt}${hash}")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$ln=14,r=8,p=1${salt}${hash}")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=16,r=8,p=1,kl=64${salt}${hash}")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=16,n=16,r=8,p=1${salt}${hash}")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=+16,r=8,p=1${salt}${hash}")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=16,r=8,p=1${salt}${hash}$")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=16,r=8,p=1${salt}$c2hvcnQ")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=16,r=8,p=1$${hash}")),
        (HashFormat::Scrypt, format!("$scrypt$v=1$n=16,r=8,p=1$*${hash}")),
        (HashFormat::FirebaseScrypt, format!("$firebase-scrypt$hash={hash}$salt={salt}$sk=AAAA$ss=$r=8$m=14")),
        (HashFormat::FirebaseScrypt, format!("$firebase-scrypt$hash={hash}$salt={salt}$r=8$m=14")),
        (HashFormat::Ssha, "{SSHA}AAAA".to_owned()),
        (HashFormat::Ssha, "{SSHA}rncvppFmEZ3NHuRpmxkiUqGoKoI=".to_owned()),
        (HashFormat::Ssha256, "{SSHA}rncvppFmEZ3NHuRpmxkiUqGoKoJzYWx0c2FsdA==".to_owned()),
        (HashFormat::Pbkdf2, format!("$pbkdf2$d=sha256${salt}${hash}")),
        (HashFormat::Pbkdf2, format!("$pbkdf2-sha256$i=1000${salt}${hash}")),
        (HashFormat::Argon2, format!("$argon2x$v=19$m=256,t=2,p=1${salt}${hash}")),
        (HashFormat::Argon2, format!("$argon2id$v=19$m=256,t=2,p=1,keyid=AAAA${salt}${hash}")),
        (HashFormat::Argon2, format!("$argon2id$v=19$m=256,t=2,p=1${salt}")),
        (HashFormat::Argon2, String::new()),
    ] {
        let words = refused(format, &text);
        assert!(words.ends_with('.') && words.len() > 20, "{text}: {words}");
    }
}

#[tokio::test]
async fn a_cheap_hash_is_answered_no_sooner_than_nobody() {
    // Slow enough: a digest takes microseconds.
    let settings = HashSettings { threads: 1, memory_kib: 8 * 1024, iterations: 4, parallelism: 1, queue: 8 };
    let hasher = Hasher::start(settings, None).unwrap();
    let [digest, argon2] = [KNOWN[5], KNOWN[10]]
        .map(|(format, text)| ImportedHash::parse(format, text, None).unwrap().stored().to_owned());
    // Counted, not timed: on a busy machine either may wait long for a core.
    let evened = async |stored: &str| {
        let before = hasher.stats().evened;
        for _ in 0..5 {
            assert!(!hasher.verify(Secret::new("wrong"), stored.to_owned()).await.unwrap().matches);
        }
        hasher.stats().evened - before
    };
    assert_eq!(evened(&argon2).await, 5);
    // One that was kept from its core for longer than a new hash takes needs no more work.
    assert!(evened(&digest).await > 0);
    let before = hasher.stats().evened;
    hasher.verify_nothing(&Secret::new("wrong"), Secret::new("wrong")).await.unwrap();
    assert_eq!(hasher.stats().evened, before);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(at in 0..HashFormat::ALL.len(), text in "\\PC{0,200}") {
        let _ = ImportedHash::parse(HashFormat::ALL[at], &text, None);
        let _ = Scheme::from_stored(&text);
    }

    #[test]
    fn no_damage_to_a_hash_makes_the_reader_panic(
        at in 0..KNOWN.len(), place in 0_usize..300, with in "[$=,{}A-Za-z0-9+/é.-]{0,4}", cut in 0_usize..6,
    ) {
        let (format, text) = KNOWN[at];
        let mut characters: Vec<char> = text.chars().collect();
        let begin = place.min(characters.len());
        characters.splice(begin..(begin + cut).min(text.len()), with.chars());
        let text: String = characters.into_iter().collect();
        if let Ok(hash) = ImportedHash::parse(format, &text, None) {
            // What was taken can be read again, and its memory is bounded.
            if let Some(scheme) = Scheme::from_stored(hash.stored()) {
                prop_assert!(scheme.unwrap().memory_kib() <= 129 * 1024);
            }
        }
    }

    #[test]
    fn parameters_of_any_size_are_bounded(n: u64, r: u32, p: u32) {
        let text = format!("$scrypt$n={n},r={r},p={p}$c2FsdA$iovkFwyIL/XYwKqClXUAIbmqutLUPQC3jEfm5UmqB3Q");
        if let Ok(hash) = ImportedHash::parse(HashFormat::Scrypt, &text, None) {
            let scheme = Scheme::from_stored(hash.stored()).unwrap().unwrap();
            prop_assert!(scheme.memory_kib() <= 129 * 1024);
        }
    }
}
