use super::{Forest, ForestOptions, MAX_TREES, Plane, Shape, Tree, inverse, lean};
use crate::index::{IndexError, Random, Vectors};
#[cfg(not(target_family = "wasm"))]
use rayon::prelude::*;

/// Members drawn as possible pivots of a plane; every pair of them is tried.
const PIVOTS: usize = 8;
/// Members that show how well a pair spreads the others.
const WITNESSES: usize = 16;

impl Forest {
    /// Builds a forest over all vectors, on all cores natively. The bytes depend on vectors and options alone.
    pub fn build(vectors: &Vectors, options: &ForestOptions) -> Result<Forest, IndexError> {
        let shape = Shape::new(vectors.len(), options.leaf)?;
        if !(1..=MAX_TREES).contains(&options.trees) {
            return Err(IndexError::Option { what: "number of trees", got: options.trees, expected: "1 to 4096" });
        }
        let numbers = 0..options.trees as u64;
        #[cfg(not(target_family = "wasm"))]
        let numbers = numbers.into_par_iter();
        let trees = numbers.map(|number| grow(vectors, shape, Random::stream(options.seed, number))).collect();
        Ok(Forest { shape, trees })
    }
}

fn grow(vectors: &Vectors, shape: Shape, mut random: Random) -> Tree {
    let mut items: Vec<u32> = (0..vectors.len() as u32).collect();
    let mut planes = Vec::with_capacity(shape.planes());
    // Level by level: a node's members are in place when its turn comes.
    for node in 0..shape.planes() {
        let members = &mut items[shape.range(node)];
        let half = shape.range(2 * node + 1).len();
        let plane = choose(vectors, members, &mut random);
        planes.push(part(vectors, members, half, plane));
    }
    Tree { items, planes }
}

fn score(vectors: &Vectors, a: u32, b: u32) -> f32 {
    lean(vectors.metric(), vectors.get(a as usize), vectors.get(b as usize))
}

/// Of a few pairs of members, the one along whose direction the members lie farthest apart.
fn choose(vectors: &Vectors, members: &[u32], random: &mut Random) -> Plane {
    let mut draw = |count: usize| -> Vec<u32> {
        random.sample(members.len(), count).into_iter().map(|position| members[position]).collect()
    };
    let (pivots, witnesses) = (draw(PIVOTS), draw(WITNESSES));
    let scores: Vec<Vec<f32>> =
        pivots.iter().map(|&pivot| witnesses.iter().map(|&witness| score(vectors, pivot, witness)).collect()).collect();

    let mut best = Plane { left: pivots[0], right: pivots[pivots.len() - 1], inverse: 0.0, offset: 0.0 };
    let mut best_spread = 0.0;
    for (left, left_scores) in scores.iter().enumerate() {
        for (right, right_scores) in scores.iter().enumerate().skip(left + 1) {
            let (left_pivot, right_pivot) = (pivots[left], pivots[right]);
            let inverse = inverse(vectors, left_pivot, right_pivot);
            if inverse == 0.0 {
                continue;
            }
            let plane = Plane { left: left_pivot, right: right_pivot, inverse, offset: 0.0 };
            let margins = left_scores.iter().zip(right_scores).map(|(&left, &right)| plane.margin(left, right));
            let spread = variance(margins);
            if spread > best_spread {
                (best, best_spread) = (plane, spread);
            }
        }
    }
    best
}

fn variance(numbers: impl Iterator<Item = f32>) -> f32 {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for number in numbers {
        count += 1.0;
        sum += number;
        squares += number * number;
    }
    squares / count - (sum / count) * (sum / count)
}

/// Shifts the plane so that `half` of the members lie on its left, and moves those to the front. Equal margins are parted
/// by item number; on both sides the items stay in ascending order.
fn part(vectors: &Vectors, members: &mut [u32], half: usize, mut plane: Plane) -> Plane {
    let margins: Vec<f32> = members
        .iter()
        .map(|&item| plane.margin(score(vectors, plane.left, item), score(vectors, plane.right, item)))
        .collect();
    let mut ranked: Vec<(f32, u32)> = margins.iter().copied().zip(members.iter().copied()).collect();
    let order = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let (lower, &mut first_right, _) = ranked.select_nth_unstable_by(half, order);
    let last_left = lower.iter().map(|&(margin, _)| margin).max_by(f32::total_cmp).unwrap_or(first_right.0);
    plane.offset = last_left + (first_right.0 - last_left) * 0.5;

    let (left, right): (Vec<_>, Vec<_>) =
        margins.into_iter().zip(members.iter().copied()).partition(|ranked| order(ranked, &first_right).is_lt());
    for (slot, (_, item)) in members.iter_mut().zip(left.into_iter().chain(right)) {
        *slot = item;
    }
    plane
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::tests::random_vectors;

    #[test]
    fn one_thread_and_eight_build_the_same_bytes() {
        let vectors = random_vectors(500, 24, 5);
        let build = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Forest::build(&vectors, &ForestOptions { trees: 9, seed: 11, leaf: 8 }).unwrap())
        };
        let (one, eight) = (build(1), build(8));
        assert_eq!(one.to_safetensors(0..9), eight.to_safetensors(0..9));
    }

    #[test]
    fn another_seed_builds_another_forest() {
        let vectors = random_vectors(200, 8, 5);
        let build = |seed| Forest::build(&vectors, &ForestOptions { trees: 2, seed, leaf: 8 }).unwrap();
        assert_ne!(build(1), build(2));
        assert_ne!(build(1).trees[0], build(1).trees[1]);
    }

    #[test]
    fn every_tree_holds_every_item_once_and_parts_by_margin() {
        let vectors = random_vectors(333, 12, 9);
        let forest = Forest::build(&vectors, &ForestOptions { trees: 3, seed: 0, leaf: 10 }).unwrap();
        for tree in &forest.trees {
            let mut items = tree.items.clone();
            items.sort_unstable();
            assert!(items.into_iter().eq(0..333));
            for (node, plane) in tree.planes.iter().enumerate() {
                let margin = |item| plane.margin(score(&vectors, plane.left, item), score(&vectors, plane.right, item));
                let side = |child| &tree.items[forest.shape.range(child)];
                assert!(side(2 * node + 1).iter().all(|&item| margin(item) <= 1e-6));
                assert!(side(2 * node + 2).iter().all(|&item| margin(item) >= -1e-6));
            }
        }
    }

    #[test]
    fn no_trees_are_refused() {
        let vectors = random_vectors(3, 2, 1);
        assert!(Forest::build(&vectors, &ForestOptions { trees: 0, ..Default::default() }).is_err());
    }
}
