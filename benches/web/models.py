"""The network of models/resnet18.safetensors for onnxruntime: in floats, and quantized by onnxruntime itself.

    python models.py WEIGHTS PICTURES OUT

PICTURES is a folder of pictures to calibrate with. OUT gets resnet18.f32.onnx, resnet18.qdq.onnx, resnet18.qoperator.onnx
and the pictures that the page measures with: query.bmp (224 × 224), photo-12mp.jpg and photo-2mp.jpg.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image
from safetensors.numpy import load_file

CALIBRATION = 32
SIDE = 224


def specification(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    return json.loads(header["__metadata__"]["private_eye"])


def float_network(path):
    """The same weights as an ordinary float ResNet-18: input is pixels minus the padding colour, NCHW.

    The file knows each layer's output only up to a scale. The scales are chosen here so that residuals can be added as
    they are, as in every exported ResNet: a value of the float network is `scale` times the integer of ours.
    """
    spec, tensors = specification(path), load_file(path)
    convolutions = [op for op in spec["ops"] if op["op"] == "conv"]
    outputs = {op["output"]: op for op in convolutions}
    scale = {"pixels": 1.0}
    for op in spec["ops"]:
        if op["op"] == "max_pool":
            scale[op["output"]] = scale[op["input"]]
        elif op["op"] == "conv" and not op["signed"]:
            residual = op["residual"]
            scale[op["output"]] = 1.0
            if residual and residual["from"] in scale:
                scale[op["output"]] = scale[residual["from"]] / residual["scale"]
            elif residual:
                scale[residual["from"]] = residual["scale"]
    nodes, weights = [], []

    def constant(name, array):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(array.astype(np.float32)), name))
        return name

    for op in spec["ops"]:
        output = op["output"]
        if op["op"] == "conv":
            name, source = op["name"], op["input"]
            factor = (tensors[f"{name}.multiplier"] * scale[output]).astype(np.float64)
            integers = tensors[f"{name}.weight"].astype(np.float64)
            padding = np.array(op["pad_value"], np.float64)
            bias = (tensors[f"{name}.bias"] + (integers * padding).sum((1, 2, 3))) * factor
            weight = integers.transpose(0, 3, 1, 2) * (factor / scale[source]).reshape(-1, 1, 1, 1)
            inputs = [source, constant(f"{name}.weight", weight), constant(f"{name}.bias", bias)]
            plain = op["signed"]
            value = output if plain else f"{output}.conv"
            rows, columns = op["kernel"]
            nodes.append(
                helper.make_node("Conv", inputs, [value], name=name, kernel_shape=[rows, columns],
                                 strides=[op["stride"]] * 2, pads=[op["padding"]] * 4)
            )
            if op["residual"]:
                nodes.append(helper.make_node("Add", [value, op["residual"]["from"]], [f"{output}.sum"]))
                value = f"{output}.sum"
            if not plain:
                nodes.append(helper.make_node("Relu", [value], [output]))
        elif op["op"] == "max_pool":
            nodes.append(
                helper.make_node("MaxPool", [op["input"]], [output], kernel_shape=[op["kernel"]] * 2,
                                 strides=[op["stride"]] * 2, pads=[op["padding"]] * 4)
            )
        elif op["op"] == "global_average_pool":
            nodes.append(helper.make_node("GlobalAveragePool", [op["input"]], [f"{output}.pooled"]))
            nodes.append(helper.make_node("Flatten", [f"{output}.pooled"], [output]))
        else:
            # In floats for everybody: it is one part in seven thousand of the work.
            name = op["name"]
            matrix = tensors[f"{name}.weight"].astype(np.float64) * tensors[f"{name}.scale"][:, None]
            axes = numpy_helper.from_array(np.array([1], np.int64), f"{name}.axes")
            weights.append(axes)
            nodes.append(helper.make_node("ReduceSum", [op["input"], axes.name], [f"{name}.total"], name=f"{name}.sum"))
            nodes.append(helper.make_node("Div", [op["input"], f"{name}.total"], [f"{name}.share"], name=f"{name}.div"))
            nodes.append(helper.make_node("Sqrt", [f"{name}.share"], [f"{name}.root"], name=f"{name}.sqrt"))
            mean = constant(f"{name}.mean", tensors[f"{name}.mean"])
            nodes.append(helper.make_node("Sub", [f"{name}.root", mean], [f"{name}.centred"], name=f"{name}.sub"))
            turned = constant(f"{name}.weight", matrix.T)
            nodes.append(helper.make_node("MatMul", [f"{name}.centred", turned], [output], name=f"{name}.matmul"))
    last = spec["ops"][-1]["output"]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "resnet18",
        [value("pixels", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [value(last, TensorProto.FLOAT, [1, spec["dim"]])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    assert len(outputs) == len(convolutions)
    return model, convolutions[0]["pad_value"]


def squashed(path):
    return Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)


def tensor(picture, mean):
    pixels = np.asarray(picture, np.float32) - np.array(mean, np.float32)
    return pixels.transpose(2, 0, 1)[None]


class Calibration(CalibrationDataReader):
    def __init__(self, pictures, mean):
        self.tensors = ({"pixels": tensor(squashed(path), mean)} for path in pictures)

    def get_next(self):
        return next(self.tensors, None)


def photograph(picture, size, path):
    """A picture blown up to the size of a camera's, with the grain that keeps such files large."""
    grown = np.asarray(picture.resize(size, Image.BICUBIC), np.int16)
    grain = np.random.default_rng(0).normal(0, 8, grown.shape).astype(np.int16)
    Image.fromarray(np.clip(grown + grain, 0, 255).astype(np.uint8)).save(path, quality=90)


def main(weights, pictures, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    model, mean = float_network(weights)
    onnx.save(model, out / "resnet18.f32.onnx")
    paths = sorted(path for path in Path(pictures).iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not paths:
        sys.exit(f"there are no pictures in {pictures}")
    step = max(1, len(paths) // CALIBRATION)
    # All shapes are plain numbers.
    quant_pre_process(str(out / "resnet18.f32.onnx"), str(out / "prepared.onnx"), skip_symbolic_shape=True)
    for name, form in {"qdq": QuantFormat.QDQ, "qoperator": QuantFormat.QOperator}.items():
        quantize_static(
            str(out / "prepared.onnx"), str(out / f"resnet18.{name}.onnx"),
            Calibration(paths[::step][:CALIBRATION], mean),
            # The last average stays in floats: the whitening behind it magnifies what eight bits lose.
            op_types_to_quantize=["Conv", "Add", "MaxPool"],
            quant_format=form, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
        )
    (out / "prepared.onnx").unlink()
    (out / "mean.json").write_text(json.dumps(mean))
    query = Image.open(paths[0]).convert("RGB")
    squashed(paths[0]).save(out / "query.bmp")
    photograph(query, (4032, 3024), out / "photo-12mp.jpg")
    photograph(query, (1632, 1224), out / "photo-2mp.jpg")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
