//! A query picture in, ranked matches out: the only place where the rooms meet.
//!
//! An [`Engine`] joins a model with the collection that was built with it; the front page of the crate shows one at work.

use crate::{
    collection::{
        CROWD, Collection, CollectionError, EmbeddingKind, Filter, FilterError, Item, Loader, Manifest, Quality,
        Thresholds, strangers_before_background,
    },
    image::{self, ImageError, Limits, Look, Looks, Picture, Region},
    index::{Allowed, Effort, IndexError, MetricName, Query, Sighting},
    model::{Embedding, Model, ModelError, ModelId},
};
use std::collections::HashSet;

mod answer;

pub use answer::{Answer, Coverage, Match, Verdict};

/// A model and the collection that was built with it.
///
/// The collection may still be on its way ([`Engine::arriving`]). An answer is then that of comparing all works that have
/// arrived, and no others: it says how many these are ([`Answer::searched`]).
pub struct Engine {
    model: Model,
    works: Works,
}

enum Works {
    Here(Box<Collection>),
    OnTheirWay(Box<Loader>),
}

/// How to search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOptions {
    /// The most matches to return.
    pub limit: usize,
    pub effort: Effort,
    /// Which items may be matches; the default lets all be.
    pub filter: Filter,
    /// Only this part of the picture is looked at.
    pub region: Option<Region>,
    /// In how many ways it is looked at.
    pub looks: Looks,
    /// The score from which a match is a close one, -1..=1 for cosines; the collection's own threshold where none is given.
    pub threshold: Option<f32>,
    /// What is refused before it is decoded.
    pub limits: Limits,
}

impl Default for SearchOptions {
    fn default() -> Self {
        SearchOptions {
            limit: 10,
            effort: Effort::Auto,
            filter: Filter::default(),
            region: None,
            looks: Looks::default(),
            threshold: None,
            limits: Limits::default(),
        }
    }
}

/// How many works were compared with a query, of several: with the one that met the most, and with the one that met the fewest.
#[derive(Debug, Clone, Copy)]
struct Compared {
    most: usize,
    fewest: usize,
}

/// What is seen of a query picture in one way of looking at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub look: Look,
    /// As the embeddings of the collection are: normalized or raw.
    pub embedding: Vec<f32>,
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(
        "the collection was built with the model {} ({}…), but the weights given are {} ({}…); use the weights in the site's models folder, or build the collection again",
        .expected.name, start(&.expected.sha256), .got.name, start(&.got.sha256)
    )]
    OtherModel { got: Box<ModelId>, expected: Box<ModelId> },
    #[error("the threshold is {0}; a cosine is between -1 and 1, and any other score is at least a finite number")]
    Threshold(f32),
    #[error("the region {0:?} lies outside of the picture; give fractions of its width and height between 0 and 1")]
    Region(Region),
    #[error(transparent)]
    Filter(#[from] FilterError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Vectors of another model would mean nothing.
fn check(model: &Model, manifest: &Manifest) -> Result<(), EngineError> {
    let (got, expected) = (model.id(), &manifest.model.id);
    if got == expected {
        return Ok(());
    }
    Err(EngineError::OtherModel { got: Box::new(got.clone()), expected: Box::new(expected.clone()) })
}

/// As much of a hash as people compare.
fn start(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

impl Engine {
    /// Joins a model and a collection.
    ///
    /// # Errors
    /// [`EngineError::OtherModel`] if the collection was built with any other weights: its vectors would mean nothing.
    pub fn new(model: Model, collection: Collection) -> Result<Engine, EngineError> {
        check(&model, collection.manifest())?;
        Ok(Engine { model, works: Works::Here(Box::new(collection)) })
    }

    /// Joins a model and a collection that is still on its way: what has come can be searched. More is taken through
    /// [`Engine::loader`], until [`Engine::complete`].
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn arriving(model: Model, loader: Loader) -> Result<Engine, EngineError> {
        check(&model, loader.manifest())?;
        Ok(Engine { model, works: Works::OnTheirWay(Box::new(loader)) })
    }

    /// Takes the files of a collection that was on its way when the engine was made.
    pub fn loader(&mut self) -> Option<&mut Loader> {
        match &mut self.works {
            Works::Here(_) => None,
            Works::OnTheirWay(loader) => Some(loader),
        }
    }

    /// Makes the collection whole, once all of its files have come. From then on, answers are those of [`Engine::new`].
    ///
    /// # Errors
    /// [`CollectionError::Missing`] if a file has not; the others can be searched as before.
    pub fn complete(&mut self) -> Result<(), CollectionError> {
        self.loader().map_or(Ok(()), Loader::complete)
    }

    /// How much of the collection can be searched.
    pub fn searchable(&self) -> Coverage {
        Coverage::of(self.collection())
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The collection, or what has come of it.
    pub fn collection(&self) -> &Collection {
        match &self.works {
            Works::Here(collection) => collection,
            Works::OnTheirWay(loader) => loader.so_far(),
        }
    }

    /// Searches for the picture in the bytes of a file.
    pub fn search(&self, bytes: &[u8], options: &SearchOptions) -> Result<Answer, EngineError> {
        self.search_picture(&image::decode(bytes, &options.limits)?, options)
    }

    /// Searches for a picture that is already decoded.
    pub fn search_picture(&self, picture: &Picture, options: &SearchOptions) -> Result<Answer, EngineError> {
        let region;
        let seen = match options.region {
            Some(part) if !is_inside(part) => return Err(EngineError::Region(part)),
            Some(part) => {
                region = picture.crop(part);
                &region
            }
            None => picture,
        };
        if options.looks == Looks::Auto {
            let first = self.look(seen, &Looks::ONCE)?;
            return self.search_once_then_closer(first, || self.look(seen, &Looks::CLOSER[1..]), options);
        }
        let looks: &[Look] = if options.looks == Looks::Closer { &Looks::CLOSER } else { &Looks::ONCE };
        self.search_seen(&self.look(seen, looks)?, options)
    }

    /// What is seen of a picture in each of these ways, as the embeddings of the collection are: normalized or raw.
    pub fn look(&self, picture: &Picture, looks: &[Look]) -> Result<Vec<Seen>, EngineError> {
        let seen = |(look, embedding): (Look, Embedding)| match self.collection().manifest().embedding {
            EmbeddingKind::Normalized => Seen { look, embedding: embedding.normalized() },
            EmbeddingKind::Raw => Seen { look, embedding: embedding.0 },
        };
        Ok(self.model.look(picture, looks)?.into_iter().map(seen).collect())
    }

    /// Searches for what [`Engine::look`] saw of one picture. A work counts once, by the look in which the picture is
    /// nearest to it. With [`Looks::Auto`] the first look may be enough.
    pub fn search_looks(&self, seen: &[Seen], options: &SearchOptions) -> Result<Answer, EngineError> {
        match (options.looks, seen) {
            (Looks::Auto, [first, rest @ ..]) if !rest.is_empty() => {
                self.search_once_then_closer(vec![first.clone()], || Ok(rest.to_vec()), options)
            }
            _ => self.search_seen(seen, options),
        }
    }

    /// Searches for what was seen in one look, and where that is not sure for what is seen in more of them, too.
    fn search_once_then_closer(
        &self,
        mut seen: Vec<Seen>,
        more: impl FnOnce() -> Result<Vec<Seen>, EngineError>,
        options: &SearchOptions,
    ) -> Result<Answer, EngineError> {
        let answer = self.search_seen(&seen, options)?;
        // Where nobody knows what the scores of several looks mean, more of them say nothing.
        if answer.verdict == Verdict::Same || self.collection().manifest().quality.closer.is_none() {
            return Ok(answer);
        }
        seen.extend(more()?);
        let closer = self.search_seen(&seen, &SearchOptions { looks: Looks::Closer, ..options.clone() })?;
        Ok(answer.or(closer))
    }

    /// Searches for all that was seen, as one question.
    fn search_seen(&self, seen: &[Seen], options: &SearchOptions) -> Result<Answer, EngineError> {
        let queries = seen.iter().map(|seen| Query::quantize(&seen.embedding)).collect::<Result<Vec<_>, _>>()?;
        let allowed = options.filter.allowed(self.collection())?;
        let (mut answer, places) = self.search_together(&queries, allowed.as_ref(), options)?;
        let closer = options.looks == Looks::Closer;
        for (found, place) in answer.matches.iter_mut().zip(places).filter(|_| closer) {
            found.look = seen.get(place).map(|seen| seen.look);
        }
        Ok(answer)
    }

    /// Searches for an embedding. By the cosine, only its direction counts; by other metrics it must be raw or normalized as
    /// those of the collection are.
    pub fn search_embedding(&self, embedding: &[f32], options: &SearchOptions) -> Result<Answer, EngineError> {
        let allowed = options.filter.allowed(self.collection())?;
        Ok(self.search_together(&[Query::quantize(embedding)?], allowed.as_ref(), options)?.0)
    }

    /// Searches for several queries as one question, among the allowed items, whatever the filter of the options says: an
    /// item is as near as it is to the query that it is nearest to. Besides the answer come the places of these queries,
    /// one for each match.
    pub fn search_together(
        &self,
        queries: &[Query],
        allowed: Option<&Allowed>,
        options: &SearchOptions,
    ) -> Result<(Answer, Vec<usize>), EngineError> {
        let (collection, searched) = (self.collection(), self.searchable());
        let manifest = collection.manifest();
        let filtered = allowed.is_some();
        let here = collection.arrived();
        // Of what is not whole, all that is there is compared.
        let effort = if here.is_some() { Effort::Exact } else { manifest.effort(options.effort) };
        let both = here.zip(allowed).map(|(here, allowed)| {
            let mut both = allowed.clone();
            both.intersect(here);
            both
        });
        let allowed = both.as_ref().or(allowed).or(here);
        let (mut ranked, compared) = self.ranked(queries, options.limit.max(CROWD), effort, allowed)?;
        // What strangers score is seen among as many of all works, however few may be an answer and however many are wanted.
        let apart = filtered || (options.limit > CROWD && effort != Effort::Exact);
        let background = match manifest.quality.typical_background {
            None => None,
            Some(_) if apart => self.background(&self.ranked(queries, CROWD, effort, here)?.0)?,
            Some(_) => self.background(&ranked[..ranked.len().min(CROWD)])?,
        };
        ranked.truncate(options.limit);
        let thresholds = self.thresholds_for(options, background)?;
        let (sightings, places): (Vec<Sighting>, Vec<usize>) = ranked.into_iter().unzip();
        let all = allowed.map_or(collection.len(), Allowed::count);
        let exact = compared.fewest == all && searched.is_whole();
        let matches: Vec<Match> = (1..)
            .zip(sightings)
            .map(|(rank, sighting)| {
                let record = collection.item(sighting.item as usize);
                Match { rank, ..Match::of(sighting.item, sighting, record, manifest, thresholds) }
            })
            .collect();
        let verdict = matches.first().map_or(Verdict::None, |best| best.verdict);
        Ok((Answer { matches, verdict, looked_at: compared.most, exact, searched, thresholds, background }, places))
    }

    /// The works nearest to any of the queries, each with the place of the query that it is nearest to, and how many works
    /// were compared with each query.
    fn ranked(
        &self,
        queries: &[Query],
        limit: usize,
        effort: Effort,
        allowed: Option<&Allowed>,
    ) -> Result<(Vec<(Sighting, usize)>, Compared), EngineError> {
        let (index, rows) = (self.collection().index(), self.collection().rows());
        if index.vectors.is_empty() {
            return Ok((Vec::new(), Compared { most: 0, fewest: 0 })); // none have come yet
        }
        let mut ranked: Vec<(Sighting, usize)> = Vec::new();
        let mut counts = Vec::with_capacity(queries.len());
        for (place, query) in queries.iter().enumerate() {
            // Among the nearest to all queries together is nobody who is not among the nearest to one of them.
            let (sightings, count) = rows.search(&index, query, limit, effort, allowed)?;
            counts.push(count);
            ranked.extend(sightings.into_iter().map(|sighting| (sighting, place)));
        }
        if queries.len() > 1 {
            ranked.sort_by(|(left, one), (right, other)| {
                right.score.total_cmp(&left.score).then(left.item.cmp(&right.item)).then(one.cmp(other))
            });
            let mut seen = HashSet::new();
            ranked.retain(|(sighting, _)| seen.insert(sighting.item));
            ranked.truncate(limit);
        }
        let (most, fewest) = (counts.iter().max(), counts.iter().min());
        Ok((ranked, Compared { most: most.copied().unwrap_or(0), fewest: fewest.copied().unwrap_or(0) }))
    }

    /// What strangers score with the query that found these works, best first: see [`BACKGROUND_RANK`](crate::collection::BACKGROUND_RANK). Copies of the best
    /// match are no strangers; without any strangers nothing is known.
    fn background(&self, ranked: &[(Sighting, usize)]) -> Result<Option<f32>, EngineError> {
        let Some((best, _)) = ranked.first() else { return Ok(None) };
        let (vectors, rows) = (self.collection().vectors(), self.collection().rows());
        let row = |sighting: &Sighting| rows.of(sighting.item as usize).start + sighting.look;
        // Closer to the best match than a changed copy must be to its original: half way to the very same.
        let (query, copy) = (vectors.query(row(best)), (1.0 + self.thresholds(Looks::Once).same) / 2.0);
        let Coverage { works, of } = self.searchable();
        let wanted = strangers_before_background(works, of);
        let mut strangers = 0;
        for (sighting, _) in &ranked[1..] {
            if vectors.score(row(sighting), &query)? < copy {
                strangers += 1;
                if strangers == wanted {
                    let least = if works < of { self.collection().manifest().quality.typical_background } else { None };
                    return Ok(Some(least.map_or(sighting.score, |typical| sighting.score.max(typical))));
                }
            }
        }
        Ok(None)
    }

    /// An item that is not the collection's, and was looked at as its own items are, as a match that is judged by the
    /// thresholds of an answer.
    pub(crate) fn describe(&self, id: u32, sighting: Sighting, item: &Item, thresholds: Thresholds) -> Match {
        Match::of(id, sighting, item, self.collection().manifest(), thresholds)
    }

    /// What scores mean in this collection when a query is looked at in these ways, before the typical background; those of
    /// an [`Answer`] are for its own. [`Looks::Auto`] begins with one look.
    pub fn thresholds(&self, looks: Looks) -> Thresholds {
        let Quality { thresholds, closer, .. } = self.collection().manifest().quality;
        match looks {
            Looks::Auto | Looks::Once => thresholds,
            Looks::Closer => closer.unwrap_or(thresholds),
        }
    }

    fn thresholds_for(&self, options: &SearchOptions, background: Option<f32>) -> Result<Thresholds, EngineError> {
        let own = self.collection().manifest().quality.thresholds_before(self.thresholds(options.looks), background);
        let cosine = self.collection().manifest().metric == MetricName::Cosine;
        match options.threshold {
            None => Ok(own),
            Some(similar) if similar.is_finite() && (!cosine || (-1.0..=1.0).contains(&similar)) => {
                Ok(Thresholds { similar, ..own })
            }
            Some(outside) => Err(EngineError::Threshold(outside)),
        }
    }
}

fn is_inside(region: Region) -> bool {
    let Region { x, y, width, height } = region;
    [x, y].iter().all(|start| (0.0..1.0).contains(start)) && [width, height].iter().all(|size| *size > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_must_lie_inside_the_picture() {
        let region = Region { x: 0.5, y: 0.0, width: 0.5, height: 1.0 };
        assert!(is_inside(region));
        for outside in [Region { x: 1.0, ..region }, Region { width: 0.0, ..region }, Region { y: f32::NAN, ..region }]
        {
            assert!(!is_inside(outside));
        }
    }
}
