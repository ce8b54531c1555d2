//! Who is called next. There are only so many places for deliveries under way;
//! each goes to whoever has the fewest, so that neither an application with
//! many endpoints nor endpoints that take their time delay anybody else.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::ids::{ApplicationId, WebhookEndpointId};
use crate::store::webhook_endpoints::{DueEndpoint, Standing};

/// How many deliveries are under way at once; each is a socket and little else.
pub const ALL: usize = 128;
/// How many of them to one endpoint.
const OF_ENDPOINT: usize = 4;
/// How many of them to the endpoints of one application.
const OF_APPLICATION: usize = 32;
/// How many of these to endpoints that are slow or tried out after a failure:
/// its other endpoints have room.
const DOUBTFUL: usize = 16;
/// How many of all to endpoints that are tried out after a failure, and how
/// many to slow ones: however many hang, the others have room.
const ON_TRIAL: usize = 32;
const SLOW: usize = 64;
/// An endpoint is slow when its latest call took longer than this.
const LATE: Duration = Duration::from_secs(2);

/// What a place is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Quick,
    Slow,
    Trial,
}

/// What is known of an endpoint.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    busy: usize,
    slow: bool,
    /// When it was last given a place, counted in places.
    turn: u64,
}

/// Places that are taken.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    all: usize,
    slow: usize,
    trials: usize,
}

impl Taken {
    fn count(&mut self, manner: Manner, change: impl Fn(usize) -> usize) {
        self.all = change(self.all);
        match manner {
            Manner::Quick => {}
            Manner::Slow => self.slow = change(self.slow),
            Manner::Trial => self.trials = change(self.trials),
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Table {
    endpoints: HashMap<WebhookEndpointId, Known>,
    applications: HashMap<ApplicationId, Taken>,
    everybody: Taken,
    turns: u64,
}

impl Table {
    fn endpoint(&self, id: WebhookEndpointId) -> Known {
        self.endpoints.get(&id).copied().unwrap_or_default()
    }

    fn application(&self, id: ApplicationId) -> Taken {
        self.applications.get(&id).copied().unwrap_or_default()
    }

    fn manner(&self, endpoint: &DueEndpoint) -> Manner {
        match endpoint.standing {
            Standing::Good if self.endpoint(endpoint.id).slow => Manner::Slow,
            Standing::Good => Manner::Quick,
            Standing::OnTrial | Standing::LeftAlone => Manner::Trial,
        }
    }

    fn has_room(&self, endpoint: &DueEndpoint) -> bool {
        let manner = self.manner(endpoint);
        let most = if manner == Manner::Trial { 1 } else { OF_ENDPOINT };
        let application = self.application(endpoint.application);
        let doubtful = application.slow + application.trials < DOUBTFUL;
        self.endpoint(endpoint.id).busy < most
            && application.all < OF_APPLICATION
            && match manner {
                Manner::Quick => true,
                Manner::Slow => doubtful && self.everybody.slow < SLOW,
                Manner::Trial => doubtful && self.everybody.trials < ON_TRIAL,
            }
    }

    /// The smallest is next.
    fn order(&self, endpoint: &DueEndpoint) -> (usize, usize, u64) {
        let known = self.endpoint(endpoint.id);
        (self.application(endpoint.application).all, known.busy, known.turn)
    }

    fn enter(&mut self, endpoint: &DueEndpoint) -> Manner {
        let manner = self.manner(endpoint);
        self.turns += 1;
        let known = self.endpoints.entry(endpoint.id).or_default();
        (known.busy, known.turn) = (known.busy + 1, self.turns);
        self.applications.entry(endpoint.application).or_default().count(manner, |taken| taken + 1);
        self.everybody.count(manner, |taken| taken + 1);
        manner
    }

    fn leave(&mut self, endpoint: &DueEndpoint, manner: Manner) {
        if let Some(known) = self.endpoints.get_mut(&endpoint.id) {
            known.busy -= 1;
        }
        if let Some(taken) = self.applications.get_mut(&endpoint.application) {
            taken.count(manner, |taken| taken - 1);
        }
        self.everybody.count(manner, |taken| taken - 1);
    }
}

/// The places for deliveries under way.
#[derive(Debug, Default)]
pub struct Places(Mutex<Table>);

/// One of them, until it is dropped.
pub struct Place<'a>(&'a Places, DueEndpoint, Manner);

impl Places {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shares free places out, one by one. Says how many each may take.
    pub fn share(&self, due: &[DueEndpoint], free: usize) -> Vec<(DueEndpoint, usize)> {
        let mut plan = self.table().clone();
        let mut shares: Vec<_> = due.iter().map(|endpoint| (*endpoint, 0)).collect();
        for _ in 0..free {
            let open = shares.iter_mut().filter(|(endpoint, _)| plan.has_room(endpoint));
            let Some((endpoint, share)) = open.min_by_key(|(endpoint, _)| plan.order(endpoint)) else { break };
            plan.enter(endpoint);
            *share += 1;
        }
        shares.retain(|(_, share)| *share > 0);
        shares
    }

    /// Takes a place.
    pub fn enter(&self, endpoint: DueEndpoint) -> Place<'_> {
        let manner = self.table().enter(&endpoint);
        Place(self, endpoint, manner)
    }
}

impl Place<'_> {
    /// Notes how long the endpoint took to answer.
    pub fn took(&self, time: Duration) {
        self.0.table().endpoints.entry(self.1.id).or_default().slow = time > LATE;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.table().leave(&self.1, self.2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Timestamp;

    fn due(application: u128, numbers: std::ops::Range<u128>, standing: Standing) -> Vec<DueEndpoint> {
        let start = Timestamp::from_millis(1_700_000_000_000);
        let application = ApplicationId::from_parts(start, application);
        let endpoint = |number| DueEndpoint { id: WebhookEndpointId::from_parts(start, number), application, standing };
        numbers.map(endpoint).collect()
    }

    fn shared(shares: &[(DueEndpoint, usize)], among: &[DueEndpoint]) -> usize {
        let theirs = |endpoint: &DueEndpoint| among.iter().any(|one| one.id == endpoint.id);
        shares.iter().filter(|(endpoint, _)| theirs(endpoint)).map(|(_, share)| share).sum()
    }

    #[test]
    fn an_application_with_many_endpoints_leaves_room_for_the_others() {
        let (places, big, small) = (Places::default(), due(1, 0..50, Standing::Good), due(2, 50..51, Standing::Good));
        let alone = places.share(&big, ALL);
        assert_eq!((shared(&alone, &big), alone.len()), (OF_APPLICATION, OF_APPLICATION), "one each");
        let both = [big.clone(), small.clone()].concat();
        let shares = places.share(&both, 8);
        assert_eq!((shared(&shares, &small), shared(&shares, &big)), (4, 4));
    }

    #[test]
    fn the_slow_and_the_failing_leave_room_for_the_quick() {
        for standing in [Standing::Good, Standing::OnTrial] {
            let places = Places::default();
            let slow: Vec<_> = (0..40).flat_map(|of| due(of, of * 50..of * 50 + 50, standing)).collect();
            for endpoint in &slow {
                places.enter(*endpoint).took(LATE * 2);
            }
            let held: Vec<_> = places.share(&slow, ALL).iter().map(|(endpoint, _)| places.enter(*endpoint)).collect();
            assert!((ON_TRIAL..=SLOW).contains(&held.len()), "{}", held.len());
            let quick = due(0, 5000..5001, Standing::Good);
            assert_eq!(shared(&places.share(&quick, ALL - held.len()), &quick), OF_ENDPOINT);
            drop(held);
            assert_eq!(places.table().everybody.all, 0);
        }
    }

    #[test]
    fn equals_take_turns() {
        let (places, all) = (Places::default(), due(1, 0..10, Standing::Good));
        let mut seen = std::collections::HashSet::new();
        for _ in 0..10 {
            let shares = places.share(&all, 1);
            drop(places.enter(shares[0].0));
            seen.insert(shares[0].0.id);
        }
        assert_eq!(seen.len(), 10);
    }
}
