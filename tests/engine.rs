//! The library's door: a model and a collection joined, and asked.

mod support;

use image::{ImageFormat, Rgb, RgbImage, imageops};
use private_eye::{
    collection::{
        self, About, CalibrationOptions, ChangedCopy, CollectionWriter, Condition, EmbeddingKind, Filter, Item,
        ModelFile, Thresholds, calibrate,
    },
    engine::{Answer, Engine, EngineError, SearchOptions, Verdict},
    image::{Limits, Look, Looks, Region, decode},
    index::{Allowed, Effort, Forest, ForestOptions, MetricName, Query},
    model::Model,
};
use std::{io::Cursor, path::Path, slice};
use support::{draw, tiny_network};

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A collection of drawn pictures, written and read again.
fn collection(folder: &Path, count: u64) -> (Model, collection::Collection) {
    collection_of(folder, 0..count, &[Look::Whole])
}

/// The same of these pictures, with several looks at each.
fn collection_of(
    folder: &Path,
    drawn: impl IntoIterator<Item = u64>,
    looks: &[Look],
) -> (Model, collection::Collection) {
    let weights = tiny_network(1);
    let model = Model::from_bytes(&weights).unwrap();
    let (file, _) = ModelFile::pack(model.id().clone(), &weights).unwrap();
    let about = About {
        title: "Drawn".into(),
        model: file,
        seed: 0,
        metric: MetricName::Cosine,
        embedding: EmbeddingKind::Normalized,
        looks: looks.to_vec(),
        columns: vec!["note".into()],
    };
    let mut writer = CollectionWriter::new(folder, about).unwrap();
    for seed in drawn {
        let picture = decode(&png(&draw(seed)), &Limits::default()).unwrap();
        let item = Item::new(format!("{seed}.png"), format!("No. {seed}")).with_column("note", "drawn by a test");
        let seen = model.look(&picture, looks).unwrap();
        let normalized: Vec<Vec<f32>> = seen.iter().map(|(_, embedding)| embedding.normalized()).collect();
        writer.add_looks(&normalized, &item, b"").unwrap();
    }
    let options = ForestOptions { trees: 4, ..ForestOptions::default() };
    let forest = Forest::build(writer.vectors(), &options).unwrap();
    let measured = CalibrationOptions { rows: writer.rows(), ..CalibrationOptions::default() };
    // A site looks closely at changed copies of its works; here only the limits that come of it matter.
    let mirrored = |item: u32| {
        let copy = decode(&png(&imageops::flip_horizontal(&draw(u64::from(item)))), &Limits::default()).unwrap();
        let mut seen =
            model.look(&copy, &Looks::CLOSER).unwrap().into_iter().map(|(_, embedding)| embedding.normalized());
        vec![ChangedCopy { whole: seen.next().unwrap(), closer: seen.collect() }]
    };
    let quality = calibrate(writer.vectors(), &forest, &measured, mirrored).unwrap();
    writer.finish(&forest, quality).unwrap();
    (model, collection::read(folder).unwrap())
}

fn engine(count: u64) -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let (model, collection) = collection(folder.path(), count);
    Engine::new(model, collection).unwrap()
}

#[test]
fn a_picture_finds_itself_and_brings_its_record() {
    let engine = engine(9);
    for effort in [Effort::Auto, Effort::Exact, Effort::Candidates(9)] {
        let options = SearchOptions { limit: 4, effort, ..SearchOptions::default() };
        let answer = engine.search(&png(&draw(6)), &options).unwrap();
        assert_eq!(answer.matches.iter().map(|found| found.rank).collect::<Vec<_>>(), [1, 2, 3, 4]);
        let best = &answer.matches[0];
        assert_eq!((best.id, best.file.as_str(), best.title.as_str()), (6, "6.png", "No. 6"));
        assert_eq!((best.score, best.distance), (1.0, 0.0));
        assert_eq!(best.item["note"], "drawn by a test");
        assert_eq!(answer.verdict, best.verdict);
        assert!(answer.looked_at <= 9);
    }
    let options = SearchOptions { effort: Effort::Exact, ..SearchOptions::default() };
    assert!(engine.search(&png(&draw(6)), &options).unwrap().exact);
}

#[test]
fn only_what_the_filter_lets_through_is_found() {
    let engine = engine(9);
    for effort in [Effort::Auto, Effort::Exact, Effort::Candidates(2)] {
        let conditions = vec!["file=1..6".parse().unwrap(), "Note=Drawn by a test".parse().unwrap()];
        let filter = Filter { conditions, without: vec![6, 2, 99] };
        let options = SearchOptions { effort, filter, ..SearchOptions::default() };
        let answer = engine.search(&png(&draw(6)), &options).unwrap();
        let mut found: Vec<u32> = answer.matches.iter().map(|found| found.id).collect();
        found.sort_unstable();
        assert_eq!((found, answer.looked_at, answer.exact), (vec![1, 3, 4, 5], 4, true));
    }
    let ask = |condition: &str| {
        let filter = Filter { conditions: vec![condition.parse().unwrap()], without: vec![] };
        engine.search(&png(&draw(6)), &SearchOptions { filter, ..SearchOptions::default() })
    };
    let nothing = ask("note=painted").unwrap();
    assert_eq!((nothing.matches.len(), nothing.verdict, nothing.exact), (0, Verdict::None, true));
    let refused = ask("Colour=red").unwrap_err().to_string();
    assert!(refused.contains("Colour") && refused.contains("file, note, title"), "{refused}");
}

#[test]
fn of_several_queries_an_item_belongs_to_the_one_it_is_nearest_to() {
    let engine = engine(9);
    let vectors = engine.collection().vectors();
    let options = SearchOptions { limit: 5, effort: Effort::Exact, ..SearchOptions::default() };
    let queries = [6, 2].map(|item| vectors.query(item));
    let (answer, places) = engine.search_together(&queries, None, &options).unwrap();
    assert_eq!(answer.matches.iter().map(|found| found.rank).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((answer.matches[0].id, places[0]), (2, 1), "equal scores are ordered by item number");
    assert_eq!((answer.matches[1].id, places[1]), (6, 0));
    for (found, place) in answer.matches.iter().zip(places) {
        let scores = queries.each_ref().map(|query| vectors.score(found.id as usize, query).unwrap());
        assert_eq!(found.score, scores[0].max(scores[1]));
        assert_eq!(found.score, scores[place]);
    }

    let mut allowed = Allowed::all(9);
    allowed.remove(6);
    let (answer, _) = engine.search_together(&queries, Some(&allowed), &options).unwrap();
    assert!(answer.exact && answer.looked_at == 8);
    assert!(answer.matches.iter().all(|found| found.id != 6));
}

#[test]
fn a_region_is_searched_as_if_it_were_the_whole_picture() {
    let engine = engine(9);
    let (work, wall) = (draw(3), draw(77));
    let mut photograph = RgbImage::new(work.width() * 2, work.height());
    imageops::overlay(&mut photograph, &wall, 0, 0);
    imageops::overlay(&mut photograph, &work, i64::from(work.width()), 0);
    let region = Some(Region { x: 0.5, y: 0.0, width: 0.5, height: 1.0 });
    let answer = engine.search(&png(&photograph), &SearchOptions { region, ..SearchOptions::default() }).unwrap();
    assert_eq!((answer.matches[0].id, answer.matches[0].score), (3, 1.0));

    let region = Some(Region { x: 1.0, y: 0.0, width: 0.5, height: 1.0 });
    let refused = engine.search(&png(&work), &SearchOptions { region, ..SearchOptions::default() });
    assert!(matches!(refused, Err(EngineError::Region(_))));
}

#[test]
fn closer_looks_find_a_mirrored_picture_and_say_which_look_did() {
    let engine = engine(9);
    let mirrored = imageops::flip_horizontal(&draw(4));
    let closer = SearchOptions { looks: Looks::Closer, ..SearchOptions::default() };
    let answer = engine.search(&png(&mirrored), &closer).unwrap();
    let best = &answer.matches[0];
    assert_eq!((best.id, best.score, best.look), (4, 1.0, Some(Look::Mirrored)));
    assert_eq!(serde_json::to_value(best).unwrap()["look"], "mirrored");
    let mut found: Vec<u32> = answer.matches.iter().map(|found| found.id).collect();
    found.sort_unstable();
    assert_eq!(found, (0..9).collect::<Vec<_>>(), "every work once");

    let once = SearchOptions { looks: Looks::Once, ..SearchOptions::default() };
    let once = engine.search(&png(&mirrored), &once).unwrap();
    let score = |answer: &Answer| answer.matches.iter().find(|found| found.id == 4).unwrap().score;
    assert!(score(&once) < score(&answer));
    assert_eq!(once.matches[0].look, None);
}

/// A photograph of a wall, four times as wide and as high as the work that hangs in its middle.
fn on_a_wall(work: &RgbImage) -> RgbImage {
    let (width, height) = work.dimensions();
    let apart = |level: u8| {
        let difference = |pixel: &Rgb<u8>| pixel.0.iter().map(|&value| u32::from(value.abs_diff(level))).sum::<u32>();
        work.enumerate_pixels()
            .filter(|(x, y, _)| *x == 0 || *y == 0 || x + 1 == width || y + 1 == height)
            .map(|(_, _, pixel)| difference(pixel))
            .min()
    };
    let level = (0..=255).max_by_key(|&level| apart(level)).unwrap();
    let mut photograph = RgbImage::from_pixel(width * 4, height * 4, Rgb([level; 3]));
    imageops::overlay(&mut photograph, work, i64::from(width * 3 / 2), i64::from(height * 3 / 2));
    photograph
}

#[test]
fn a_work_on_a_wall_is_looked_at_without_the_wall_where_the_whole_is_not_surely_the_same() {
    let engine = engine(30);
    let ask = |picture: &RgbImage, looks| {
        engine.search(&png(picture), &SearchOptions { looks, ..SearchOptions::default() }).unwrap()
    };
    let photograph = on_a_wall(&draw(4));
    assert_ne!(ask(&photograph, Looks::Once).verdict, Verdict::Same);
    let answer = ask(&photograph, Looks::Auto);
    assert_eq!((answer.matches[0].id, answer.matches[0].look), (4, Some(Look::Framed)));
    assert_eq!(serde_json::to_value(&answer.matches[0]).unwrap()["look"], "framed");
    assert_eq!(answer, ask(&photograph, Looks::Closer));

    // What one look is sure of is not looked at again.
    let work = draw(4);
    let answer = ask(&work, Looks::Auto);
    assert_eq!((answer.verdict, answer.matches[0].id, answer.matches[0].look), (Verdict::Same, 4, None));
    assert_eq!(answer, ask(&work, Looks::Once));

    // The same from what was seen before.
    let seen =
        |picture: &RgbImage| engine.look(&decode(&png(picture), &Limits::default()).unwrap(), &Looks::CLOSER).unwrap();
    for picture in [&photograph, &work] {
        let answer = engine.search_looks(&seen(picture), &SearchOptions::default()).unwrap();
        assert_eq!(answer, ask(picture, Looks::Auto));
    }
}

const TWO_LOOKS: [Look; 2] = [Look::Whole, Look::Centre(50)];

fn engine_of_two_looks(count: u64) -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let (model, collection) = collection_of(folder.path(), 0..count, &TWO_LOOKS);
    Engine::new(model, collection).unwrap()
}

/// The middle of a drawn picture: half of each side.
fn middle(seed: u64) -> Vec<u8> {
    let picture = decode(&png(&draw(seed)), &Limits::default()).unwrap();
    let seen = Look::Centre(50).at(&picture).unwrap().into_owned();
    png(&RgbImage::from_raw(seen.width, seen.height, seen.rgb).unwrap())
}

#[test]
fn half_of_a_picture_finds_its_work_by_the_second_look_at_it_and_the_answer_says_so() {
    let (engine, once) = (engine_of_two_looks(9), engine(9));
    for effort in [Effort::Auto, Effort::Exact, Effort::Candidates(5)] {
        let options = SearchOptions { effort, ..SearchOptions::default() };
        let best = engine.search(&middle(6), &options).unwrap().matches.remove(0);
        assert_eq!((best.id, best.score, best.work_look), (6, 1.0, Some(Look::Centre(50))));
        assert_eq!(serde_json::to_value(&best).unwrap()["work_look"], "centre 50 %");
        let best = engine.search(&png(&draw(6)), &options).unwrap().matches.remove(0);
        assert_eq!((best.id, best.score, best.work_look), (6, 1.0, Some(Look::Whole)));
    }
    let best = once.search(&middle(6), &SearchOptions::default()).unwrap().matches.remove(0);
    assert!(best.score < 1.0 && best.work_look.is_none());
}

#[test]
fn every_work_comes_once_however_many_looks_there_are_at_it() {
    let engine = engine_of_two_looks(9);
    for effort in [Effort::Auto, Effort::Exact, Effort::Candidates(1), Effort::Candidates(12)] {
        for looks in [Looks::Once, Looks::Closer] {
            for limit in [1, 4, 9, 20] {
                let options = SearchOptions { limit, effort, looks, ..SearchOptions::default() };
                let answer = engine.search(&middle(6), &options).unwrap();
                let mut found: Vec<u32> = answer.matches.iter().map(|found| found.id).collect();
                assert_eq!(found[0], 6);
                found.sort_unstable();
                found.dedup();
                assert_eq!(found.len(), limit.min(9), "{options:?}");
                // So few works are all among the candidates of every effort.
                assert!(answer.looked_at == 9 && answer.exact);
            }
        }
    }
}

#[test]
fn an_answer_to_several_queries_is_exact_only_where_each_was_compared_with_every_work() {
    let engine = engine_of_two_looks(90);
    let options = SearchOptions { effort: Effort::Candidates(1), ..SearchOptions::default() };
    let ask = |queries: &[Query]| engine.search_together(queries, None, &options).unwrap().0;
    let vectors = engine.collection().vectors();
    let (all, some): (Vec<Query>, Vec<Query>) =
        (0..vectors.len()).map(|row| vectors.query(row)).partition(|query| ask(slice::from_ref(query)).looked_at == 90);
    let ([met_all, ..], [met_some, ..]) = (&all[..], &some[..]) else {
        panic!("{} queries met all works, {} did not", all.len(), some.len())
    };
    assert!(ask(&[met_all.clone(), met_all.clone()]).exact);
    for queries in [[met_all, met_some], [met_some, met_all]] {
        let answer = ask(&queries.map(Query::clone));
        assert_eq!((answer.looked_at, answer.exact), (90, false));
    }
}

#[test]
fn a_work_that_is_left_out_is_no_answer_by_any_look() {
    let engine = engine_of_two_looks(9);
    let query = engine.collection().query(6);
    let mut allowed = Allowed::all(9);
    allowed.remove(6);
    for effort in [Effort::Auto, Effort::Candidates(2)] {
        let options = SearchOptions { limit: 9, effort, ..SearchOptions::default() };
        let (answer, _) = engine.search_together(slice::from_ref(&query), None, &options).unwrap();
        let best = &answer.matches[0];
        assert_eq!((best.id, best.score, best.work_look), (6, 1.0, Some(Look::Whole)), "a work stands for its whole");
        let (answer, _) = engine.search_together(slice::from_ref(&query), Some(&allowed), &options).unwrap();
        assert_eq!((answer.matches.len(), answer.looked_at, answer.exact), (8, 8, true));
        assert!(answer.matches.iter().all(|found| found.id != 6));
        let filter = Filter { conditions: vec!["file=5..6".parse().unwrap()], without: vec![6] };
        let answer = engine.search(&middle(6), &SearchOptions { filter, ..options }).unwrap();
        let found: Vec<u32> = answer.matches.iter().map(|found| found.id).collect();
        assert_eq!((found, answer.looked_at, answer.exact), (vec![5], 1, true));
    }
}

#[test]
fn raw_and_normalized_embeddings_get_the_same_answer() {
    let engine = engine(9);
    let embedding = engine.model().embed(&decode(&png(&draw(5)), &Limits::default()).unwrap()).unwrap();
    let options = SearchOptions::default();
    let raw = engine.search_embedding(&embedding.0, &options).unwrap();
    let normalized = engine.search_embedding(&embedding.normalized(), &options).unwrap();
    assert_eq!(raw.matches[0].id, 5);
    let ranked = |answer: &private_eye::engine::Answer| answer.matches.iter().map(|found| found.id).collect::<Vec<_>>();
    assert_eq!(ranked(&raw), ranked(&normalized));
    assert!(engine.search_embedding(&[1.0; 7], &options).unwrap_err().to_string().contains('7'));
}

#[test]
fn the_threshold_decides_what_is_no_close_match() {
    let engine = engine(9);
    let ask = |threshold| {
        let options = SearchOptions { threshold: Some(threshold), ..SearchOptions::default() };
        engine.search(&png(&draw(50)), &options)
    };
    let strict = ask(1.0).unwrap();
    assert!(strict.verdict == Verdict::None && strict.matches.iter().all(|found| found.verdict == Verdict::None));
    assert!(ask(-1.0).unwrap().verdict > Verdict::None);
    for outside in [1.5, -2.0, f32::NAN] {
        assert!(matches!(ask(outside), Err(EngineError::Threshold(_))));
    }
}

#[test]
fn the_limits_of_an_answer_depend_on_the_picture_and_not_on_what_may_be_an_answer() {
    let engine = engine(30);
    let own = engine.thresholds(Looks::Once);
    let typical = engine.collection().manifest().quality.typical_background.unwrap();
    let mut seen = Vec::new();
    for stranger in 50..60 {
        let ask = |limit, conditions: &[&str], effort| {
            let conditions = conditions.iter().map(|condition| condition.parse().unwrap()).collect();
            let filter = Filter { conditions, without: vec![] };
            let options = SearchOptions { limit, filter, effort, looks: Looks::Once, ..Default::default() };
            engine.search(&png(&draw(stranger)), &options).unwrap()
        };
        let answer = ask(30, &[], Effort::Exact);
        let Thresholds { same, similar } = answer.thresholds;
        let background = answer.background.unwrap();
        assert_eq!(background, answer.matches[4].score);
        assert!((background > typical) == (same > own.same) && similar <= same && same <= 1.0);
        for (found, next) in answer.matches.iter().zip(&answer.matches[1..]) {
            assert!(found.verdict >= next.verdict);
        }
        assert!(
            answer.matches.iter().all(|found| (found.verdict == Verdict::Same) == (found.score >= same.max(similar)))
        );
        for other in [ask(1, &[], Effort::Exact), ask(3, &["file=3..4"], Effort::Exact), ask(2, &[], Effort::Auto)] {
            assert_eq!(other.thresholds, answer.thresholds);
        }
        seen.push(same);
    }
    seen.sort_by(f32::total_cmp);
    assert!(seen[0] < seen[9], "{seen:?}");
}

#[test]
fn copies_of_a_work_are_no_strangers_that_make_its_limits_stricter() {
    let folder = tempfile::tempdir().unwrap();
    let (model, collection) = collection_of(folder.path(), (0..30).chain([6; 7]), &[Look::Whole]);
    let engine = Engine::new(model, collection).unwrap();
    let answer = engine.search(&png(&draw(6)), &SearchOptions { limit: 37, ..SearchOptions::default() }).unwrap();
    assert!(answer.matches[..8].iter().all(|found| found.score == 1.0 && found.verdict == Verdict::Same));
    assert!(
        answer.background.is_none_or(|background| background <= answer.matches[8].score),
        "{:?}",
        answer.background
    );
}

#[test]
fn where_a_work_has_many_near_copies_neither_the_limit_nor_a_filter_changes_what_its_scores_mean() {
    let folder = tempfile::tempdir().unwrap();
    let (model, collection) = collection_of(folder.path(), (0..100).chain([6; 24]), &[Look::Whole]);
    let engine = Engine::new(model, collection).unwrap();
    for effort in [Effort::Exact, Effort::Candidates(1)] {
        for picture in [6, 7, 500] {
            let ask = |limit, conditions: Vec<Condition>| {
                let filter = Filter { conditions, without: vec![] };
                let options = SearchOptions { limit, effort, filter, looks: Looks::Once, ..Default::default() };
                engine.search(&png(&draw(picture)), &options).unwrap()
            };
            let few = ask(10, vec![]);
            assert_eq!(few.background.is_none(), picture == 6, "all of the 20 nearest are copies, or not");
            for limit in [1, 30, 124] {
                for answer in [ask(limit, vec![]), ask(limit, vec!["note=drawn by a test".parse().unwrap()])] {
                    assert_eq!(answer.matches.len(), limit);
                    assert_eq!(
                        (answer.background, answer.thresholds, answer.verdict),
                        (few.background, few.thresholds, few.verdict),
                        "picture {picture}, limit {limit}, {effort:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_collection_of_another_model_is_refused_by_name_and_hash() {
    let folder = tempfile::tempdir().unwrap();
    let (model, collection) = collection(folder.path(), 2);
    let other = Model::from_bytes(&tiny_network(2)).unwrap();
    let (expected, got) = (model.id().sha256[..16].to_owned(), other.id().sha256[..16].to_owned());
    let Err(error) = Engine::new(other, collection) else { panic!("it was accepted") };
    let said = error.to_string();
    assert!(said.contains("tiny") && said.contains(&expected) && said.contains(&got), "{said}");
}

#[test]
fn what_is_no_picture_is_refused() {
    let refused = engine(2).search(b"words", &SearchOptions::default());
    assert!(matches!(refused, Err(EngineError::Image(_))));
}
