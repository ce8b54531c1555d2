//! Several pieces of work under way at once.

use std::pin::pin;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

/// Waits until one has ended, and until at most so many are left: leases are
/// taken for several at a time.
pub async fn some_end(under_way: &mut FuturesUnordered<impl Future<Output = ()>>, left: usize) {
    while under_way.next().await.is_some() && under_way.len() > left {}
}

/// Does something while those under way go on: one of them may hold the
/// connection to the database that it waits for.
pub async fn beside<T>(under_way: &mut FuturesUnordered<impl Future<Output = ()>>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            Some(()) = under_way.next() => {}
        }
    }
}
