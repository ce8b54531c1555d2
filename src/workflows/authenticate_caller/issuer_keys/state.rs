//! When to use kept keys, when to fetch new ones, and whether to wait: a pure
//! decision over what is kept and when it was asked for.

use std::sync::Arc;
use std::time::Duration;

use crate::credentials::foreign::KeySet;
use crate::domain::clock::Timestamp;

use super::{FRESH, Found, INTERVAL, STALE, YOUNG};

/// What is known of one URL.
#[derive(Debug, Default)]
pub(super) struct State {
    kept: Option<(Arc<KeySet>, Timestamp)>,
    tried_at: Option<Timestamp>,
    failed: bool,
    running: bool,
}

/// What to do for one caller.
#[derive(Debug)]
pub(super) struct Plan {
    /// Kept keys that will do if there are no newer ones.
    pub usable: Option<Arc<KeySet>>,
    /// Whether to fetch.
    pub fetch: bool,
    /// Whether to wait for the fetch that is, or will be, under way.
    pub wait: bool,
}

impl State {
    /// Decides.
    pub(super) fn plan(&self, knows: impl Fn(&KeySet) -> bool, now: Timestamp) -> Plan {
        let usable = self.usable(knows, now);
        let is_younger = |age| self.kept.as_ref().is_some_and(|(_, at)| is_within(*at, age, now));
        let wanted = usable.is_none() || !is_younger(YOUNG);
        let may_fetch = !self.running && !self.tried_at.is_some_and(|at| is_within(at, INTERVAL, now));
        // Whoever has keys waits only for an issuer that answered last time.
        let worth_it = usable.is_none() || (!is_younger(FRESH) && !self.failed);
        let fetch = wanted && may_fetch;
        Plan { wait: worth_it && (fetch || self.running), fetch, usable }
    }

    /// What there is, without or after waiting.
    pub(super) fn found(&self, knows: impl Fn(&KeySet) -> bool, now: Timestamp) -> Found {
        match (&self.kept, self.usable(knows, now)) {
            (_, Some(keys)) => Found::Keys(keys),
            (Some((_, at)), None) if is_within(*at, STALE, now) => Found::NotThere,
            (_, None) => Found::Unreachable { retry_after: INTERVAL },
        }
    }

    /// A fetch was ordered.
    pub(super) const fn begin(&mut self, now: Timestamp) {
        self.running = true;
        self.tried_at = Some(now);
    }

    /// The fetch that was ordered at `now` is over.
    pub(super) fn end(&mut self, keys: Option<Arc<KeySet>>, now: Timestamp) {
        self.running = false;
        self.failed = keys.is_none();
        if let Some(keys) = keys {
            self.kept = Some((keys, now));
        }
    }

    fn usable(&self, knows: impl Fn(&KeySet) -> bool, now: Timestamp) -> Option<Arc<KeySet>> {
        let (keys, at) = self.kept.as_ref()?;
        (is_within(*at, STALE, now) && knows(keys)).then(|| Arc::clone(keys))
    }
}

/// A clock that went backwards makes things old, never immortal.
fn is_within(at: Timestamp, age: Duration, now: Timestamp) -> bool {
    now >= at && now.since(at) < age
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(0) + Duration::from_secs(seconds)
    }

    fn kept(state: &mut State, now: Timestamp) {
        state.begin(now);
        state.end(Some(Arc::new(KeySet::parse(KEYS.as_bytes()).unwrap())), now);
    }

    fn told(state: &State, known: bool, now: Timestamp) -> (bool, bool, bool) {
        let plan = state.plan(|_| known, now);
        (plan.usable.is_some(), plan.fetch, plan.wait)
    }

    #[test]
    fn the_first_caller_fetches_and_the_others_wait_for_it() {
        let mut state = State::default();
        assert_eq!(told(&state, true, at(0)), (false, true, true));
        state.begin(at(0));
        assert_eq!(told(&state, true, at(1)), (false, false, true));
        kept(&mut state, at(0));
        assert_eq!(told(&state, true, at(1)), (true, false, false));
    }

    #[test]
    fn keys_are_renewed_before_anybody_has_to_wait_for_them() {
        let mut state = State::default();
        kept(&mut state, at(0));
        assert_eq!(told(&state, true, at(299)), (true, false, false));
        assert_eq!(told(&state, true, at(300)), (true, true, false), "in the background");
        assert_eq!(told(&state, true, at(600)), (true, true, true), "too old to be used unasked");
    }

    #[test]
    fn unknown_keys_make_one_fetch_per_interval() {
        let mut state = State::default();
        kept(&mut state, at(0));
        assert_eq!(told(&state, false, at(29)), (false, false, false));
        assert_eq!(told(&state, false, at(30)), (false, true, true));
        state.begin(at(30));
        assert_eq!(told(&state, false, at(31)), (false, false, true));
        assert!(matches!(state.found(|_| false, at(31)), Found::NotThere));
    }

    #[test]
    fn while_the_issuer_is_down_old_keys_work_without_waiting_and_not_for_ever() {
        let mut state = State::default();
        kept(&mut state, at(0));
        state.begin(at(600));
        state.end(None, at(600));
        assert_eq!(told(&state, true, at(601)), (true, false, false));
        assert_eq!(told(&state, true, at(700)), (true, true, false));
        assert_eq!(told(&state, true, at(12 * 3600)), (false, true, true));
        assert!(matches!(state.found(|_| true, at(12 * 3600)), Found::Unreachable { .. }));
    }

    #[test]
    fn a_failure_is_remembered_for_the_interval() {
        let mut state = State::default();
        state.begin(at(0));
        state.end(None, at(0));
        assert_eq!(told(&state, true, at(29)), (false, false, false));
        assert!(matches!(state.found(|_| true, at(29)), Found::Unreachable { .. }));
        assert_eq!(told(&state, true, at(30)), (false, true, true));
    }

    #[test]
    fn a_clock_that_went_backwards_asks_again() {
        let mut state = State::default();
        kept(&mut state, at(1000));
        assert_eq!(told(&state, true, at(10)), (false, true, true));
    }
}
