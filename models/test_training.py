#!/usr/bin/env python3
"""Tests of what trains: `cargo xtask test training`. They take minutes and PyTorch, so they are no part of all tests."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

import evaluate
import generated
import weights
from network import Embedder, backbone
from train import Muon

HERE = Path(__file__).parent
SHIPPED = HERE / "resnet18.safetensors"
COUNT = 160


def recall(model: nn.Module, images: list[Image.Image]) -> float:
    """How many hostile copies find their original first."""
    queries = (
        evaluate.hostile(image, np.random.default_rng(index), images[index - 1]) for index, image in enumerate(images)
    )
    scores = evaluate.embed(model, queries) @ evaluate.embed(model, images).T
    return (scores.argmax(1) == torch.arange(len(images))).float().mean().item()


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # In series of four that look alike: a hard collection.
        cls.images = [Image.fromarray(drawn) for drawn in generated.draw(COUNT, 160, seed=77)]
        cls.batch = next(evaluate.batches(cls.images))

    def test_the_integers_that_ship_unfold_into_a_network_that_trains_from_where_they_are(self):
        model = backbone().eval()
        weights.start(model, SHIPPED, self.batch)
        with torch.no_grad():
            before = F.normalize(model(self.batch))
            # With the statistics of the batch, as in training, nothing may jump either.
            after = F.normalize(model.train()(self.batch))
        self.assertGreater((before * after).sum(1).min().item(), 0.98)

    def test_no_step_is_longer_than_the_rate_says_however_poor_the_gradient(self):
        generator = torch.Generator().manual_seed(1)
        for shape in (64, 147), (256, 128), (512, 4608):
            full = torch.randn(shape, generator=generator)
            u, values, v = torch.linalg.svd(full, full_matrices=False)
            fading = u @ torch.diag(torch.logspace(0, -8, len(values))) @ v
            for gradient in full, full[:, :5] @ full[:5], fading, fading * 1e-6:
                longest = torch.linalg.matrix_norm(Muon.orthogonal(gradient), 2).item()
                self.assertLess(longest, 1.3, shape)

    def test_fine_tuning_on_a_collection_finds_more_of_it(self):
        model = Embedder().eval()
        model.start(SHIPPED, self.batch)
        before = recall(model, self.images)
        with tempfile.TemporaryDirectory() as place:
            for index, image in enumerate(self.images):
                image.save(Path(place, f"{index:03}.png"))
            command = [sys.executable, HERE / "train.py", "--init", SHIPPED, "--pictures", place, "--out", place]
            command += ["--generated", "0", "--views", "4000", "--memory", "512"]
            subprocess.run(command, check=True)
            model.start(Path(place, "resnet18.f32.safetensors"), self.batch)
        after = recall(model, self.images)
        print(f"recall@1 of hostile copies among {COUNT}: {before:.3f} before, {after:.3f} after")
        self.assertGreater(after, before)


if __name__ == "__main__":
    unittest.main()
