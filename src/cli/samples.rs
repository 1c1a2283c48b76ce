//! The "try this" pictures of a site, made from its own works.

use super::embedding::read_picture;
use private_eye::{
    collection::{CollectionError, CollectionWriter},
    image::{changes, encode_jpeg},
    index::{Query, Random, Vectors, exact},
    model::Model,
};
use std::path::Path;

/// How many works are tried for each sample before one that is not found is taken.
const TRIES: usize = 8;
const QUALITY: u8 = 82;

/// Adds a changed copy of one work for each kind of sample; the seed chooses the works. One whose copy leads back to it
/// is preferred, since a sample is there to show how the search works. `pictures` gives each item's picture file.
pub fn add(writer: &mut CollectionWriter, model: &Model, pictures: &[&Path], seed: u64) -> Result<(), CollectionError> {
    let mut taken = Vec::new();
    for (number, sample) in (0_u64..).zip(changes::samples()) {
        let mut random = Random::stream(seed, number);
        let mut fallback = None;
        for _ in 0..TRIES {
            let item = random.below(pictures.len());
            if taken.contains(&item) && taken.len() < pictures.len() {
                continue;
            }
            let Some(picture) = pictures.get(item).and_then(|path| read_picture(path).ok()) else { continue };
            let copy = changes::apply(&picture, &sample.change, random.next());
            let found = leads_back(writer.vectors(), model, &copy, item);
            if found || fallback.is_none() {
                fallback = Some((item, copy));
            }
            if found {
                break;
            }
        }
        if let Some((item, copy)) = fallback {
            taken.push(item);
            // A picture that was decoded and changed is neither empty nor too large for JPEG; if it were, the site
            // would do without this sample.
            if let Ok(jpeg) = encode_jpeg(&copy, QUALITY) {
                writer.add_sample(sample.label, &sample.change.to_string(), &jpeg)?;
            }
        }
    }
    Ok(())
}

/// Whether a search for the copy finds the item first.
fn leads_back(vectors: &Vectors, model: &Model, copy: &private_eye::image::Picture, item: usize) -> bool {
    let nearest = || {
        let embedding = model.embed(copy).ok()?;
        let query = Query::quantize(&embedding.normalized()).ok()?;
        exact(vectors, &query, 1).ok()?.first().map(|neighbour| neighbour.item as usize)
    };
    nearest() == Some(item)
}
