//! What a node of an ONNX graph says.

use tract_onnx::pb::{AttributeProto, NodeProto};

use super::ImportError;

pub fn output(node: &NodeProto) -> Result<String, ImportError> {
    node.output.first().cloned().ok_or_else(|| unsupported(node, "it has no output"))
}

pub fn unsupported(node: &NodeProto, why: &str) -> ImportError {
    let name = if node.name.is_empty() { node.output.first().cloned().unwrap_or_default() } else { node.name.clone() };
    ImportError::Unsupported { op: node.op_type.clone(), node: name, why: why.into() }
}

pub fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// An attribute that is a number.
pub fn float(node: &NodeProto, name: &str) -> Option<f32> {
    attribute(node, name).map(|attribute| attribute.f)
}

/// An attribute that is one integer or a list of them; empty where it is missing.
pub fn ints(node: &NodeProto, name: &str) -> Vec<i64> {
    match attribute(node, name) {
        Some(attribute) if !attribute.ints.is_empty() => attribute.ints.clone(),
        Some(attribute) => vec![attribute.i],
        None => Vec::new(),
    }
}

/// Stride and padding, equal in both directions and on all sides, of a window without gaps.
pub fn window(node: &NodeProto) -> Result<(usize, usize), ImportError> {
    let equal = |values: Vec<i64>, default: usize| match values.first() {
        None => Some(default),
        Some(&first) if values.iter().all(|&value| value == first) => usize::try_from(first).ok(),
        Some(_) => None,
    };
    if ints(node, "dilations").iter().any(|&dilation| dilation != 1) {
        return Err(unsupported(node, "it is dilated"));
    }
    let pads = match attribute(node, "auto_pad").map(|auto| String::from_utf8_lossy(&auto.s)).as_deref() {
        None | Some("" | "NOTSET") => ints(node, "pads"),
        Some("VALID") => Vec::new(),
        Some(auto) => return Err(unsupported(node, &format!("its auto_pad is {auto}, expected numbers in pads"))),
    };
    let stride = equal(ints(node, "strides"), 1).filter(|&stride| stride > 0);
    let padding = equal(pads, 0);
    match (stride, padding) {
        (Some(stride), Some(padding)) => Ok((stride, padding)),
        _ => Err(unsupported(node, "only equal strides and equal padding on all sides are supported")),
    }
}
