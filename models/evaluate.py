#!/usr/bin/env python3
"""Measures how often weights find a picture again.

    python models/evaluate.py --pictures PICTURES --weights export/resnet18.f32.safetensors
    python models/evaluate.py --pictures PICTURES --save trial      (then private-eye build and evaluate)

Queries are made from pictures that were never trained on, by fixed, seeded
programs that share no code with the views of the training; all other pictures,
trained on or not, are distractors. Everything is computed in floating point
at 224 pixels, the whole picture squashed. With --save nothing is computed: the
pictures to build a site from and the queries, as files with their labels, are
written for the integer network; of the queries every second one then has its
original left out, to be told from those that have it.

Strengths: "crop" is the centre 80 % of each side as JPEG 50; "mild" a crop of
80 to 100 % with other brightness as JPEG 50; "photographed" the picture at an
angle on a background, with blur, noise, a colour cast and glare; "recoloured"
turned in hue; "hostile" cropped to 40 to 60 % of each side, turned up to 30°,
written over, mirrored by chance, as JPEG 20.
"""

import argparse
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont
from torch import Tensor, nn

import pictures
import weights
from network import Embedder

SIZE = 224
Rng = np.random.Generator


def saved(image: Image.Image, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data).convert("RGB")


def cropped(image: Image.Image, share: float, x: float, y: float) -> Image.Image:
    """`share` of each side; x and y of 0.5 take the centre."""
    w, h = image.width * share, image.height * share
    left, top = (image.width - w) * x, (image.height - h) * y
    return image.crop((round(left), round(top), round(left + w), round(top + h)))


def crop(image: Image.Image, rng: Rng, other: Image.Image) -> Image.Image:
    return saved(cropped(image, 0.8, 0.5, 0.5), 50)


def mild(image: Image.Image, rng: Rng, other: Image.Image) -> Image.Image:
    image = cropped(image, rng.uniform(0.8, 1), rng.random(), rng.random())
    return saved(ImageEnhance.Brightness(image).enhance(rng.uniform(0.75, 1.25)), 50)


def recoloured(image: Image.Image, rng: Rng, other: Image.Image) -> Image.Image:
    hue, saturation, value = image.convert("HSV").split()
    shift = int(rng.integers(20, 100))
    hue = hue.point(lambda h: (h + shift) % 256)
    return saved(Image.merge("HSV", (hue, saturation, value)).convert("RGB"), 75)


def way_back(box: np.ndarray, width: int, height: int) -> np.ndarray:
    """PIL's coefficients of the perspective that puts a picture's corners at those of a box."""
    rows, values = [], []
    for (u, v), (x, y) in zip(box, [[0, 0], [width, 0], [width, height], [0, height]]):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    return np.linalg.solve(np.array(rows, float), np.array(values, float))


def photographed(image: Image.Image, rng: Rng, other: Image.Image) -> Image.Image:
    side = 320
    wall = other if rng.random() < 0.5 else Image.new("RGB", (1, 1), tuple(int(c) for c in rng.integers(30, 240, 3)))
    scene = wall.resize((side, side), Image.Resampling.BICUBIC)
    margin = side * 0.18
    box = np.array([[0, 0], [side, 0], [side, side], [0, side]]) + rng.uniform(0, margin, (4, 2)) * [
        [1, 1], [-1, 1], [-1, -1], [1, -1],
    ]  # fmt: skip
    flat = image.resize((side, side), Image.Resampling.BICUBIC)
    way = way_back(box, side, side)

    def warp(picture: Image.Image) -> Image.Image:
        return picture.transform((side, side), Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC)

    scene.paste(warp(flat), mask=warp(Image.new("L", (side, side), 255)))
    scene = scene.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 2)))
    light = np.asarray(scene).astype(np.float32) * rng.uniform(0.8, 1.15, 3)
    y, x = np.mgrid[0:1:side * 1j, 0:1:side * 1j]
    far = (x - rng.random()) ** 2 + (y - rng.random()) ** 2
    light += (rng.uniform(0, 120) * np.exp(-far / rng.uniform(0.01, 0.06)))[..., None]
    light += rng.normal(0, rng.uniform(2, 10), light.shape)
    return saved(Image.fromarray(light.clip(0, 255).astype(np.uint8)), 70)


def hostile(image: Image.Image, rng: Rng, other: Image.Image) -> Image.Image:
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image = image.rotate(rng.uniform(-30, 30), Image.Resampling.BICUBIC, fillcolor=(128, 128, 128))
    image = cropped(image, rng.uniform(0.4, 0.6), rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)).resize((256, 256))
    font = ImageFont.load_default(float(rng.uniform(20, 50)))
    colour = tuple(int(c) for c in rng.integers(0, 256, 3))
    ImageDraw.Draw(image).text((rng.uniform(0, 80), rng.uniform(0, 200)), "LOOK HERE", colour, font)
    return saved(image, 20)


STRENGTHS: list[Callable[[Image.Image, Rng, Image.Image], Image.Image]] = [
    crop, mild, recoloured, photographed, hostile,
]  # fmt: skip


def changed(number: int, originals: list[Image.Image], walls: list[Image.Image]) -> Iterator[Image.Image]:
    """Every picture, changed with the strength of this number."""
    for index, image in enumerate(originals):
        yield STRENGTHS[number](image, np.random.default_rng([number, index]), walls[index % len(walls)])


def save(
    folder: Path,
    gallery: list[pictures.Picture],
    kept: list[pictures.Picture],
    originals: list[Image.Image],
    walls: list[Image.Image],
):
    """Writes folder/pictures, folder/queries/STRENGTH/… and folder/STRENGTH.csv."""
    absent = set(kept[1::2])
    names = {}
    for picture, data in pictures.read_bytes([p for p in gallery if p not in absent]):
        names[picture] = f"{picture.place.stem}/{picture.name}"
        path = folder / "pictures" / names[picture]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    labels = [names.get(picture, "") for picture in kept]
    for number, change in enumerate(STRENGTHS):
        save_queries(folder, change.__name__, changed(number, originals, walls), labels)
    print(f"{len(names)} pictures and {len(STRENGTHS)} times {len(kept)} queries are in {folder}")


def save_queries(folder: Path, name: str, queries: Iterable[Image.Image], labels: list[str]):
    """Writes folder/queries/NAME/… and folder/NAME.csv, which says what each query is a picture of."""
    place = folder / "queries" / name
    place.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["image", "match"])
        for index, query in enumerate(queries):
            query.save(place / f"{index:04}.png")
            table.writerow([f"queries/{name}/{index:04}.png", labels[index]])


def choose(found: list[pictures.Picture], queries: int, seed: int) -> tuple[list[pictures.Picture], list[pictures.Picture]]:
    """The held-out pictures that queries are made from, and all others, both in the order of this seed."""
    order = np.random.default_rng(seed).permutation(len(found))
    kept = [found[i] for i in order if found[i].held_out][:queries]
    chosen = set(kept)
    return kept, [found[i] for i in order if found[i] not in chosen]


def batches(images: Iterable[Image.Image]) -> Iterator[Tensor]:
    """Squashed, normalized pictures, 16 at a time."""
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (weights.MEAN, weights.DEVIATION))
    batch = []
    for image in images:
        squashed = np.array(image.resize((SIZE, SIZE), Image.Resampling.BICUBIC))
        batch.append((torch.from_numpy(squashed).permute(2, 0, 1).float() / 255 - mean) / deviation)
        if len(batch) == 16:
            yield torch.stack(batch).contiguous(memory_format=torch.channels_last)
            batch = []
    if batch:
        yield torch.stack(batch).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def embed(model: nn.Module, images: Iterable[Image.Image]) -> Tensor:
    """Unit vectors, one row each."""
    return torch.cat([model(batch) for batch in batches(images)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--weights", type=Path, help="float weights with torchvision's names; none: untrained ones")
    add("--pictures", type=Path, action="append", required=True, help="folder or ZIP of pictures; may be given again")
    add("--queries", type=int, default=400, help="held-out pictures to change (%(default)s)")
    add("--gallery", type=int, default=0, help="pictures to search, the queries' own among them; 0: all")
    add("--seed", type=int, default=1, help="which pictures are changed (%(default)s)")
    add("--save", type=Path, help="write pictures, queries and labels into this folder instead")
    add("--threads", type=int, default=0)
    add("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    found = pictures.find(args.pictures)
    kept, others = choose(found, args.queries, args.seed)
    gallery = kept + (others[: max(0, args.gallery - len(kept))] if args.gallery else others)
    originals = list(pictures.read(kept))
    walls = list(pictures.read(others[: len(kept)])) or originals
    if args.save:
        save(args.save, gallery, kept, originals, walls)
        return

    torch.manual_seed(0)
    model = Embedder()
    if args.weights:
        model.start(args.weights, next(batches(pictures.read(gallery[:16]))))
    model.eval().to(memory_format=torch.channels_last)
    vectors = embed(model, pictures.read(gallery))

    report = {"weights": str(args.weights), "queries": len(kept), "gallery": len(gallery)}
    for number, change in enumerate(STRENGTHS):
        scores = embed(model, changed(number, originals, walls)) @ vectors.T
        own = scores.gather(1, torch.arange(len(kept))[:, None])
        rank = (scores > own).sum(1)
        report[change.__name__] = {f"recall@{k}": round((rank < k).float().mean().item(), 4) for k in (1, 10)}
    if args.json:
        print(json.dumps(report))
    else:
        print(f"{report['queries']} queries against {report['gallery']} pictures")
        for change in STRENGTHS:
            recall = report[change.__name__]
            print(f"{change.__name__:>14}  recall@1 {recall['recall@1']:.3f}  recall@10 {recall['recall@10']:.3f}")


if __name__ == "__main__":
    main()
