//! The "try this" pictures of a site, made from its own works.

use super::embedding::read_picture;
use private_eye::{
    collection::{BACKGROUND_RANK, CollectionError, CollectionWriter, Quality},
    image::{self, Limits, changes, encode_jpeg},
    index::{Query, Random},
    model::Model,
};
use std::path::Path;

/// How many works are tried for each sample before the one that is found best is taken.
const TRIES: usize = 160;
const QUALITY: u8 = 82;

/// Adds a changed copy of one work for each kind of sample; the seed chooses the works. Wanted is one whose copy leads
/// back to it and counts as a match, since a sample is there to show how the search works. `pictures` gives each item's
/// picture file.
pub fn add(
    writer: &mut CollectionWriter,
    model: &Model,
    pictures: &[&Path],
    quality: &Quality,
    seed: u64,
) -> Result<(), CollectionError> {
    let mut taken = Vec::new();
    for (number, sample) in (0_u64..).zip(changes::samples()) {
        let mut random = Random::stream(seed, number);
        let mut best: Option<(f32, usize, Vec<u8>)> = None;
        for _ in 0..TRIES {
            let item = random.below(pictures.len());
            if taken.contains(&item) && taken.len() < pictures.len() {
                continue;
            }
            let Some(picture) = pictures.get(item).and_then(|path| read_picture(path).ok()) else { continue };
            let copy = changes::apply(&picture, &sample.change, random.next());
            // A picture that was decoded and changed is neither empty nor too large for JPEG; if it were, the site
            // would do without it.
            let Ok(jpeg) = encode_jpeg(&copy, QUALITY) else { continue };
            let score = leads_back(writer, quality, model, &jpeg, item).unwrap_or(-1.0);
            if best.as_ref().is_none_or(|(so_far, ..)| score > *so_far) {
                best = Some((score, item, jpeg));
            }
            if score >= quality.thresholds.similar {
                break;
            }
        }
        if let Some((_, item, jpeg)) = best {
            taken.push(item);
            writer.add_sample(sample.label, &sample.change.to_string(), &jpeg)?;
        }
    }
    Ok(())
}

/// The score with which a search for the copy finds the item, if that comes first, as it compares with the thresholds.
fn leads_back(writer: &CollectionWriter, quality: &Quality, model: &Model, jpeg: &[u8], item: usize) -> Option<f32> {
    let copy = image::decode(jpeg, &Limits::default()).ok()?;
    let query = Query::quantize(&model.embed(&copy).ok()?.normalized()).ok()?;
    let nearest = writer.rows().exact(writer.vectors(), &query, BACKGROUND_RANK).ok()?;
    let background = nearest.get(BACKGROUND_RANK - 1).map(|found| found.score);
    let first = nearest.first().filter(|first| first.item as usize == item)?;
    Some(quality.weigh(first.score, background))
}
