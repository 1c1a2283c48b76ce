//! Indexes that Annoy 1.17 wrote: their vectors, read from the structures that it copies to the file as they lie in memory.
//!
//! A file is an array of nodes of one size, little-endian, without a header. With `f` numbers in a vector:
//!
//! | | bytes 0..4 | 4..8 | 8..12 | 12..16 | then |
//! |---|---|---|---|---|---|
//! | angular | descendants | child, or squared length of an item | child | | `f` numbers from byte 12 |
//! | dot | descendants | child | child | factor | `f` numbers from byte 16 |
//! | euclidean, manhattan | descendants | offset of the plane | child | child | `f` numbers from byte 16 |
//!
//! The first nodes are the items, with one descendant each, or none where a number was never given to an item. Behind them
//! come the nodes of the trees: those with more descendants than fit have two children, the others list their items from the
//! place of the first child on. The file ends with a copy of the root of each tree, whose descendants are all items.

use super::{Failure, npy::Matrix};
use clap::ValueEnum;
use private_eye::index::{MAX_DIM, MetricName};
use std::path::Path;

/// The metrics of Annoy that have numbers in their vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Metric {
    /// The angle between two vectors (Annoy's angular).
    #[value(alias = "angular")]
    Cosine,
    /// The inner product.
    Dot,
    /// The straight line between two points.
    Euclidean,
    /// The sum of the differences of all numbers.
    Manhattan,
}

impl Metric {
    pub fn name(self) -> MetricName {
        match self {
            Metric::Cosine => MetricName::Cosine,
            Metric::Dot => MetricName::Dot,
            Metric::Euclidean => MetricName::Euclidean,
            Metric::Manhattan => MetricName::Manhattan,
        }
    }
}

/// The vectors of an index, by item number.
#[derive(Debug, PartialEq)]
pub struct Index {
    pub matrix: Matrix,
    /// Numbers below the highest that no item has; their rows are zeros.
    pub missing: Vec<usize>,
}

/// Reads an index of vectors of `dim` numbers.
pub fn read(path: &Path, dim: usize, metric: Metric) -> Result<Index, Failure> {
    parse(&fs_err::read(path)?, dim, metric)
        .map_err(|reason| Failure::new(format!("cannot read the Annoy index {}: {reason}", path.display())))
}

/// How Annoy lays out the nodes.
struct Layout {
    /// Where the children begin, and the numbers.
    children: usize,
    numbers: usize,
    size: usize,
}

impl Layout {
    fn new(dim: usize, metric: Metric) -> Layout {
        let (children, numbers) = match metric {
            Metric::Cosine => (4, 12),
            Metric::Dot => (4, 16),
            Metric::Euclidean | Metric::Manhattan => (8, 16),
        };
        Layout { children, numbers, size: numbers + 4 * dim }
    }

    /// The most items that a node lists.
    fn most_listed(&self) -> usize {
        (self.size - self.children) / 4
    }
}

fn parse(bytes: &[u8], dim: usize, metric: Metric) -> Result<Index, String> {
    if !(1..=MAX_DIM).contains(&dim) {
        return Err(format!("vectors of {dim} numbers can't be held; give --dim 1 to {MAX_DIM}"));
    }
    let layout = Layout::new(dim, metric);
    if bytes.is_empty() || !bytes.len().is_multiple_of(layout.size) {
        return Err(format!(
            "its {} bytes are no whole number of nodes of {} bytes, as --dim {dim} and --metric {} have them; \
             give the values it was made with, or copy it again",
            bytes.len(),
            layout.size,
            metric.name()
        ));
    }
    let nodes = Nodes { bytes, layout };
    let items = nodes.descendants(nodes.len() - 1) as usize;
    if items == 0 || items >= nodes.len() {
        return Err(other_values(format!("its last node has {items} descendants, of {} nodes", nodes.len())));
    }
    // Annoy counts the items from the highest number, given or not.
    let given: Vec<bool> = (0..items).map(|item| nodes.descendants(item) == 1).collect();
    if (0..items).any(|item| nodes.descendants(item) > 1) {
        return Err(other_values("one of its items is a node of a tree".to_owned()));
    }
    let last = nodes.len() - 1;
    if !(items..last).any(|node| nodes.node(node) == nodes.node(last)) {
        return Err(other_values("it does not end with the copy of a root".to_owned()));
    }
    // A tree never has a node of its own for a single item, unless there are no others.
    if items > 1 && (items..nodes.len()).any(|node| nodes.descendants(node) == 1) {
        return Err(other_values(format!("there are items behind the {items} that its last node counts")));
    }
    let roots = (items..nodes.len()).rev().take_while(|&node| nodes.descendants(node) as usize == items);
    let mut roots: Vec<usize> = roots.collect();
    // The root of the last tree comes right before the copies, and is not one of them.
    if let [last, .., first] = roots[..]
        && nodes.word(first, nodes.layout.children) == nodes.word(last, nodes.layout.children)
    {
        roots.pop();
    }
    for &root in &roots {
        nodes.check_tree(root, &given)?;
    }
    let mut values = Vec::with_capacity(items * dim);
    for item in 0..items {
        let numbers = nodes.numbers(item);
        values.extend(numbers.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)));
        let row = &values[item * dim..];
        if row.iter().any(|number| !number.is_finite()) {
            return Err(format!("item {item} holds a number that is not finite"));
        }
        if metric == Metric::Cosine && given[item] {
            let told = f32::from_bits(nodes.word(item, 4));
            let length: f64 = row.iter().map(|&number| f64::from(number) * f64::from(number)).sum();
            if (f64::from(told) - length).abs() > 1e-3 * length.max(1e-30) {
                return Err(other_values(format!("item {item} tells of a squared length of {told}, not {length}")));
            }
        }
    }
    let missing = (0..items).filter(|&item| !given[item]).collect();
    Ok(Index { matrix: Matrix { dim, values }, missing })
}

fn other_values(found: String) -> String {
    format!("{found}; it was made with another --dim or --metric, or is damaged")
}

struct Nodes<'a> {
    bytes: &'a [u8],
    layout: Layout,
}

impl<'a> Nodes<'a> {
    fn len(&self) -> usize {
        self.bytes.len() / self.layout.size
    }

    fn node(&self, node: usize) -> &'a [u8] {
        &self.bytes[node * self.layout.size..][..self.layout.size]
    }

    fn word(&self, node: usize, at: usize) -> u32 {
        let word = self.node(node)[at..].first_chunk();
        word.map_or(0, |&word| u32::from_le_bytes(word))
    }

    fn descendants(&self, node: usize) -> u32 {
        self.word(node, 0)
    }

    fn numbers(&self, node: usize) -> &'a [u8] {
        &self.node(node)[self.layout.numbers..]
    }

    /// A tree must hold every item once. A node that is met twice brings its items twice, so no circle goes on for ever.
    fn check_tree(&self, root: usize, given: &[bool]) -> Result<(), String> {
        let crooked = || other_values("one of its trees does not hold every item once".to_owned());
        let mut seen: Vec<bool> = given.iter().map(|given| !given).collect();
        let mut left = self.len();
        let mut next = vec![root];
        let mut take = |item: usize| match seen.get_mut(item) {
            Some(seen) if !*seen => {
                *seen = true;
                Ok(())
            }
            _ => Err(crooked()),
        };
        while let Some(node) = next.pop() {
            left = left.checked_sub(1).ok_or_else(crooked)?;
            let descendants = self.descendants(node) as usize;
            let child = |number: usize| self.word(node, self.layout.children + 4 * number) as usize;
            if node < given.len() {
                take(node)?;
            } else if descendants <= self.layout.most_listed() {
                // A root has all numbers for descendants, given or not, and lists those that are.
                let listed = if node == root { given.iter().filter(|given| **given).count() } else { descendants };
                (0..listed).try_for_each(|number| take(child(number)))?;
            } else {
                for child in [child(0), child(1)] {
                    if child >= self.len() {
                        return Err(crooked());
                    }
                    next.push(child);
                }
            }
        }
        if seen.iter().all(|seen| *seen) { Ok(()) } else { Err(crooked()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: [Metric; 4] = [Metric::Cosine, Metric::Dot, Metric::Euclidean, Metric::Manhattan];
    const DIM: usize = 3;

    /// A file as Annoy writes it: five items, number 3 of them missing, and two trees, the first of which has a split.
    fn file(metric: Metric) -> Vec<u8> {
        let Layout { children, numbers, size } = Layout::new(DIM, metric);
        let mut bytes = Vec::new();
        let mut node = |descendants: u32, words: &[u32], row: [f32; DIM]| {
            let mut node = vec![0; size];
            node[..4].copy_from_slice(&descendants.to_le_bytes());
            for (place, number) in row.iter().enumerate() {
                node[numbers + 4 * place..][..4].copy_from_slice(&number.to_le_bytes());
            }
            for (place, word) in words.iter().enumerate() {
                node[children + 4 * place..][..4].copy_from_slice(&word.to_le_bytes());
            }
            bytes.extend(node);
        };
        for item in 0..7_u32 {
            let row = if item == 3 { [0.0; DIM] } else { [item as f32, -1.0, 0.5] };
            let length: f32 = row.iter().map(|number| number * number).sum();
            let words = if metric == Metric::Cosine { vec![length.to_bits()] } else { vec![] };
            node(u32::from(item != 3), &words, row);
        }
        node(5, &[0, 1, 2, 4, 5], [0.0; DIM]); // 7, in which the list covers the numbers
        node(7, &[7, 6], [1.0, 0.0, 0.0]); // 8, the root of the first tree
        node(3, &[0, 1, 2], [0.0; DIM]); // 9
        node(3, &[4, 5, 6], [0.0; DIM]); // 10
        node(7, &[9, 10], [0.0, 1.0, 0.0]); // 11, the root of the second tree
        node(7, &[7, 6], [1.0, 0.0, 0.0]);
        node(7, &[9, 10], [0.0, 1.0, 0.0]);
        // Lists that are longer than the children and numbers of these short vectors would run over.
        assert!(Layout::new(DIM, metric).most_listed() >= 5);
        bytes
    }

    #[test]
    fn items_are_read_by_number_and_gaps_are_told() {
        for metric in METRICS {
            let Index { matrix, missing } = parse(&file(metric), DIM, metric).unwrap();
            assert_eq!((matrix.rows(), matrix.row(6), &missing[..]), (7, &[6.0, -1.0, 0.5][..], &[3][..]));
        }
    }

    #[test]
    fn another_length_or_metric_is_noticed() {
        for metric in METRICS {
            for dim in [0, 1, 2, 4, 7, 512, usize::MAX] {
                assert!(parse(&file(metric), dim, metric).is_err(), "{metric:?} {dim}");
            }
        }
        let said = parse(&file(Metric::Cosine), DIM, Metric::Dot).unwrap_err();
        assert!(said.contains("--metric"), "{said}");
        assert!(parse(&file(Metric::Dot), DIM, Metric::Euclidean).is_err());
        assert!(parse(&file(Metric::Euclidean), DIM + 1, Metric::Cosine).is_err());
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused() {
        for metric in METRICS {
            let bytes = file(metric);
            for length in 0..bytes.len() {
                let refused = parse(&bytes[..length], DIM, metric);
                // Without the last copy of a root, the other one is still there, and Annoy itself would search that tree.
                let whole = length == bytes.len() - Layout::new(DIM, metric).size;
                assert!(refused.is_err() || whole, "{metric:?} {length}");
            }
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_read_but_never_panics_or_hangs() {
        for metric in METRICS {
            let bytes = file(metric);
            for position in 0..bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[position] ^= 1 << bit;
                    if let Ok(index) = parse(&changed, DIM, metric) {
                        assert!(index.matrix.values.iter().all(|number| number.is_finite()));
                    }
                }
            }
        }
    }

    #[test]
    fn a_circle_and_an_item_that_is_there_twice_are_refused() {
        let (bytes, layout) = (file(Metric::Dot), Layout::new(DIM, Metric::Dot));
        for (node, child) in [(8, 8), (9, 1), (10, 99), (11, 9)] {
            let mut bytes = bytes.clone();
            let at = node * layout.size + layout.children + 4;
            bytes[at..at + 4].copy_from_slice(&(child as u32).to_le_bytes());
            // The copies at the end are what is walked.
            let copy = match node {
                8 => Some(12),
                11 => Some(13),
                _ => None,
            };
            if let Some(copy) = copy {
                let at = copy * layout.size + layout.children + 4;
                bytes[at..at + 4].copy_from_slice(&(child as u32).to_le_bytes());
            }
            if (node, child) == (9, 1) {
                let at = node * layout.size + layout.children;
                bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
            }
            let said = parse(&bytes, DIM, Metric::Dot).unwrap_err();
            assert!(said.contains("every item once"), "{said}");
        }
    }
}
