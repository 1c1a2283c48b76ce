#!/usr/bin/env python3
"""Tests that torchvision's networks become weights files: `cargo xtask test training`.

The networks have random weights, which have the shapes and operators of trained
ones. What is asked is that the integers say what the floats say.
"""

import json
import os
import subprocess
import tempfile
import unittest
import warnings
from pathlib import Path

import torch
import torchvision
from PIL import Image
from torch import nn

import generated
import published
from safetensors.torch import save_file

COMMAND = os.environ.get("PRIVATE_EYE_COMMAND", "private-eye")
# What each network's embedding has.
NETWORKS = {"resnet18": 512, "resnet34": 512, "resnet50": 2048, "vgg16": 4096, "mobilenet_v2": 1280}


def network(name: str) -> nn.Module:
    torch.manual_seed(1)
    return getattr(torchvision.models, name)(weights=None).eval()


def export(model: nn.Module, path: Path, dynamo: bool):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), path, dynamo=dynamo)


class Import(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = Path(cls.folder.name)
        cls.pictures = cls.place / "pictures"
        cls.pictures.mkdir()
        for number, drawn in enumerate(generated.draw(24, 160, seed=5)):
            Image.fromarray(drawn).save(cls.pictures / f"{number:02}.png")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def imported(self, file: Path, name: str) -> dict:
        """How well the integer network agrees with the one in the file."""
        out = self.place / "out.safetensors"
        words = ["model", "import", file, "--name", name, "--calibrate", self.pictures, "--out", out, "--json"]
        told = subprocess.run([COMMAND, *words], capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stderr)
        return json.loads(told.stdout)

    def check(self, file: Path, name: str):
        report = self.imported(file, name)
        self.assertEqual(report["dim"], NETWORKS[name])
        self.assertEqual(report["pictures"], 24)
        self.assertGreater(report["median_cosine"], 0.99)

    def test_what_torch_exports_of_each_network_is_imported(self):
        for name in NETWORKS:
            for dynamo in (False, True):
                with self.subTest(name=name, exporter="dynamo" if dynamo else "torchscript"):
                    file = self.place / "network.onnx"
                    export(network(name), file, dynamo)
                    self.check(file, name)

    def test_the_names_of_torchvision_are_enough(self):
        for name in NETWORKS:
            with self.subTest(name=name):
                file = self.place / "network.safetensors"
                save_file({key: value.contiguous() for key, value in network(name).state_dict().items()}, file)
                self.check(file, name)

    def test_a_published_state_dict_is_converted_and_imported(self):
        pickled, file = self.place / "resnet18.pth", self.place / "published.safetensors"
        torch.save(network("resnet18").state_dict(), pickled)
        published.convert(pickled, file)
        self.check(file, "resnet18")

    def test_an_operator_that_cannot_be_taken_is_named(self):
        file = self.place / "network.onnx"
        export(nn.Sequential(nn.Conv2d(3, 8, 3), nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten()), file, False)
        words = ["model", "import", file, "--calibrate", self.pictures, "--out", self.place / "none.safetensors"]
        told = subprocess.run([COMMAND, *words], capture_output=True, text=True)
        self.assertEqual(told.returncode, 1)
        self.assertRegex(told.stderr, "HardSwish|HardSigmoid")
        self.assertFalse((self.place / "none.safetensors").exists())


if __name__ == "__main__":
    unittest.main()
