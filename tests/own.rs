//! A visitor's own pictures beside a published collection: kept in its format, searched in one ranking with it.

mod support;

use image::{ImageFormat, RgbImage};
use private_eye::{
    collection::{self, Collection, Condition, Filter, Loader, Manifest},
    engine::{Engine, SearchOptions},
    image::{Limits, Looks, decode},
    index::{Effort, Query},
    model::Model,
    own::{self, Addition, Among, Duplicates, Kept, Own, OwnError, OwnFilter, Prepared, Saved},
};
use std::{collections::BTreeMap, io::Cursor, path::Path};
use support::{command, draw, draw_folder, query, run, tiny_network, workplace};

const NOON: &str = "2026-02-28T12:00:00.000Z";

/// The files that lie on a device.
type Device = BTreeMap<String, Vec<u8>>;

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A site of six drawn pictures, and its engine.
fn published(folder: &Path, more: &[&str]) -> Engine {
    draw_folder(&folder.join("pictures"), 6);
    let build = ["build", "pictures", "--out", "site", "--model", "tiny.safetensors"];
    run(folder, build.iter().chain(more)).done();
    let collection = collection::read(&folder.join("site")).unwrap();
    Engine::new(Model::from_bytes(&tiny_network(1)).unwrap(), collection).unwrap()
}

fn kept(engine: &Engine, bytes: &[u8]) -> Kept {
    let manifest = engine.collection().manifest();
    let prepared = Prepared::new(engine.model(), bytes, manifest.embedding, manifest.looks()).unwrap();
    prepared.of_file(collection::sha256(bytes))
}

/// Own pictures with these seeds, called after them.
fn own(engine: &Engine, seeds: impl IntoIterator<Item = u64>) -> Own {
    let mut own = Own::beside(engine.collection().manifest()).unwrap();
    for seed in seeds {
        own.add(&format!("trip/my-{seed}.png"), NOON, &kept(engine, &png(&draw(seed)))).unwrap();
    }
    own
}

/// Does with the files of a device what a browser does.
fn write(device: &mut Device, saved: &Saved) {
    device.extend(saved.files.iter().map(|file| (file.name.clone(), file.bytes.clone())));
    device.retain(|name, _| saved.names.contains(name));
    device.extend(saved.manifest.as_ref().map(|json| ("manifest.json".to_owned(), json.clone().into_bytes())));
}

fn read(device: &Device) -> Collection {
    let mut loader = Loader::new(Manifest::from_json(&device["manifest.json"]).unwrap());
    for (name, bytes) in device.iter().filter(|(name, _)| *name != "manifest.json") {
        loader.add(name, bytes).unwrap();
    }
    loader.finish().unwrap()
}

fn files(own: &Own) -> Vec<String> {
    own.items().map(|item| item.file().to_owned()).collect()
}

#[test]
fn own_pictures_and_published_works_are_one_ranking() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let own = own(&engine, 20..26);
    let filter = OwnFilter::default();
    let asked = draw(23);
    let embeddings = engine.look(&decode(&png(&asked), &Limits::default()).unwrap(), &Looks::ONCE).unwrap();
    let embedding = &embeddings[0].embedding;
    let parts = [Query::quantize(embedding).unwrap()];
    let options = SearchOptions { limit: 8, ..SearchOptions::default() };
    let answer = own::search(&engine, &own, &filter, &parts, &options).unwrap();
    let best = &answer.found[0];
    assert!(best.own && best.found.file == "trip/my-23.png" && best.found.title == "My 23");
    assert_eq!((best.found.score, best.found.rank, best.found.id), (1.0, 1, own.id(3)));
    assert_eq!((answer.found.len(), answer.looked_at, answer.exact), (8, 12, true));
    assert!(answer.found.is_sorted_by(|a, b| a.found.score >= b.found.score && a.found.rank < b.found.rank));
    assert!(answer.found.iter().any(|found| !found.own));

    // Each of the two gives what it gives alone.
    let alone = engine.search_embedding(embedding, &SearchOptions { limit: 8, ..options.clone() }).unwrap();
    let theirs: Vec<u32> = answer.found.iter().filter(|found| !found.own).map(|found| found.found.id).collect();
    assert_eq!(theirs, alone.matches.iter().map(|found| found.id).take(theirs.len()).collect::<Vec<_>>());

    let without = OwnFilter { without: vec![own.id(3)], ..OwnFilter::default() };
    let answer = own::search(&engine, &own, &without, &parts, &options).unwrap();
    assert!(answer.found.iter().all(|found| found.found.file != "trip/my-23.png") && answer.looked_at == 11);
    let like = own.query(own.id(3)).unwrap();
    let answer = own::search(&engine, &own, &filter, &[like], &options).unwrap();
    assert_eq!((answer.found[0].found.id, answer.found[0].found.score), (own.id(3), 1.0));
}

#[test]
fn a_search_looks_among_all_or_the_works_or_own_pictures_alone() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let own = own(&engine, 20..24);
    let parts = [own.query(own.id(2)).unwrap()];
    let options = SearchOptions { limit: 20, ..SearchOptions::default() };
    let ask = |among: Among| {
        let filter = OwnFilter { among, ..OwnFilter::default() };
        own::search(&engine, &own, &filter, &parts, &options).unwrap()
    };
    let [all, works, mine] = [Among::All, Among::Works, Among::Own].map(ask);
    let of = |answer: &own::Searched, own: bool| {
        let found = answer.found.iter().filter(|found| found.own == own);
        found.map(|found| (found.found.id, found.found.score, found.found.verdict)).collect::<Vec<_>>()
    };
    assert_eq!((of(&all, true).len(), of(&all, false).len(), all.looked_at), (4, 6, 10));
    assert_eq!((of(&works, true), of(&works, false), works.looked_at), (vec![], of(&all, false), 6));
    assert_eq!((of(&mine, true), of(&mine, false), mine.looked_at), (of(&all, true), vec![], 4));
    assert!([&all, &works, &mine].into_iter().all(|answer| answer.exact));
    assert_eq!(mine.thresholds, all.thresholds, "a score means the same wherever it is found");
    assert_eq!(mine.verdict, mine.found[0].found.verdict);
    assert!(mine.found.iter().map(|found| found.found.rank).eq(1..=4));

    // Where there are none of one's own, among them is nothing to be found.
    let none = Own::beside(engine.collection().manifest()).unwrap();
    let filter = OwnFilter { among: Among::Own, ..OwnFilter::default() };
    assert!(own::search(&engine, &none, &filter, &parts, &options).unwrap().found.is_empty());
}

#[test]
fn a_filter_leaves_out_those_who_lack_its_column() {
    let place = workplace();
    fs_err::create_dir_all(place.path().join("pictures")).unwrap();
    let rows: String = (0..6).map(|seed| format!("picture-{seed:02}.png,Ink\n")).collect();
    fs_err::write(place.path().join("pictures/metadata.csv"), format!("file,Style\n{rows}")).unwrap();
    let engine = published(place.path(), &[]);
    let own = own(&engine, 20..23);
    let ask_among = |among: Among, condition: &str| {
        let filter = OwnFilter { among, ..OwnFilter::default() };
        let filter_of = Filter { conditions: vec![condition.parse::<Condition>().unwrap()], without: vec![] };
        let options = SearchOptions { filter: filter_of, ..SearchOptions::default() };
        let found = own::search(&engine, &own, &filter, &[own.query(0).unwrap()], &options)?.found;
        Ok::<_, private_eye::engine::EngineError>(found.iter().map(|found| found.own).collect::<Vec<_>>())
    };
    let ask = |condition: &str| ask_among(Among::All, condition);
    let style = ask("Style=Ink").unwrap();
    assert!(ask_among(Among::Own, "Style=Ink").unwrap().is_empty(), "there are none, which is no error");
    assert!(!style.is_empty() && style.iter().all(|own| !own));
    assert_eq!(ask(&format!("added={NOON}")).unwrap(), [true; 3]);
    assert!(ask("file=nothing.png").unwrap().is_empty());
    assert!(ask("Colour=red").unwrap_err().to_string().contains("Colour"));
}

#[test]
fn the_same_file_is_not_added_twice() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let mut own = own(&engine, [20, 21]);
    let again = kept(&engine, &png(&draw(21)));
    assert_eq!(own.add("elsewhere.png", NOON, &again).unwrap(), Addition::Known);
    assert_eq!(own.len(), 2);
    let short = Kept { vectors: again.vectors[1..].to_vec(), sha256: "another".into(), ..again };
    assert!(own.add("short.png", NOON, &short).is_err() && own.add(&"long".repeat(5000), NOON, &short).is_err());
    assert_eq!(own.len(), 2);
}

#[test]
fn what_is_kept_comes_back_whatever_is_added_and_removed_in_between() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let mut own = own(&engine, []);
    let mut device = Device::new();
    let picture = kept(&engine, &png(&draw(20)));
    let mut written = Vec::new();
    for round in 0..30_u32 {
        for number in 0..13_u32 {
            let number = round * 13 + number;
            let vectors = (0..picture.vectors.len()).map(|at| ((at as u32 ^ number) % 97) as f32).collect();
            let sha256 = format!("{number:064x}");
            own.add(&format!("{number}.png"), NOON, &Kept { vectors, sha256, ..picture.clone() }).unwrap();
        }
        if round % 7 == 6 {
            own.remove(&[own.id(3), own.id(own.len() - 1), u32::MAX]).unwrap();
        }
        let saved = own.save().unwrap();
        written.push(saved.files.len());
        write(&mut device, &saved);
        assert_eq!(device.len(), saved.names.iter().collect::<std::collections::BTreeSet<_>>().len() + 1);
        let mut back = Own::beside(engine.collection().manifest()).unwrap();
        back.restore(&read(&device)).unwrap();
        assert_eq!(files(&back), files(&own));
        assert!((0..own.len()).all(|place| back.id(place) == own.id(place)));
        assert_eq!(back.query(own.id(5)), own.query(own.id(5)));
        assert_eq!(back.bytes(), own.bytes());
        // Nothing is written again that lies there already.
        assert_eq!(back.save().unwrap().files, []);
    }
    assert_eq!(own.len(), 30 * 13 - 4 * 2);
    // Only the last files are written when pictures come; all behind a removed one when one goes.
    assert!(written.iter().filter(|files| **files <= 6).count() >= 26, "{written:?}");

    let ids: Vec<u32> = (0..own.len()).map(|place| own.id(place)).collect();
    own.remove(&ids).unwrap();
    let saved = own.save().unwrap();
    assert_eq!((saved.manifest, saved.files, saved.names), (None, vec![], vec![]));
    own.add("later.png", NOON, &picture).unwrap();
    assert!(own.id(0) > *ids.last().unwrap(), "a number that was given away is not given again");
}

#[test]
fn what_is_kept_is_a_collection_that_the_command_reads_with_the_vectors_of_a_build() {
    let place = workplace();
    let folder = place.path();
    let engine = published(folder, &["--looks", "whole,centre-50"]);
    let mut own = Own::beside(engine.collection().manifest()).unwrap();
    assert_eq!(own.looks(), 2);
    draw_folder(&folder.join("mine"), 12);
    fs_err::rename(folder.join("mine/picture-11.tiff"), folder.join("mine/Sketch no. 7")).unwrap();
    let mut names: Vec<_> =
        fs_err::read_dir(folder.join("mine")).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    for name in &names {
        let bytes = fs_err::read(folder.join("mine").join(name)).unwrap();
        own.add(name.to_str().unwrap(), NOON, &kept(&engine, &bytes)).unwrap();
    }
    let mut device = Device::new();
    write(&mut device, &own.save().unwrap());
    fs_err::create_dir_all(folder.join("exported/collection")).unwrap();
    fs_err::create_dir_all(folder.join("exported/models")).unwrap();
    for (name, bytes) in &device {
        fs_err::write(folder.join("exported/collection").join(name), bytes).unwrap();
    }
    let model = &engine.collection().manifest().model.file;
    fs_err::copy(folder.join("site/collection").join(model), folder.join("exported/collection").join(model)).unwrap();

    assert!(run(folder, ["verify", "exported"]).done().contains("whole"));
    assert!(run(folder, ["info", "exported"]).done().contains("12"));
    for more in [&[][..], &["--effort", "3"]] {
        let found = query(folder, "exported", "mine/picture-07.png", more);
        assert_eq!((found[0]["file"].as_str(), found[0]["score"].as_f64()), (Some("picture-07.png"), Some(1.0)));
    }
    let build = ["build", "mine", "--out", "built", "--model", "tiny.safetensors", "--looks", "whole,centre-50"];
    run(folder, build).done();
    let (built, exported) = (folder.join("built"), folder.join("exported"));
    let (built, exported) = (collection::read(&built).unwrap(), collection::read(&exported).unwrap());
    assert_eq!(built.vectors(), exported.vectors());
    for place in 0..12 {
        assert_eq!(built.thumbnail(place), exported.thumbnail(place));
        assert_eq!(built.item(place).title(), exported.item(place).title());
    }
    assert_eq!(exported.item(0).title(), "Sketch no. 7", "no extension, only a dot");

    // A collection without weights is no use to a command that has others inside.
    fs_err::remove_dir_all(folder.join("exported/models")).unwrap();
    let refused = command().current_dir(folder).args(["query", "exported", "mine/picture-07.png"]).output().unwrap();
    assert!(!refused.status.success());
}

#[test]
fn an_import_adds_what_is_new_or_nothing_at_all() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let (mut one, mut other) = (own(&engine, 20..24), own(&engine, 22..28));
    let mut device = Device::new();
    write(&mut device, &other.save().unwrap());
    assert_eq!(one.import(&read(&device)).unwrap(), (4, 2));
    assert_eq!((one.len(), one.import(&read(&device)).unwrap()), (8, (0, 6)));

    // A built collection says nothing of the files' hashes.
    assert_eq!(one.import(engine.collection()).unwrap(), (6, 0));
    assert_eq!(one.import(engine.collection()).unwrap(), (0, 6));

    fs_err::write(place.path().join("other.safetensors"), tiny_network(2)).unwrap();
    let build = ["build", "pictures", "--out", "other", "--model", "other.safetensors"];
    run(place.path(), build).done();
    let before = files(&one);
    let others = collection::read(&place.path().join("other")).unwrap();
    let refused = one.import(&others).unwrap_err();
    assert!(matches!(refused, OwnError::OtherModel { .. }), "{refused:?}");
    for manifest in [others.manifest(), engine.collection().manifest()] {
        let model = &manifest.model.id;
        assert!(refused.to_string().contains(&format!("{} ({:.16}…)", model.name, model.sha256)), "{refused}");
    }
    let build = ["build", "pictures", "--out", "looks", "--model", "tiny.safetensors", "--looks", "whole,mirrored"];
    run(place.path(), build).done();
    let refused = one.import(&collection::read(&place.path().join("looks")).unwrap()).unwrap_err();
    assert!(matches!(refused, OwnError::OtherWay { .. }), "{refused:?}");
    assert_eq!(files(&one), before);
}

#[test]
fn pictures_that_are_the_same_are_grouped_the_biggest_group_first() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let mut own = own(&engine, [20, 21, 22, 23]);
    let variant = |seed, level: u8| {
        let mut picture = draw(seed);
        picture.put_pixel(0, 0, image::Rgb([level; 3]));
        kept(&engine, &png(&picture))
    };
    for (name, picture) in [("a", variant(22, 1)), ("b", variant(20, 2)), ("c", variant(22, 3))] {
        own.add(name, NOON, &picture).unwrap();
    }
    let mut search = Duplicates::new(&own, Some(0.999)).unwrap();
    while search.done() < search.total() {
        search.go_on(2).unwrap();
    }
    let groups: Vec<Vec<u32>> = search.groups().iter().map(|group| group.iter().map(|(id, _)| *id).collect()).collect();
    assert_eq!(groups, [vec![2, 4, 6], vec![0, 5]]);
    assert!(search.groups().iter().flatten().all(|(_, score)| *score >= 0.999));
    let mut none = Duplicates::new(&own, Some(1.5)).unwrap();
    none.go_on(usize::MAX).unwrap();
    assert!(none.groups().is_empty());
}

#[test]
fn an_empty_collection_of_own_pictures_changes_no_answer() {
    let place = workplace();
    let engine = published(place.path(), &[]);
    let own = own(&engine, []);
    let query = engine.collection().query(2);
    let options = SearchOptions { effort: Effort::Exact, ..SearchOptions::default() };
    let ask = |among: Among| {
        let filter = OwnFilter { among, ..OwnFilter::default() };
        own::search(&engine, &own, &filter, std::slice::from_ref(&query), &options).unwrap()
    };
    assert_eq!(ask(Among::All), ask(Among::Works));
}
