//! The instruction multiplies unsigned bytes by signed ones, so 128 is added to the numbers of one side; what that adds to
//! the sum, 128 times the sum of the other side, is taken away.

use std::arch::x86_64::*;

/// Bytes in a register.
const BLOCK: usize = 64;

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn dot(a: &[i8], b: &[i8]) -> i32 {
    _mm512_reduce_add_epi32(add(start(a), a, b))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn dots(one: &[i8], rows: &[i8], sums: &mut [i32]) {
    let start = start(one);
    for (row, sum) in rows.chunks_exact(one.len().max(1)).zip(sums) {
        *sum = _mm512_reduce_add_epi32(add(start, one, row));
    }
}

/// What [`add`] adds too much, negative.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn start(a: &[i8]) -> __m512i {
    let (blocks, rest) = a.as_chunks::<BLOCK>();
    let mut sums = _mm512_setzero_si512();
    for a in blocks {
        sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(i8::MIN), load(a));
    }
    sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(i8::MIN), load_some(rest));
    _mm512_sub_epi32(_mm512_setzero_si512(), sums)
}

/// Adds the products of `a` and `b + 128`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn add(mut sums: __m512i, a: &[i8], b: &[i8]) -> __m512i {
    let top = _mm512_set1_epi8(i8::MIN);
    let (a_blocks, a_rest) = a.as_chunks::<BLOCK>();
    let (b_blocks, b_rest) = b.as_chunks::<BLOCK>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        sums = _mm512_dpbusd_epi32(sums, _mm512_xor_si512(load(b), top), load(a));
    }
    if !a_rest.is_empty() {
        // Beyond the end, `a` is 0.
        sums = _mm512_dpbusd_epi32(sums, _mm512_xor_si512(load_some(b_rest), top), load_some(a_rest));
    }
    sums
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn load(block: &[i8; BLOCK]) -> __m512i {
    // SAFETY: a block is 64 bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

/// Fewer numbers than a block has, and zeros.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn load_some(rest: &[i8]) -> __m512i {
    let there = (1 << rest.len()) - 1;
    // SAFETY: only bytes that are there are read.
    unsafe { _mm512_maskz_loadu_epi8(there, rest.as_ptr()) }
}
