//! `private-eye build`: pictures in, a static site out.

use super::{
    Failure, annoy, embedding,
    npy::Matrix,
    page, print, progress, samples, site, use_threads,
    works::{Columns, Skipped, Source, Work, Works},
};
use clap::Args;
use indicatif::HumanBytes;
use private_eye::{
    collection::{
        About, CROWD, CalibrationOptions, ChangedCopy, CollectionError, CollectionWriter, EmbeddingKind, MAX_LOOKS,
        Manifest, ModelFile, SiteFolder, calibrate,
    },
    image::{self, Look, Looks, Picture, THUMBNAIL_SIDE, changes},
    index::{Forest, ForestOptions, Random, useful_trees},
    model::Model,
};
use std::path::{Path, PathBuf};

/// Pictures that are embedded before their results are written: enough to keep all cores busy, few enough to hold.
const AT_A_TIME: usize = 256;
/// The longer side of the pictures whose changed copies measure the collection.
const LARGEST_CHANGED: u32 = 1024;

/// Build a static site that finds the pictures it was built from.
///
/// PICTURES is a folder (searched with the folders in it; a metadata.csv at its top is used), a CSV with a row for each
/// picture, or a .npy file of embeddings. What cannot be read is skipped and listed.
///
/// A CSV is known by its columns: `Style, Artwork, Artist, Date, Link`, whose pictures are named after the last part of
/// the link or after the artwork; `Author, Title, …, images`, whose first image's path names the picture; or any other
/// with a column that holds the file name. Every column is kept with the work.
#[derive(Debug, Args)]
pub struct Build {
    /// A folder, a CSV or a .npy file of embeddings.
    #[arg(required_unless_present = "annoy")]
    pictures: Option<PathBuf>,
    /// An index that Annoy 1.17 wrote, in place of PICTURES.
    #[arg(long, value_name = "FILE", conflicts_with = "pictures")]
    annoy: Option<PathBuf>,
    /// How many numbers the vectors of the Annoy index have.
    #[arg(long, value_name = "N", default_value_t = 512, requires = "annoy")]
    dim: usize,
    /// How embeddings are compared; an Annoy index must have been made with it.
    #[arg(long, value_enum, default_value = "cosine")]
    metric: annoy::Metric,
    /// The folder for the site; a site that is there already is replaced once the new one is whole.
    #[arg(long, value_name = "SITE")]
    out: PathBuf,
    /// What the site is called [default: after the name of PICTURES].
    #[arg(long)]
    title: Option<String>,
    /// A CSV that tells about the pictures of a folder or the rows of a .npy file.
    #[arg(long, value_name = "CSV")]
    metadata: Option<PathBuf>,
    /// Where the pictures of a CSV are [default: beside it].
    #[arg(long = "pictures", value_name = "DIR", id = "folder")]
    folder: Option<PathBuf>,
    /// The file names of the rows of a .npy file, a .npy of strings or a text of lines, to find their rows in the CSV.
    #[arg(long, value_name = "FILE", requires = "metadata")]
    names: Option<PathBuf>,
    /// The CSV's column with the picture's file name.
    #[arg(long, value_name = "NAME")]
    image_column: Option<String>,
    /// The CSV's column with the title.
    #[arg(long, value_name = "NAME")]
    title_column: Option<String>,
    /// In which ways each work is looked at, the whole of it first: parts of works are found by centre-50, the middle 50 % of
    /// each side, and its like. Each look takes as much space and time again; `whole` alone makes the smallest site.
    /// Embeddings are taken as they are.
    #[arg(long, value_name = "LOOK,...", value_delimiter = ',', default_value = "whole,centre-70,centre-50")]
    looks: Vec<Look>,
    /// How many search trees there are [default: 1 where searches need none, otherwise 50, of which more find more].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    trees: Option<u16>,
    /// What decides everything that is left to chance: the same seed gives the same site.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The weights to use instead of those inside this command.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The longer side of a thumbnail in pixels.
    #[arg(long, value_name = "PIXELS", default_value_t = THUMBNAIL_SIDE, value_parser = clap::value_parser!(u32).range(16..=1024))]
    thumbnail: u32,
    /// How many pictures to work on at a time [default: one for each core].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// What has gone into the collection so far.
#[derive(Default)]
struct Taken<'a> {
    /// The picture of each item, in the order of the items; empty for embeddings.
    pictures: Vec<&'a Path>,
    skipped: Vec<Skipped>,
}

impl Build {
    pub fn run(self) -> Result<(), Failure> {
        use_threads(self.jobs)?;
        check_looks(&self.looks)?;
        // First of all, so that nobody waits an hour to hear that the place is taken.
        let folder = SiteFolder::begin(&self.out).map_err(|error| Failure::new(error.to_string()))?;
        let (place, weights) = site::weights(self.model.as_deref())?;
        let model = Model::from_bytes(&weights).map_err(|error| Failure::at(place, error))?;
        let mut works = self.source(&folder).gather()?;
        let metric = self.metric.name();
        let title = self.title.clone().unwrap_or_else(|| works.title.clone());

        let (model_file, packed) = ModelFile::pack(model.id().clone(), &weights)?;
        let about = About {
            title: title.clone(),
            model: model_file,
            seed: self.seed,
            metric,
            embedding: works.embeddings.as_ref().map_or(EmbeddingKind::Normalized, kind),
            // There is nothing to look at in embeddings.
            looks: if works.embeddings.is_some() { vec![Look::Whole] } else { self.looks.clone() },
            columns: std::mem::take(&mut works.columns),
        };
        let at_site = |error: CollectionError| Failure::at(self.out.display(), error);
        let mut writer = CollectionWriter::new(&folder.path().join("collection"), about).map_err(at_site)?;
        // Nor for hours to hear that there are too many.
        writer
            .check_room(works.works.len(), ForestOptions::default().leaf)
            .map_err(|error| Failure::at(self.given().display(), error))?;
        let mut taken = match &works.embeddings {
            Some(_) => take_embeddings(&mut writer, &model, &works)?,
            None => self.take_pictures(&mut writer, &model, &works)?,
        };
        taken.skipped.splice(..0, works.skipped.iter().cloned());
        progress::list_skipped(&taken.skipped);
        if writer.is_empty() {
            return Err(Failure::new(format!(
                "none of {} could be used from {}; nothing was written",
                works.offered,
                self.given().display()
            )));
        }

        let manifest = self.finish(writer, &model, &taken).map_err(at_site)?;
        let page = page::files(&title);
        write_files(&folder.path(), &page)?;
        let models = folder.path().join("models");
        fs_err::create_dir_all(&models)?;
        fs_err::write(folder.path().join("collection").join(&manifest.model.file), &packed)?;
        folder.finish().map_err(|error| Failure::at(self.out.display(), error))?;
        if works.embeddings.is_some() && self.model.is_none() {
            let name = &model.id().name;
            progress::note(&format!(
                "the embeddings are taken for those of {name}, the network inside this command; if another made them, name \
                 its weights with --model, because no picture will find them otherwise"
            ));
        }

        print(&summary(&self.out, &works, &manifest, !page.is_empty()))
    }

    /// What the user pointed at.
    fn given(&self) -> &Path {
        self.annoy.as_deref().or(self.pictures.as_deref()).unwrap_or(Path::new(""))
    }

    fn source(&self, folder: &SiteFolder) -> Source {
        Source {
            pictures: self.given().to_owned(),
            metric: self.metric.name(),
            annoy: self.annoy.is_some().then_some((self.dim, self.metric)),
            metadata: self.metadata.clone(),
            folder: self.folder.clone(),
            names: self.names.clone(),
            columns: Columns { image: self.image_column.clone(), title: self.title_column.clone() },
            except: vec![folder.target().to_owned()],
        }
    }

    /// Embeds the pictures and adds them with their thumbnails, in their order.
    fn take_pictures<'a>(
        &self,
        writer: &mut CollectionWriter,
        model: &Model,
        works: &'a Works,
    ) -> Result<Taken<'a>, Failure> {
        let look = |picture: &Picture| {
            let embeddings = model.look(picture, &self.looks).map_err(|error| error.to_string())?;
            let thumbnail = image::thumbnail(picture, self.thumbnail);
            let normalized: Vec<Vec<f32>> = embeddings.iter().map(|(_, embedding)| embedding.normalized()).collect();
            Ok((normalized, thumbnail.map_err(|error| error.to_string())?))
        };
        let bar = progress::bar("Embedding", works.works.len());
        let mut taken = Taken::default();
        for works in works.works.chunks(AT_A_TIME) {
            let paths: Vec<&Path> = works.iter().filter_map(|work| work.picture.as_deref()).collect();
            let results = embedding::look_at_all(&paths, &bar, look);
            for ((work, path), result) in works.iter().zip(paths).zip(results) {
                let added = match result {
                    Ok((embeddings, thumbnail)) => add(writer, &embeddings, work, &thumbnail)?,
                    Err(reason) => Err(reason),
                };
                match added {
                    Ok(()) => taken.pictures.push(path),
                    Err(reason) => taken.skipped.push(Skipped::new(work.item.file(), reason)),
                }
            }
        }
        bar.finish_and_clear();
        Ok(taken)
    }

    /// Builds the forest, measures the collection, makes the samples and writes the manifest.
    fn finish(&self, mut writer: CollectionWriter, model: &Model, taken: &Taken) -> Result<Manifest, CollectionError> {
        let spinner = progress::spinner("Growing the forest");
        let useful = || useful_trees(writer.vectors(), writer.rows().count(CROWD));
        let trees = self.trees.map_or_else(useful, usize::from);
        let options = ForestOptions { trees, seed: self.seed, ..ForestOptions::default() };
        let forest = Forest::build(writer.vectors(), &options)?;
        spinner.finish_and_clear();

        let options = CalibrationOptions { seed: self.seed, rows: writer.rows(), ..CalibrationOptions::default() };
        let bar = progress::bar("Measuring", options.pictures.min(taken.pictures.len()));
        let copies = |item: u32| {
            let copies = changed_copies(
                model,
                taken.pictures.get(item as usize).copied(),
                Random::stream(self.seed, item.into()).next(),
            );
            bar.inc(1);
            copies
        };
        let quality = calibrate(writer.vectors(), &forest, &options, copies)?;
        bar.finish_and_clear();
        samples::add(&mut writer, model, &taken.pictures, &quality, self.seed)?;
        writer.finish(&forest, quality)
    }
}

fn check_looks(looks: &[Look]) -> Result<(), Failure> {
    let twice = (1..looks.len()).any(|place| looks[..place].contains(&looks[place]));
    if looks.first() == Some(&Look::Whole) && !twice && looks.len() <= MAX_LOOKS {
        return Ok(());
    }
    let got: Vec<String> = looks.iter().map(|look| look.name()).collect();
    Err(Failure::new(format!(
        "--looks {} can't be; name up to {MAX_LOOKS} looks, the whole first and none twice, for instance whole,centre-50",
        got.join(",")
    )))
}

/// Embeddings of length 1 come with normalized queries, all others with raw ones.
fn kind(embeddings: &Matrix) -> EmbeddingKind {
    let is_one = |row: usize| {
        let square: f32 = embeddings.row(row).iter().map(|number| number * number).sum();
        (square - 1.0).abs() < 0.01
    };
    if (0..embeddings.rows()).all(is_one) { EmbeddingKind::Normalized } else { EmbeddingKind::Raw }
}

/// What is seen of a picture changed in all the ways in which it should still be found. One of the copies is looked at
/// closely: which one, the seed decides.
fn changed_copies(model: &Model, picture: Option<&Path>, seed: u64) -> Vec<ChangedCopy> {
    let Some(picture) = picture.and_then(|path| embedding::read_picture(path).ok()) else { return Vec::new() };
    // The network sees far fewer pixels; changing all of a large photograph would only take longer.
    let picture = picture.fit(LARGEST_CHANGED);
    let changes = changes::calibration();
    let examined = seed % changes.len() as u64;
    let numbered = (0..).zip(changes);
    numbered
        .filter_map(|(number, change)| {
            let copy = changes::apply(&picture, &change, seed.wrapping_add(number));
            let looks: &[Look] = if number == examined { &Looks::CLOSER } else { &Looks::ONCE };
            let mut seen = model.look(&copy, looks).ok()?.into_iter().map(|(_, embedding)| embedding.normalized());
            Some(ChangedCopy { whole: seen.next()?, closer: seen.collect() })
        })
        .collect()
}

/// Adds ready embeddings; there are no pictures to make thumbnails from.
fn take_embeddings<'a>(writer: &mut CollectionWriter, model: &Model, works: &'a Works) -> Result<Taken<'a>, Failure> {
    let mut taken = Taken::default();
    let Some(matrix) = &works.embeddings else { return Ok(taken) };
    embedding::check_length(model, matrix.dim)?;
    for (row, work) in works.works.iter().enumerate() {
        if let Err(reason) = add(writer, &[matrix.row(row)], work, &[])? {
            taken.skipped.push(Skipped::new(format!("{} ({})", work.item.title(), work.item.file()), reason));
        }
    }
    Ok(taken)
}

/// Adds a work. What is wrong with the work itself comes back as the reason to skip it; the rest is a failure.
fn add(
    writer: &mut CollectionWriter,
    embeddings: &[impl AsRef<[f32]>],
    work: &Work,
    thumbnail: &[u8],
) -> Result<Result<(), String>, Failure> {
    match writer.add_looks(embeddings, &work.item, thumbnail) {
        Ok(_) => Ok(Ok(())),
        Err(CollectionError::Io(error)) => Err(error.into()),
        Err(error) => Ok(Err(error.to_string())),
    }
}

fn write_files(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent)?;
        }
        fs_err::write(path, bytes)?;
    }
    Ok(())
}

fn summary(out: &Path, works: &Works, manifest: &Manifest, has_page: bool) -> String {
    let bytes = manifest.files().fold(manifest.model.bytes, |sum, (_, shard)| sum.saturating_add(shard.bytes));
    let mut text = format!(
        "{} of {} went into {} ({} for a visitor to download)",
        manifest.count,
        works.offered,
        out.display(),
        HumanBytes(bytes)
    );
    if has_page {
        text.push_str(&format!("\nTry it: private-eye serve {}", out.display()));
    } else {
        text.push_str(
            "\nThis command was compiled without the search page, so the site has none; `cargo xtask install` in \
             the source tree installs it with the page.",
        );
    }
    text
}
