use super::Own;
use crate::index::{IndexError, Vectors};

/// Which of one's own pictures are the same, found a few at a time, so that whoever waits can be told how far it is.
#[derive(Debug, Clone)]
pub struct Duplicates {
    ids: Vec<u32>,
    /// The whole of each picture.
    vectors: Vectors,
    threshold: f32,
    /// Pictures that were compared with all others.
    done: usize,
    /// For each picture, the place of one of its group that was added no later than it.
    leader: Vec<usize>,
    /// For each picture, its best score with another one; nothing below the threshold.
    best: Vec<Option<f32>>,
}

impl Duplicates {
    /// Pictures with at least this score are the same: by the collection's own threshold where none is given.
    pub fn new(own: &Own, threshold: Option<f32>) -> Result<Duplicates, IndexError> {
        let mut vectors = Vectors::new(own.vectors.dim())?.with_metric(own.vectors.metric());
        for place in 0..own.len() {
            let whole = own.rows().of(place).start;
            vectors.append(&own.vectors, whole..whole + 1)?;
        }
        Ok(Duplicates {
            ids: own.ids.clone(),
            vectors,
            threshold: threshold.unwrap_or(own.like.quality.thresholds.same),
            done: 0,
            leader: (0..own.len()).collect(),
            best: vec![None; own.len()],
        })
    }

    pub fn total(&self) -> usize {
        self.ids.len()
    }

    pub fn done(&self) -> usize {
        self.done
    }

    /// Compares the next so many pictures with all that were added later.
    pub fn go_on(&mut self, pictures: usize) -> Result<(), IndexError> {
        let end = self.done.saturating_add(pictures).min(self.total());
        for one in self.done..end {
            let query = self.vectors.query(one);
            for other in one + 1..self.total() {
                let score = self.vectors.score(other, &query)?;
                if score >= self.threshold {
                    self.join(one, other, score);
                }
            }
        }
        self.done = end;
        Ok(())
    }

    /// The groups of two or more that were found, the biggest first: the numbers of the pictures, in the order in which they
    /// were added, with the score of each with the one of its group that it is most like.
    pub fn groups(&self) -> Vec<Vec<(u32, f32)>> {
        let mut groups: Vec<Vec<(u32, f32)>> = vec![Vec::new(); self.total()];
        for place in 0..self.total() {
            if let Some(score) = self.best[place] {
                groups[self.leader_of(place)].push((self.ids[place], score));
            }
        }
        groups.retain(|group| group.len() > 1);
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups
    }

    fn join(&mut self, one: usize, other: usize, score: f32) {
        for place in [one, other] {
            self.best[place] = Some(self.best[place].map_or(score, |best| best.max(score)));
        }
        let (one, other) = (self.leader_of(one), self.leader_of(other));
        let (first, second) = (one.min(other), one.max(other));
        self.leader[second] = first;
    }

    fn leader_of(&self, mut place: usize) -> usize {
        while self.leader[place] != place {
            place = self.leader[place];
        }
        place
    }
}
