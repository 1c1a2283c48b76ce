#!/usr/bin/env python3
"""Draws rooms in which the query pictures of a trial hang, framed and seen a little from the side.

    python models/evaluate.py --pictures PICTURES --queries 400 --save trial
    python models/rooms.py trial --pictures PICTURES      (then private-eye build and evaluate)

"wall" is a plain wall with a picture on it. "room" also has plaster, bricks or stripes, by chance a floor, a
neighbour that the photograph cuts off, a label, and a shadow. The number in a name is the least share of the
photograph's width or height, in percent, that the frame takes up. Queries are saved as JPEG 75 and kept as PNG.
They are made of the same originals as evaluate.py's own, with the same labels.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageFilter

import evaluate
import pictures

Rng = np.random.Generator
PLACES = {  # name: (least share, largest share, seed, in a room)
    "wall80": (0.8, 1.0, 77, False),
    "wall60": (0.6, 0.8, 77, False),
    "wall45": (0.45, 0.6, 77, False),
    "wall30": (0.3, 0.45, 77, False),
    "room60": (0.6, 0.85, 78, True),
    "room40": (0.4, 0.6, 78, True),
}
FRAMES = [(120, 90, 40), (30, 25, 20), (200, 170, 90), (230, 230, 225)]


def lit(width: int, height: int, darkest: int, fall: float, rng: Rng) -> np.ndarray:
    """A wall of one colour under light that falls off linearly."""
    base = rng.integers(darkest, 245, 3).astype(float)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return base * (1 + (x - 0.5) * rng.uniform(-fall, fall) + (y - 0.5) * rng.uniform(-fall, fall))[..., None]


def textured(wall: np.ndarray, rng: Rng) -> np.ndarray:
    """Paint, plaster, bricks or stripes, and by chance a floor."""
    height, width, _ = wall.shape
    kind = rng.random()
    if kind < 0.3:
        wall = wall + rng.normal(0, 3, (height, width, 1))
    elif kind < 0.65:
        for size, strength in ((4, 10), (16, 12), (60, 12)):
            noise = rng.integers(0, 255, (height // size + 2, width // size + 2)).astype(np.uint8)
            noise = np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)).astype(float)
            wall = wall + ((noise - 128) / 128 * strength * rng.uniform(0.3, 1))[..., None]
    elif kind < 0.85:
        high = int(rng.integers(14, 60))
        long = int(high * rng.uniform(1.5, 4))
        y, x = np.mgrid[0:height, 0:width]
        row = y // high
        x = x + (row % 2) * long // 2
        joint = (y % high < 2) | (x % long < 2)
        tone = rng.normal(0, 8, (height // high + 2, width // long + 3))
        wall = wall + tone[row, x // long][..., None]
        wall[joint] *= rng.uniform(0.6, 0.9)
    else:
        period = int(rng.integers(10, 50))
        x = np.mgrid[0:height, 0:width][1]
        wall = wall * (1 + rng.uniform(0.04, 0.15) * np.sign(np.sin(x * 2 * np.pi / period)))[..., None]
    if rng.random() < 0.4:
        top = int(height * rng.uniform(0.75, 0.95))
        wall[top:] = rng.integers(30, 200, 3) * np.linspace(0.8, 1.1, height - top)[:, None, None]
    return wall


def framed(image: Image.Image, rng: Rng) -> Image.Image:
    """In a frame of up to a tenth of the longer side."""
    width, height = image.size
    margin = int(max(width, height) * rng.uniform(0, 0.10))
    colour = FRAMES[rng.integers(4)]
    frame = Image.new("RGB", (width + 2 * margin, height + 2 * margin), colour)
    if margin > 4:
        inner = Image.new("RGB", (width + margin, height + margin), tuple(int(c * 0.8) for c in colour))
        frame.paste(inner, (margin // 2, margin // 2))
    frame.paste(image, (margin, margin))
    return frame


def photograph(image: Image.Image, share: float, rng: Rng, neighbour: Image.Image | None) -> Image.Image:
    """A photograph of the picture on a plain wall or, given a neighbour, in a room."""
    wide = rng.random() < (0.6 if neighbour is None else 0.5)
    width, height = (480, 360) if wide else (360, 480)
    if neighbour is None:
        wall = lit(width, height, 60, 0.4, rng) + rng.normal(0, 3, (height, width, 1))
    else:
        wall = textured(lit(width, height, 50, 0.5, rng), rng)
    scene = Image.fromarray(wall.clip(0, 255).astype(np.uint8))
    hung = framed(image, rng)
    scale = share * min(width / hung.width, height / hung.height)
    w, h = hung.width * scale, hung.height * scale
    hung = hung.resize((max(8, round(w)), max(8, round(h))), Image.Resampling.BICUBIC)
    x = width / 2 + rng.uniform(-1, 1) * (width - w) / 2 * 0.6
    y = height / 2 + rng.uniform(-1, 1) * (height - h) / 2 * 0.6
    box = np.array([[x - w / 2, y - h / 2], [x + w / 2, y - h / 2], [x + w / 2, y + h / 2], [x - w / 2, y + h / 2]])
    box = box + rng.uniform(-min(w, h) * 0.08, min(w, h) * 0.08, (4, 2))
    way = evaluate.way_back(box, hung.width, hung.height)

    def warp(picture: Image.Image) -> Image.Image:
        return picture.transform((width, height), Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC)

    if neighbour is not None:
        furnish(scene, box, y, h, rng, neighbour)
    mask = warp(Image.new("L", hung.size, 255))
    if neighbour is not None and rng.random() < 0.7:
        shadow = ImageChops.offset(mask, int(rng.integers(-6, 7)), int(rng.integers(2, 9)))
        scene.paste((10, 10, 10), mask=shadow.filter(ImageFilter.GaussianBlur(4)).point(lambda v: int(v * 0.45)))
    scene.paste(warp(hung), mask=mask)
    scene = scene.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    light = np.asarray(scene).astype(float) * rng.uniform(0.85, 1.12, 3)
    light = light + rng.normal(0, rng.uniform(2, 6), (height, width, 3))
    return evaluate.saved(Image.fromarray(light.clip(0, 255).astype(np.uint8)), 75)


def furnish(scene: Image.Image, box: np.ndarray, middle: float, high: float, rng: Rng, neighbour: Image.Image):
    """By chance another picture beside the box, and a label."""
    left, right = box[:, 0].min(), box[:, 0].max()
    if rng.random() < 0.4:
        other = framed(neighbour, rng)
        scale = high * rng.uniform(0.6, 1.2) / other.height
        other = other.resize((max(8, int(other.width * scale)), max(8, int(other.height * scale))))
        gap = rng.uniform(12, 60)
        x = right + gap if rng.random() < 0.5 else left - gap - other.width
        scene.paste(other, (int(x), int(middle - other.height / 2)))
    if rng.random() < 0.5:
        label = Image.new("RGB", (int(rng.integers(12, 40)), int(rng.integers(8, 24))), (245, 245, 240))
        scene.paste(label, (int(right + rng.uniform(6, 20)), int(box[:, 1].max() - label.height)))


def photographs(name: str, originals: list[Image.Image], others: list[Image.Image]) -> Iterator[Image.Image]:
    least, largest, seed, in_a_room = PLACES[name]
    for index, image in enumerate(originals):
        rng = np.random.default_rng([seed, int(least * 100), index])
        share = rng.uniform(least, largest)
        yield photograph(image, share, rng, others[index % len(others)] if in_a_room else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("trial", type=Path, help="the folder that evaluate.py --save wrote")
    add("--pictures", type=Path, action="append", required=True, help="as it was told evaluate.py")
    add("--seed", type=int, default=1, help="as it was told evaluate.py (%(default)s)")
    args = parser.parse_args()
    with open(args.trial / "crop.csv", newline="", encoding="utf-8") as file:
        labels = [row["match"] for row in csv.DictReader(file)]
    found = pictures.find(args.pictures)
    kept, others = evaluate.choose(found, len(labels), args.seed)
    others = others[len(labels) : len(labels) + 100]
    originals, others = list(pictures.read(kept)), list(pictures.read(others))
    for name in PLACES:
        evaluate.save_queries(args.trial, name, photographs(name, originals, others), labels)


if __name__ == "__main__":
    main()
