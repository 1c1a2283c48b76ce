//! The operators as tract sees them: each one node, final from the start, nothing left to optimize.

use std::fmt::Debug;

use tract_core::internal::*;

use super::kernels::{Convolution, Whitening, Window, global_average_pool, max_pool};

/// Two operators are the same if they share their weights.
macro_rules! equal_by {
    ($operator:ty, $field:ident) => {
        impl PartialEq for $operator {
            fn eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.$field, &other.$field)
            }
        }
        impl Eq for $operator {}
    };
}

/// Convolution, bias, residual, requantization and clamp in one. Inputs: the activation and, if there is one, the
/// residual.
#[derive(Debug, Clone)]
pub struct FusedConv {
    pub convolution: Arc<dyn Convolution>,
    /// Height, width, channels.
    pub output: [usize; 3],
    /// Whether the output is `i8`.
    pub signed: bool,
    /// Whether the input is `i8`. The convolution then expects it as `u8`, 128 more than it is.
    pub signed_input: bool,
}

equal_by!(FusedConv, convolution);

impl Op for FusedConv {
    fn name(&self) -> StaticName {
        "FusedConv".into()
    }

    fn info(&self) -> TractResult<Vec<String>> {
        Ok(vec![format!("{:?}", self.convolution)])
    }

    op_as_typed_op!();
}

impl EvalOp for FusedConv {
    op_out_of_plan!();

    fn eval(&self, _ctx: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = inputs[0].try_as_plain_ram()?;
        // Flipping the highest bit adds 128.
        let moved: Vec<u8> = match self.signed_input {
            true => input.as_bytes().iter().map(|value| value ^ 0x80).collect(),
            false => Vec::new(),
        };
        let residual = inputs.get(1).map(|value| value.try_as_plain_ram()).transpose()?;
        // SAFETY: any bits are a valid u8 or i8, and the convolution writes all of them.
        let mut output = unsafe { Tensor::uninitialized_dt(activation(self.signed), &self.output)? };
        self.convolution.run(
            if self.signed_input { &moved } else { input.as_bytes() },
            residual.as_ref().map(|view| view.as_bytes()),
            output.try_as_plain_ram_mut()?.as_bytes_mut(),
        );
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for FusedConv {
    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(activation(self.signed).fact(self.output)))
    }

    as_op!();
}

fn activation(signed: bool) -> DatumType {
    if signed { DatumType::I8 } else { DatumType::U8 }
}

/// The largest value in each window, on bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaxPool {
    pub window: Window,
}

impl MaxPool {
    fn shape(&self) -> [usize; 3] {
        let [height, width] = self.window.output();
        [height, width, self.window.input[2]]
    }
}

impl Op for MaxPool {
    fn name(&self) -> StaticName {
        "MaxPool".into()
    }

    op_as_typed_op!();
}

impl EvalOp for MaxPool {
    op_out_of_plan!();

    fn eval(&self, _ctx: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut output = Tensor::zero::<u8>(&self.shape())?;
        max_pool(&self.window, inputs[0].try_as_plain_ram()?.as_bytes(), output.try_as_plain_ram_mut()?.as_bytes_mut());
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for MaxPool {
    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(DatumType::U8.fact(self.shape())))
    }

    as_op!();
}

/// The mean of each channel times a scale, in `f32`: the embedding.
#[derive(Debug, Clone)]
pub struct GlobalAveragePool {
    pub channels: usize,
    pub scale: f32,
}

impl PartialEq for GlobalAveragePool {
    fn eq(&self, other: &Self) -> bool {
        self.channels == other.channels && self.scale.to_bits() == other.scale.to_bits()
    }
}

impl Eq for GlobalAveragePool {}

impl Op for GlobalAveragePool {
    fn name(&self) -> StaticName {
        "GlobalAveragePool".into()
    }

    op_as_typed_op!();
}

impl EvalOp for GlobalAveragePool {
    op_out_of_plan!();

    fn eval(&self, _ctx: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mean = global_average_pool(inputs[0].try_as_plain_ram()?.as_bytes(), self.channels, self.scale);
        Ok(tvec!(tensor1(&mean).into_tvalue()))
    }
}

impl TypedOp for GlobalAveragePool {
    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(DatumType::F32.fact([self.channels])))
    }

    as_op!();
}

/// Whitens the embedding.
#[derive(Debug, Clone)]
pub struct Whiten {
    pub whitening: Arc<Whitening>,
}

equal_by!(Whiten, whitening);

impl Op for Whiten {
    fn name(&self) -> StaticName {
        "Whiten".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Whiten {
    op_out_of_plan!();

    fn eval(&self, _ctx: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let whitened = self.whitening.run(inputs[0].try_as_plain_ram()?.as_slice::<f32>()?);
        Ok(tvec!(tensor1(&whitened).into_tvalue()))
    }
}

impl TypedOp for Whiten {
    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(DatumType::F32.fact([self.whitening.outputs()])))
    }

    as_op!();
}
