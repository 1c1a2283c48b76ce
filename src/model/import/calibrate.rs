//! The f32 network on real pictures: the scale of every activation, and the oracle's embeddings.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use tract_onnx::model::ParseResult;
use tract_onnx::prelude::*;

use super::{FloatNet, FloatOp, IMAGENET_DEVIATION, IMAGENET_MEAN, ImportError};
use crate::image::Picture;

/// The largest code of an activation: 7 bits, so that products of pairs fit into 16-bit accumulators.
pub const LEVELS: f32 = 127.0;

pub struct Calibration {
    /// What one step of the integer activation is worth, by tensor.
    pub scales: HashMap<String, f32>,
    /// The f32 network's embedding of each picture.
    pub embeddings: Vec<Vec<f32>>,
}

/// Runs the f32 graph on pictures of the network's input size.
pub fn run(net: &FloatNet, graph: ParseResult, pictures: &[Picture]) -> Result<Calibration, ImportError> {
    let tensors = observed(net);
    // The embedding of some networks is an activation, too.
    let embedding = tensors.iter().position(|tensor| *tensor == net.embedding);
    let more = embedding.is_none().then_some(&net.embedding);
    let plan = plan(net, graph, tensors.iter().chain(more)).map_err(failed)?;
    let embedding = embedding.unwrap_or(tensors.len());
    let observations = in_parallel(pictures, |picture| {
        let outputs = plan.run(tvec!(input(picture).into())).map_err(failed)?;
        let mut values = Vec::new();
        for output in &outputs {
            values.push(output.to_plain_array_view::<f32>().map_err(failed)?);
        }
        let activations = values.iter().take(tensors.len());
        let histograms = activations.map(|values| Histogram::of(values.iter().copied())).collect::<Vec<_>>();
        match values.get(embedding) {
            Some(embedding) => Ok((histograms, embedding.iter().copied().collect::<Vec<f32>>())),
            None => Err(ImportError::Run("the network has no output".into())),
        }
    })?;

    let mut totals = vec![Histogram::default(); tensors.len()];
    let mut embeddings = Vec::with_capacity(pictures.len());
    for (histograms, embedding) in observations {
        totals.iter_mut().zip(&histograms).for_each(|(total, histogram)| total.add(histogram));
        embeddings.push(embedding);
    }
    if embeddings.iter().flatten().any(|value| !value.is_finite()) {
        return Err(ImportError::NotFinite {
            tensor: net.embedding.clone(),
            what: "NaN or infinity for a calibration picture",
        });
    }
    let scales = tensors.into_iter().zip(totals.iter().map(Histogram::best_scale)).collect();
    Ok(Calibration { scales, embeddings })
}

/// Maps pictures on all cores; the results are in the order of the pictures, the error is that of the first one.
pub fn in_parallel<T: Send>(
    pictures: &[Picture],
    work: impl Fn(&Picture) -> Result<T, ImportError> + Send + Sync,
) -> Result<Vec<T>, ImportError> {
    let results: Vec<Result<T, ImportError>> = pictures.par_iter().map(work).collect();
    results.into_iter().collect()
}

fn failed(error: TractError) -> ImportError {
    ImportError::Run(format!("{error:#}"))
}

/// The tensors that will be integers. A pool's output has the scale of its input.
fn observed(net: &FloatNet) -> Vec<String> {
    let convs = net.ops.iter().filter(|op| matches!(op, FloatOp::Conv(_)));
    convs.map(|op| op.output().to_string()).collect()
}

fn plan<'a>(
    net: &FloatNet,
    graph: ParseResult,
    tensors: impl Iterator<Item = &'a String>,
) -> TractResult<Arc<TypedRunnableModel>> {
    let ParseResult { mut model, outlets_by_name, .. } = graph;
    let outlets = tensors.map(|tensor| {
        outlets_by_name.get(tensor).copied().ok_or_else(|| TractError::msg(format!("the graph has no tensor {tensor}")))
    });
    let outlets: Vec<OutletId> = outlets.collect::<TractResult<_>>()?;
    model.select_output_outlets(&outlets)?;
    let [width, height] = net.input.map(|side| side as usize);
    model.set_input_fact(0, f32::fact([1, 3, height, width]).into())?;
    model.into_optimized()?.into_runnable()
}

/// NCHW in `f32`, normalized as torchvision does it.
fn input(picture: &Picture) -> Tensor {
    let (width, height) = (picture.width as usize, picture.height as usize);
    tract_ndarray::Array4::from_shape_fn((1, 3, height, width), |(_, c, y, x)| {
        let value = f32::from(picture.rgb[(y * width + x) * 3 + c]) / 255.0;
        (value - IMAGENET_MEAN[c]) / IMAGENET_DEVIATION[c]
    })
    .into()
}

/// How often magnitudes occur, in logarithmic bins: 32 per octave, over the normal range of `f32`.
///
/// A picture's values count by the share of their sum of squares that they make, not by their number: some pictures stir a
/// network a hundred times as much as others, and would alone decide how coarse a step is.
#[derive(Clone)]
struct Histogram {
    weights: Vec<f64>,
    largest: f32,
}

/// The bits of an `f32` that a bin drops: what is left is the exponent and five bits of the fraction.
const DROPPED_BITS: u32 = 23 - 5;

impl Default for Histogram {
    fn default() -> Self {
        Histogram { weights: vec![0.0; 1 << (31 - DROPPED_BITS)], largest: 0.0 }
    }
}

impl Histogram {
    /// Of one picture.
    fn of(values: impl Iterator<Item = f32>) -> Histogram {
        let (mut histogram, mut squares) = (Histogram::default(), 0.0);
        for magnitude in values.map(f32::abs).filter(|magnitude| magnitude.is_finite() && *magnitude > 0.0) {
            histogram.weights[(magnitude.to_bits() >> DROPPED_BITS) as usize] += 1.0;
            histogram.largest = histogram.largest.max(magnitude);
            squares += f64::from(magnitude).powi(2);
        }
        if squares > 0.0 {
            histogram.weights.iter_mut().for_each(|weight| *weight /= squares);
        }
        histogram
    }

    fn add(&mut self, other: &Histogram) {
        self.weights.iter_mut().zip(&other.weights).for_each(|(weight, more)| *weight += more);
        self.largest = self.largest.max(other.largest);
    }

    /// The scale with the least squared error between an activation and its integer, relative to each picture's squares: a
    /// smaller one rounds finer and clips more.
    fn best_scale(&self) -> f32 {
        if self.largest == 0.0 {
            return 1.0; // A channel that is always zero: any scale is exact.
        }
        let widest = self.largest / LEVELS;
        // A sixteenth of an octave apart, down to a thousandth: a few values may be that much larger than all others.
        let candidates = (0..160).map(|step| widest * 0.5f32.powf(step as f32 / 16.0));
        let errors = candidates.map(|scale| (self.squared_error(scale), scale));
        errors.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(widest, |(_, scale)| scale)
    }

    fn squared_error(&self, scale: f32) -> f64 {
        let (scale, clip) = (f64::from(scale), f64::from(scale * (LEVELS + 0.5)));
        let bins = self.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
        bins.map(|(bin, &weight)| {
            let value = f64::from(f32::from_bits(((bin as u32) << DROPPED_BITS) | 1 << (DROPPED_BITS - 1)));
            let error = if value > clip {
                (value - scale * f64::from(LEVELS)).powi(2)
            } else {
                // Rounding is uniform over a step, but a value below half a step becomes zero.
                (value * value).min(scale * scale / 12.0)
            };
            weight * error
        })
        .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evenly_spread_activations_are_not_clipped() {
        let histogram = Histogram::of((1..=100_000).map(|i| i as f32 / 1_000.0));
        let scale = histogram.best_scale();
        assert!((scale * LEVELS / 100.0 - 1.0).abs() < 0.02, "{scale}");
    }

    #[test]
    fn one_outlier_does_not_cost_the_others_their_resolution() {
        let values = (1..=1_000_000).map(|i| i as f32 / 1_000_000.0).chain([6.0]);
        let scale = Histogram::of(values).best_scale();
        assert!(scale * LEVELS < 3.0, "{scale}");
    }

    #[test]
    fn one_loud_picture_does_not_cost_the_quiet_ones_their_resolution() {
        let quiet = Histogram::of((1..=1_000).map(|i| i as f32 / 1_000.0));
        let mut all = Histogram::of((1..=1_000).map(|i| i as f32 / 10.0));
        (0..99).for_each(|_| all.add(&quiet));
        let scale = all.best_scale();
        assert!(scale * LEVELS < 30.0, "{scale}");
    }

    #[test]
    fn activations_that_are_all_zero_have_a_usable_scale() {
        assert_eq!(Histogram::of([0.0; 4].into_iter()).best_scale(), 1.0);
    }
}
