//! The yardstick of `cargo xtask bench web`: a plain SIMD128 micro-kernel, 8 outputs × 4 pixels of 16-bit numbers, that
//! does the multiplications of every convolution of a ResNet-18 and nothing else: no padding, no requantization, no
//! graph. Windows overlap in memory as in a real layer, so caches see as much traffic, but each is read as one stretch.
#![cfg(target_family = "wasm")]

use std::arch::wasm32::*;
use std::cell::UnsafeCell;
use std::hint::black_box;

const OUTPUTS: usize = 8;
const PIXELS: usize = 4;

/// Output pixels, values from one pixel's window to the next one's, output channels, products per output (rounded up to
/// pairs), and how often such a convolution occurs.
const LAYERS: [(usize, usize, usize, usize, usize); 11] = [
    (112 * 112, 6, 64, 148, 1),
    (56 * 56, 64, 64, 9 * 64, 4),
    (28 * 28, 128, 128, 9 * 64, 1),
    (28 * 28, 128, 128, 9 * 128, 3),
    (28 * 28, 128, 128, 64, 1),
    (14 * 14, 256, 256, 9 * 128, 1),
    (14 * 14, 256, 256, 9 * 256, 3),
    (14 * 14, 256, 256, 128, 1),
    (7 * 7, 512, 512, 9 * 256, 1),
    (7 * 7, 512, 512, 9 * 512, 3),
    (7 * 7, 512, 512, 256, 1),
];

/// Room for the values and the weights of any layer.
const VALUES: usize = 56 * 56 * 64 + PIXELS * 512 + 9 * 512;
const WEIGHTS: usize = 512 * 9 * 512;

struct Memory<const N: usize>(UnsafeCell<[i16; N]>);
// SAFETY: there is one thread.
unsafe impl<const N: usize> Sync for Memory<N> {}

static VALUES_16: Memory<VALUES> = Memory(UnsafeCell::new([0; VALUES]));
static WEIGHTS_16: Memory<WEIGHTS> = Memory(UnsafeCell::new([0; WEIGHTS]));
static SUMS: Memory<{ 2 * OUTPUTS * PIXELS }> = Memory(UnsafeCell::new([0; 2 * OUTPUTS * PIXELS]));

/// The multiplications of one picture.
#[unsafe(no_mangle)]
pub extern "C" fn network() {
    for (pixels, step, outputs, products, times) in LAYERS {
        for _ in 0..times {
            layer(pixels, step, outputs, products);
        }
    }
}

fn layer(pixels: usize, step: usize, outputs: usize, products: usize) {
    // The compiler would notice that nobody writes there, and multiply nothing.
    let values = black_box(VALUES_16.0.get()).cast::<i16>();
    let weights = black_box(WEIGHTS_16.0.get()).cast::<i16>();
    for block in 0..outputs / OUTPUTS {
        for first in (0..pixels).step_by(PIXELS) {
            // SAFETY: the largest layer fits, with the last window and a tile that reaches beyond the last pixel.
            unsafe { tile(values.add(first * step), step, weights.add(block * products * OUTPUTS), products) };
        }
    }
}

/// # Safety
/// `products` values from each of `PIXELS` places `step` apart, and `OUTPUTS` × `products` weights can be read.
#[inline(always)]
unsafe fn tile(values: *const i16, step: usize, mut weights: *const i16, products: usize) {
    let mut sums = [[i32x4_splat(0); 2]; PIXELS];
    let mut values: [*const i16; PIXELS] = std::array::from_fn(|pixel| values.wrapping_add(pixel * step));
    for _ in 0..products / 2 {
        // SAFETY: promised by the caller.
        unsafe {
            let low = v128_load(weights.cast());
            let high = v128_load(weights.add(8).cast());
            weights = weights.add(2 * OUTPUTS);
            for (sums, value) in sums.iter_mut().zip(&mut values) {
                let two = v128_load32_splat(value.cast());
                *value = value.add(2);
                sums[0] = i32x4_add(sums[0], i32x4_dot_i16x8(two, low));
                sums[1] = i32x4_add(sums[1], i32x4_dot_i16x8(two, high));
            }
        }
    }
    for (at, sum) in sums.as_flattened().iter().enumerate() {
        // SAFETY: there is room for the sums of one tile. Written so that they have to be computed.
        unsafe { SUMS.0.get().cast::<v128>().add(at).write_volatile(*sum) };
    }
}
