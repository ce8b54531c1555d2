//! The physical limit of a completion: how many Argon2id hashes the machine makes per second.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::{Outcome, args::Hashing};

/// Hashes per second over all threads, each with its own memory, reused from hash to hash.
#[expect(clippy::cast_precision_loss, reason = "a count of hashes")]
pub fn raw_rate(hashing: Hashing, duration: Duration) -> Outcome<f64> {
    let begun = Instant::now();
    let count = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..hashing.threads).map(|_| scope.spawn(move || work(hashing, duration))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err("a hash thread died".into())))
            .sum::<Outcome<u64>>()
    })?;
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

fn work(hashing: Hashing, duration: Duration) -> Outcome<u64> {
    let params = Params::new(hashing.memory_kib, hashing.iterations, hashing.parallelism, Some(32))
        .map_err(|error| format!("Argon2id parameters: {error}"))?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; 32];
    let mut count = 0_u64;
    let begun = Instant::now();
    while begun.elapsed() < duration {
        argon2
            .hash_password_into_with_memory(b"a password of usual length", &count.to_le_bytes(), &mut out, &mut memory)
            .map_err(|error| format!("Argon2id: {error}"))?;
        count += 1;
    }
    Ok(count)
}
