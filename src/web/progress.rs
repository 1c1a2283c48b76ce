//! Progress of a download, in bytes, by named part.

use std::cell::{Cell, RefCell};

use js_sys::{Date, Function};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::values;
use crate::engine::Coverage;

/// Milliseconds between two reports, so that a fast download does not keep the page busy with them.
const INTERVAL: f64 = 50.0;

#[derive(Serialize)]
struct Report<'a> {
    done: u64,
    total: u64,
    parts: &'a [PartProgress],
    searchable: Coverage,
}

#[derive(Debug, Clone, Serialize)]
pub struct PartProgress {
    part: &'static str,
    done: u64,
    total: u64,
    /// As much of it as came over the network; the rest was on the device.
    fetched: u64,
}

/// Where bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Device,
    Network,
}

/// Counts what has arrived and tells `listener` now and then.
pub struct Progress {
    listener: Function,
    parts: RefCell<Vec<PartProgress>>,
    searchable: Cell<Coverage>,
    reported: Cell<f64>,
}

impl Progress {
    /// `works`: how many the collection has. `sizes`: the bytes of each file with the part it belongs to, in download order.
    pub fn new(listener: Function, works: u32, sizes: impl Iterator<Item = (&'static str, u64)>) -> Progress {
        let mut parts: Vec<PartProgress> = Vec::new();
        for (part, bytes) in sizes {
            match parts.iter_mut().find(|known| known.part == part) {
                Some(known) => known.total = known.total.saturating_add(bytes),
                None => parts.push(PartProgress { part, done: 0, total: bytes, fetched: 0 }),
            }
        }
        let searchable = Cell::new(Coverage { works: 0, of: works as usize });
        let progress = Progress { listener, parts: RefCell::new(parts), searchable, reported: Cell::new(0.0) };
        progress.report();
        progress
    }

    pub fn add(&self, part: &str, origin: Origin, bytes: u64) {
        self.change(part, |known| {
            known.done = known.done.saturating_add(bytes);
            if origin == Origin::Network {
                known.fetched = known.fetched.saturating_add(bytes);
            }
        });
        // What ends a part is told at once: nothing may come after it for a long time.
        let complete = self.parts.borrow().iter().any(|known| known.part == part && known.done >= known.total);
        if complete || Date::now() - self.reported.get() >= INTERVAL {
            self.report();
        }
    }

    /// How many works can be searched by now.
    pub fn set_searchable(&self, searchable: Coverage) {
        // Told at once: whoever asks again then may have waited for it, and the next bytes may be long in coming.
        if self.searchable.replace(searchable) != searchable {
            self.report();
        }
    }

    /// Bytes that have to come again. What came over the network came all the same.
    pub fn take_back(&self, part: &str, bytes: u64) {
        self.change(part, |known| known.done = known.done.saturating_sub(bytes));
    }

    /// Where each part stands now.
    pub fn parts(&self) -> Vec<PartProgress> {
        self.parts.borrow().clone()
    }

    pub fn report(&self) {
        self.reported.set(Date::now());
        let parts = self.parts.borrow();
        let sum = |of: fn(&PartProgress) -> u64| parts.iter().map(of).fold(0, u64::saturating_add);
        let (done, total) = (sum(|part| part.done), sum(|part| part.total));
        let report = Report { done, total, parts: &parts, searchable: self.searchable.get() };
        if let Ok(report) = values::to_js(&report) {
            // A listener that throws does not stop the download.
            let _ = self.listener.call1(&JsValue::NULL, &report);
        }
    }

    fn change(&self, part: &str, change: impl Fn(&mut PartProgress)) {
        self.parts.borrow_mut().iter_mut().filter(|known| known.part == part).for_each(change);
    }
}
