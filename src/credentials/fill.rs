//! Argon2 itself (RFC 9106): what fills the memory.
//!
//! By a crate that uses the widest vectors of the processor it finds itself
//! on, twice as fast as the other one here, which reads and writes the texts
//! of hashes and whose results the tests compare with these.

use std::time::Duration;

use argon2::{Algorithm, Params, Version};
use argon2_rust as wide;

use super::hasher::HashError;

/// What hashes are computed in: a thread keeps it from one to the next, so
/// that it is asked for once, on huge pages where the system has them. Wiped
/// after each.
pub(super) struct Memory(wide::Hasher);

impl Default for Memory {
    /// Takes nothing before the first hash.
    fn default() -> Self {
        let any = wide::Argon2::new(wide::Algorithm::default(), wide::Version::default(), wide::Params::default());
        Self(any.hasher())
    }
}

impl Memory {
    /// How much it takes, in blocks of 1 KiB.
    pub(super) fn blocks(&self) -> usize {
        self.0.reserved_blocks()
    }
}

/// What goes into a hash (RFC 9106, section 3.1: P, S, K and X).
pub(super) struct Inputs<'a> {
    pub(super) password: &'a [u8],
    pub(super) salt: &'a [u8],
    /// Empty for none.
    pub(super) secret: &'a [u8],
    /// Empty for none.
    pub(super) data: &'a [u8],
}

/// Computes a hash as long as `hash`. One thread computes all lanes.
///
/// # Errors
/// `Unreadable` when Argon2 does not allow the parameters or the lengths;
/// `Busy` when the system has no memory for it.
pub(super) fn hash(
    (algorithm, version, params): (Algorithm, Version, &Params),
    inputs: &Inputs<'_>,
    hash: &mut [u8],
    memory: &mut Memory,
) -> Result<(), HashError> {
    let algorithm = match algorithm {
        Algorithm::Argon2d => wide::Algorithm::Argon2d,
        Algorithm::Argon2i => wide::Algorithm::Argon2i,
        Algorithm::Argon2id => wide::Algorithm::Argon2id,
    };
    let version = match version {
        Version::V0x10 => wide::Version::V0x10,
        Version::V0x13 => wide::Version::V0x13,
    };
    let params = wide::Params::builder()
        .memory(wide::params::Memory::kib(params.m_cost().into()))
        .passes(params.t_cost())
        .lanes(params.p_cost())
        .threads(1)
        .tag_len(wide::params::TagLen::bytes(u64::try_from(hash.len()).unwrap_or(u64::MAX)))
        .build()
        .map_err(|_| HashError::Unreadable)?;
    memory.0.set_argon2(wide::Argon2::new(algorithm, version, params));
    let done = memory.0.hash_into_with_ad(inputs.password, inputs.salt, inputs.secret, inputs.data, hash);
    done.map_err(|error| match error {
        wide::Error::MemoryAllocationError => HashError::Busy { retry_after: NO_MEMORY },
        _ => HashError::Unreadable,
    })
}

/// How long to stay away when there is no memory to hash in.
const NO_MEMORY: Duration = Duration::from_secs(5);

/// Whether this processor gives what RFC 9106, section 5.3, says. Looked at
/// before the first password is hashed: a hash that only this machine
/// understands would be found out when somebody moves.
pub(super) fn is_right_here() -> bool {
    const EXPECTED: [u8; 32] = [
        0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e,
        0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
    ];
    let Ok(params) = Params::new(32, 3, 4, Some(EXPECTED.len())) else { return false };
    let inputs = Inputs { password: &[1; 32], salt: &[2; 16], secret: &[3; 8], data: &[4; 12] };
    let mut found = [0; EXPECTED.len()];
    let work = (Algorithm::Argon2id, Version::V0x13, &params);
    hash(work, &inputs, &mut found, &mut Memory::default()).is_ok() && found == EXPECTED
}

#[cfg(test)]
mod tests {
    use argon2::{Argon2, AssociatedData, ParamsBuilder};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vector_of_the_specification_comes_out() {
        assert!(is_right_here());
    }

    #[test]
    fn memory_grows_with_the_work_and_starts_with_nothing() {
        let mut memory = Memory::default();
        assert_eq!(memory.blocks(), 0);
        let inputs = Inputs { password: b"p", salt: &[1; 16], secret: &[], data: &[] };
        let params = Params::new(64, 1, 1, Some(32)).unwrap();
        hash((Algorithm::Argon2id, Version::V0x13, &params), &inputs, &mut [0; 32], &mut memory).unwrap();
        assert_eq!(memory.blocks(), 64);
    }

    /// One memory for both hashes: nothing of one is left in the next.
    fn assert_agreed(work: (Algorithm, Version, &Params), inputs: &Inputs<'_>) {
        let length = work.2.output_len().unwrap();
        let (mut ours, mut theirs) = (vec![0; length], vec![0; length]);
        let mut memory = Memory::default();
        for _ in 0..2 {
            hash(work, inputs, &mut ours, &mut memory).unwrap();
            Argon2::new_with_secret(inputs.secret, work.0, work.1, work.2.clone())
                .unwrap()
                .hash_password_into(inputs.password, inputs.salt, &mut theirs)
                .unwrap();
            assert_eq!(ours, theirs, "{work:?}");
        }
    }

    #[test]
    fn both_implementations_agree_at_the_sizes_in_use() {
        for (memory_kib, passes, lanes) in [(19 * 1024, 2, 1), (64 * 1024, 1, 4), (12 * 1024 + 7, 3, 3)] {
            let params = Params::new(memory_kib, passes, lanes, Some(32)).unwrap();
            let inputs = Inputs { password: b"correct horse", salt: &[7; 16], secret: &[], data: &[] };
            assert_agreed((Algorithm::Argon2id, Version::V0x13, &params), &inputs);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn both_implementations_agree(
            algorithm in prop::sample::select(vec![Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id]),
            version in prop::sample::select(vec![Version::V0x10, Version::V0x13]),
            (lanes, memory_kib) in (1..5_u32).prop_flat_map(|lanes| (Just(lanes), 8 * lanes..3000)),
            passes in 1..4_u32,
            password in prop::collection::vec(any::<u8>(), 0..200),
            salt in prop::collection::vec(any::<u8>(), 8..48),
            secret in prop::collection::vec(any::<u8>(), 0..40),
            data in prop::collection::vec(any::<u8>(), 0..32),
            length in 16..65_usize,
        ) {
            let mut builder = ParamsBuilder::new();
            builder.m_cost(memory_kib).t_cost(passes).p_cost(lanes).output_len(length);
            builder.data(AssociatedData::new(&data).unwrap());
            let params = builder.build().unwrap();
            let inputs = Inputs { password: &password, salt: &salt, secret: &secret, data: &data };
            assert_agreed((algorithm, version, &params), &inputs);
        }
    }
}
