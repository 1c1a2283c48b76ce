#!/usr/bin/env python3
"""Learns the whitening at the end of a weights file: what to weigh less when embeddings are compared.

    python models/whiten.py --weights models/resnet18.safetensors --pictures PICTURES

Embeddings crowd in one corner: all pictures share much of them, and another part
changes with light, crop and blur. From pictures and changed views of them (those
of the training, views.py) follow a mean, and a matrix that shrinks the
directions in which views of one picture differ, then evens out what is left.
It is computed from what the integer network itself says, by `private-eye
embed`, and written into the same file; one that was there before is replaced.
`--head` starts from the layer that the training learned behind the network
(train.py): what follows is computed from its output, and both become one matrix.
Pictures that the training holds out are not looked at here either.

The formulas: square roots of shares, Arandjelović and Zisserman, "Three things
everyone should know to improve object retrieval" (2012); the whitening,
Mikolajczyk and Matas, "Improving descriptors for fast tree matching by optimal
linear projection" (2007).
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import pictures
import views
import weights
from safetensors.numpy import load_file, save_file

NAME = "whitening"
KINDS = {"hung": views.GALLERY, "mild": views.MILD, "photographed": views.PHOTOGRAPHED, "hostile": views.HOSTILE}
SIZE = 224
CACHED = 160
PART = 40


def draw(found: list[pictures.Picture], place: Path, seed: int):
    """Writes one view of each kind of every picture: place/KIND/00000.png and so on."""
    torch.manual_seed(seed)
    masks = views.writing(256, CACHED, seed)
    for kind in KINDS:
        (place / kind).mkdir()
    squashed = (np.array(image.resize((CACHED, CACHED), Image.Resampling.BICUBIC)) for image in pictures.read(found))
    done = 0
    while part := [image for image, _ in zip(squashed, range(PART))]:
        batch = torch.from_numpy(np.stack(part)).permute(0, 3, 1, 2).contiguous()
        for kind, number in KINDS.items():
            seen = views.render(batch, torch.full((len(part),), number), SIZE, masks)
            for index, view in enumerate((seen * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy(), done):
                Image.fromarray(view).save(place / kind / f"{index:05}.png", compress_level=1)
        done += len(part)


def embed(command: str, model: Path, folder: Path) -> np.ndarray:
    """What the network says of every picture in a folder, in the order of their names."""
    out = folder.with_suffix(".npy")
    words = [command, "embed", folder, "--raw", "--model", model, "--out", out]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return np.load(out).astype(np.float64)


def root(x: np.ndarray) -> np.ndarray:
    """Square roots of shares: length 1."""
    return np.sqrt(x / np.maximum(x.sum(1, keepdims=True), 1e-12))


def learn(origin: np.ndarray, seen: list[np.ndarray], within: float, between: float) -> tuple[np.ndarray, np.ndarray]:
    """The mean (in) and the matrix (out, in). `within` and `between` are added to the variances, as shares of their mean."""
    mean = origin.mean(0)
    differences = np.concatenate([views - origin for views in seen])
    variance, axes = np.linalg.eigh(differences.T @ differences / len(differences))
    shrink = axes * (variance + within * variance.mean()) ** -0.5 @ axes.T
    spread = (origin - mean) @ shrink
    variance, axes = np.linalg.eigh(spread.T @ spread / len(spread))
    return mean, (axes * (variance + between * variance.mean()) ** -0.5).T @ shrink


def behind(
    head: tuple[np.ndarray, np.ndarray], hung: np.ndarray, seen: list[np.ndarray], within: float, between: float
) -> tuple[np.ndarray, np.ndarray]:
    """The same, learned from the output of a layer (its mean and matrix) and multiplied with it."""
    first, layer = head
    apply = lambda x: (root(x) - first) @ layer.T  # noqa: E731
    second, matrix = learn(apply(hung), [apply(views) for views in seen], within, between)
    # layer (x - first) - second = layer (x - first - layer⁻¹ second)
    return first + np.linalg.lstsq(layer, second, rcond=None)[0], matrix @ layer


def without(spec: dict, tensors: dict[str, np.ndarray]) -> tuple[dict, dict[str, np.ndarray]]:
    """The network before any whitening."""
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(f"{NAME}.")}
    ops = [op for op in spec["ops"] if op["op"] != "whitening"]
    channels = next(kept[f"{op['name']}.bias"].shape[0] for op in reversed(ops) if op["op"] == "conv")
    return {**spec, "ops": ops, "dim": channels}, kept


def store(path: Path, spec: dict, tensors: dict[str, np.ndarray]):
    """Writes a weights file beside its name first."""
    beside = path.with_name(path.name + ".part")
    save_file(tensors, beside, metadata={"private_eye": json.dumps(spec, separators=(",", ":"))})
    beside.chmod(0o644)
    beside.replace(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--weights", type=Path, required=True, help="an integer weights file")
    add("--out", type=Path, help="where it goes [default: the same file]")
    add("--pictures", type=Path, action="append", required=True, help="folder or ZIP of pictures; may be given again")
    add("--count", type=int, default=2000, help="pictures to look at, at most (%(default)s)")
    add("--within", type=float, default=0.03, help="added to variances among views (%(default)s)")
    add("--between", type=float, default=3.0, help="added to variances among pictures (%(default)s)")
    add("--head", type=Path, help="the layer that the training learned: head.safetensors of an export")
    add("--seed", type=int, default=7)
    add("--command", default="private-eye", help="the program that embeds (%(default)s)")
    args = parser.parse_args()

    spec = weights.specification(args.weights)
    if spec is None:
        parser.error(f"{args.weights} is no integer weights file: private-eye model import makes one")
    spec, tensors = without(spec, load_file(args.weights))
    found = [picture for picture in pictures.find(args.pictures) if not picture.held_out]
    order = np.random.default_rng(args.seed).permutation(len(found))[: args.count]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        store(place / "plain.safetensors", spec, tensors)
        draw([found[index] for index in order], place, args.seed)
        hung, *seen = (embed(args.command, place / "plain.safetensors", place / kind) for kind in KINDS)
    if args.head:
        head = load_file(args.head)
        head = head["mean"].astype(np.float64), head["weight"].astype(np.float64)
        mean, matrix = behind(head, hung, seen, args.within, args.between)
    else:
        mean, matrix = learn(root(hung), [root(views) for views in seen], args.within, args.between)

    scale = np.maximum(np.abs(matrix).max(1), 1e-12) / 127
    tensors[f"{NAME}.mean"] = mean.astype(np.float32)
    tensors[f"{NAME}.weight"] = np.round(matrix / scale[:, None]).astype(np.int8)
    tensors[f"{NAME}.scale"] = scale.astype(np.float32)
    last = spec["ops"][-1]["output"]
    spec["ops"].append({"op": "whitening", "name": NAME, "input": last, "output": "whitened"})
    spec["dim"] = len(matrix)
    out = args.out or args.weights
    store(out, spec, tensors)
    print(f"{out}: whitened by {len(hung)} pictures and {len(seen)} views of each")


if __name__ == "__main__":
    main()
