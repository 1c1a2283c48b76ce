//! Whitening: the last step of an embedding, in `f32`, in one order of summation for all machines.

/// What a weights file says of a whitening.
pub struct WhiteningWeights<'a> {
    /// One for each input.
    pub mean: Vec<f32>,
    /// `i8`, `[out, in]`.
    pub weight: &'a [u8],
    /// One for each output.
    pub scale: Vec<f32>,
}

/// `y = scale * (weight · (sqrt(x / sum(x)) - mean))`.
///
/// The square root (the Hellinger kernel, Arandjelović and Zisserman 2012) keeps a few strong features from drowning the
/// others; the matrix is learned as Mikolajczyk and Matas (2007) learned theirs: it shrinks the directions in which changed
/// copies of a picture differ from it.
#[derive(Debug)]
pub struct Whitening {
    mean: Vec<f32>,
    /// `[in, out]`, so that all outputs are summed side by side.
    weight: Vec<f32>,
    scale: Vec<f32>,
}

impl Whitening {
    pub fn new(weights: &WhiteningWeights<'_>) -> Whitening {
        let inputs = weights.mean.len();
        let column = |input: usize| weights.weight.iter().skip(input).step_by(inputs);
        let weight = (0..inputs).flat_map(column).map(|byte| f32::from(*byte as i8)).collect();
        Whitening { mean: weights.mean.clone(), weight, scale: weights.scale.clone() }
    }

    /// Length of what it makes.
    pub fn outputs(&self) -> usize {
        self.scale.len()
    }

    /// The embedding of a picture that shows nothing (all zeros) stays all zeros.
    pub fn run(&self, embedding: &[f32]) -> Vec<f32> {
        let mut sum = 0.0;
        for x in embedding {
            sum += f64::from(x.max(0.0));
        }
        let mut outputs = vec![0.0f32; self.outputs()];
        if sum == 0.0 {
            return outputs;
        }
        for ((x, mean), weights) in embedding.iter().zip(&self.mean).zip(self.weight.chunks_exact(self.outputs())) {
            let root = (f64::from(x.max(0.0)) / sum).sqrt() as f32 - mean;
            for (output, weight) in outputs.iter_mut().zip(weights) {
                *output += weight * root;
            }
        }
        outputs.iter_mut().zip(&self.scale).for_each(|(output, scale)| *output *= scale);
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whitening() -> Whitening {
        let weight = [[1_i8, 2], [-3, 4], [0, 127]].map(|row| row.map(|weight| weight as u8));
        let weight = weight.as_flattened();
        Whitening::new(&WhiteningWeights { mean: vec![0.25, 0.5], weight, scale: vec![1.0, 2.0, 0.5] })
    }

    #[test]
    fn every_output_is_a_scaled_sum_over_roots_of_shares() {
        // Shares of 1/4 and 3/4.
        let (a, b) = (0.5 - 0.25, 0.75_f64.sqrt() as f32 - 0.5);
        let expected = [a + 2.0 * b, (-3.0 * a + 4.0 * b) * 2.0, 127.0 * b * 0.5];
        for embedding in [[1.0, 3.0], [0.001, 0.003]] {
            for (got, expected) in whitening().run(&embedding).into_iter().zip(expected) {
                assert!((got - expected).abs() < 1e-5, "{got} instead of {expected}");
            }
        }
    }

    #[test]
    fn nothing_stays_nothing() {
        assert_eq!(whitening().run(&[0.0, 0.0]), [0.0; 3]);
        assert_eq!(whitening().run(&[-1.0, -0.0]), [0.0; 3]);
    }
}
