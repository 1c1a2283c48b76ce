//! Random collections of every shape, searched in every way, against an oracle that sorts all scores.
//!
//! `PRIVATE_EYE_CASES` sets how many there are; the seed of each is its number, so that a failure can be repeated alone.

use private_eye::index::{
    Allowed, Effort, Forest, ForestOptions, Index, IndexError, MetricName, Neighbour, Query, Random, Sieve, Vectors,
    exact,
};

const CASES: u64 = 300;

/// Small numbers mostly, and now and then the largest.
fn size(random: &mut Random, most: usize) -> usize {
    let bound = 1 << random.below(most.ilog2() as usize + 2);
    random.below(bound.min(most) + 1)
}

/// Rows around a few centres, with zeros and copies of earlier rows among them.
fn rows(random: &mut Random, dim: usize, count: usize) -> Vec<f32> {
    let levels = [2, 5, 1000][random.below(3)];
    let mut row = |spread: f32| -> Vec<f32> {
        (0..dim).map(|_| (random.below(levels) as f32 * 2.0 / (levels - 1) as f32 - 1.0) * spread).collect()
    };
    let centres: Vec<Vec<f32>> = (0..4).map(|_| row(1.0)).collect();
    let mut rows: Vec<f32> = Vec::with_capacity(dim * count);
    for item in 0..count {
        let noise = row(0.3);
        match random_kind(item) {
            0 => rows.extend(vec![0.0; dim]),
            1 if item > 0 => rows.extend_from_within((item / 2) * dim..(item / 2 + 1) * dim),
            kind => rows.extend(centres[kind % 4].iter().zip(noise).map(|(centre, noise)| centre + noise)),
        }
    }
    rows
}

/// One row in seventeen is zeros, and one a copy.
fn random_kind(item: usize) -> usize {
    item * 7 % 17
}

fn oracle(vectors: &Vectors, query: &Query, limit: usize, allowed: &Allowed) -> Vec<Neighbour> {
    let scored = allowed.iter().map(|item| Neighbour { item, score: vectors.score(item as usize, query).unwrap() });
    let mut all: Vec<Neighbour> = scored.collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    all.truncate(limit);
    all
}

fn check(case: u64) {
    let mut random = Random::new(case);
    let dim = 1 + size(&mut random, 599);
    let count = size(&mut random, 5000).min(400_000 / dim);
    let metric = MetricName::ALL[random.below(4)];
    let mut vectors = Vectors::quantize(dim, &rows(&mut random, dim, count)).unwrap().with_metric(metric);

    let mut bad = vec![1.0; dim];
    let position = random.below(dim);
    bad[position] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][random.below(3)];
    assert_eq!(vectors.push(&bad), Err(IndexError::NotFinite { position }));
    assert_eq!(Query::quantize(&bad), Err(IndexError::NotFinite { position }));
    assert_eq!(vectors.len(), count);

    let options = ForestOptions { trees: 1 + random.below(4), seed: case, leaf: 2 + random.below(60) };
    let forest = Forest::build(&vectors, &options).unwrap();
    let forest = Forest::from_safetensors(&forest.to_safetensors(0..options.trees).as_slice()).unwrap();
    let sieve = Sieve::new(&vectors);
    let index = Index { vectors: &vectors, forest: &forest, sieve: &sieve };
    let mut some = Allowed::all(count);
    let (every, first) = (1 + random.below(9) as u32, random.below(9) as u32);
    some.retain(|item| item % every != first);

    for number in 0..3 {
        let query = match number {
            0 if count > 0 => vectors.query(random.below(count)),
            1 => Query::quantize(&vec![0.0; dim]).unwrap(),
            _ => Query::quantize(&rows(&mut random, dim, 3)[2 * dim..]).unwrap(),
        };
        let limit = random.below(30);
        let truth = oracle(&vectors, &query, limit, &Allowed::all(count));
        assert_eq!(exact(&vectors, &query, limit).unwrap(), truth);
        assert_eq!(forest.search(&vectors, &query, limit, count).unwrap(), (truth.clone(), count));
        assert_eq!(index.search(&query, limit, Effort::Candidates(count), None).unwrap(), (truth, count));

        let truth = oracle(&vectors, &query, limit, &some);
        let full = (truth.clone(), some.count());
        assert_eq!(index.search(&query, limit, Effort::Exact, Some(&some)).unwrap(), full);
        assert_eq!(forest.search_among(&vectors, &query, limit, count, Some(&some)).unwrap(), full);

        // With less effort some may be missed, but nothing is wrong: allowed, in order, each with its own score.
        let effort = Effort::Candidates(random.below(count + 1));
        let (found, looked_at) = index.search(&query, limit, effort, Some(&some)).unwrap();
        assert_eq!(found.len(), truth.len());
        assert!(looked_at <= some.count());
        assert!(found.is_sorted_by(|a, b| (b.score, a.item) < (a.score, b.item)));
        for (found, best) in found.iter().zip(&truth) {
            assert!(some.contains(found.item) && found.score <= best.score);
            assert_eq!(found.score, vectors.score(found.item as usize, &query).unwrap());
        }
    }
}

#[test]
fn at_full_effort_every_way_of_searching_finds_what_sorting_all_scores_finds() {
    let cases = std::env::var("PRIVATE_EYE_CASES").map_or(CASES, |cases| cases.parse().expect("a number of cases"));
    for case in 0..cases {
        if let Err(panic) = std::panic::catch_unwind(|| check(case)) {
            eprintln!("case {case}");
            std::panic::resume_unwind(panic);
        }
    }
}
