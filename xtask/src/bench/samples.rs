//! What is made of samples that were taken in turn.

/// The median; not a number where there are no samples.
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length.is_multiple_of(2) => (sorted[upper - 1] + sorted[upper]) / 2.0,
        _ => sorted[upper],
    }
}

/// How many times as long `theirs` took as `ours`: the median over pairs of samples that were taken one after the other,
/// so that a machine that was slow for a while was slow for both.
pub fn ratio(theirs: &[f64], ours: &[f64]) -> f64 {
    let ratios: Vec<f64> = theirs.iter().zip(ours).map(|(theirs, ours)| theirs / ours).collect();
    median(&ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_moment_moves_neither_median_nor_ratio() {
        assert_eq!(median(&[1.0, 100.0, 2.0, 3.0]), 2.5);
        assert_eq!(ratio(&[2.0, 80.0, 4.0], &[1.0, 40.0, 1.0]), 2.0);
        assert!(median(&[]).is_nan());
    }
}
