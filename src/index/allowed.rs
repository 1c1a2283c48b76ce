/// The items that a search may answer with: one bit for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    items: usize,
    /// Bits beyond the last item are never set.
    words: Vec<u64>,
}

impl Allowed {
    /// Every one of `items` items.
    pub fn all(items: usize) -> Allowed {
        let mut allowed = Allowed { items, words: vec![u64::MAX; items.div_ceil(64)] };
        if let (rest @ 1.., Some(last)) = (items % 64, allowed.words.last_mut()) {
            *last = (1 << rest) - 1;
        }
        allowed
    }

    /// None of `items` items.
    pub fn none(items: usize) -> Allowed {
        Allowed { items, words: vec![0; items.div_ceil(64)] }
    }

    /// Keeps those items of which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        for (first, word) in (0..).step_by(64).zip(&mut self.words) {
            for item in bits(*word) {
                if !keep(first + item) {
                    *word &= !(1 << item);
                }
            }
        }
    }

    /// Takes an item in; one that does not exist stays out.
    pub fn insert(&mut self, item: u32) {
        if (item as usize) < self.items {
            self.words[item as usize / 64] |= 1 << (item % 64);
        }
    }

    /// Leaves an item out; one that does not exist is out already.
    pub fn remove(&mut self, item: u32) {
        if let Some(word) = self.words.get_mut(item as usize / 64) {
            *word &= !(1 << (item % 64));
        }
    }

    /// Leaves out all items that the other one leaves out.
    pub fn intersect(&mut self, other: &Allowed) {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
    }

    pub fn contains(&self, item: u32) -> bool {
        self.words.get(item as usize / 64).is_some_and(|word| word >> (item % 64) & 1 == 1)
    }

    /// How many items are allowed.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The items there are, allowed or not.
    pub fn items(&self) -> usize {
        self.items
    }

    /// The allowed items, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + Clone {
        (0..).step_by(64).zip(&self.words).flat_map(|(first, &word)| bits(word).map(move |item| first + item))
    }

    /// A bit for each item that is left out; beyond the last item too.
    pub(super) fn left_out(&self) -> Vec<u64> {
        self.words.iter().map(|word| !word).collect()
    }
}

/// The numbers of the bits that are set.
fn bits(word: u64) -> impl Iterator<Item = u32> + Clone {
    let rests = std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)));
    rests.take_while(|rest| *rest != 0).map(u64::trailing_zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_none_and_some_are_counted_and_listed() {
        for items in [0, 1, 63, 64, 65, 200] {
            let mut allowed = Allowed::all(items);
            assert_eq!((allowed.count(), allowed.items()), (items, items));
            assert!(allowed.iter().eq(0..items as u32));
            allowed.retain(|item| item % 3 == 1);
            assert!(allowed.iter().eq((0..items as u32).filter(|item| item % 3 == 1)));
            assert_eq!(Allowed::none(items).count(), 0);
        }
    }

    #[test]
    fn an_item_is_taken_in_and_left_out_and_one_that_does_not_exist_never_counts() {
        let mut allowed = Allowed::none(70);
        for item in [69, 3, 70, 127, u32::MAX] {
            allowed.insert(item);
        }
        assert!(allowed.iter().eq([3, 69]));
        assert!(allowed.contains(69) && !allowed.contains(70) && !allowed.contains(u32::MAX));
        for item in [3, 70, u32::MAX] {
            allowed.remove(item);
        }
        assert!(allowed.iter().eq([69]));
    }

    #[test]
    fn what_either_leaves_out_is_out_of_both() {
        let mut allowed = Allowed::all(200);
        allowed.retain(|item| item % 2 == 0);
        let mut other = Allowed::all(200);
        other.retain(|item| item % 3 == 0);
        allowed.intersect(&other);
        assert!(allowed.iter().eq((0..200).filter(|item| item % 6 == 0)));
        allowed.intersect(&Allowed::all(70));
        assert!(allowed.iter().eq((0..70).filter(|item| item % 6 == 0)), "what the other does not know is out");
    }
}
