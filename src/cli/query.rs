//! `private-eye query`: what a visitor's page would answer.

use super::{Failure, embedding, print, print_json, site};
use clap::Args;
use private_eye::{
    collection::{Condition, Filter},
    engine::{Answer, Match, SearchOptions, Verdict},
    image::{Look, Looks},
    index::Effort,
};
use std::{fmt::Write, path::PathBuf};

/// Find the works of a site that are nearest to a picture.
///
/// A match is "same" or "similar" from the scores on that were measured when the site was built; below those there is
/// no close match. --threshold sets another bound for this query.
#[derive(Debug, Args)]
pub struct Query {
    /// A built site or its collection folder.
    site: PathBuf,
    /// The picture to look for.
    picture: PathBuf,
    /// How many matches to show.
    #[arg(short = 'n', long = "limit", default_value_t = 10, value_name = "N")]
    limit: usize,
    /// Compare with every work.
    #[arg(long, conflicts_with = "effort")]
    exact: bool,
    /// Compare with about this many works, but no fewer than 80 for each look at a work.
    #[arg(long, value_name = "N")]
    effort: Option<usize>,
    /// Only works of which this holds; given several times, all of it. Words match in any case and in lists.
    #[arg(long = "where", value_name = "COLUMN=VALUE|FROM..TO")]
    conditions: Vec<Condition>,
    /// Leave out the work with this id.
    #[arg(long, value_name = "ID")]
    without: Vec<u32>,
    #[command(flatten)]
    looks: LooksOption,
    /// The score from which a match is a close one, for cosines -1 to 1 [default: the site's own].
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true, value_parser = score)]
    threshold: Option<f32>,
    /// The weights, where they are not in the site's models folder.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print one JSON array of {rank, id, file, title, score, distance, verdict, item}, also {look} after a closer look,
    /// and {work_look} where the site looks at each work in several ways.
    #[arg(long)]
    json: bool,
}

/// How closely to look at a query.
#[derive(Debug, Clone, Copy, Args)]
pub struct LooksOption {
    /// Look in five ways at once: also at what hangs on the wall, at the middle, and mirrored. Left out, that is done only
    /// where one look finds nothing that is surely the same picture.
    #[arg(long, conflicts_with = "once")]
    closer: bool,
    /// Look at the whole picture only.
    #[arg(long)]
    once: bool,
}

impl LooksOption {
    pub fn looks(self) -> Looks {
        match self {
            LooksOption { closer: true, .. } => Looks::Closer,
            LooksOption { once: true, .. } => Looks::Once,
            LooksOption { .. } => Looks::Auto,
        }
    }
}

fn score(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(score) if score.is_finite() => Ok(score),
        _ => Err("a score is a number; a cosine is one from -1 to 1".to_owned()),
    }
}

impl Query {
    pub fn run(self) -> Result<(), Failure> {
        let picture =
            embedding::read_picture(&self.picture).map_err(|reason| Failure::at(self.picture.display(), reason))?;
        let engine = site::engine(&self.site, self.model.as_deref())?;
        let effort = match self.effort {
            _ if self.exact => Effort::Exact,
            Some(candidates) => Effort::Candidates(candidates),
            None => Effort::Auto,
        };
        let filter = Filter { conditions: self.conditions, without: self.without };
        let options = SearchOptions {
            limit: self.limit,
            effort,
            filter,
            threshold: self.threshold,
            looks: self.looks.looks(),
            ..SearchOptions::default()
        };
        // What can be wrong from here on is the question, not the picture.
        let answer = engine.search_picture(&picture, &options).map_err(|error| Failure::new(error.to_string()))?;
        if self.json { print_json(&answer.matches) } else { print(&in_words(&answer)) }
    }
}

fn in_words(answer: &Answer) -> String {
    let mut text = match (answer.verdict, answer.matches.first()) {
        (_, None) if answer.looked_at == 0 => "No work is left to compare with.".to_owned(),
        (_, None) | (Verdict::None, _) => "No close match.".to_owned(),
        (Verdict::Same, Some(best)) => format!("The same picture: {}", name(best)),
        (Verdict::Similar, Some(best)) => format!("Looks alike: {}", name(best)),
    };
    for found in &answer.matches {
        let Match { rank, score, distance, verdict, file, look, work_look, .. } = found;
        let verdict = match verdict {
            Verdict::Same => "same",
            Verdict::Similar => "similar",
            Verdict::None => "-",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{rank:>3}  {score:.3}  {distance:.3}  {verdict:<7}  {}", name(found));
        if !file.is_empty() {
            let _ = write!(text, "  [{file}]");
        }
        if let Some(look) = look {
            let _ = write!(text, "  ({look})");
        }
        if let Some(look) = work_look.filter(|look| *look != Look::Whole) {
            let _ = write!(text, "  ({look} of the work)");
        }
    }
    if answer.looked_at > 0 {
        let compared = if answer.exact { "every work that may be an answer" } else { "the likeliest works" };
        let _ = write!(text, "\n{} compared: {compared}", answer.looked_at);
    }
    text
}

/// The title, and the maker where one is known, on one line.
fn name(found: &Match) -> String {
    let maker = found.item.get("maker").and_then(|maker| maker.as_str());
    let name = match maker {
        Some(maker) => format!("{}, {maker}", found.title),
        None => found.title.clone(),
    };
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
