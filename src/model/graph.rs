//! The list of operators as a tract graph.

use tract_core::internal::*;

use super::error::ModelError;
use super::kernels::{self, InstructionSet, Whitening};
use super::operators::{FusedConv, GlobalAveragePool, MaxPool, Whiten};
use super::weights::{Layer, Operator, Weights};

/// A graph that is ready to run; each run has its own state, so it may be shared between threads.
pub struct Graph {
    plan: Arc<TypedSimplePlan>,
    /// Height, width, channels.
    input: [usize; 3],
}

impl Graph {
    /// Packs the weights for an instruction set and wires the operators.
    pub fn build(weights: &Weights<'_>, instructions: InstructionSet) -> Result<Graph, ModelError> {
        let plan = wire(weights, instructions).and_then(|model| model.into_runnable());
        let plan = plan.map_err(|reason| ModelError::Engine { doing: "built", reason: format!("{reason:#}") })?;
        Ok(Graph { plan, input: weights.input })
    }

    /// Runs the network on one picture of the input's size, RGB.
    pub fn run(&self, pixels: &[u8]) -> Result<Vec<f32>, ModelError> {
        let run = || -> TractResult<Vec<f32>> {
            let input = Tensor::from_shape(&self.input, pixels)?;
            let output = self.plan.run(tvec!(input.into_tvalue()))?;
            Ok(output[0].try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
        };
        run().map_err(|reason| ModelError::Engine { doing: "run", reason: format!("{reason:#}") })
    }
}

fn wire(weights: &Weights<'_>, instructions: InstructionSet) -> TractResult<TypedModel> {
    let mut model = TypedModel::default();
    // Value 0 is the pixels, value i + 1 what layer i makes.
    let mut values = vec![model.add_source("pixels", DatumType::U8.fact(weights.input))?];
    for Layer { name, input, operator } in &weights.layers {
        let mut inputs: TVec<OutletId> = tvec!(values[*input]);
        let operator: Box<dyn TypedOp> = match operator {
            Operator::Conv { window, weights, residual, depthwise, signed_input } => {
                inputs.extend(residual.map(|residual| values[residual]));
                let [height, width] = window.output();
                Box::new(FusedConv {
                    convolution: match depthwise {
                        true => kernels::depthwise(*window, weights).into(),
                        false => instructions.convolution(*window, weights).into(),
                    },
                    output: [height, width, weights.bias.len()],
                    signed: weights.signed,
                    signed_input: *signed_input,
                })
            }
            Operator::MaxPool { window } => Box::new(MaxPool { window: *window }),
            Operator::GlobalAveragePool { channels, scale } => {
                Box::new(GlobalAveragePool { channels: *channels, scale: *scale })
            }
            Operator::Whitening { weights } => Box::new(Whiten { whitening: Arc::new(Whitening::new(weights)) }),
        };
        // An operator may be called like the input of the network.
        values.push(model.wire_node(format!("layer.{name}"), operator, &inputs)?[0]);
    }
    model.select_output_outlets(&values[values.len() - 1..])?;
    Ok(model)
}
