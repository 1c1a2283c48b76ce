//! Sizes of operators, checked once so that the arithmetic can rely on them.

/// Most values in one activation (and in its padded copy). Far above any sensible network, low enough that a damaged
/// file cannot exhaust memory.
pub const MAX_VALUES: usize = 1 << 26;

/// Longest side of a window.
pub const MAX_WINDOW: usize = 64;

/// Height, width and channels of an activation; `u8` in this order (NHWC with one picture at a time).
pub type Shape = [usize; 3];

/// The number of values of an activation, if it is within [`MAX_VALUES`] and not empty.
pub fn values(shape: Shape) -> Option<usize> {
    let [height, width, channels] = shape;
    height.checked_mul(width)?.checked_mul(channels).filter(|n| (1..=MAX_VALUES).contains(n))
}

/// A window that slides over an activation: of a convolution or of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The activation that is read.
    pub input: Shape,
    /// Height and width.
    pub kernel: [usize; 2],
    /// Step in both directions.
    pub stride: usize,
    /// Rows and columns added on each of the four sides.
    pub padding: usize,
}

impl Window {
    /// Checks that the window fits; the error says what was got and what was expected.
    pub fn new(input: Shape, kernel: [usize; 2], stride: usize, padding: usize) -> Result<Window, String> {
        let [kernel_height, kernel_width] = kernel;
        if kernel.iter().any(|side| !(1..=MAX_WINDOW).contains(side)) {
            return Err(format!("its kernel is {kernel_height}×{kernel_width}, expected sides of 1 to {MAX_WINDOW}"));
        }
        if !(1..=MAX_WINDOW).contains(&stride) {
            return Err(format!("its stride is {stride}, expected 1 to {MAX_WINDOW}"));
        }
        // So that every window covers at least one value that is not padding.
        if padding >= kernel_height.min(kernel_width) {
            return Err(format!(
                "its padding is {padding}, expected less than its kernel ({kernel_height}×{kernel_width})"
            ));
        }
        let [height, width, channels] = input;
        let padded = [height.saturating_add(2 * padding), width.saturating_add(2 * padding), channels];
        if values(padded).is_none() {
            return Err(format!(
                "with padding its input is {}×{}×{channels}, expected 1 to {MAX_VALUES} values",
                padded[0], padded[1]
            ));
        }
        if padded[0] < kernel_height || padded[1] < kernel_width {
            return Err(format!(
                "its kernel is {kernel_height}×{kernel_width}, expected at most its padded input, {}×{}",
                padded[0], padded[1]
            ));
        }
        Ok(Window { input, kernel, stride, padding })
    }

    /// Height and width of the input with padding on all sides.
    pub fn padded(&self) -> [usize; 2] {
        [self.input[0] + 2 * self.padding, self.input[1] + 2 * self.padding]
    }

    /// Height and width of the output.
    pub fn output(&self) -> [usize; 2] {
        let [height, width] = self.padded();
        [(height - self.kernel[0]) / self.stride + 1, (width - self.kernel[1]) / self.stride + 1]
    }
}
