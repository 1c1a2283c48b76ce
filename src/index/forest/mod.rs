//! Random-projection trees in Annoy's spirit, with nodes of 16 bytes.
//!
//! A node's plane lies halfway between two member vectors, its pivots, shifted to where it parts the node's members into
//! two halves. Halves of equal size make the shape of a tree follow from the number of items alone: nothing but planes and
//! the order of the items is stored, and a file cannot hold a tree that is crooked, cyclic or endless. Members with equal
//! margins, such as duplicates, are parted by item number.
//!
//! A search walks down every tree, then goes on wherever the query lies nearest to a plane it did not cross, over all
//! trees by one queue, until enough different items are gathered; those are ranked by their exact scores.

mod build;
mod file;
mod search;

use super::metric::{MetricName, Row};
use super::{IndexError, Vectors};
use std::ops::Range;

/// How a forest is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForestOptions {
    /// More trees find more with the same number of gathered items, and take more space: 4.6 bytes per item and tree.
    pub trees: usize,
    /// The same seed gives the same forest, bit for bit, with any number of threads.
    pub seed: u64,
    /// The most items in a leaf, at least 2.
    pub leaf: usize,
}

impl Default for ForestOptions {
    fn default() -> Self {
        ForestOptions { trees: 50, seed: 0, leaf: 32 }
    }
}

/// More trees than this would be of no use to anybody.
const MAX_TREES: usize = 4096;

/// Trees over the same vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    shape: Shape,
    trees: Vec<Tree>,
}

impl Forest {
    /// No trees, beside so many vectors: whoever searches it compares all of them.
    pub fn none(items: usize) -> Forest {
        Forest { shape: Shape { items, leaf: items.max(2), depth: 0 }, trees: Vec::new() }
    }

    /// Trees in the forest.
    pub fn len(&self) -> usize {
        self.trees.len()
    }

    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// Vectors it was built over.
    pub fn items(&self) -> usize {
        self.shape.items
    }

    /// The most vectors in a leaf.
    pub fn leaf(&self) -> usize {
        self.shape.leaf
    }

    /// The most vectors over which one tree with leaves of so many items takes no more than so many bytes in a file; 0 where
    /// there are no such trees.
    pub fn most_items(bytes: usize, leaf: usize) -> usize {
        let fits = |items| Shape::new(items, leaf).is_ok_and(|shape| shape.tree_bytes() <= bytes);
        // Each takes four bytes at least.
        let (mut most, mut too_many) = (0, bytes / 4 + 1);
        while too_many - most > 1 {
            let middle = most + (too_many - most) / 2;
            if fits(middle) { most = middle } else { too_many = middle }
        }
        most
    }

    /// Adds the trees of another shard behind these.
    pub fn append(&mut self, mut shard: Forest) -> Result<(), IndexError> {
        if shard.shape != self.shape {
            let reason = format!("its trees have the shape {:?} and not {:?}", shard.shape, self.shape);
            return Err(IndexError::Damaged { what: "forest", reason });
        }
        self.trees.append(&mut shard.trees);
        Ok(())
    }
}

/// What all trees over the same number of items have in common.
///
/// Node 0 is the root, nodes `2i + 1` and `2i + 2` are below node `i`. Node `k` of level `d` has the items at
/// `items·k / 2^d .. items·(k+1) / 2^d` of the tree's order. The last level are the leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    items: usize,
    leaf: usize,
    /// Levels above the leaves.
    depth: u32,
}

impl Shape {
    fn new(items: usize, leaf: usize) -> Result<Shape, IndexError> {
        if items > u32::MAX as usize {
            return Err(IndexError::TooMany);
        }
        // With leaves of at least 2, no node above the leaves has fewer than 2 items, so both halves have some.
        if leaf < 2 {
            return Err(IndexError::Option { what: "leaf size", got: leaf, expected: "at least 2" });
        }
        let depth = (0..32).find(|&depth| (items as u64).div_ceil(1 << depth) <= leaf as u64);
        Ok(Shape { items, leaf, depth: depth.unwrap_or(32) })
    }

    /// Nodes above the leaves.
    fn planes(&self) -> usize {
        (1_usize << self.depth) - 1
    }

    /// Bytes of one tree in a file: the order of the items, and a pair of pivots and a plane for each node.
    fn tree_bytes(&self) -> usize {
        self.items * 4 + self.planes() * 16
    }

    /// The part of the tree's order that belongs to a node.
    fn range(&self, node: usize) -> Range<usize> {
        let level = (node + 1).ilog2();
        let position = (node + 1 - (1 << level)) as u64;
        let start = |position: u64| ((self.items as u64 * position) >> level) as usize;
        start(position)..start(position + 1)
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Tree {
    /// Every item once, leaf by leaf, ascending inside a leaf.
    items: Vec<u32>,
    planes: Vec<Plane>,
}

/// Parts the members of a node. The margin of a vector is
/// `(lean to the right pivot - lean to the left pivot) * inverse - offset`: negative on the left side.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plane {
    left: u32,
    right: u32,
    /// One over the distance of the pivots, so that the margins of all planes compare; 0 for equal pivots.
    inverse: f32,
    offset: f32,
}

/// Bounds that only vectors of unusual lengths reach; within them no margin overflows.
const STEEPEST: f32 = 1e30;
const MOST_INVERSE: f32 = 1e6;

/// Where a vector lies along the direction of a pivot: for cosines the score, for all others the inner product, which
/// makes a plane halfway between two points a plane whatever their lengths.
fn lean(metric: MetricName, vector: Row, pivot: Row) -> f32 {
    let metric = if metric == MetricName::Cosine { metric } else { MetricName::Dot };
    metric.score(vector, pivot).clamp(-STEEPEST, STEEPEST)
}

/// One over the distance of two items; 0 for equal ones.
fn inverse(vectors: &Vectors, a: u32, b: u32) -> f32 {
    let metric = if vectors.metric() == MetricName::Cosine { MetricName::Cosine } else { MetricName::Euclidean };
    match metric.distance(metric.score(vectors.get(a as usize), vectors.get(b as usize))) {
        apart if apart > 0.0 => (1.0 / apart).min(MOST_INVERSE),
        _ => 0.0,
    }
}

impl Plane {
    fn margin(&self, left: f32, right: f32) -> f32 {
        (right - left) * self.inverse - self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leaves_share_the_items_evenly() {
        for (items, leaf) in [(0, 2), (1, 2), (2, 2), (3, 2), (5, 2), (640, 32), (1000, 7), (99_991, 32)] {
            let shape = Shape::new(items, leaf).unwrap();
            let mut next = 0;
            for node in shape.planes()..=2 * shape.planes() {
                let range = shape.range(node);
                assert_eq!(range.start, next);
                assert!(range.len() <= leaf, "{items} {leaf} {range:?}");
                next = range.end;
            }
            assert_eq!(next, items);
            for node in 0..shape.planes() {
                let (left, right) = (shape.range(2 * node + 1), shape.range(2 * node + 2));
                assert_eq!(shape.range(node), left.start..right.end);
                assert_eq!(left.end, right.start);
                assert!(!left.is_empty() && !right.is_empty());
            }
        }
    }

    #[test]
    fn one_item_more_than_fits_is_too_many() {
        for (bytes, leaf) in [(0, 2), (3, 2), (4, 2), (28, 2), (1000, 2), (1000, 7), (99_999, 32)] {
            let fit = (0..=bytes).take_while(|&items| Shape::new(items, leaf).unwrap().tree_bytes() <= bytes);
            assert_eq!(Forest::most_items(bytes, leaf), fit.last().unwrap(), "{bytes} {leaf}");
        }
        assert_eq!(Forest::most_items(1000, 1), 0);
    }

    #[test]
    fn the_largest_index_still_has_a_shape() {
        let shape = Shape::new(u32::MAX as usize, 2).unwrap();
        assert_eq!(shape.range(2 * shape.planes()).end, u32::MAX as usize);
        assert!(Shape::new(10, 1).unwrap_err().to_string().contains("at least 2"));
    }
}
