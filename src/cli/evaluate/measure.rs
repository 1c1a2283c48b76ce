//! From ranked answers to recall, precision and F1.

use private_eye::engine::{Answer, Verdict};
use serde::Serialize;
use std::collections::BTreeSet;

/// What became of one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Whether the picture is in the collection at all.
    present: bool,
    /// The rank of the best right answer, from 1, among those looked at.
    rank: Option<usize>,
    /// The score of the best match, right or wrong.
    score: f32,
    /// What the site said of the best match.
    verdict: Verdict,
}

impl Outcome {
    /// `weigh` gives what a score counts.
    pub fn new(answer: &Answer, right: &BTreeSet<u32>, weigh: impl Fn(f32) -> f32) -> Outcome {
        let Answer { matches, verdict, .. } = answer;
        Outcome {
            present: !right.is_empty(),
            rank: matches.iter().find(|found| right.contains(&found.id)).map(|found| found.rank),
            score: matches.first().map_or(-1.0, |best| weigh(best.score)),
            verdict: *verdict,
        }
    }
}

/// How good the best match is as an answer if it only counts from a threshold on.
///
/// `precision` is the share of right ones among the answers given, `recall` that of right answers among the queries that
/// have one, `f1` their harmonic mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The least score of an answer.
    pub threshold: f32,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// All that is measured.
#[derive(Debug, PartialEq, Serialize)]
pub struct Report {
    /// Queries in the table, and those of them that could be read.
    pub given: usize,
    pub queries: usize,
    /// Queries whose picture is in the collection, and those whose picture is not.
    pub present: usize,
    pub absent: usize,
    /// Share of the present ones with a right answer first, and among the first ten; none without present ones.
    pub recall_at_1: Option<f64>,
    pub recall_at_10: Option<f64>,
    /// As the site answers: the best match counts where it is called similar or the same. Where it was looked at once and then
    /// closer, each answer was judged by the thresholds of the looks that it comes from, and the threshold here is that for
    /// several.
    pub own: Point,
    /// At the threshold with the highest F1.
    pub best: Point,
    /// At the lowest threshold with a precision of at least 0.95.
    pub at_precision_95: Option<Point>,
    /// At every threshold that makes a difference, the highest first.
    pub curve: Vec<Point>,
}

impl Report {
    /// `outcomes` must not be empty; `given` counts those queries, too, that could not be read; `similar` is the site's own
    /// threshold.
    pub fn new(outcomes: &[Outcome], given: usize, similar: f32) -> Report {
        let present = outcomes.iter().filter(|outcome| outcome.present).count();
        let recall = |depth: usize| {
            let found = outcomes.iter().filter(|outcome| outcome.rank.is_some_and(|rank| rank <= depth)).count();
            (present > 0).then(|| found as f64 / present as f64)
        };
        let curve = curve(outcomes, present);
        // Of equal ones the first, which has the highest threshold.
        let best = curve.iter().copied().reduce(|best, point| if point.f1 > best.f1 { point } else { best });
        let answered = outcomes.iter().filter(|outcome| outcome.verdict >= Verdict::Similar);
        let right = answered.clone().filter(|outcome| outcome.rank == Some(1)).count();
        let own = Point::new(similar, right, answered.count(), present);
        Report {
            given,
            queries: outcomes.len(),
            present,
            absent: outcomes.len() - present,
            recall_at_1: recall(1),
            recall_at_10: recall(super::DEPTH),
            own,
            best: best.unwrap_or(own),
            at_precision_95: curve.iter().rev().find(|point| point.precision >= 0.95).copied(),
            curve,
        }
    }
}

fn curve(outcomes: &[Outcome], present: usize) -> Vec<Point> {
    let mut sorted = outcomes.to_vec();
    sorted.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut right = 0;
    let mut points = Vec::new();
    for (index, outcome) in sorted.iter().enumerate() {
        right += usize::from(outcome.rank == Some(1));
        // Equal scores pass a threshold together.
        if sorted.get(index + 1).is_none_or(|next| next.score < outcome.score) {
            points.push(Point::new(outcome.score, right, index + 1, present));
        }
    }
    points
}

impl Point {
    fn new(threshold: f32, right: usize, answers: usize, present: usize) -> Point {
        // Who answers nothing says nothing wrong.
        let precision = if answers == 0 { 1.0 } else { right as f64 / answers as f64 };
        let recall = if present == 0 { 0.0 } else { right as f64 / present as f64 };
        let f1 = if right == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        Point { threshold, precision, recall, f1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The site calls the best match similar from .65 on.
    fn outcome(present: bool, rank: Option<usize>, score: f32) -> Outcome {
        let verdict = if score >= 0.65 { Verdict::Similar } else { Verdict::None };
        Outcome { present, rank, score, verdict }
    }

    #[test]
    fn a_right_answer_counts_once_and_a_stranger_that_is_answered_costs_precision() {
        let outcomes = [
            outcome(true, Some(1), 0.9),
            outcome(false, None, 0.8),
            outcome(true, Some(3), 0.7),
            outcome(true, Some(1), 0.6),
            outcome(true, None, 0.5),
        ];
        let report = Report::new(&outcomes, 6, 0.65);
        assert_eq!((report.given, report.queries, report.present, report.absent), (6, 5, 4, 1));
        assert_eq!((report.recall_at_1, report.recall_at_10), (Some(0.5), Some(0.75)));
        assert_eq!((report.own.precision, report.own.recall), (1.0 / 3.0, 0.25));
        assert_eq!((report.best.threshold, report.best.precision, report.best.recall), (0.6, 0.5, 0.5));
        assert_eq!(report.at_precision_95.map(|point| point.threshold), Some(0.9));
        assert_eq!(report.curve.len(), 5);
    }

    #[test]
    fn equal_scores_pass_a_threshold_together() {
        let report = Report::new(&[outcome(true, Some(1), 0.7), outcome(false, None, 0.7)], 2, 0.65);
        assert_eq!(report.curve.len(), 1);
        assert_eq!((report.own.precision, report.own.recall), (0.5, 1.0));
        assert_eq!(report.at_precision_95, None);
    }

    #[test]
    fn without_a_present_query_there_is_no_recall_and_silence_is_precise() {
        let report = Report::new(&[outcome(false, None, 0.4)], 1, 0.65);
        assert_eq!((report.recall_at_1, report.recall_at_10), (None, None));
        assert_eq!((report.own.precision, report.own.recall, report.own.f1), (1.0, 0.0, 0.0));
    }

    #[test]
    fn an_answer_that_the_first_look_was_sure_of_counts_below_the_threshold_for_several() {
        let first = Outcome { verdict: Verdict::Similar, ..outcome(true, Some(1), 0.6) };
        let report = Report::new(&[first, outcome(true, Some(1), 0.6)], 2, 0.65);
        assert_eq!((report.own.threshold, report.own.precision, report.own.recall), (0.65, 1.0, 0.5));
    }
}
