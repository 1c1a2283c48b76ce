//! The transforms of Winograd's convolutions; what they are for is told in [`super::winograd`].
//!
//! Everything is written once for all instruction sets, over [`Lanes`].

// Columns are taken across rows.
#![allow(clippy::needless_range_loop)]

/// Winograd's F(`M`×`M`, 3×3): patches of `M`×`M` outputs, each from `T`×`T` inputs, `T` = `M` + 2. The two-dimensional
/// transforms are the one-dimensional ones of all rows, then of all columns.
pub trait Form<const M: usize, const T: usize>: Send + Sync + 'static {
    /// For people.
    const NAME: &'static str;
    /// Sums must be less than this in size for [`Form::restore`] to be exact.
    const SUMS: i64;

    /// `G g`.
    ///
    /// # Safety
    /// The machine must have the instruction set of `V`; here and below.
    unsafe fn spread<V: Lanes>(g: [V; 3]) -> [V; T];

    /// `Bᵀ d`.
    unsafe fn expand<V: Lanes>(d: [V; T]) -> [V; T];

    /// `Aᵀ m`.
    unsafe fn reduce<V: Lanes<Number = i32>>(m: [V; T]) -> [V; M];

    /// The convolution's sum from the multiple of it that the transforms give, modulo 2³².
    unsafe fn restore<V: Lanes<Number = i32>>(multiple: V) -> V;
}

/// F(2×2, 3×3), times four.
pub struct Two;

// SAFETY, for both forms: the caller promises the instruction set.
impl Form<2, 4> for Two {
    const NAME: &'static str = "2×2";
    const SUMS: i64 = 1 << 29;

    #[inline(always)]
    unsafe fn spread<V: Lanes>([a, b, c]: [V; 3]) -> [V; 4] {
        unsafe {
            let ends = a.add(c);
            [a.add(a), ends.add(b), ends.subtract(b), c.add(c)]
        }
    }

    #[inline(always)]
    unsafe fn expand<V: Lanes>([a, b, c, d]: [V; 4]) -> [V; 4] {
        unsafe { [a.subtract(c), b.add(c), c.subtract(b), b.subtract(d)] }
    }

    #[inline(always)]
    unsafe fn reduce<V: Lanes<Number = i32>>([a, b, c, d]: [V; 4]) -> [V; 2] {
        unsafe { [a.add(b).add(c), b.subtract(c).subtract(d)] }
    }

    #[inline(always)]
    unsafe fn restore<V: Lanes<Number = i32>>(multiple: V) -> V {
        unsafe { multiple.right::<2>() }
    }
}

/// F(4×4, 3×3), times 24² = 9 · 64.
pub struct Four;

impl Form<4, 6> for Four {
    const NAME: &'static str = "4×4";
    const SUMS: i64 = 1 << 25;

    #[inline(always)]
    unsafe fn spread<V: Lanes>([a, b, c]: [V; 3]) -> [V; 6] {
        unsafe {
            // At ±1 and at ±2, the even and the odd powers.
            let (even_one, even_two, odd_two) = (a.add(c), a.add(c.left::<2>()), b.add(b));
            [a, even_one.add(b), even_one.subtract(b), even_two.add(odd_two), even_two.subtract(odd_two), c]
        }
    }

    #[inline(always)]
    unsafe fn expand<V: Lanes>([a, b, c, d, e, f]: [V; 6]) -> [V; 6] {
        unsafe {
            let (even_one, odd_one) = (e.subtract(c.left::<2>()), d.subtract(b.left::<2>()));
            let (even_two, half) = (e.subtract(c), d.subtract(b));
            let odd_two = half.add(half);
            [
                a.subtract(c).left::<2>().add(even_two),
                even_one.add(odd_one),
                even_one.subtract(odd_one),
                even_two.add(odd_two),
                even_two.subtract(odd_two),
                f.subtract(d).subtract(odd_two.add(odd_two)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn reduce<V: Lanes<Number = i32>>([a, b, c, d, e, f]: [V; 6]) -> [V; 4] {
        unsafe {
            let (even_one, odd_one) = (b.add(c), b.subtract(c));
            let (even_two, half) = (d.add(e), d.subtract(e));
            let odd_two = half.add(half);
            [
                a.times(6).add(even_two).subtract(even_one.left::<2>()),
                odd_two.subtract(odd_one.left::<2>()),
                even_two.subtract(even_one).left::<2>(),
                f.times(6).add(odd_two).subtract(odd_one).left::<2>(),
            ]
        }
    }

    #[inline(always)]
    unsafe fn restore<V: Lanes<Number = i32>>(multiple: V) -> V {
        /// 9 · NINTH = 1 modulo 2³².
        const NINTH: i32 = 954_437_177;
        unsafe { multiple.times(NINTH).right::<6>() }
    }
}

/// A few numbers side by side, in a register; arithmetic is modulo their size.
///
/// # Safety
/// All functions need the instruction set of the kernel that they belong to.
pub trait Lanes: Copy {
    type Number;
    const COUNT: usize;

    /// Reads [`Self::COUNT`] numbers.
    unsafe fn load(from: *const Self::Number) -> Self;
    /// Writes [`Self::COUNT`] numbers.
    unsafe fn store(self, to: *mut Self::Number);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn subtract(self, other: Self) -> Self;
    unsafe fn times(self, factor: Self::Number) -> Self;
    /// Shifted to the left: times a power of two.
    unsafe fn left<const BITS: i32>(self) -> Self;
    /// Shifted to the right: divided by a power of two, rounded down.
    unsafe fn right<const BITS: i32>(self) -> Self;
}

/// [`Lanes`] of 16 bits that can be read from bytes.
///
/// # Safety
/// As of [`Lanes`].
pub trait WideLanes: Lanes<Number = i16> {
    /// Reads [`Lanes::COUNT`] bytes.
    unsafe fn widen(from: *const i8) -> Self;
}

/// `G g Gᵀ` for many weights side by side: `taps` are `[row][column][weight]`, `components` become
/// `[component][weight]`; there may be room between two components.
///
/// # Safety
/// The machine must have the instruction set of `V`.
#[inline(always)]
pub unsafe fn weights<F: Form<M, T>, V: WideLanes, const M: usize, const T: usize>(
    taps: &[i8],
    components: &mut [i16],
) {
    let count = taps.len() / 9;
    let stride = components.len() / (T * T);
    assert!(count.is_multiple_of(V::COUNT) && count <= stride);
    for at in (0..count).step_by(V::COUNT) {
        // SAFETY: there are `count` weights of each of the 9 taps, and room for `T` × `T` components of each.
        unsafe {
            let tap = |row: usize, column: usize| V::widen(taps.as_ptr().add((3 * row + column) * count + at));
            let rows: [[V; T]; 3] = each(|row| F::spread([tap(row, 0), tap(row, 1), tap(row, 2)]));
            for column in 0..T {
                let spread = F::spread([rows[0][column], rows[1][column], rows[2][column]]);
                for (row, component) in spread.into_iter().enumerate() {
                    component.store(components.as_mut_ptr().add((T * row + column) * stride + at));
                }
            }
        }
    }
}

/// Patches whose components are wanted.
pub struct Patches<'a> {
    /// Padded activations.
    pub values: &'a [i16],
    pub row_stride: usize,
    pub channels: usize,
    /// Patches side by side.
    pub columns: usize,
    /// The first one, counted row by row.
    pub first: usize,
    pub count: usize,
}

impl Patches<'_> {
    /// `Bᵀ d B` for these patches: `[component][patch][channel]`, channels padded to an even number; there may be room
    /// between two components.
    ///
    /// # Safety
    /// The machine must have the instruction set of `V`.
    #[inline(always)]
    pub unsafe fn components<F: Form<M, T>, V: WideLanes, const M: usize, const T: usize>(
        &self,
        components: &mut [i16],
    ) {
        let channels = self.channels.next_multiple_of(2);
        let stride = components.len() / (T * T);
        assert!(self.count * channels <= stride);
        for patch in 0..self.count {
            let (y, x) = ((self.first + patch) / self.columns, (self.first + patch) % self.columns);
            let values = &self.values[M * (y * self.row_stride + x * self.channels)..];
            assert!(values.len() >= (T - 1) * self.row_stride + T * self.channels);
            let vectors = self.channels / V::COUNT * V::COUNT;
            let components = &mut components[patch * channels..];
            // SAFETY: as just asserted, `T` rows of `T` pixels of all channels can be read; `stride` apart, there are
            // `T` × `T` times as many components as channels.
            unsafe {
                for channel in (0..vectors).step_by(V::COUNT) {
                    self.transform::<F, V, M, T>(&values[channel..], &mut components[channel..], stride);
                }
                for channel in vectors..self.channels {
                    self.transform::<F, i16, M, T>(&values[channel..], &mut components[channel..], stride);
                }
            }
        }
    }

    /// The components of one patch for a few channels, `stride` apart.
    #[inline(always)]
    unsafe fn transform<F: Form<M, T>, V: WideLanes, const M: usize, const T: usize>(
        &self,
        values: &[i16],
        components: &mut [i16],
        stride: usize,
    ) {
        let (from, to) = (values.as_ptr(), components.as_mut_ptr());
        // SAFETY: see `components`.
        unsafe {
            let value = |row: usize, column: usize| V::load(from.add(row * self.row_stride + column * self.channels));
            let rows: [[V; T]; T] = each(|row| F::expand(each(|column| value(row, column))));
            for column in 0..T {
                let expanded = F::expand(each(|row| rows[row][column]));
                for (row, component) in expanded.into_iter().enumerate() {
                    component.store(to.add((T * row + column) * stride));
                }
            }
        }
    }
}

/// `Aᵀ m A` for a few patches and the output channels of a tile, whose number is that of the biases: the convolution plus
/// the bias. `products` are `[component][patch][output]`, `sums` become `[patch][pixel][output]`.
///
/// # Safety
/// The machine must have the instruction set of `V`.
#[inline(always)]
pub unsafe fn sums<F: Form<M, T>, V: Lanes<Number = i32>, const M: usize, const T: usize>(
    products: &[i32],
    bias: &[i32],
    sums: &mut [i32],
) {
    let outputs = bias.len();
    let component = products.len() / (T * T);
    assert!(outputs.is_multiple_of(V::COUNT) && sums.len() == M * M * component);
    for (patch, sums) in sums.chunks_exact_mut(M * M * outputs).enumerate() {
        for output in (0..outputs).step_by(V::COUNT) {
            // SAFETY: there are `T` × `T` × `component` products, of which `patch` × `outputs` come before this patch's,
            // `M` × `M` times as many sums as outputs, and as many biases as outputs.
            unsafe {
                let from = products.as_ptr().add(patch * outputs + output);
                let to = sums.as_mut_ptr().add(output);
                let bias = V::load(bias.as_ptr().add(output));
                let product = |row: usize, column: usize| V::load(from.add((T * row + column) * component));
                let rows: [[V; M]; T] = each(|row| F::reduce(each(|column| product(row, column))));
                for column in 0..M {
                    let reduced = F::reduce(each(|row| rows[row][column]));
                    for (row, multiple) in reduced.into_iter().enumerate() {
                        F::restore(multiple).add(bias).store(to.add((M * row + column) * outputs));
                    }
                }
            }
        }
    }
}

/// `std::array::from_fn`, but for sure inlined: what it calls needs the instruction set of where it is called.
#[inline(always)]
fn each<X, const N: usize>(mut one: impl FnMut(usize) -> X) -> [X; N] {
    let mut all = [const { std::mem::MaybeUninit::uninit() }; N];
    let mut at = 0;
    while at < N {
        all[at] = std::mem::MaybeUninit::new(one(at));
        at += 1;
    }
    // SAFETY: every one was just made.
    all.map(|one| unsafe { one.assume_init() })
}

/// One number at a time.
macro_rules! single_lane {
    ($number:ty) => {
        impl Lanes for $number {
            type Number = $number;
            const COUNT: usize = 1;

            #[inline(always)]
            unsafe fn load(from: *const $number) -> $number {
                // SAFETY: promised by the caller.
                unsafe { *from }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                // SAFETY: promised by the caller.
                unsafe { *to = self }
            }

            #[inline(always)]
            unsafe fn add(self, other: $number) -> $number {
                self.wrapping_add(other)
            }

            #[inline(always)]
            unsafe fn subtract(self, other: $number) -> $number {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            unsafe fn times(self, factor: $number) -> $number {
                self.wrapping_mul(factor)
            }

            #[inline(always)]
            unsafe fn left<const BITS: i32>(self) -> $number {
                self << BITS
            }

            #[inline(always)]
            unsafe fn right<const BITS: i32>(self) -> $number {
                self >> BITS
            }
        }
    };
}

single_lane!(i16);
single_lane!(i32);

impl WideLanes for i16 {
    #[inline(always)]
    unsafe fn widen(from: *const i8) -> i16 {
        // SAFETY: promised by the caller.
        unsafe { i16::from(*from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest number in size that a transform can make of numbers between these two, in two dimensions, if it has
    /// these coefficients.
    fn largest<const N: usize>(rows: &[[i32; N]], lowest: i32, highest: i32) -> i32 {
        let pairs = rows.iter().flat_map(|a| rows.iter().map(move |b| (a, b)));
        let extremes = pairs.flat_map(|(a, b)| {
            let products: Vec<i32> = a.iter().flat_map(|a| b.iter().map(move |b| a * b)).collect();
            let sum =
                |plus: i32, minus: i32| products.iter().map(|c| c * if *c > 0 { plus } else { minus }).sum::<i32>();
            [sum(highest, lowest), sum(lowest, highest)]
        });
        extremes.map(i32::abs).max().unwrap()
    }

    /// The coefficients of a one-dimensional transform, row by row.
    fn coefficients<const N: usize, const R: usize>(transform: impl Fn([i32; N]) -> [i32; R]) -> [[i32; N]; R] {
        let columns: [[i32; R]; N] = each(|at| transform(each(|other| i32::from(at == other))));
        each(|row| each(|column| columns[column][row]))
    }

    #[test]
    fn the_largest_pixels_and_weights_stay_within_16_bits() {
        // SAFETY: single numbers need no instruction set.
        unsafe {
            assert_eq!(largest(&coefficients(|d| Two::expand::<i32>(d)), 0, 255), 4 * 255);
            assert_eq!(largest(&coefficients(|g| Two::spread::<i32>(g)), -128, 127), 3 * 3 * 128);
            assert_eq!(largest(&coefficients(|d| Four::expand::<i32>(d)), 0, 255), (8 * 8 + 2 * 2) * 255);
            assert_eq!(largest(&coefficients(|g| Four::spread::<i32>(g)), -128, 127), 7 * 7 * 128);
        }
    }
}
