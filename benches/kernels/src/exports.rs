//! For the page.

use std::cell::RefCell;

use super::{InstructionSet, Network, WAYS};

thread_local! {
    static NETWORK: RefCell<Option<Network>> = const { RefCell::new(None) };
}

/// Makes a network that computes in the way with this number in [`WAYS`].
#[unsafe(no_mangle)]
pub extern "C" fn prepare(way: usize) {
    let network = WAYS.get(way).map(|(way, _)| Network::new(InstructionSet::best(), *way));
    NETWORK.set(network);
}

/// Computes all convolutions.
#[unsafe(no_mangle)]
pub extern "C" fn run() {
    NETWORK.with_borrow_mut(|network| network.iter_mut().for_each(Network::run));
}
