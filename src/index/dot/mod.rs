//! Dot products of signed bytes in -127..=127, as exact 32-bit sums: the same on every machine. One file for each
//! instruction set.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

/// Σ a·b over two rows of the same length.
pub fn dot(a: &[i8], b: &[i8]) -> i32 {
    debug_assert_eq!(a.len(), b.len());
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has these instructions.
        return unsafe { avx512::dot(a, b) };
    } else if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::dot(a, b) };
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return simd128::dot(a, b);
    #[allow(unreachable_code)]
    plain(a, b)
}

/// The sums of one row with each of several rows of its length that follow each other: a sum for each of them.
pub fn dots(one: &[i8], rows: &[i8], sums: &mut [i32]) {
    debug_assert_eq!(rows.len(), one.len() * sums.len());
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has these instructions.
        return unsafe { avx512::dots(one, rows, sums) };
    } else if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2::dots(one, rows, sums) };
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return simd128::dots(one, rows, sums);
    #[allow(unreachable_code)]
    for (row, sum) in rows.chunks_exact(one.len().max(1)).zip(sums) {
        *sum = plain(one, row);
    }
}

/// What the others must equal.
fn plain(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512vnni") && std::arch::is_x86_feature_detected!("avx512bw")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Random;

    type Dot = fn(&[i8], &[i8]) -> i32;
    type Dots = fn(&[i8], &[i8], &mut [i32]);

    /// Everything that this machine can run.
    fn kernels() -> Vec<(Dot, Dots)> {
        let mut kernels: Vec<(Dot, Dots)> = vec![(dot, dots)];
        #[cfg(target_arch = "x86_64")]
        {
            if has_avx512() {
                // SAFETY: the processor has these instructions; here and below.
                kernels.push((|a, b| unsafe { avx512::dot(a, b) }, |a, b, c| unsafe { avx512::dots(a, b, c) }));
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                kernels.push((|a, b| unsafe { avx2::dot(a, b) }, |a, b, c| unsafe { avx2::dots(a, b, c) }));
            }
        }
        kernels
    }

    #[test]
    fn the_fast_sums_equal_the_plain_ones_at_every_length_and_extreme() {
        let mut random = Random::new(3);
        for length in (1..200).chain([512, 1000, 65_536]) {
            for extreme in [false, true] {
                let mut code =
                    || if extreme { 127 - 254 * random.below(2) as i32 } else { random.below(255) as i32 - 127 };
                let mut row = |length: usize| -> Vec<i8> { (0..length).map(|_| code() as i8).collect() };
                let count = length % 7;
                let (a, rows) = (row(length), row(length * count));
                let expected: Vec<i32> = rows.chunks_exact(length).map(|row| plain(&a, row)).collect();
                for (dot, dots) in kernels() {
                    let mut sums = vec![-1; count];
                    dots(&a, &rows, &mut sums);
                    assert_eq!(sums, expected, "{length}");
                    let single: Vec<i32> = rows.chunks_exact(length).map(|row| dot(&a, row)).collect();
                    assert_eq!(single, expected, "{length}");
                }
            }
        }
        let (most, least) = (vec![127_i8; 65_536], vec![-127_i8; 65_536]);
        for (dot, dots) in kernels() {
            assert_eq!((dot(&most, &most), dot(&least, &most), dot(&[], &[])), (1_057_030_144, -1_057_030_144, 0));
            let mut sums = [0; 2];
            dots(&least, &[least.clone(), most.clone()].concat(), &mut sums);
            assert_eq!(sums, [1_057_030_144, -1_057_030_144]);
        }
    }
}
