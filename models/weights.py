"""Starts a training from finished weights: floats with torchvision's names, or the integers that ship.

An integer weights file (docs/model-format.md) has batch-norm folded into the convolutions. Training needs it back:
each batch-norm gets the mean and variance that it sees on real pictures, and the scale and shift that undo them, so
that the network computes what it did before and learns as if it had never been folded.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from safetensors.torch import load_file

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def start(model: nn.Module, path: Path, pictures: Tensor):
    """Puts the weights of a file into a ResNet. `pictures`: a normalized batch of real ones, N×3×H×W."""
    spec = specification(path)
    if spec is None:
        model.load_state_dict(load_file(path))
    else:
        unfold(model, dict(floats(spec, load_file(path))), pictures)


def specification(path: Path) -> dict | None:
    """What an integer weights file says about itself; None for any other safetensors file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    text = header.get("__metadata__", {}).get("private_eye")
    return text and json.loads(text)


def whitening(path: Path) -> dict[str, Tensor] | None:
    """Mean (in) and weight (out, in) of the layer behind the network of an integer weights file, where it has them."""
    spec = specification(path)
    op = next((op for op in spec["ops"] if op["op"] == "whitening"), None) if spec else None
    if op is None:
        return None
    tensors, name = load_file(path), op["name"]
    weight = tensors[f"{name}.weight"].float() * tensors[f"{name}.scale"][:, None]
    return {"mean": tensors[f"{name}.mean"], "weight": weight}


def floats(spec: dict, tensors: dict[str, Tensor]) -> Iterator[tuple[str, tuple[Tensor, Tensor]]]:
    """Weight (out, in, kh, kw) and bias (out) of each convolution, in the units of the float network."""
    # What one step of each value is worth. A file gives only ratios, where values are added, and the last one;
    # the others are free, because a ReLU network doesn't care in which unit its inner values are counted.
    steps: dict[str, float] = {}
    for op in spec["ops"]:
        residual = op.get("residual")
        if residual:
            steps[op["output"]] = steps[residual["from"]] / residual["scale"]
        else:
            steps[op["output"]] = steps[op["input"]] if op["op"] == "max_pool" else 1 / 16
        if op["op"] == "global_average_pool":
            factor = op["scale"] / steps[op["input"]]
    steps = {value: step * factor for value, step in steps.items()}
    for op in spec["ops"]:
        if op["op"] != "conv":
            continue
        name = op["name"]
        unit = tensors[f"{name}.multiplier"] * steps[op["output"]]
        bias = tensors[f"{name}.bias"] * unit
        weight = tensors[f"{name}.weight"].permute(0, 3, 1, 2).float() * unit.view(-1, 1, 1, 1)
        if op["input"] == "pixels":
            # The first one also holds the normalization of pixels, 0..255.
            mean, deviation = (torch.tensor(values).view(1, 3, 1, 1) * 255 for values in (MEAN, DEVIATION))
            bias = bias + (weight * mean).sum((1, 2, 3))
            weight = weight * deviation
        else:
            weight = weight / steps[op["input"]]
        yield name, (weight, bias)


@torch.no_grad()
def unfold(model: nn.Module, folded: dict[str, tuple[Tensor, Tensor]], pictures: Tensor):
    """Gives every convolution its weights and the batch-norm behind it statistics that change nothing."""
    names = {name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}
    if set(names) != set(folded):
        odd = sorted(set(names) ^ set(folded))[0]
        raise ValueError(f"the weights are not those of this network: {odd} is in one, but not in the other")

    def settle(norm: nn.BatchNorm2d, bias: Tensor):
        def hook(_, inputs):
            variance, mean = torch.var_mean(inputs[0], (0, 2, 3), correction=0)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.copy_(mean + bias.to(mean.device))

        return norm.register_forward_pre_hook(hook)

    hooks = []
    for name, conv in names.items():
        weight, bias = folded[name]
        conv.weight.copy_(weight)
        hooks.append(settle(model.get_submodule(norm_behind(name)), bias))
    training = model.training
    model.eval()(pictures)
    model.train(training)
    for hook in hooks:
        hook.remove()


def norm_behind(conv: str) -> str:
    """torchvision's name of the batch-norm that follows a convolution: conv1 → bn1, downsample.0 → downsample.1."""
    head, _, last = conv.rpartition(".")
    norm = last.replace("conv", "bn") if last.startswith("conv") else str(int(last) + 1)
    return f"{head}.{norm}" if head else norm
