use std::arch::wasm32::*;

/// Numbers that are loaded at a time.
const BLOCK: usize = 8;
/// Rows that share what is loaded of the one they are multiplied with.
const TOGETHER: usize = 4;

pub fn dot(a: &[i8], b: &[i8]) -> i32 {
    let (a_blocks, a_rest) = a.as_chunks::<BLOCK>();
    let (b_blocks, b_rest) = b.as_chunks::<BLOCK>();
    let mut sum = i32x4_splat(0);
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        sum = i32x4_add(sum, i32x4_dot_i16x8(widened(a), widened(b)));
    }
    total(sum) + super::plain(a_rest, b_rest)
}

pub fn dots(one: &[i8], rows: &[i8], sums: &mut [i32]) {
    let (blocks, rest) = one.as_chunks::<BLOCK>();
    let wide: Vec<v128> = blocks.iter().map(widened).collect();
    let length = one.len().max(1);
    let mut fours = rows.chunks_exact(TOGETHER * length);
    let mut four_sums = sums.chunks_exact_mut(TOGETHER);
    for (rows, sums) in fours.by_ref().zip(four_sums.by_ref()) {
        let (ab, cd) = rows.split_at(2 * length);
        let ((a, b), (c, d)) = (ab.split_at(length), cd.split_at(length));
        let rows = [a, b, c, d].map(|row| row.as_chunks::<BLOCK>());
        let [a, b, c, d] = rows.map(|(blocks, _)| blocks);
        let mut totals = [i32x4_splat(0); TOGETHER];
        for ((((one, a), b), c), d) in wide.iter().zip(a).zip(b).zip(c).zip(d) {
            for (total, block) in totals.iter_mut().zip([a, b, c, d]) {
                *total = i32x4_add(*total, i32x4_dot_i16x8(*one, widened(block)));
            }
        }
        for ((sum, sums), (_, row_rest)) in sums.iter_mut().zip(totals).zip(rows) {
            *sum = total(sums) + super::plain(rest, row_rest);
        }
    }
    for (row, sum) in fours.remainder().chunks_exact(length).zip(four_sums.into_remainder()) {
        *sum = dot(one, row);
    }
}

fn widened(block: &[i8; BLOCK]) -> v128 {
    // SAFETY: a block is 8 bytes, and the load needs no alignment.
    unsafe { i16x8_load_extend_i8x8(block.as_ptr()) }
}

fn total(sums: v128) -> i32 {
    i32x4_extract_lane::<0>(sums)
        + i32x4_extract_lane::<1>(sums)
        + i32x4_extract_lane::<2>(sums)
        + i32x4_extract_lane::<3>(sums)
}
