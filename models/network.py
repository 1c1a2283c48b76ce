"""The network that is trained: a ResNet-18, and the layer behind it whose output is compared."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import resnet18

import weights
from safetensors.torch import load_file

CHANNELS = 512  # of the last layer
HEAD = "head.safetensors"  # what an export calls the layer behind the network


def backbone() -> nn.Module:
    """torchvision's ResNet-18 up to its average over all places, untrained."""
    model = resnet18(weights=None)
    model.fc = nn.Identity()
    return model


class Embedder(nn.Module):
    """Normalized pictures (N×3×H×W) in, unit vectors (N×512) out.

    The layer behind the network works as the whitening of a weights file does
    (docs/model-format.md): on the square roots of the channels' shares, minus a mean.
    """

    def __init__(self):
        super().__init__()
        self.backbone = backbone()
        self.register_buffer("mean", torch.full((CHANNELS,), CHANNELS**-0.5))
        self.head = nn.Parameter(torch.empty(CHANNELS, CHANNELS))
        nn.init.orthogonal_(self.head)

    def forward(self, x: Tensor) -> Tensor:
        # Convolutions in half the bits are more than twice as fast; what is compared stays exact.
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.training):
            pooled = self.backbone(x).float()
        shares = pooled / pooled.sum(1, keepdim=True).clamp(min=1e-6)
        # The square root has no slope at zero.
        return F.normalize(((shares + 1e-6).sqrt() - self.mean) @ self.head.T)

    @torch.no_grad()
    def start(self, path: Path, pictures: Tensor):
        """Takes the weights of a file: integers that ship, or an export with what lies beside it."""
        weights.start(self.backbone, path, pictures)
        beside = path.with_name(HEAD)
        if weights.specification(path):
            layer = weights.whitening(path)
        else:
            layer = load_file(beside) if beside.is_file() else None
        if layer:
            self.mean.copy_(layer["mean"])
            # Its length does not count, but the steps of the training suit this one.
            self.head.copy_(layer["weight"] / layer["weight"].std() * CHANNELS**-0.5)

    def layer(self) -> dict[str, Tensor]:
        """Mean (in) and matrix (out, in), to be stored beside an export."""
        return {"mean": self.mean.cpu(), "weight": self.head.detach().cpu().contiguous()}
