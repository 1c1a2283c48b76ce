//! What the tests of the command line share: the command itself, pictures drawn on the spot, and a network small enough
//! to embed hundreds of pictures in no time.

#![allow(dead_code, reason = "each test program uses a part")]

use image::{ImageFormat, Rgb, RgbImage};
use private_eye::{
    index::Random,
    model::spec::{ConvSpec, FORMAT_VERSION, METADATA_KEY, ModelSpec, Op},
};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How a run of the command ended.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The output of a run that must have succeeded.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }

    /// The one line of a run that must have failed.
    #[track_caller]
    pub fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{}\n{}", self.out, self.err);
        let last = self.err.lines().last().unwrap_or_default().to_owned();
        assert!(last.starts_with("private-eye: "), "{}", self.err);
        last
    }
}

pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_private-eye"));
    command.stdin(Stdio::null());
    command
}

/// Runs the command in `folder`.
pub fn run(folder: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    let output = command().current_dir(folder).args(arguments).output().unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A Python that can import these modules, separated by commas: the one named in PRIVATE_EYE_PYTHON, or `python3`.
#[track_caller]
pub fn python(modules: &str) -> PathBuf {
    let python = std::env::var_os("PRIVATE_EYE_PYTHON").map_or("python3".into(), PathBuf::from);
    let ready = Command::new(&python).args(["-c", &format!("import {modules}")]).output();
    assert!(
        ready.is_ok_and(|output| output.status.success()),
        "{} does not have {modules}: run `cargo xtask test native`, which brings what the tests need, or name a Python that \
         has it in PRIVATE_EYE_PYTHON",
        python.display()
    );
    python
}

/// A folder for one test with the small network in it as `tiny.safetensors`.
pub fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("tiny.safetensors"), tiny_network(1)).unwrap();
    folder
}

/// A picture of a few coloured blocks and a disc, all from the seed.
pub fn draw(seed: u64) -> RgbImage {
    let mut random = Random::new(seed);
    let (width, height) = (120 + random.below(120) as u32, 120 + random.below(120) as u32);
    let mut colour = || Rgb([random.below(256) as u8, random.below(256) as u8, random.below(256) as u8]);
    let (ground, disc, blocks) = (colour(), colour(), [colour(), colour(), colour(), colour(), colour(), colour()]);
    let places: Vec<[u32; 4]> = blocks
        .iter()
        .map(|_| {
            let [x, y] = [random.below(width as usize) as u32, random.below(height as usize) as u32];
            [x, y, x + 10 + random.below(90) as u32, y + 10 + random.below(90) as u32]
        })
        .collect();
    let (cx, cy, radius) =
        (random.below(width as usize) as i64, random.below(height as usize) as i64, 15 + random.below(40) as i64);
    RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (i64::from(x) - cx, i64::from(y) - cy);
        if dx * dx + dy * dy < radius * radius {
            return disc;
        }
        let inside = |place: &[u32; 4]| (place[0]..place[2]).contains(&x) && (place[1]..place[3]).contains(&y);
        places.iter().position(inside).map_or(ground, |block| blocks[block])
    })
}

/// Writes the picture of a seed, in the format that the file's name tells.
pub fn draw_to(path: &Path, seed: u64) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    let format = ImageFormat::from_path(path).unwrap();
    draw(seed).save_with_format(path, format).unwrap();
}

/// A folder of pictures in all six formats, `count` of them.
pub fn draw_folder(folder: &Path, count: u64) {
    for seed in 0..count {
        let extension = ["jpg", "png", "webp", "gif", "bmp", "tiff"][seed as usize % 6];
        draw_to(&folder.join(format!("picture-{seed:02}.{extension}")), seed);
    }
}

/// The matches of `query --json`.
#[track_caller]
pub fn query(folder: &Path, site: &str, picture: &str, more: &[&str]) -> Vec<Value> {
    let arguments = ["query", site, picture, "--json"].into_iter().chain(more.iter().copied());
    serde_json::from_str(&run(folder, arguments).done()).unwrap()
}

/// Every file below a folder with its bytes.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files =
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let below = entry.path().strip_prefix(folder).unwrap().to_owned();
            (below, fs_err::read(entry.path()).unwrap())
        })
        .collect()
}

/// A weights file of three convolutions with random weights, 48 numbers an embedding. Random projections of a picture
/// tell pictures apart well enough to find each again.
pub fn tiny_network(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut ops = Vec::new();
    let mut tensors = Vec::new();
    let layers = [("one", 3, 12, 7, 4, 3e-4_f32), ("two", 12, 24, 3, 2, 2e-3), ("three", 24, 48, 3, 2, 2e-3)];
    let mut input = "pixels".to_owned();
    for (name, from, to, kernel, stride, multiplier) in layers {
        ops.push(Op::Conv(ConvSpec {
            name: name.into(),
            input: std::mem::replace(&mut input, format!("{name}.out")),
            output: input.clone(),
            kernel: [kernel; 2],
            stride,
            padding: kernel / 2,
            pad_value: vec![0; from],
            groups: 1,
            residual: None,
            signed: false,
        }));
        let weights: Vec<u8> =
            (0..to * kernel * kernel * from).map(|_| (random.below(255) as i32 - 127) as i8 as u8).collect();
        tensors.push((format!("{name}.weight"), Dtype::I8, vec![to, kernel, kernel, from], weights));
        tensors.push((format!("{name}.bias"), Dtype::I32, vec![to], vec![0; to * 4]));
        let multipliers = (0..to).flat_map(|_| multiplier.to_le_bytes()).collect();
        tensors.push((format!("{name}.multiplier"), Dtype::F32, vec![to], multipliers));
    }
    ops.push(Op::GlobalAveragePool { input, output: "embedding".into(), scale: 0.05 });
    let spec = ModelSpec {
        format_version: FORMAT_VERSION,
        name: "tiny".into(),
        preprocessing: "squash-224".into(),
        input: [224, 224],
        dim: 48,
        ops,
    };
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    let metadata = [(METADATA_KEY.to_owned(), serde_json::to_string(&spec).unwrap())];
    safetensors::serialize(views, Some(metadata.into_iter().collect())).unwrap()
}
