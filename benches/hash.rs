//! What the costly and the cheap secrets cost: password hashes through the
//! pool at the default parameters, proofs derived and checked.

#![expect(clippy::expect_used, reason = "a bench that cannot start has nobody to report to")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use rekey::credentials::{HashSettings, Hasher};
use rekey::domain::clock::Timestamp;
use rekey::domain::entropy::{Entropy as _, SystemEntropy};
use rekey::domain::ids::{ApplicationId, PasswordResetId};
use rekey::domain::keys::{Key, Purpose};
use rekey::domain::reset::proof;
use rekey::domain::secret::{Secret, SecretBytes};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// Sixteen hashes at a time, so that no thread runs dry.
fn hashes(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let all = HashSettings::default();
    let mut group = criterion.benchmark_group("hash");
    group.sample_size(10).throughput(Throughput::Elements(16));
    for (name, settings) in [("one thread", HashSettings { threads: 1, ..all }), ("all threads", all)] {
        let hasher = Hasher::start(settings, None).expect("a pool");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let batch = (0..16).map(|n| hasher.hash(Secret::new("correct horse battery staple"), [n; 16]));
                runtime.block_on(join_all(batch))
            });
        });
    }
    group.finish();
}

fn proofs(criterion: &mut Criterion) {
    let key = Key::new("k1".into(), SecretBytes::new(SystemEntropy.nonce()), false);
    let (app, reset) = (ApplicationId::generate(NOW, &SystemEntropy), PasswordResetId::generate(NOW, &SystemEntropy));
    let (id, nonce) = (reset.to_string(), SystemEntropy.nonce());
    let derive = || proof::link_token(&key, Purpose::EmailLink, app, reset, black_box(&nonce));
    let presented = derive();
    let code = proof::verification_code(&key, app, &id, &nonce);
    let mut group = criterion.benchmark_group("proof");
    group.bench_function("derive a link token", |bencher| bencher.iter(derive));
    group.bench_function("verify a link token", |bencher| bencher.iter(|| derive().matches(black_box(&presented))));
    group.bench_function("verify a code", |bencher| {
        bencher.iter(|| proof::verification_code(&key, app, &id, black_box(&nonce)).matches(&code));
    });
    group.finish();
}

criterion_group!(benches, hashes, proofs);
criterion_main!(benches);
