//! The hash pool, from outside.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

const SMALL: HashSettings = HashSettings { threads: 1, memory_kib: 64, iterations: 1, parallelism: 1, queue: 8 };
/// Slow enough (a tenth of a second and more) that a test is faster.
const SLOW: HashSettings = HashSettings { memory_kib: 64 * 1024, iterations: 16, queue: 1, ..SMALL };

fn start(settings: HashSettings) -> Hasher {
    Hasher::start(settings, None).unwrap()
}

fn peppered(byte: u8) -> Hasher {
    Hasher::start(SMALL, Some(SecretBytes::new([byte; 32]))).unwrap()
}

fn word(text: &str) -> Secret {
    Secret::new(text)
}

/// Polls a future once, which puts its job into the queue.
macro_rules! begin {
    ($future:ident) => {
        assert!(matches!($future.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending))
    };
}

async fn until_busy(hasher: &Hasher) {
    while hasher.stats().busy == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_password_matches_its_own_hash_and_no_other() {
    let hasher = start(SMALL);
    let phc = hasher.hash(word("right"), [7; 16]).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{phc}");
    assert_eq!(hasher.verify(word("right"), phc.clone()).await, Ok(Verdict { matches: true, outdated: false }));
    assert_eq!(hasher.verify(word("wrong"), phc).await, Ok(Verdict { matches: false, outdated: false }));
    assert!(!hasher.verify_nothing(&word("right"), word("right")).await.unwrap().matches);
    let stats = hasher.stats();
    assert_eq!((stats.hashes, stats.threads, stats.depth), (4, 1, 0));
    assert!(stats.hashed > Duration::ZERO);
}

#[tokio::test]
async fn a_hash_made_elsewhere_of_a_decomposed_password_verifies_and_is_replaced() {
    let hasher = start(SMALL);
    let (typed, normalised) = (word("cafe\u{301}"), word("caf\u{e9}"));
    let elsewhere = hasher.hash(typed.clone(), [7; 16]).await.unwrap();
    let verdict = hasher.verify_typed(&typed, normalised.clone(), elsewhere.clone()).await;
    assert_eq!(verdict, Ok(Verdict { matches: true, outdated: true }));
    let ours = hasher.hash(normalised.clone(), [7; 16]).await.unwrap();
    let verdict = hasher.verify_typed(&typed, normalised.clone(), ours).await;
    assert_eq!(verdict, Ok(Verdict { matches: true, outdated: false }));
    let before = hasher.stats().hashes;
    assert!(!hasher.verify_typed(&word("cafe\u{300}"), word("caf\u{e8}"), elsewhere).await.unwrap().matches);
    let for_somebody = hasher.stats().hashes - before;
    hasher.verify_nothing(&typed, normalised).await.unwrap();
    assert_eq!(hasher.stats().hashes - before, 2 * for_somebody, "nobody costs as many");
}

/// Vectors of the reference implementation's own tests (password, salt
/// "somesalt").
#[tokio::test]
async fn known_hashes_verify_and_count_as_outdated() {
    let hasher = start(SMALL);
    for known in [
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
    ] {
        let verdict = hasher.verify(word("password"), known.to_owned()).await;
        assert_eq!(verdict, Ok(Verdict { matches: true, outdated: true }), "{known}");
        assert!(!hasher.verify(word("differentpassword"), known.to_owned()).await.unwrap().matches);
    }
}

#[tokio::test]
async fn a_pepper_is_needed_by_the_hashes_made_with_it() {
    let (plain, one, other) = (start(SMALL), peppered(1), peppered(2));
    let salt = [9; 16];
    let (bare, hot) = (plain.hash(word("w"), salt).await.unwrap(), one.hash(word("w"), salt).await.unwrap());
    assert!(hot.contains(",keyid=") && !bare.contains("keyid"));
    assert_ne!(bare.rsplit('$').next(), hot.rsplit('$').next());
    assert_eq!(one.verify(word("w"), hot.clone()).await, Ok(Verdict { matches: true, outdated: false }));
    assert_eq!(one.verify(word("w"), bare).await, Ok(Verdict { matches: true, outdated: true }));
    for stranger in [&plain, &other] {
        assert_eq!(stranger.verify(word("w"), hot.clone()).await, Err(HashError::Unreadable));
    }
}

#[tokio::test]
async fn a_hash_that_is_none_or_asks_for_too_much_is_unreadable() {
    let hasher = start(SMALL);
    let hash = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    for bad in [
        String::new(),
        "password".into(),
        format!("$scrypt$ln=1,r=1,p=1$c29tZXNhbHQ${hash}"),
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ".into(),
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$AAAAAAA".into(),
        format!("$argon2id$v=18$m=256,t=2,p=1$c29tZXNhbHQ${hash}"),
        format!("$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ${hash}"),
        format!("$argon2id$v=19$m=256,t=4294967295,p=1$c29tZXNhbHQ${hash}"),
        format!("$argon2id$v=19$m=262144,t=5,p=1$c29tZXNhbHQ${hash}"),
        format!("$argon2id$v=19$m=1024,t=1,p=128$c29tZXNhbHQ${hash}"),
    ] {
        assert_eq!(hasher.verify(word("password"), bad.clone()).await, Err(HashError::Unreadable), "{bad}");
    }
    assert_eq!(hasher.stats().hashes, 0);
}

#[tokio::test]
async fn settings_out_of_range_do_not_start() {
    for bad in [
        HashSettings { threads: 0, ..SMALL },
        HashSettings { queue: 0, ..SMALL },
        HashSettings { memory_kib: 7, ..SMALL },
        HashSettings { iterations: 0, ..SMALL },
        HashSettings { memory_kib: u32::MAX, ..SMALL },
    ] {
        assert!(matches!(Hasher::start(bad, None), Err(HasherError::Settings)), "{bad:?}");
    }
}

#[tokio::test]
async fn a_full_queue_answers_busy_at_once() {
    let hasher = start(SLOW);
    let mut first = pin!(hasher.hash(word("a"), [1; 16]));
    begin!(first);
    until_busy(&hasher).await;
    let mut second = pin!(hasher.hash(word("b"), [1; 16]));
    begin!(second);
    // Ready at the first poll: nothing was waited for.
    let mut third = pin!(hasher.hash(word("c"), [1; 16]));
    match third.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Err(HashError::Busy { retry_after })) => assert!(retry_after > Duration::ZERO),
        other => panic!("{other:?}"),
    }
    assert_eq!((hasher.stats().depth, hasher.stats().refused), (1, 1));
    assert!(first.await.is_ok() && second.await.is_ok());
}

#[tokio::test]
async fn work_whose_caller_has_gone_away_is_skipped_and_makes_room() {
    let hasher = start(SLOW);
    let mut first = pin!(hasher.hash(word("a"), [1; 16]));
    begin!(first);
    until_busy(&hasher).await;
    {
        let mut gone = pin!(hasher.hash(word("b"), [1; 16]));
        begin!(gone);
    }
    let mut third = pin!(hasher.hash(word("c"), [1; 16]));
    begin!(third);
    assert!(first.await.is_ok() && third.await.is_ok());
    assert_eq!((hasher.stats().hashes, hasher.stats().skipped), (2, 1));
}

#[tokio::test]
async fn work_abandoned_before_its_turn_costs_no_hash() {
    let hasher = start(HashSettings { queue: 4, ..SLOW });
    let mut first = pin!(hasher.hash(word("a"), [1; 16]));
    begin!(first);
    until_busy(&hasher).await;
    for _ in 0..3 {
        let mut gone = pin!(hasher.hash(word("b"), [1; 16]));
        begin!(gone);
    }
    let last = hasher.hash(word("c"), [1; 16]);
    assert!(first.await.is_ok() && last.await.is_ok());
    assert_eq!((hasher.stats().hashes, hasher.stats().skipped), (2, 3));
}

#[tokio::test]
async fn a_thread_survives_an_old_hash_with_more_memory() {
    let hasher = start(SMALL);
    let big = start(HashSettings { memory_kib: 2048, ..SMALL }).hash(word("w"), [3; 16]).await.unwrap();
    assert_eq!(hasher.verify(word("w"), big).await, Ok(Verdict { matches: true, outdated: true }));
    assert!(hasher.hash(word("w"), [3; 16]).await.is_ok());
}

#[tokio::test]
async fn with_the_last_handle_the_threads_end() {
    let hasher = start(SMALL);
    let shared = Arc::clone(&hasher.pool.shared);
    drop(hasher.clone());
    assert!(hasher.hash(word("w"), [3; 16]).await.is_ok());
    drop(hasher);
    for _ in 0..2000 {
        if Arc::strong_count(&shared) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("a hash thread still runs");
}

#[tokio::test]
async fn threads_that_end_nothing_for_long_are_relieved_once_and_hashing_goes_on() {
    let hasher = Hasher::with_patience(SLOW, None, Duration::from_millis(10)).unwrap();
    assert!(!hasher.pool.insisted.load(Relaxed));
    hasher.hash(word("slow"), [7; 16]).await.unwrap();
    assert!(hasher.pool.insisted.load(Relaxed), "it took ten times as long");
    hasher.pool.insist();
    hasher.hash(word("slow"), [7; 16]).await.unwrap();
    assert_eq!(hasher.stats().hashes, 2);
}

#[tokio::test]
async fn threads_that_are_quick_enough_stay() {
    let hasher = start(SMALL);
    hasher.hash(word("quick"), [7; 16]).await.unwrap();
    assert!(!hasher.pool.insisted.load(Relaxed));
}

#[tokio::test]
async fn a_hash_that_is_dearer_than_new_ones_is_no_sign_of_starvation() {
    let dear = start(SLOW).hash(word("w"), [7; 16]).await.unwrap();
    let foreign = "pbkdf2:$pbkdf2$i=600000,d=sha256$c2FsdC1vZi0xNi1ieXRlcw$9kfx96cl3bjfey1Lk3y0IgPhJUzzffPBQaoppZwUWuI";
    for stored in [dear, foreign.to_owned()] {
        let hasher = start(SMALL);
        assert!(hasher.starved_since(0), "nothing is under way that would explain it");
        let mut check = pin!(hasher.verify(word("w"), stored));
        begin!(check);
        while hasher.pool.shared.counters.dear.load(Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(!hasher.starved_since(hasher.pool.shared.counters.done()));
        check.await.unwrap();
    }
}
