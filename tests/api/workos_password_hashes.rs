//! Password hashes of other systems: taken over, verified, and upgraded.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::app::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases, on_both_with};
use crate::support::resets::UPDATED;

/// Hashes of [`PASSWORD`], made with other implementations.
const HASHES: [(&str, &str); 9] = [
    ("bcrypt", "$2b$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6"),
    (
        "scrypt",
        "$scrypt$v=1$n=16384,r=8,p=1,kl=64$c2FsdC1vZi0xNi1ieXRlcw$5fMre0E+MzXZPXnLWdd5xcpdigtHladXgnBnaUrjKcVLDjSQz0rbQ50s4CnK+qlaUmCTNJdkKo/P4O5v0JskNQ",
    ),
    (
        "firebase-scrypt",
        "$firebase-scrypt$hash=potP+VXg7D+rVPPeaknzDb1gkJyi5MS63oz15YjceaMJ4DxCpQbzIQLAh6/0CxRkdx1m7emeyMSFCgdKwcV0UQ==$salt=c2FsdC1vZi0xNi1ieXRlcw==$sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$ss=Bw==$r=8$m=10",
    ),
    ("ssha", "{SSHA}rncvppFmEZ3NHuRpmxkiUqGoKoJzYWx0c2FsdA=="),
    ("ssha256", "{SSHA256}Pg8l0p4tJbzrJqPCx6dP8QuCsNVnYxuQ2kqvKVPzyexzYWx0c2FsdA=="),
    ("pbkdf2", "$pbkdf2$i=1000,d=sha256$c2FsdC1vZi0xNi1ieXRlcw$iovkFwyIL/XYwKqClXUAIbmqutLUPQC3jEfm5UmqB3Q"),
    (
        "pbkdf2",
        "$pbkdf2$i=1000,d=sha512$c2FsdC1vZi0xNi1ieXRlcw$r5w1bYZb0Fvo8jTURi/htuyRT80cAsI5HlqUtS5kQ8zoHfy/qw0/Q4hWsPzsmjE//Vqwp5+GgrA8qYe78/POIw",
    ),
    ("argon2", "$argon2i$v=19$m=256,t=2,p=1$c2FsdC1vZi0xNi1ieXRlcw$PXhEa7ZUAekF3NeznD0+sJwfEjiOvtUnkfbIKreY8Zc"),
    ("argon2", "$argon2d$v=19$m=256,t=2,p=1$c2FsdC1vZi0xNi1ieXRlcw$kpZeq9+/SGV9FumpYOXJRKLmWKN3ykvgC3u17sWjrtc"),
];

/// How many users have a hash of our own.
async fn ours(app: &mut TestApp) -> i64 {
    app.database.number("SELECT count(*) AS n FROM users WHERE password_hash LIKE '$argon2id$%'").await
}

#[test]
fn a_hash_of_every_format_signs_in_and_is_upgraded_by_that() {
    on_both_databases(async |app| {
        for (n, (kind, hash)) in HASHES.into_iter().enumerate() {
            let email = format!("user{n}@example.test");
            app.make(&json!({"email": email, "password_hash": hash, "password_hash_type": kind})).await;
            assert_eq!(app.sign_in(&email, NEW_PASSWORD).await.told(), "400 invalid_credentials", "{hash}");
            assert_eq!(ours(app).await, i64::try_from(n).unwrap(), "a wrong password upgrades nothing");
            for _ in 0..2 {
                let signed_in = app.sign_in(&email, PASSWORD).await;
                assert_eq!(signed_in.status, 200, "{hash}: {}", signed_in.text);
                assert_eq!(ours(app).await, i64::try_from(n + 1).unwrap(), "{hash}");
            }
            assert_eq!(app.sign_in(&email, NEW_PASSWORD).await.told(), "400 invalid_credentials", "{hash}");
        }
    });
}

#[test]
fn a_hash_of_a_decomposed_password_signs_in_and_is_upgraded_to_the_composed_one() {
    on_both_databases(async |app| {
        let (composed, decomposed) = ("Caf\u{e9}-Meadow-Walk-0042", "Cafe\u{301}-Meadow-Walk-0042");
        let hash = "{SSHA}3X36Lama85gJ6ypcTko4ilwFVAFzYWx0c2FsdA==";
        let ann = "ann@example.test";
        app.make(&json!({"email": ann, "password_hash": hash, "password_hash_type": "ssha"})).await;
        assert_eq!(app.sign_in(ann, composed).await.told(), "400 invalid_credentials", "it was never typed so");
        assert_eq!(app.sign_in(ann, decomposed).await.status, 200);
        assert_eq!(ours(app).await, 1);
        for typed in [composed, decomposed] {
            assert_eq!(app.sign_in(ann, typed).await.status, 200, "{typed:?}");
        }
    });
}

#[test]
fn a_hash_is_stored_as_it_came_and_told_to_nobody() {
    on_both_databases(async |app| {
        let (kind, hash) = HASHES[0];
        let user =
            app.make(&json!({"email": "ann@example.test", "password_hash": hash, "password_hash_type": kind})).await;
        let stored = format!("SELECT count(*) AS n FROM users WHERE password_hash = 'bcrypt:{hash}'");
        assert_eq!(app.database.number(&stored).await, 1);
        let told = format!("SELECT count(*) AS n FROM events WHERE data LIKE '%{}%'", &hash[30..]);
        assert_eq!(app.database.number(&told).await, 0);
        assert!(!user.to_string().contains(&hash[30..]));
    });
}

#[test]
fn a_hash_replaces_a_password_like_a_new_password_does() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await;
        app.set_password(user, NEW_PASSWORD).await;
        let session = app.session("ann@example.test", NEW_PASSWORD).await.unwrap();
        let link = app.link_token("ann@example.test").await;
        let notices = app.mails_with(UPDATED).await;
        let (kind, hash) = HASHES[4];
        let body = json!({"password_hash": hash, "password_hash_type": kind, "password_salt_position": "suffix"});
        let changed = app.put(&user.to_string(), &body).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert!(!app.refreshes(&session).await);
        assert!(!app.signs_in("ann@example.test", NEW_PASSWORD).await);
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
        assert_eq!(app.complete_link(&link, NEW_PASSWORD).await.status, 400);
        assert_eq!(app.mails_with(UPDATED).await, notices + 1);
    });
}

#[test]
fn a_reset_replaces_a_hash_that_was_taken_over() {
    on_both_databases(async |app| {
        let (kind, hash) = HASHES[2];
        app.make(&json!({"email": "ann@example.test", "password_hash": hash, "password_hash_type": kind})).await;
        let token = app.link_token("ann@example.test").await;
        app.complete_link(&token, NEW_PASSWORD).await.is_complete();
        assert!(app.signs_in("ann@example.test", NEW_PASSWORD).await);
        assert!(!app.signs_in("ann@example.test", PASSWORD).await);
        app.drain().await;
    });
}

#[test]
fn a_hash_that_cannot_be_verified_later_is_refused_with_words() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        for (kind, hash) in [
            ("bcrypt", "$2b$31$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6".to_owned()),
            ("bcrypt", String::new()),
            ("bcrypt", HASHES[1].1.to_owned()),
            ("scrypt", HASHES[1].1.replace("n=16384", "n=1073741824")),
            ("scrypt", HASHES[1].1.replace("n=16384", "ln=14")),
            ("firebase-scrypt", HASHES[2].1.replace("m=10", "m=40")),
            ("ssha", "{SSHA}AAAA".to_owned()),
            ("ssha256", HASHES[3].1.to_owned()),
            ("pbkdf2", HASHES[5].1.replace("i=1000", "i=4000000000")),
            ("pbkdf2", HASHES[5].1.replace("sha256", "md5")),
            ("argon2", HASHES[7].1.replace("m=256", "m=4194304")),
            ("argon2", HASHES[7].1.replace("argon2i", "argon3i")),
            ("argon2", "x".repeat(2000)),
        ] {
            let body = json!({"email": "bob@example.test", "password_hash": hash, "password_hash_type": kind});
            for refused in [app.post("/user_management/users", &body).await, app.put(&user, &body).await] {
                assert_eq!(refused.told(), "400 invalid_password_hash", "{kind} {hash}: {}", refused.text);
                assert!(hash.is_empty() || !refused.text.contains(&hash), "{}", refused.text);
            }
        }
        assert!(app.signs_in("ann@example.test", PASSWORD).await, "the old password is still good");
    });
}

#[test]
fn a_password_and_a_hash_are_not_given_together() {
    on_both_databases(async |app| {
        let user = app.user("ann@example.test").await.to_string();
        let (kind, hash) = HASHES[0];
        for (body, told) in [
            (
                json!({"password": NEW_PASSWORD, "password_hash": hash, "password_hash_type": kind}),
                "400 password_and_password_hash_provided",
            ),
            (
                json!({"password": NEW_PASSWORD, "password_hash_type": kind}),
                "400 password_and_password_hash_type_provided",
            ),
            (json!({"password_salt_position": "prefix"}), "400 password_salt_position_requires_password_hash"),
        ] {
            assert_eq!(app.put(&user, &body).await.told(), told, "{body}");
        }
        app.put(&user, &json!({"password_hash": hash})).await.names(&[("password_hash_type", "required")]);
        app.put(&user, &json!({"password_hash_type": kind})).await.names(&[("password_hash", "required")]);
        app.put(&user, &json!({"password_hash": hash, "password_hash_type": "md5"}))
            .await
            .names(&[("password_hash_type", "invalid_value")]);
        app.put(&user, &json!({"password_hash": [hash], "password_hash_type": 7}))
            .await
            .names(&[("password_hash", "invalid_type"), ("password_hash_type", "invalid_type")]);
        assert!(app.signs_in("ann@example.test", PASSWORD).await);
    });
}

#[test]
fn g06_bcrypt_signs_nobody_in_with_a_password_that_it_would_cut() {
    on_both_databases(async |app| {
        // Made from 72 times `a`.
        let hash = "$2b$04$MkLfD2Od3UArsMQ36qZcJOwpgwMCi7UsT9u2sliFWv0AZYQ9tKPS.";
        app.make(&json!({"email": "ann@example.test", "password_hash": hash, "password_hash_type": "bcrypt"})).await;
        let a = "a".repeat(72);
        for password in [format!("{a}X"), format!("{a}Y"), a] {
            assert_eq!(app.sign_in("ann@example.test", &password).await.told(), "400 invalid_credentials");
        }
        let (kind, hash) = HASHES[5];
        app.make(&json!({"email": "bob@example.test", "password_hash": hash, "password_hash_type": kind})).await;
        let padded = format!("{PASSWORD}\0");
        assert_eq!(app.sign_in("bob@example.test", &padded).await.told(), "400 invalid_credentials");
    });
}

#[test]
fn hashes_that_wait_for_the_pool_are_bounded_like_all_others() {
    on_both_with(&[("REKEY__HASHING__THREADS", "1"), ("REKEY__HASHING__QUEUE", "1")], async |app| {
        let hash = "$pbkdf2$i=600000,d=sha256$c2FsdC1vZi0xNi1ieXRlcw$9kfx96cl3bjfey1Lk3y0IgPhJUzzffPBQaoppZwUWuI";
        for n in 0..8 {
            let email = format!("user{n}@example.test");
            app.make(&json!({"email": email, "password_hash": hash, "password_hash_type": "pbkdf2"})).await;
        }
        let emails: Vec<_> = (0..8).map(|n| format!("user{n}@example.test")).collect();
        let calls = emails.iter().map(|email| app.sign_in(email, PASSWORD));
        let answers = futures_util::future::join_all(calls).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert!(count(200) >= 1 && count(503) >= 1, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        assert_eq!(count(200) + count(503), 8);
        let busy = answers.iter().find(|answer| answer.status == 503).unwrap();
        assert!(busy.headers.contains_key("retry-after"));
        assert!(app.signs_in("user7@example.test", PASSWORD).await, "a busy pool is no wrong password");
    });
}

/// The time that a wrong password takes at each address: the shortest of some,
/// taken in turns, because the machine may be busy.
async fn shortest(app: &TestApp, emails: [&str; 3]) -> [Duration; 3] {
    let mut shortest = [Duration::MAX; 3];
    for _ in 0..4 {
        for (email, shortest) in emails.iter().zip(&mut shortest) {
            let begun = Instant::now();
            assert_eq!(app.sign_in(email, NEW_PASSWORD).await.told(), "400 invalid_credentials");
            *shortest = begun.elapsed().min(*shortest);
        }
    }
    shortest
}

#[test]
fn an_unknown_address_takes_as_long_as_a_member_whose_hash_is_slow() {
    on_both_databases(async |app| {
        for n in 0..3 {
            let body = json!({"email": format!("user{n}@example.test"), "password_hash_type": "bcrypt",
                "password_hash": bcrypt::hash(PASSWORD, 12).unwrap()});
            app.make(&body).await;
        }
        let [member, one, other] =
            shortest(app, ["user0@example.test", "nobody0@example.test", "nobody1@example.test"]).await;
        // Our own hash takes a tenth of it.
        for unknown in [one, other] {
            assert!(unknown * 3 > member && member * 3 > unknown, "{unknown:?} against {member:?}");
        }
        assert!(app.signs_in("user1@example.test", PASSWORD).await);
        let nobody = app.sign_in("nobody0@example.test", PASSWORD).await;
        assert_eq!(nobody.told(), "400 invalid_credentials", "a decoy never matches");
        app.drain().await;
    });
}
