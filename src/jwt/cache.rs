//! A bounded cache by token, which forgets what was not asked for again.
//!
//! In: tokens. Out: what was made of them. Mirrors PostgREST v14's cache of tokens, which forgets by the SIEVE rule
//! (<https://docs.postgrest.org/en/v14/references/auth.html#jwt-caching>): entries stand in the order of their arrival; a
//! hand goes from the oldest to the newest, spares those that were asked for since it last came by, and takes the next.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A cache for several threads. Its lock is held for a look-up or an insertion only.
pub(crate) struct Cache<V> {
    sieve: Mutex<Sieve<V>>,
}

impl<V: Clone> Cache<V> {
    /// A cache of so many entries; it keeps nothing when there are none.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            sieve: Mutex::new(Sieve {
                capacity,
                slots: Vec::new(),
                places: HashMap::new(),
                newest: None,
                oldest: None,
                hand: None,
            }),
        }
    }

    /// What is kept for the key.
    pub(crate) fn get(&self, key: &str) -> Option<V> {
        self.lock().get(key)
    }

    /// Keeps a value, in the place of an older one if need be.
    pub(crate) fn insert(&self, key: &str, value: V) {
        self.lock().insert(key, value);
    }

    /// How many entries there are.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.lock().places.len()
    }

    /// A panic elsewhere leaves no entry half made, so that a poisoned lock is good.
    fn lock(&self) -> std::sync::MutexGuard<'_, Sieve<V>> {
        self.sieve.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> fmt::Debug for Cache<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are credentials and are not shown.
        formatter.debug_struct("Cache").finish_non_exhaustive()
    }
}

struct Sieve<V> {
    capacity: usize,
    slots: Vec<Slot<V>>,
    places: HashMap<Arc<str>, usize>,
    newest: Option<usize>,
    oldest: Option<usize>,
    hand: Option<usize>,
}

struct Slot<V> {
    key: Arc<str>,
    value: V,
    visited: bool,
    newer: Option<usize>,
    older: Option<usize>,
}

impl<V: Clone> Sieve<V> {
    fn get(&mut self, key: &str) -> Option<V> {
        let slot = self.slots.get_mut(*self.places.get(key)?)?;
        slot.visited = true;
        Some(slot.value.clone())
    }

    fn insert(&mut self, key: &str, value: V) {
        if let Some(slot) = self
            .places
            .get(key)
            .and_then(|&place| self.slots.get_mut(place))
        {
            slot.value = value;
            slot.visited = true;
            return;
        }
        let key: Arc<str> = key.into();
        let slot = Slot {
            key: Arc::clone(&key),
            value,
            visited: false,
            newer: None,
            older: self.newest,
        };
        let place = if self.slots.len() < self.capacity {
            self.slots.push(slot);
            self.slots.len() - 1
        } else {
            let Some(place) = self.evict() else { return };
            let older = self.newest;
            let Some(free) = self.slots.get_mut(place) else {
                return;
            };
            *free = Slot { older, ..slot };
            place
        };
        if let Some(next) = self.newest.and_then(|newest| self.slots.get_mut(newest)) {
            next.newer = Some(place);
        }
        self.newest = Some(place);
        self.oldest = self.oldest.or(Some(place));
        self.places.insert(key, place);
    }

    /// Frees a place: that of the first entry from the hand on that was not asked for.
    fn evict(&mut self) -> Option<usize> {
        let mut place = self.hand.or(self.oldest)?;
        loop {
            let slot = self.slots.get_mut(place)?;
            if !slot.visited {
                break;
            }
            slot.visited = false;
            place = slot.newer.or(self.oldest)?;
        }
        let slot = self.slots.get(place)?;
        let (newer, older) = (slot.newer, slot.older);
        self.places.remove(&slot.key);
        match newer.and_then(|newer| self.slots.get_mut(newer)) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match older.and_then(|older| self.slots.get_mut(older)) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
        self.hand = newer;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::Cache;

    #[test]
    fn what_was_asked_for_outlives_what_was_not() {
        let cache = Cache::new(3);
        for key in ["a", "b", "c"] {
            cache.insert(key, key.to_owned());
        }
        assert_eq!(cache.get("a").as_deref(), Some("a"));
        cache.insert("d", "d".to_owned());
        assert_eq!(cache.get("b"), None);
        assert_eq!(cache.get("a").as_deref(), Some("a"));
        assert_eq!(cache.get("c").as_deref(), Some("c"));
        assert_eq!(cache.get("d").as_deref(), Some("d"));
        assert_eq!(cache.len(), 3);
    }

    #[test]
    fn a_cache_of_none_keeps_nothing_and_one_of_one_the_last() {
        let none = Cache::new(0);
        none.insert("a", 1);
        assert_eq!(none.get("a"), None);
        let one = Cache::new(1);
        for (key, value) in [("a", 1), ("b", 2), ("b", 3), ("c", 4)] {
            one.insert(key, value);
            assert_eq!(one.get(key), Some(value));
            assert_eq!(one.len(), 1);
        }
    }

    #[test]
    fn the_hand_moves_as_the_rule_says() {
        let cache = Cache::new(8);
        let mut model = Model::new(8);
        let mut state = 12_345_u64;
        for step in 0..20_000_u64 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let key = ((state >> 33) % 17).to_string();
            let expected = model.get(&key);
            assert_eq!(cache.get(&key), expected, "step {step}");
            if expected.is_none() {
                cache.insert(&key, step);
                model.insert(&key, step);
            }
            assert_eq!(cache.len(), model.entries.len());
        }
    }

    /// The rule with a list that is searched from end to end: oldest entry first.
    struct Model {
        capacity: usize,
        entries: VecDeque<(String, u64, bool)>,
        hand: usize,
    }

    impl Model {
        fn new(capacity: usize) -> Self {
            Self {
                capacity,
                entries: VecDeque::new(),
                hand: 0,
            }
        }

        fn get(&mut self, key: &str) -> Option<u64> {
            let entry = self.entries.iter_mut().find(|entry| entry.0 == key)?;
            entry.2 = true;
            Some(entry.1)
        }

        fn insert(&mut self, key: &str, value: u64) {
            if self.entries.len() == self.capacity {
                while self.entries[self.hand].2 {
                    self.entries[self.hand].2 = false;
                    self.hand = (self.hand + 1) % self.capacity;
                }
                self.entries.remove(self.hand);
                if self.hand == self.entries.len() {
                    self.hand = 0;
                }
            }
            self.entries.push_back((key.to_owned(), value, false));
        }
    }
}
