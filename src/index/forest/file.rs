use super::{Forest, MAX_TREES, Plane, Shape, Tree};
use crate::index::file::{Output, Tensors, write};
use crate::index::{Bytes, IndexError};
use serde::{Deserialize, Serialize};
use std::ops::Range;

const WHAT: &str = "forest";
const FORMAT_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Metadata {
    format_version: u32,
    kind: String,
    /// The most items in a leaf.
    leaf: u32,
}

impl Forest {
    /// Bytes that one tree takes in a file.
    pub fn tree_bytes(&self) -> usize {
        self.shape.tree_bytes()
    }

    /// Some of the trees as a safetensors file: `items` U32 `[trees, items]`, `pivots` U32 `[trees, planes, 2]` (left and
    /// right item) and `planes` F32 `[trees, planes, 2]` (inverse and offset).
    ///
    /// # Panics
    /// If `trees` reaches beyond the last tree.
    pub fn to_safetensors(&self, trees: Range<usize>) -> Vec<u8> {
        let metadata = Metadata { format_version: FORMAT_VERSION, kind: WHAT.into(), leaf: self.shape.leaf as u32 };
        let trees = &self.trees[trees];
        let planes = || trees.iter().flat_map(|tree| &tree.planes);
        let items = trees.iter().flat_map(|tree| &tree.items).copied();
        let nodes = [trees.len(), self.shape.planes(), 2];
        let items = Output::u32("items", &[trees.len(), self.shape.items], items);
        let pivots = Output::u32("pivots", &nodes, planes().flat_map(|plane| [plane.left, plane.right]));
        let planes = Output::f32("planes", &nodes, planes().flat_map(|plane| [plane.inverse, plane.offset]));
        write(&metadata, &[items, pivots, planes])
    }

    /// Reads such a file; whatever it says, a search in the result ends and stays inside the items.
    pub fn from_safetensors(bytes: &dyn Bytes) -> Result<Forest, IndexError> {
        let file = Tensors::read(WHAT, FORMAT_VERSION, bytes)?;
        let metadata: Metadata = file.metadata()?;
        if metadata.kind != WHAT {
            return Err(file.damaged(format!("its metadata says that it holds {:?}", metadata.kind)));
        }
        let ([trees, items], order) = file.u32::<2>("items")?;
        let (pivot_shape, pivots) = file.u32::<3>("pivots")?;
        let (plane_shape, planes) = file.f32::<3>("planes")?;
        let shape = Shape::new(items, metadata.leaf as usize)?;
        let expected = [trees, shape.planes(), 2];
        if !(1..=MAX_TREES).contains(&trees) || pivot_shape != expected || plane_shape != expected {
            let reason = format!(
                "{trees} trees over {items} items need pivots and planes of {expected:?}, not {pivot_shape:?} and {plane_shape:?}"
            );
            return Err(file.damaged(reason));
        }
        if pivots.iter().any(|&item| item as usize >= items) {
            return Err(file.damaged("a pivot is no item"));
        }
        if planes.as_chunks::<2>().0.iter().any(|&[inverse, _]| inverse < 0.0) {
            return Err(file.damaged("the inverse of a distance is negative"));
        }
        let mut grown = Vec::new();
        for tree in 0..trees {
            let items = order[tree * items..][..items].to_vec();
            if !is_permutation(&items) {
                return Err(file.damaged(format!("tree {tree} does not hold every item once")));
            }
            let nodes = tree * shape.planes() * 2..(tree + 1) * shape.planes() * 2;
            let pivots = pivots[nodes.clone()].as_chunks::<2>().0;
            let planes = planes[nodes].as_chunks::<2>().0;
            let planes = pivots.iter().zip(planes);
            let planes = planes.map(|(&[left, right], &[inverse, offset])| Plane { left, right, inverse, offset });
            grown.push(Tree { items, planes: planes.collect() });
        }
        Ok(Forest { shape, trees: grown })
    }
}

fn is_permutation(items: &[u32]) -> bool {
    let mut seen = vec![false; items.len()];
    items.iter().all(|&item| seen.get_mut(item as usize).is_some_and(|seen| !std::mem::replace(seen, true)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::tests::random_vectors;
    use crate::index::{ForestOptions, Query};

    fn forest(count: usize) -> Forest {
        Forest::build(&random_vectors(count, 6, 3), &ForestOptions { trees: 4, seed: 5, leaf: 4 }).unwrap()
    }

    #[test]
    fn shards_read_back_give_the_same_forest() {
        for count in [0, 1, 4, 5, 60] {
            let forest = forest(count);
            let mut back = Forest::from_safetensors(&forest.to_safetensors(0..1).as_slice()).unwrap();
            back.append(Forest::from_safetensors(&forest.to_safetensors(1..4).as_slice()).unwrap()).unwrap();
            assert_eq!(back, forest);
        }
    }

    #[test]
    fn trees_over_another_number_of_items_are_not_appended() {
        assert!(forest(10).append(forest(11)).is_err());
    }

    #[test]
    fn an_item_that_is_there_twice_or_out_of_range_is_refused() {
        let bytes = forest(5).to_safetensors(0..1);
        let intact = Forest::from_safetensors(&bytes.as_slice()).unwrap();
        for bad in [intact.trees[0].items[1], 5, u32::MAX] {
            let mut forest = intact.clone();
            forest.trees[0].items[0] = bad;
            let error = Forest::from_safetensors(&forest.to_safetensors(0..1).as_slice()).unwrap_err().to_string();
            assert!(error.contains("every item once"), "{error}");
        }
        let mut forest = intact.clone();
        forest.trees[0].planes[0].left = 5;
        assert!(Forest::from_safetensors(&forest.to_safetensors(0..1).as_slice()).is_err());
        for bad in [f32::NAN, f32::INFINITY, -1.0] {
            let mut forest = intact.clone();
            forest.trees[0].planes[0].inverse = bad;
            assert!(Forest::from_safetensors(&forest.to_safetensors(0..1).as_slice()).is_err());
        }
    }

    #[test]
    fn a_newer_format_is_refused_with_what_to_do() {
        let bytes = forest(3).to_safetensors(0..1);
        let position = bytes.windows(17).position(|window| window == b"format_version\\\":").unwrap() + 17;
        let mut newer = bytes;
        newer[position] = b'2';
        let error = Forest::from_safetensors(&newer.as_slice()).unwrap_err();
        assert_eq!(error, IndexError::Version { what: "forest", got: 2, expected: 1 });
        assert!(error.to_string().contains("build the collection again"));
    }

    #[test]
    fn a_damaged_file_is_refused_or_still_searched_but_never_panics_or_hangs() {
        let vectors = random_vectors(9, 6, 3);
        let bytes =
            Forest::build(&vectors, &ForestOptions { trees: 2, seed: 5, leaf: 2 }).unwrap().to_safetensors(0..2);
        let query = Query::quantize(&[1.0; 6]).unwrap();
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            for bit in 0..8 {
                damaged[position] ^= 1 << bit;
                if let Ok(forest) = Forest::from_safetensors(&damaged.as_slice()) {
                    let _ = forest.search(&vectors, &query, 3, 9);
                }
            }
            assert!(Forest::from_safetensors(&&bytes[..position]).is_err());
        }
    }
}
