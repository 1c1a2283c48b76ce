//! The three transforms of Winograd's F(2×2, 3×3); what they are for is told in [`super::winograd`].
//!
//! Those of activations and sums are written once for all instruction sets, over [`Lanes`].

/// Numbers per patch and channel.
pub const COMPONENTS: usize = 16;

/// `G g Gᵀ`.
#[inline(always)]
pub fn transform_weights(g: [i16; 9]) -> [i16; COMPONENTS] {
    let expand = |a: i16, b: i16, c: i16| [2 * a, a + b + c, a - b + c, 2 * c];
    let [a, b, c] = [expand(g[0], g[1], g[2]), expand(g[3], g[4], g[5]), expand(g[6], g[7], g[8])];
    let mut components = [0; COMPONENTS];
    for column in 0..4 {
        let [first, second, third, fourth] = expand(a[column], b[column], c[column]);
        components[column] = first;
        components[4 + column] = second;
        components[8 + column] = third;
        components[12 + column] = fourth;
    }
    components
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
    /// A quarter, rounded down.
    unsafe fn quarter(self) -> Self;
}

impl Patches<'_> {
    /// `Bᵀ d B` for as many patches as there is room for: `[component][patch][channel]`, channels padded to an even
    /// number.
    ///
    /// # Safety
    /// The machine must have the instruction set of `V`.
    #[inline(always)]
    pub unsafe fn components<V: Lanes<Number = i16>>(&self, components: &mut [i16]) {
        let channels = self.channels.next_multiple_of(2);
        let stride = components.len() / COMPONENTS;
        for patch in 0..stride / channels {
            let (y, x) = ((self.first + patch) / self.columns, (self.first + patch) % self.columns);
            let values = &self.values[2 * (y * self.row_stride + x * self.channels)..];
            assert!(values.len() >= 3 * self.row_stride + 4 * self.channels);
            let vectors = self.channels / V::COUNT * V::COUNT;
            let components = &mut components[patch * channels..];
            // SAFETY: as just asserted, 4 rows of 4 pixels of all channels can be read; `stride` apart, there are 16 times
            // as many components as channels.
            unsafe {
                for channel in (0..vectors).step_by(V::COUNT) {
                    self.transform::<V>(&values[channel..], &mut components[channel..], stride);
                }
                for channel in vectors..self.channels {
                    self.transform::<i16>(&values[channel..], &mut components[channel..], stride);
                }
            }
        }
    }

    /// The components of one patch for a few channels, `stride` apart.
    #[inline(always)]
    unsafe fn transform<V: Lanes<Number = i16>>(&self, values: &[i16], components: &mut [i16], stride: usize) {
        let (from, to) = (values.as_ptr(), components.as_mut_ptr());
        // SAFETY: see `components`.
        unsafe {
            let expand = |a: V, b: V, c: V, d: V| [a.subtract(c), b.add(c), c.subtract(b), b.subtract(d)];
            let row = |row: usize| {
                let load = |column: usize| V::load(from.add(row * self.row_stride + column * self.channels));
                expand(load(0), load(1), load(2), load(3))
            };
            let (a, b, c, d) = (row(0), row(1), row(2), row(3));
            for column in 0..4 {
                let [a, b, c, d] = expand(a[column], b[column], c[column], d[column]);
                a.store(to.add(column * stride));
                b.store(to.add((4 + column) * stride));
                c.store(to.add((8 + column) * stride));
                d.store(to.add((12 + column) * stride));
            }
        }
    }
}

/// `Aᵀ m A` for a few patches and the output channels of a tile, whose number is that of the biases: a quarter of it plus
/// the bias. `products` are `[component][patch][output]`, `sums` become `[patch][pixel][output]`.
///
/// # Safety
/// The machine must have the instruction set of `V`.
#[inline(always)]
pub unsafe fn sums<V: Lanes<Number = i32>>(products: &[i32], bias: &[i32], sums: &mut [i32]) {
    let outputs = bias.len();
    let component = products.len() / COMPONENTS;
    assert!(outputs.is_multiple_of(V::COUNT) && sums.len() == 4 * component);
    for (patch, sums) in sums.chunks_exact_mut(4 * outputs).enumerate() {
        for output in (0..outputs).step_by(V::COUNT) {
            // SAFETY: there are COMPONENTS × `component` products, of which `patch` × `outputs` come before this patch's,
            // four times as many sums as outputs, and as many biases as outputs.
            unsafe {
                let from = products.as_ptr().add(patch * outputs + output);
                let to = sums.as_mut_ptr().add(output);
                let bias = V::load(bias.as_ptr().add(output));
                let reduce = |a: V, b: V, c: V, d: V| [a.add(b).add(c), b.subtract(c).subtract(d)];
                let row = |row: usize| {
                    let load = |column: usize| V::load(from.add((4 * row + column) * component));
                    reduce(load(0), load(1), load(2), load(3))
                };
                let (a, b, c, d) = (row(0), row(1), row(2), row(3));
                for column in 0..2 {
                    let [upper, lower] = reduce(a[column], b[column], c[column], d[column]);
                    upper.quarter().add(bias).store(to.add(column * outputs));
                    lower.quarter().add(bias).store(to.add((2 + column) * outputs));
                }
            }
        }
    }
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
            unsafe fn quarter(self) -> $number {
                self >> 2
            }
        }
    };
}

single_lane!(i16);
single_lane!(i32);

#[cfg(test)]
mod tests {
    use super::transform_weights;

    #[test]
    fn the_largest_weights_stay_far_within_16_bits() {
        assert_eq!(transform_weights([-128; 9])[5], -9 * 128);
        assert_eq!(transform_weights([1, 0, 0, 0, 0, 0, 0, 0, 0]), [4, 2, 2, 0, 2, 1, 1, 0, 2, 1, 1, 0, 0, 0, 0, 0]);
    }
}
