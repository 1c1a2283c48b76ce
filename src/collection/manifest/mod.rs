mod shards;

pub use shards::{MAX_SHARD_BYTES, Part, Shard, Shards};

use super::{CollectionError, ModelFile, Quality, Thresholds};
use crate::image::Look;
use crate::index::{Effort, MetricName, Rows};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use shards::check_hash;

/// What `format` says in every manifest.
pub const FORMAT: &str = "private-eye-collection";

/// Raised when an old reader could misread a new collection. A reader refuses any version but those from [`OLDEST_VERSION`]
/// to this one.
pub const VERSION: u32 = 3;

/// The oldest version that is still read: its collections look at each work once.
pub const OLDEST_VERSION: u32 = 2;

/// A collection looks at each work in at most so many ways.
pub const MAX_LOOKS: usize = 8;

/// `manifest.json`: what a collection holds, in which files, and how good it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`], or an older one that is still read.
    pub version: u32,
    pub title: String,
    /// Which release wrote it, for instance `private-eye 0.1.0`.
    pub generator: String,
    /// From which forest and samples were drawn: the same pictures, options and release give the same collection.
    pub seed: u64,
    pub model: ModelFile,
    /// How vectors are compared.
    pub metric: MetricName,
    /// What a query must be, so that its numbers compare with those of the items.
    #[serde(default)]
    pub embedding: EmbeddingKind,
    /// In which ways each work was looked at, the whole of it first; each look has a vector of its own.
    #[serde(default = "only_whole", serialize_with = "write_looks", deserialize_with = "read_looks")]
    pub looks: Vec<Look>,
    /// Items in the collection, at least 1.
    pub count: u32,
    /// Names of the metadata columns, in the order in which they were given.
    pub columns: Vec<String>,
    pub shards: Shards,
    pub quality: Quality,
}

fn only_whole() -> Vec<Look> {
    vec![Look::Whole]
}

fn write_looks<S: Serializer>(looks: &[Look], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(looks.iter().map(|look| look.name()))
}

fn read_looks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Look>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| name.parse().map_err(serde::de::Error::custom)).collect()
}

/// How long embeddings are; the cosine does not mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmbeddingKind {
    /// Of length 1.
    #[default]
    Normalized,
    /// As the network gives them.
    Raw,
}

impl Manifest {
    /// Reads a manifest and checks that it does not contradict itself: its files can then be fetched, whoever wrote it.
    pub fn from_json(json: &[u8]) -> Result<Manifest, CollectionError> {
        #[derive(Deserialize)]
        struct Versioned {
            format: String,
            version: u64,
        }
        let not_one = |error: serde_json::Error| CollectionError::NotAManifest(error.to_string());
        let versioned: Versioned = serde_json::from_slice(json).map_err(not_one)?;
        if versioned.format != FORMAT {
            return Err(CollectionError::NotAManifest(format!("its format is {:?}", versioned.format)));
        }
        if !(u64::from(OLDEST_VERSION)..=u64::from(VERSION)).contains(&versioned.version) {
            return Err(CollectionError::Version { got: versioned.version, expected: VERSION });
        }
        let manifest: Manifest =
            serde_json::from_slice(json).map_err(|error| CollectionError::Manifest(error.to_string()))?;
        manifest.check().map_err(CollectionError::Manifest)?;
        Part::ALL.into_iter().try_for_each(|part| manifest.check_room(part))?;
        Ok(manifest)
    }

    /// The manifest as it is written: indented, with a newline at the end.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("a manifest of plain numbers and strings is JSON");
        json + "\n"
    }

    /// Every file of the collection beside the manifest, in the order in which they should be fetched: works can be searched
    /// as soon as their vectors and their records have come, and are whole one after the other; what a search can do without
    /// comes behind all of them.
    pub fn files(&self) -> impl Iterator<Item = (Part, &Shard)> {
        let of = |part| self.shards.of(part).iter().map(move |shard| (part, shard));
        let mut works: Vec<(Part, &Shard)> = of(Part::Vectors).chain(of(Part::Items)).collect();
        works.sort_by_key(|(_, shard)| shard.first);
        works.into_iter().chain([Part::Samples, Part::Thumbnails, Part::Forest].into_iter().flat_map(of))
    }

    /// In which ways each work was looked at, the whole of it first.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// Which vectors belong to which item.
    pub fn rows(&self) -> Rows {
        Rows::new(self.looks.len())
    }

    /// Whether every vector is compared, so that there need not be trees.
    pub fn is_scanned(&self) -> bool {
        self.effort(Effort::Auto) == Effort::Exact && self.quality.effort.is_empty()
    }

    /// What an effort means here: [`Effort::Auto`] becomes the measured default, or the exact scan in a small collection.
    pub fn effort(&self, asked: Effort) -> Effort {
        match asked {
            Effort::Auto if self.rows().count(self.count as usize) < self.quality.exact_below as usize => Effort::Exact,
            Effort::Auto => self.quality.default_effort,
            asked => asked,
        }
    }

    /// Refuses files of a part that say they hold more than they have bytes for: nobody takes memory for what no file can
    /// hold.
    pub(super) fn check_room(&self, part: Part) -> Result<(), CollectionError> {
        // The shortest record there is.
        const RECORD: usize = r#"{"file":"","title":""}"#.len();
        let least = match part {
            // A code for each number, and a scale.
            Part::Vectors => self.rows().count(self.model.id.dim.saturating_add(size_of::<f32>())),
            Part::Items => RECORD,
            // Memory is taken for what has come.
            Part::Forest | Part::Thumbnails | Part::Samples => 0,
        };
        self.shards.of(part).iter().try_for_each(|shard| shard.check_room(least as u64))
    }

    fn check(&self) -> Result<(), String> {
        if self.count == 0 {
            return Err("it has no items".into());
        }
        self.check_looks()?;
        check_hash(&self.model.id.sha256)?;
        self.model.check()?;
        self.shards.check(self.count)?;
        if self.shards.forest.is_empty() && !self.is_scanned() {
            return Err("its forest has no trees".into());
        }
        for Thresholds { same, similar } in [Some(self.quality.thresholds), self.quality.closer].into_iter().flatten() {
            if !(same.is_finite() && similar.is_finite() && similar <= same) {
                return Err(format!("thresholds of {same} for same and {similar} for similar"));
            }
        }
        if self.quality.typical_background.is_some_and(|typical| !typical.is_finite() || typical > 1.0) {
            return Err("a typical background that is no cosine".into());
        }
        if self.quality.default_effort == Effort::Auto {
            return Err("its default effort is \"auto\"".into());
        }
        Ok(())
    }

    fn check_looks(&self) -> Result<(), String> {
        let (looks, all) = (&self.looks, self.looks.len());
        if looks.first() != Some(&Look::Whole) || (1..all).any(|place| looks[..place].contains(&looks[place])) {
            return Err("its looks do not begin with the whole, or name one twice".into());
        }
        if all > MAX_LOOKS || u64::from(self.count) * all as u64 > u64::from(u32::MAX) {
            return Err(format!("{all} looks at each of {} works are too many", self.count));
        }
        if all > 1 && self.version < 3 {
            return Err(format!("version {} of the format knows one look at a work", self.version));
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::collection::{Basis, Calibration, Quantiles};
    use crate::model::ModelId;

    /// A manifest of one item; the files need not exist.
    pub fn example() -> Manifest {
        let hash = "0123456789abcdef".repeat(4);
        let shard =
            |part: Part| vec![Shard { file: part.file(&hash), sha256: hash.clone(), bytes: 100, first: 0, count: 1 }];
        let id = ModelId { name: "resnet18".into(), sha256: hash.clone(), preprocessing: "squash-224".into(), dim: 4 };
        Manifest {
            format: FORMAT.into(),
            version: VERSION,
            title: "One picture".into(),
            generator: "private-eye".into(),
            seed: 0,
            model: ModelFile::pack(id, b"weights").unwrap().0,
            metric: MetricName::Cosine,
            embedding: EmbeddingKind::Normalized,
            looks: vec![Look::Whole],
            count: 1,
            columns: vec!["file".into(), "title".into()],
            shards: Shards {
                vectors: shard(Part::Vectors),
                forest: shard(Part::Forest),
                items: shard(Part::Items),
                thumbnails: shard(Part::Thumbnails),
                samples: Vec::new(),
            },
            quality: Quality {
                thresholds: Thresholds { same: 0.9, similar: 0.7 },
                typical_background: Some(0.2),
                closer: None,
                calibration: Calibration {
                    basis: Basis::ChangedCopies,
                    pictures: 1,
                    queries: 1,
                    own: Quantiles::default(),
                    other: Quantiles::default(),
                    curve: Vec::new(),
                },
                effort: Vec::new(),
                default_effort: Effort::Exact,
                exact_below: 100,
            },
        }
    }

    fn refused(change: impl FnOnce(&mut Manifest)) -> String {
        let mut manifest = example();
        change(&mut manifest);
        Manifest::from_json(manifest.to_json().as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_read_back_is_the_same() {
        let manifest = example();
        assert_eq!(Manifest::from_json(manifest.to_json().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn something_else_is_not_a_manifest() {
        for other in ["", "{}", "[1]", "{\"format\":\"zip\",\"version\":1}"] {
            assert!(matches!(Manifest::from_json(other.as_bytes()), Err(CollectionError::NotAManifest(_))), "{other}");
        }
    }

    #[test]
    fn another_version_is_refused_before_anything_else_is_read() {
        let error = Manifest::from_json(br#"{"format":"private-eye-collection","version":1}"#).unwrap_err();
        assert!(matches!(error, CollectionError::Version { got: 1, .. }));
        assert!(error.to_string().contains("build it again"));
        let newer = Manifest { version: VERSION + 1, ..example() }.to_json();
        assert!(matches!(Manifest::from_json(newer.as_bytes()), Err(CollectionError::Version { .. })));
    }

    #[test]
    fn a_manifest_from_before_there_were_looks_has_one_at_each_work() {
        let mut old = serde_json::to_value(example()).unwrap();
        old["version"] = 2.into();
        assert!(old.as_object_mut().unwrap().remove("looks").is_some());
        let manifest = Manifest::from_json(old.to_string().as_bytes()).unwrap();
        assert_eq!((manifest.looks(), manifest.version), (&[Look::Whole][..], 2));
        old["looks"] = serde_json::json!(["whole", "centre-50"]);
        let refused = Manifest::from_json(old.to_string().as_bytes()).unwrap_err().to_string();
        assert!(refused.contains("version 2"), "{refused}");
    }

    #[test]
    fn looks_are_written_by_name_and_those_that_cannot_be_are_refused() {
        let looks = vec![Look::Whole, Look::Centre(50), Look::Mirrored];
        let manifest = Manifest { looks, ..example() };
        let json = serde_json::to_value(&manifest).unwrap();
        assert_eq!(json["looks"], serde_json::json!(["whole", "centre-50", "mirrored"]));
        assert_eq!(Manifest::from_json(json.to_string().as_bytes()).unwrap(), manifest);
        for looks in [vec![], vec![Look::Centre(50)], vec![Look::Whole, Look::Whole]] {
            assert!(refused(|manifest| manifest.looks = looks).contains("begin with the whole"));
        }
        let many = || (0..MAX_LOOKS as u8).map(|percent| Look::Centre(percent + 1));
        assert!(refused(|manifest| manifest.looks.extend(many())).contains("too many"));
        let mut unknown = json.clone();
        unknown["looks"][1] = "upside-down".into();
        let refused = Manifest::from_json(unknown.to_string().as_bytes()).unwrap_err().to_string();
        assert!(refused.contains("upside-down"), "{refused}");
    }

    #[test]
    fn a_file_name_that_leads_elsewhere_is_refused() {
        for name in ["../../etc/passwd", "vectors-0123456789abcdef.safetensors.exe", "/vectors"] {
            assert!(refused(|manifest| manifest.shards.vectors[0].file = name.into()).contains(name));
            assert!(refused(|manifest| manifest.model.file = name.into()).contains(name));
        }
        assert!(refused(|manifest| manifest.model.id.sha256 = "é".repeat(32)).contains("SHA-256"));
    }

    #[test]
    fn where_every_vector_is_compared_there_need_not_be_trees() {
        let mut manifest = example();
        manifest.shards.forest.clear();
        assert_eq!(Manifest::from_json(manifest.to_json().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn counts_that_do_not_add_up_are_refused() {
        assert!(refused(|manifest| manifest.count = 2).contains("it has 2 items, but vectors for 1"));
        assert!(refused(|manifest| manifest.count = 0).contains("no items"));
        assert!(refused(|manifest| manifest.shards.items[0].first = 1).contains("begins with 1 instead of 0"));
        let searched = |manifest: &mut Manifest| {
            manifest.shards.forest.clear();
            (manifest.quality.default_effort, manifest.quality.exact_below) = (Effort::Candidates(50), 0);
        };
        assert!(refused(searched).contains("no trees"));
        assert!(refused(|manifest| manifest.shards.thumbnails[0].bytes = MAX_SHARD_BYTES + 1).contains("more than"));
    }

    #[test]
    fn files_too_short_for_what_they_say_they_hold_are_refused() {
        let short = |part: Part, looks: &[Look], bytes: u64| {
            let refused = refused(|manifest| {
                manifest.looks = looks.to_vec();
                manifest.shards.of_mut(part)[0].bytes = bytes;
            });
            let (file, words) = (example().shards.of(part)[0].file.clone(), format!("do not fit into {bytes} bytes"));
            assert!(refused.contains(&file) && refused.contains(&words), "{refused}");
        };
        // Four codes and a scale; and the shortest record there is.
        short(Part::Vectors, &[Look::Whole], 7);
        short(Part::Vectors, &[Look::Whole, Look::Mirrored], 15);
        short(Part::Items, &[Look::Whole], 21);
        let mut manifest = example();
        (manifest.shards.vectors[0].bytes, manifest.shards.items[0].bytes) = (8, 22);
        assert_eq!(Manifest::from_json(manifest.to_json().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn thresholds_in_the_wrong_order_are_refused() {
        assert!(refused(|manifest| manifest.quality.thresholds.similar = 0.95).contains("0.95"));
        let closer = Some(Thresholds { same: 0.8, similar: 0.85 });
        assert!(refused(|manifest| manifest.quality.closer = closer).contains("0.85"));
    }

    #[test]
    fn a_background_that_is_no_cosine_is_refused() {
        assert!(refused(|manifest| manifest.quality.typical_background = Some(1.5)).contains("background"));
    }

    #[test]
    fn an_effort_asked_for_is_kept_and_auto_becomes_the_measured_one() {
        let mut manifest = example();
        manifest.quality.default_effort = Effort::Candidates(300);
        assert_eq!(manifest.effort(Effort::Auto), Effort::Exact);
        assert_eq!(manifest.effort(Effort::Candidates(7)), Effort::Candidates(7));
        manifest.count = 100;
        assert_eq!(manifest.effort(Effort::Auto), Effort::Candidates(300));
        assert_eq!(manifest.effort(Effort::Exact), Effort::Exact);
    }
}
