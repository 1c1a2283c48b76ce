#!/usr/bin/env python3
"""Measures how far the integers of a weights file are from floating point, in cosines and in first answers.

    python models/evaluate.py --pictures PICTURES --queries 400 --save trial
    python models/agreement.py trial --weights models/resnet18.safetensors

The same network twice, on the same pixels: as `private-eye embed` computes it, activations in 7 bits, and in floats,
with no number rounded between layers. Every picture of the trial is searched, three looks at each work; queries are
looked at once, then closer, as the program does (without the look that has to find a frame). Of works with several
looks the best one counts. An answer is the same where both networks name the same work first, whether or not it is
the right one. For queries whose work is not there, any answer is wrong, and the first of many strangers that are nearly
as near is easily another: these are counted apart.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

import evaluate
from network import Embedder

WORKS = ("whole", "centre-70", "centre-50")
QUERIES = ("whole", "centre-85", "centre-70", "mirrored")
STRENGTHS = [change.__name__ for change in evaluate.STRENGTHS]
PART = 512


def seen(image: Image.Image, look: str) -> Image.Image:
    """The picture in this way, 224 pixels square."""
    if look == "mirrored":
        image = ImageOps.mirror(image)
    elif look != "whole":
        image = evaluate.cropped(image, int(look.removeprefix("centre-")) / 100, 0.5, 0.5)
    return image.convert("RGB").resize((evaluate.SIZE, evaluate.SIZE), Image.Resampling.BICUBIC)


class Networks:
    """The same weights, in floats and in integers."""

    def __init__(self, weights: Path, command: str, sample: list[Image.Image]):
        self.weights, self.command = weights, command
        self.floats = Embedder()
        self.floats.start(weights, next(evaluate.batches(sample)))
        self.floats.eval().to(memory_format=torch.channels_last)

    def embed(self, files: list[Path], looks: tuple[str, ...]) -> np.ndarray:
        """Unit vectors, (2, files, looks, numbers): floats, then integers."""
        parts = [self._part(files[start : start + PART], looks) for start in range(0, len(files), PART)]
        return np.concatenate(parts, 1)

    def _part(self, files: list[Path], looks: tuple[str, ...]) -> np.ndarray:
        views = [seen(image, look) for image in read(files) for look in looks]
        with tempfile.TemporaryDirectory() as place:
            for number, view in enumerate(views):
                view.save(f"{place}/{number:05}.png", compress_level=1)
            out = f"{place}/out.npy"
            words = [self.command, "embed", place, "--model", self.weights, "--out", out]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
            integers = np.load(out)
        floats = evaluate.embed(self.floats, views).numpy()
        return np.stack([floats, integers]).reshape(2, len(files), len(looks), -1)


def read(files: list[Path]) -> Iterator[Image.Image]:
    for file in files:
        with Image.open(file) as image:
            yield ImageOps.exif_transpose(image).convert("RGB")


def first(queries: np.ndarray, works: np.ndarray) -> np.ndarray:
    """The work nearest to each query, by the best of its looks and of the query's."""
    best = np.full((len(queries), len(works)), -2, np.float32)
    for look in range(queries.shape[1]):
        for view in range(works.shape[1]):
            np.maximum(best, queries[:, look] @ works[:, view].T, out=best)
    return best.argmax(1)


def compare(queries: np.ndarray, works: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """`right`: the work that each query is made from, -1 where it is not there."""
    cosines = (queries[0] * queries[1]).sum(-1)
    report = {"median cosine": float(np.median(cosines)), "worst 5 %": float(np.quantile(cosines, 0.05))}
    there = right >= 0
    for way, looks in ("once", 1), ("closer", len(QUERIES)):
        floats, integers = (first(q[:, :looks], w) for q, w in zip(queries, works))
        for name, some in ("there", there), ("absent", ~there):
            report[f"same first answer, {way}, {name}"] = float((floats == integers)[some].mean())
        for name, answers in ("floats", floats), ("integers", integers):
            report[f"recall@1, {way}, {name}"] = float((answers == right)[there].mean())
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("trial", type=Path, help="what evaluate.py --save wrote")
    add("--weights", type=Path, required=True, help="an integer weights file")
    add("--command", default="private-eye", help="the program that embeds (%(default)s)")
    add("--json", action="store_true", help="print one JSON object, last")
    args = parser.parse_args()
    files = sorted(path for path in (args.trial / "pictures").rglob("*") if path.is_file())
    places = {str(path.relative_to(args.trial / "pictures")): place for place, path in enumerate(files)}
    networks = Networks(args.weights, args.command, list(read(files[:16])))
    works = networks.embed(files, WORKS)
    reports = {}
    for strength in STRENGTHS:
        with open(args.trial / f"{strength}.csv", newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        right = np.array([places[row["match"]] if row["match"] else -1 for row in rows])
        reports[strength] = compare(networks.embed([args.trial / row["image"] for row in rows], QUERIES), works, right)
        print(f"{strength:>14}  " + "  ".join(f"{name} {value:.4f}" for name, value in reports[strength].items()), flush=True)
    if args.json:
        print(json.dumps({"pictures": len(files), **reports}))


if __name__ == "__main__":
    main()
