//! `private-eye evaluate`: how good a site's answers are, on queries whose right answers are known.

mod chart;
mod labels;
mod measure;

use super::{
    Failure, embedding, output::write_whole, print, print_json, progress, query::LooksOption, site, use_threads,
    works::Skipped,
};
use clap::Args;
use labels::Label;
use measure::{Outcome, Point, Report};
use private_eye::{
    engine::{Engine, SearchOptions},
    image::{Look, Looks, Picture},
    index::Effort,
};
use std::path::{Path, PathBuf};

/// How deep `recall@10` looks.
const DEPTH: usize = 10;

/// Measure how often a site finds the right works.
///
/// The queries come from a CSV with the columns "image" (a path beside the CSV) and "match": the ids or files of the
/// works that would be right, joined by "|"; empty where the picture is not in the collection.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// A built site or its collection folder.
    site: PathBuf,
    /// The CSV of queries.
    #[arg(long, value_name = "CSV")]
    queries: PathBuf,
    /// Compare with every work.
    #[arg(long, conflicts_with = "effort")]
    exact: bool,
    /// Compare with about this many works, but no fewer than 80 for each look at a work.
    #[arg(long, value_name = "N")]
    effort: Option<usize>,
    #[command(flatten)]
    looks: LooksOption,
    /// The weights, where they are not in the site's models folder.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Draw precision against recall into an SVG file.
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// How many pictures to work on at a time [default: one for each core].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    pub fn run(self) -> Result<(), Failure> {
        use_threads(self.jobs)?;
        let engine = site::engine(&self.site, self.model.as_deref())?;
        let labels = labels::read(&self.queries, engine.collection())?;
        let outcomes = self.outcomes(&engine, &labels)?;
        let looks = self.looks.looks();
        // Where some answers come from one look and some from several, the verdicts know which of two thresholds decided.
        let similar = engine.thresholds(if looks == Looks::Auto { Looks::Closer } else { looks }).similar;
        let report = Report::new(&outcomes, labels.len(), similar);
        if let Some(path) = &self.chart {
            write_whole(path, |out| out.write_all(chart::svg(&report).as_bytes()))?;
        }
        if self.json { print_json(&report) } else { print(&in_words(&report)) }
    }

    fn outcomes(&self, engine: &Engine, labels: &[Label]) -> Result<Vec<Outcome>, Failure> {
        let paths: Vec<&Path> = labels.iter().map(|label| label.image.as_path()).collect();
        let bar = progress::bar("Asking", paths.len());
        let looks = self.looks.looks();
        let ways: &[Look] = if looks == Looks::Once { &Looks::ONCE } else { &Looks::CLOSER };
        let look = |picture: &Picture| engine.look(picture, ways).map_err(|error| error.to_string());
        let seen = embedding::look_at_all(&paths, &bar, look);
        bar.finish_and_clear();
        let effort = match self.effort {
            _ if self.exact => Effort::Exact,
            Some(candidates) => Effort::Candidates(candidates),
            None => Effort::Auto,
        };
        let options = SearchOptions { limit: DEPTH, effort, looks, ..SearchOptions::default() };
        let (mut outcomes, mut skipped) = (Vec::new(), Vec::new());
        for (label, seen) in labels.iter().zip(seen) {
            match seen {
                Ok(embeddings) => {
                    let answer = engine
                        .search_looks(&embeddings, &options)
                        .map_err(|error| Failure::at(label.image.display(), error))?;
                    // As it compares with the thresholds that were measured: a query before another background has others.
                    let weigh = |score| engine.collection().manifest().quality.weigh(score, answer.background);
                    outcomes.push(Outcome::new(&answer, &label.right, weigh));
                }
                Err(reason) => skipped.push(Skipped::new(label.image.display().to_string(), reason)),
            }
        }
        progress::list_skipped(&skipped);
        match outcomes.is_empty() {
            true => Err(Failure::at(self.queries.display(), "no query could be read; nothing was measured")),
            false => Ok(outcomes),
        }
    }
}

fn in_words(report: &Report) -> String {
    let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.3}"));
    let line = |what: &str, point: &Point| {
        let Point { threshold, precision, recall, f1 } = point;
        format!("{what:<22} {threshold:.4}     {precision:.3}   {recall:.3}  {f1:.3}")
    };
    let mut lines = vec![
        format!(
            "{} of {} queries: {} in the collection, {} not",
            report.queries, report.given, report.present, report.absent
        ),
        format!("recall@1 {}   recall@10 {}", share(report.recall_at_1), share(report.recall_at_10)),
        format!("{:<22} threshold  precision  recall     F1", "the best match, if"),
        line("the site's \"similar\"", &report.own),
        line("the best F1", &report.best),
    ];
    match &report.at_precision_95 {
        Some(point) => lines.push(line("precision 0.95", point)),
        None => lines.push("no threshold reaches a precision of 0.95".to_owned()),
    }
    lines.join("\n")
}
