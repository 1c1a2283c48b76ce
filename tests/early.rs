//! A collection that is searched while it arrives: each answer is that of comparing all works that are here, and the last is
//! that of the whole.

#[path = "support/shards.rs"]
mod shards;
mod support;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use private_eye::collection::{
    About, CalibrationOptions, Collection, CollectionError, CollectionWriter, EmbeddingKind, Filter, Item, Loader,
    Manifest, ModelFile, Part, Quality, Shard, Thresholds, calibrate, sha256,
};
use private_eye::engine::{Answer, Coverage, Engine, SearchOptions, Seen};
use private_eye::image::{Look, Looks, Picture};
use private_eye::index::{Effort, Forest, ForestOptions, MetricName, Query, Random};
use private_eye::model::Model;
use support::{draw, tiny_network};

const WORKS: u64 = 120;
/// Works in a file of vectors and in one of records.
const FILES: (usize, usize) = (19, 13);

fn model() -> Model {
    Model::from_bytes(&tiny_network(1)).unwrap()
}

fn picture(seed: u64) -> Picture {
    let drawn = draw(seed);
    let mut png = std::io::Cursor::new(Vec::new());
    drawn.write_to(&mut png, image::ImageFormat::Png).unwrap();
    private_eye::image::decode(&png.into_inner(), &Default::default()).unwrap()
}

/// A collection of drawn pictures with two looks at each, in small files; every third tells its colour.
struct Published {
    folder: tempfile::TempDir,
    whole: Collection,
}

impl Published {
    fn new() -> Published {
        let folder = tempfile::tempdir().unwrap();
        let (site, model, looks) = (folder.path().join("site"), model(), vec![Look::Whole, Look::Centre(70)]);
        let about = About {
            title: "Drawn".into(),
            model: ModelFile::pack(model.id().clone(), &tiny_network(1)).unwrap().0,
            seed: 0,
            metric: MetricName::Cosine,
            embedding: EmbeddingKind::Normalized,
            looks: looks.clone(),
            columns: Vec::new(),
        };
        let mut writer = CollectionWriter::new(&site, about).unwrap();
        for seed in 0..WORKS {
            // Some are drawn twice: copies of each other are no strangers.
            let seen = model.look(&picture(seed % 100), &looks).unwrap();
            let embeddings: Vec<Vec<f32>> = seen.iter().map(|(_, embedding)| embedding.normalized()).collect();
            let mut item = Item::new(format!("{seed}.png"), format!("No. {seed}")).with_year((1900 + seed).to_string());
            if seed >= 60 {
                item = item.with_column("colour", if seed % 3 == 0 { "red" } else { "blue" });
            }
            writer.add_looks(&embeddings, &item, format!("picture {seed}").as_bytes()).unwrap();
        }
        writer.add_sample("A corner of a picture", "crop", b"a corner").unwrap();
        let forest = Forest::build(writer.vectors(), &ForestOptions { trees: 3, ..Default::default() }).unwrap();
        let options = CalibrationOptions { rows: writer.rows(), ..Default::default() };
        let quality = calibrate(writer.vectors(), &forest, &options, |_| Vec::new()).unwrap();
        writer.finish(&forest, quality).unwrap();
        let small = folder.path().join("small");
        let whole = shards::reshard(&site, &small, FILES.0, FILES.1, |manifest| {
            let Quality { thresholds, typical_background, exact_below, default_effort, .. } = &mut manifest.quality;
            *thresholds = Thresholds { same: 0.9, similar: 0.6 };
            *typical_background = Some(0.7);
            (*exact_below, *default_effort) = (0, Effort::Candidates(12));
        });
        Published { folder, whole }
    }

    fn manifest(&self) -> &Manifest {
        self.whole.manifest()
    }

    /// In the order in which they are fetched, each once.
    fn files(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let files = self.manifest().files().map(|(_, shard)| shard.file.clone());
        files.filter(|file| seen.insert(file.clone())).collect()
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs_err::read(self.folder.path().join("small").join(Path::new(file))).unwrap()
    }

    fn arriving(&self) -> Engine {
        Engine::arriving(model(), Loader::new(self.manifest().clone())).unwrap()
    }

    /// The works of a shard whose name is among these.
    fn works(&self, part: Part, files: &BTreeSet<&str>) -> BTreeSet<usize> {
        let shards = self.manifest().shards.of(part).iter().filter(|shard| files.contains(shard.file.as_str()));
        shards.flat_map(|shard| shard.first as usize..(shard.first + shard.count) as usize).collect()
    }

    /// What an answer among the works that are here must be, by its definition: whose score, by which look; and the
    /// thresholds.
    fn oracle(
        &self,
        queries: &[Query],
        here: &BTreeSet<usize>,
        options: &SearchOptions,
    ) -> (Vec<(u32, f32, usize)>, Thresholds) {
        let (vectors, rows) = (self.whole.vectors(), self.whole.rows());
        let best = |work: usize| {
            let rows: Range<usize> = rows.of(work);
            let scores = queries.iter().flat_map(|query| {
                rows.clone().enumerate().map(move |(look, row)| (vectors.score(row, query).unwrap(), look))
            });
            scores.reduce(|best, next| if next.0 > best.0 { next } else { best }).unwrap()
        };
        let mut ranked: Vec<(u32, f32, usize)> =
            here.iter().map(|&work| (work as u32, best(work).0, best(work).1)).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));

        let quality = &self.manifest().quality;
        let Thresholds { same, .. } = quality.thresholds;
        let background = ranked.first().and_then(|&(first, _, look)| {
            let first = vectors.query(rows.of(first as usize).start + look);
            let near = ranked.iter().take(20).skip(1);
            let mut strangers = near.filter(|(work, _, look)| {
                vectors.score(rows.of(*work as usize).start + look, &first).unwrap() < (1.0 + same) / 2.0
            });
            let wanted = (4.0 * here.len() as f64 / WORKS as f64).ceil() as usize;
            let score = strangers.nth(wanted - 1)?.1;
            Some(if here.len() < WORKS as usize { score.max(quality.typical_background.unwrap()) } else { score })
        });
        let thresholds = quality.thresholds_before(quality.thresholds, background);

        let allowed = options.filter.allowed(&self.whole).unwrap();
        ranked.retain(|(work, ..)| allowed.as_ref().is_none_or(|allowed| allowed.contains(*work)));
        ranked.truncate(options.limit);
        (ranked, thresholds)
    }
}

/// Questions, each with the embeddings that it consists of.
fn questions(published: &Published, engine: &Engine) -> Vec<(Vec<Seen>, SearchOptions)> {
    let look = |seed: u64, looks: &[Look]| engine.look(&picture(seed), looks).unwrap();
    let plain = SearchOptions { limit: 9, ..SearchOptions::default() };
    let filtered = |condition: &str, without: Vec<u32>| {
        let filter = Filter { conditions: vec![condition.parse().unwrap()], without };
        SearchOptions { filter, ..plain.clone() }
    };
    let excluding = Filter { conditions: Vec::new(), without: vec![3, 43] };
    assert!(published.manifest().quality.closer.is_none());
    vec![
        (look(3, &Looks::ONCE), plain.clone()),
        (look(41, &Looks::ONCE), SearchOptions { limit: 200, ..plain.clone() }),
        (look(500, &Looks::ONCE), SearchOptions { filter: excluding, effort: Effort::Candidates(1), ..plain.clone() }),
        (look(3, &Looks::ONCE), filtered("year=1905..1933", vec![12])),
        (look(93, &Looks::CLOSER), SearchOptions { looks: Looks::Closer, ..plain.clone() }),
        (look(95, &Looks::ONCE), filtered("Colour=red", vec![])),
    ]
}

fn ask(engine: &Engine, (seen, options): &(Vec<Seen>, SearchOptions)) -> Answer {
    engine.search_looks(seen, options).unwrap()
}

/// Feeds the files to an engine, in this order, and compares what it says after each with what it should say.
fn arrives(published: &Published, files: &[String], questions: &[(Vec<Seen>, SearchOptions)], finished: &[Answer]) {
    let mut engine = published.arriving();
    let mut come = BTreeSet::new();
    for file in files {
        engine.loader().unwrap().add(file, &published.bytes(file)).unwrap();
        come.insert(file.as_str());
        let here: BTreeSet<usize> =
            published.works(Part::Vectors, &come).intersection(&published.works(Part::Items, &come)).copied().collect();
        let searched = Coverage { works: here.len(), of: WORKS as usize };
        assert_eq!(engine.searchable(), searched);
        for question in questions {
            let answer = ask(&engine, question);
            let (seen, options) = question;
            let queries: Vec<Query> = seen.iter().map(|seen| Query::quantize(&seen.embedding).unwrap()).collect();
            let (ranked, thresholds) = published.oracle(&queries, &here, options);
            let found = answer.matches.iter().map(|found| {
                let look = published.manifest().looks.iter().position(|look| Some(*look) == found.work_look).unwrap();
                (found.id, found.score, look)
            });
            assert_eq!(found.collect::<Vec<_>>(), ranked);
            for found in &answer.matches {
                assert_eq!(found.item, *published.whole.item(found.id as usize).record());
            }
            assert_eq!((answer.searched, answer.thresholds), (searched, thresholds));
            let allowed = options.filter.allowed(&published.whole).unwrap();
            let compared =
                here.iter().filter(|&&work| allowed.as_ref().is_none_or(|allowed| allowed.contains(work as u32)));
            assert_eq!((answer.looked_at, answer.exact), (compared.count(), here.len() == WORKS as usize));
            let own = published.manifest().quality.thresholds;
            assert!(
                searched.is_whole() || (answer.thresholds.same >= own.same && answer.thresholds.similar >= own.similar)
            );
        }
    }
    engine.complete().unwrap();
    let answers: Vec<Answer> = questions.iter().map(|question| ask(&engine, question)).collect();
    assert_eq!(answers, finished);
    assert_eq!(engine.collection().vectors(), published.whole.vectors());
    assert_eq!(engine.collection().forest(), published.whole.forest());
    for work in 0..WORKS as usize {
        assert_eq!(engine.collection().item(work), published.whole.item(work));
        assert_eq!(engine.collection().thumbnail(work), published.whole.thumbnail(work));
    }
    assert!(engine.collection().samples().eq(published.whole.samples()));
    assert_eq!(engine.collection().columns(), published.whole.columns());
}

#[test]
fn in_whatever_order_files_come_each_answer_is_that_of_all_works_that_are_here() {
    let published = Published::new();
    let whole = Engine::new(model(), published.whole.clone()).unwrap();
    let questions = questions(&published, &whole);
    let finished: Vec<Answer> = questions.iter().map(|question| ask(&whole, question)).collect();
    assert!(finished.iter().any(|answer| !answer.exact), "at the end, trees and bits choose the candidates");
    let mut files = published.files();
    arrives(&published, &files, &questions, &finished);
    files.reverse();
    arrives(&published, &files, &questions, &finished);
    let mut random = Random::new(5);
    for _ in 0..4 {
        for place in (1..files.len()).rev() {
            files.swap(place, random.below(place + 1));
        }
        arrives(&published, &files, &questions, &finished);
    }
}

#[test]
fn fetched_in_order_works_can_be_searched_one_file_after_the_other_before_thumbnails_and_trees_come() {
    let published = Published::new();
    let mut engine = published.arriving();
    for (part, shard) in published.manifest().files() {
        engine.loader().unwrap().add(&shard.file, &published.bytes(&shard.file)).unwrap();
        let searchable = engine.searchable().works;
        match part {
            Part::Vectors | Part::Items => assert!(searchable >= shard.first as usize, "{part} {}", shard.first),
            _ => assert_eq!(searchable, WORKS as usize),
        }
    }
    assert_eq!(published.manifest().files().last().unwrap().0, Part::Forest);
}

#[test]
fn a_damaged_file_and_one_that_never_comes_leave_the_answers_as_they_are() {
    let published = Published::new();
    let mut engine = published.arriving();
    let questions = questions(&published, &engine);
    let files = published.files();
    let (last, others) = files.split_last().unwrap();
    let (damaged, first) = others.split_last().unwrap();
    for file in &first[..first.len() / 2] {
        engine.loader().unwrap().add(file, &published.bytes(file)).unwrap();
    }
    let before: Vec<Answer> = questions.iter().map(|question| ask(&engine, question)).collect();
    assert!(before[0].searched.works > 0 && !before[0].matches.is_empty());
    let mut bytes = published.bytes(damaged);
    *bytes.last_mut().unwrap() ^= 1;
    let refused = engine.loader().unwrap().add(damaged, &bytes);
    assert!(matches!(refused, Err(CollectionError::Hash { .. })), "{refused:?}");
    assert!(matches!(engine.complete(), Err(CollectionError::Missing { .. })));
    assert_eq!(questions.iter().map(|question| ask(&engine, question)).collect::<Vec<_>>(), before);
    for file in first.iter().chain([damaged, last]) {
        engine.loader().unwrap().add(file, &published.bytes(file)).unwrap();
    }
    engine.complete().unwrap();
    assert!(engine.collection().arrived().is_none());
}

#[test]
fn before_any_work_has_come_nothing_is_found_and_nothing_is_wrong() {
    let published = Published::new();
    let engine = published.arriving();
    for question in questions(&published, &engine) {
        let answer = ask(&engine, &question);
        assert!(answer.matches.is_empty() && !answer.exact && answer.looked_at == 0);
    }
}

#[test]
fn a_column_that_has_not_come_yet_lets_nothing_through_and_one_that_never_comes_is_refused_at_the_end() {
    let published = Published::new();
    let mut engine = published.arriving();
    let files = published.files();
    let ask = |engine: &Engine, condition: &str| {
        let filter = Filter { conditions: vec![condition.parse().unwrap()], without: Vec::new() };
        let options = SearchOptions { filter, ..SearchOptions::default() };
        engine.search_embedding(
            &published.whole.vectors().row(0).iter().map(|&code| f32::from(code)).collect::<Vec<_>>(),
            &options,
        )
    };
    for file in &files[..3] {
        engine.loader().unwrap().add(file, &published.bytes(file)).unwrap();
    }
    for condition in ["colour=blue", "weight=2"] {
        assert_eq!(ask(&engine, condition).unwrap().matches, []);
    }
    for file in &files[3..] {
        engine.loader().unwrap().add(file, &published.bytes(file)).unwrap();
    }
    engine.complete().unwrap();
    assert_eq!(ask(&engine, "colour=blue").unwrap().looked_at, 40);
    assert!(ask(&engine, "weight=2").is_err());
}

#[test]
fn no_manifest_gets_room_for_more_records_than_its_files_can_hold() {
    let published = Published::new();
    let mut manifest = published.manifest().clone();
    manifest.count = 3_000_000_000;
    manifest.looks.truncate(1);
    manifest.shards.items.last_mut().unwrap().count += manifest.count - WORKS as u32;
    let first = manifest.shards.items[0].file.clone();
    let refused = Loader::new(manifest).add(&first, &published.bytes(&first));
    assert!(
        matches!(&refused, Err(CollectionError::Contents { reason, .. }) if reason.contains("do not fit")),
        "{refused:?}"
    );
}

#[test]
fn no_manifest_gets_room_for_more_vectors_than_its_files_can_hold() {
    let published = Published::new();
    let mut manifest = published.manifest().clone();
    manifest.count = 100_000_000;
    for part in [Part::Vectors, Part::Items, Part::Thumbnails] {
        let shards = match part {
            Part::Vectors => &mut manifest.shards.vectors,
            Part::Items => &mut manifest.shards.items,
            _ => &mut manifest.shards.thumbnails,
        };
        shards.last_mut().unwrap().count += manifest.count - WORKS as u32;
    }
    let (first, last) = (manifest.shards.vectors[0].file.clone(), manifest.shards.vectors.last().unwrap().file.clone());
    let is_refused = |refused: Result<(), CollectionError>| {
        let named = matches!(&refused, Err(CollectionError::Contents { file, reason }) if *file == last && reason.contains("do not fit"));
        assert!(named, "{refused:?}");
    };
    is_refused(Manifest::from_json(manifest.to_json().as_bytes()).map(drop));
    is_refused(Loader::new(manifest).add(&first, &published.bytes(&first)));
}

#[test]
fn trees_of_another_shape_are_refused_by_the_name_of_their_file_however_often_they_are_asked_for() {
    let published = Published::new();
    let mut manifest = published.manifest().clone();
    let mut forests = Vec::new();
    for (leaf, trees, first) in [(32, 2, 0), (16, 1, 2)] {
        let forest =
            Forest::build(published.whole.vectors(), &ForestOptions { trees, leaf, ..Default::default() }).unwrap();
        let bytes = forest.to_safetensors(0..trees);
        let sha256 = sha256(&bytes);
        let file = format!("forest-{}.safetensors", &sha256[..16]);
        forests.push((Shard { file, sha256, bytes: bytes.len() as u64, first, count: trees as u32 }, bytes));
    }
    manifest.shards.forest = forests.iter().map(|(shard, _)| shard.clone()).collect();
    let mut loader = Loader::new(manifest.clone());
    for (_, shard) in manifest.files().filter(|(part, _)| *part != Part::Forest) {
        loader.add(&shard.file, &published.bytes(&shard.file)).unwrap();
    }
    let [(two, two_bytes), (other, other_bytes)] = &forests[..] else { panic!("{forests:?}") };
    loader.add(&two.file, two_bytes).unwrap();
    for _ in 0..2 {
        let refused = loader.add(&other.file, other_bytes);
        let named = matches!(&refused, Err(CollectionError::Contents { file, reason }) if *file == other.file && reason.contains("leaves of 16"));
        assert!(named, "{refused:?}");
        assert!(matches!(loader.complete(), Err(CollectionError::Missing { file }) if file == other.file));
    }
}
