//! Dot products of signed bytes in -127..=127, as exact 32-bit sums: the same on every machine.

/// Σ a·b over two rows of the same length.
pub fn dot(a: &[i8], b: &[i8]) -> i32 {
    debug_assert_eq!(a.len(), b.len());
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { x86::dot(a, b) };
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return wasm::dot(a, b);
    #[allow(unreachable_code)]
    plain(a, b)
}

/// What the others must equal.
pub fn plain(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2")]
    #[inline]
    pub fn dot(a: &[i8], b: &[i8]) -> i32 {
        let (a_blocks, a_rest) = a.as_chunks::<32>();
        let (b_blocks, b_rest) = b.as_chunks::<32>();
        let ones = _mm256_set1_epi16(1);
        let mut sum = _mm256_setzero_si256();
        for (a, b) in a_blocks.iter().zip(b_blocks) {
            // SAFETY: each block is 32 bytes, and the load needs no alignment.
            let (a, b) = unsafe { (_mm256_loadu_si256(a.as_ptr().cast()), _mm256_loadu_si256(b.as_ptr().cast())) };
            // |a| · (b with the sign of a): two products are at most 2·127·127 = 32,258, so 16 bits never saturate.
            let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, ones));
        }
        let sum = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256::<1>(sum));
        let sum = _mm_add_epi32(sum, _mm_shuffle_epi32::<0b01_00_11_10>(sum));
        let sum = _mm_add_epi32(sum, _mm_shuffle_epi32::<0b10_11_00_01>(sum));
        _mm_cvtsi128_si32(sum) + super::plain(a_rest, b_rest)
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use std::arch::wasm32::*;

    pub fn dot(a: &[i8], b: &[i8]) -> i32 {
        let (a_blocks, a_rest) = a.as_chunks::<16>();
        let (b_blocks, b_rest) = b.as_chunks::<16>();
        let mut low = i32x4_splat(0);
        let mut high = i32x4_splat(0);
        for (a, b) in a_blocks.iter().zip(b_blocks) {
            // SAFETY: each block is 16 bytes, and the load needs no alignment.
            let (a, b) = unsafe { (v128_load(a.as_ptr().cast()), v128_load(b.as_ptr().cast())) };
            low = i32x4_add(low, i32x4_dot_i16x8(i16x8_extend_low_i8x16(a), i16x8_extend_low_i8x16(b)));
            high = i32x4_add(high, i32x4_dot_i16x8(i16x8_extend_high_i8x16(a), i16x8_extend_high_i8x16(b)));
        }
        let sum = i32x4_add(low, high);
        i32x4_extract_lane::<0>(sum)
            + i32x4_extract_lane::<1>(sum)
            + i32x4_extract_lane::<2>(sum)
            + i32x4_extract_lane::<3>(sum)
            + super::plain(a_rest, b_rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Random;

    #[test]
    fn the_fast_sums_equal_the_plain_ones_at_every_length_and_extreme() {
        let mut random = Random::new(3);
        for length in (0..200).chain([512, 1000, 65_536]) {
            for extreme in [false, true] {
                let mut code =
                    || if extreme { 127 - 254 * random.below(2) as i32 } else { random.below(255) as i32 - 127 };
                let a: Vec<i8> = (0..length).map(|_| code() as i8).collect();
                let b: Vec<i8> = (0..length).map(|_| code() as i8).collect();
                assert_eq!(dot(&a, &b), plain(&a, &b));
            }
        }
        let most = vec![-127_i8; 65_536];
        assert_eq!(dot(&most, &most), 127 * 127 * 65_536);
    }
}
