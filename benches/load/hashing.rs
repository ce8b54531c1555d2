//! The physical limit of a completion: how many Argon2id hashes the machine makes per second.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use argon2_rust::params::Memory;

use super::{Outcome, args::Hashing};

/// Who computes.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// The `argon2` crate, which most Rust programs use.
    Argon2,
    /// The `argon2-rust` crate, which the server uses.
    Argon2Rust,
}

/// Hashes per second over all threads, each with its own memory, reused from hash to hash.
#[expect(clippy::cast_precision_loss, reason = "a count of hashes")]
pub fn raw_rate(by: By, hashing: Hashing, duration: Duration) -> Outcome<f64> {
    let begun = Instant::now();
    let count = std::thread::scope(|scope| {
        let worker = move || match by {
            By::Argon2 => count(duration, argon2(hashing)?),
            By::Argon2Rust => count(duration, argon2_rust(hashing)?),
        };
        let workers: Vec<_> = (0..hashing.threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err("a hash thread died".into())))
            .sum::<Outcome<u64>>()
    })?;
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// How often a hash with a salt of its own can be made.
fn count(duration: Duration, mut hash: impl FnMut(&[u8]) -> Outcome<()>) -> Outcome<u64> {
    let mut count = 0_u64;
    let begun = Instant::now();
    while begun.elapsed() < duration {
        hash(&count.to_le_bytes())?;
        count += 1;
    }
    Ok(count)
}

const PASSWORD: &[u8] = b"a password of usual length";

fn argon2(hashing: Hashing) -> Outcome<impl FnMut(&[u8]) -> Outcome<()>> {
    let params = Params::new(hashing.memory_kib, hashing.iterations, hashing.parallelism, Some(32))
        .map_err(|error| format!("Argon2id parameters: {error}"))?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(move |salt: &[u8]| {
        let made = argon2.hash_password_into_with_memory(PASSWORD, salt, &mut [0; 32], &mut memory);
        Ok(made.map_err(|error| format!("Argon2id: {error}"))?)
    })
}

fn argon2_rust(hashing: Hashing) -> Outcome<impl FnMut(&[u8]) -> Outcome<()>> {
    let params = argon2_rust::Params::builder()
        .memory(Memory::kib(hashing.memory_kib.into()))
        .passes(hashing.iterations)
        .lanes(hashing.parallelism)
        .build()
        .map_err(|error| format!("Argon2id parameters: {error:?}"))?;
    let by = argon2_rust::Argon2::new(argon2_rust::Algorithm::Argon2id, argon2_rust::Version::V0x13, params);
    let mut hasher = by.hasher();
    Ok(move |salt: &[u8]| {
        Ok(hasher.hash_into(PASSWORD, salt, &mut [0; 32]).map_err(|error| format!("Argon2id: {error:?}"))?)
    })
}
