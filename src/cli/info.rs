//! `private-eye info`: what a site holds and how good it is.

use super::{Failure, print, print_json};
use clap::Args;
use indicatif::HumanBytes;
use private_eye::collection::{self, CROWD, Manifest, Part};
use private_eye::index::{Effort, least_candidates};
use serde::Serialize;
use std::{fmt::Write, path::PathBuf};

/// Tell what a site holds, how large it is and what was measured when it was built.
#[derive(Debug, Args)]
pub struct Info {
    /// A built site or its collection folder.
    site: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The manifest, and what can be summed up from it.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    manifest: &'a Manifest,
    bytes: Bytes,
}

/// What a visitor downloads, apart from the page itself.
#[derive(Serialize)]
struct Bytes {
    model: u64,
    vectors: u64,
    forest: u64,
    items: u64,
    thumbnails: u64,
    samples: u64,
    total: u64,
}

impl Info {
    pub fn run(self) -> Result<(), Failure> {
        let manifest =
            collection::read_manifest(&self.site).map_err(|error| Failure::at(self.site.display(), error))?;
        let bytes = Bytes::of(&manifest);
        if self.json { print_json(&Report { manifest: &manifest, bytes }) } else { print(&in_words(&manifest, &bytes)) }
    }
}

impl Bytes {
    fn of(manifest: &Manifest) -> Bytes {
        let sum =
            |part: Part| manifest.shards.of(part).iter().fold(0_u64, |sum, shard| sum.saturating_add(shard.bytes));
        let mut bytes = Bytes {
            model: manifest.model.bytes,
            vectors: sum(Part::Vectors),
            forest: sum(Part::Forest),
            items: sum(Part::Items),
            thumbnails: sum(Part::Thumbnails),
            samples: sum(Part::Samples),
            total: 0,
        };
        bytes.total = bytes.parts().iter().fold(0, |sum, (_, bytes)| sum.saturating_add(*bytes));
        bytes
    }

    fn parts(&self) -> [(&'static str, u64); 6] {
        [
            ("model", self.model),
            ("vectors", self.vectors),
            ("forest", self.forest),
            ("items", self.items),
            ("thumbnails", self.thumbnails),
            ("samples", self.samples),
        ]
    }
}

fn in_words(manifest: &Manifest, bytes: &Bytes) -> String {
    let Manifest { title, count, generator, seed, model, quality, columns, .. } = manifest;
    let mut text = format!("{title}\n{count} works, built by {generator} with seed {seed}\n");
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: String| {
        let _ = write!(text, "\n{name:<12} {value}");
    };
    let id = &model.id;
    line(
        "model",
        format!("{} {}… ({} numbers, {})", id.name, id.sha256.get(..16).unwrap_or_default(), id.dim, id.preprocessing),
    );
    let looks: Vec<String> = manifest.looks().iter().map(ToString::to_string).collect();
    line("looks", format!("{} at each work: {}", looks.len(), looks.join(", ")));
    if !columns.is_empty() {
        line("columns", columns.join(", "));
    }
    line("same", format!("usually from a score of {:.3} on", quality.thresholds.same));
    line("similar", format!("usually from a score of {:.3} on", quality.thresholds.similar));
    let effort = match manifest.effort(Effort::Auto) {
        Effort::Candidates(candidates) => {
            let how_many = if looks.len() == 1 { "about" } else { "up to" };
            let candidates = candidates.max(least_candidates(manifest.rows().count(CROWD)));
            format!("{how_many} {candidates} works are compared with a query")
        }
        _ => "every work is compared with a query".to_owned(),
    };
    line("effort", effort);
    for point in &quality.effort {
        let found =
            format!("finds {:.3} of the nearest, {:.3} of the ten nearest", point.recall_at_1, point.recall_at_10);
        line("", format!("{:>7} compared: {found}", point.candidates));
    }
    for (part, size) in bytes.parts() {
        line(part, HumanBytes(size).to_string());
    }
    line("to download", HumanBytes(bytes.total).to_string());
    text
}
