#!/usr/bin/env python3
"""Trains the ResNet-18 whose 512 numbers find a picture again.

    python models/train.py --pictures PICTURES --checkpoint train.pt --out export

Contrastive learning: of every picture in a batch the network sees one view as a
visitor might bring it (views.py), and learns to find the view of it as it hangs
in the collection among those of the batch and of the batches before (MoCo: a
slowly following copy of the network embeds these, which costs no backward
pass), while a KoLeo term spreads the embeddings. What is compared is the
output of a linear layer behind the network, the same that the weights file
holds as its whitening. Views are small at first and
grow towards the 224 pixels of use.
Stop it at any time and run the same command again: it goes on from the
checkpoint, which is written at every export.
"""

import argparse
import copy
import math
import os
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

import generated
import pictures
import views
import weights
from network import HEAD, Embedder, backbone
from safetensors.torch import save_file

CACHED = 160  # side of the pictures kept in memory
# Of the views a visitor might bring.
KINDS = ((views.MILD, 0.15), (views.PHOTOGRAPHED, 0.35), (views.HOSTILE, 0.50))

STAGES = "64:0.3,96:0.6,128:0.8,160:1"


@dataclass
class Stage:
    """A part of the training: until this share of it, views of this side."""

    until: float
    size: int


def stages(text: str) -> list[Stage]:
    """Parses "64:0.5,96:1" into stages."""
    parsed = [Stage(float(until), int(size)) for size, until in (part.split(":") for part in text.split(","))]
    if [s.until for s in parsed] != sorted(s.until for s in parsed) or parsed[-1].until != 1:
        raise argparse.ArgumentTypeError("stages must end at rising shares, the last at 1")
    return parsed


class Muon(torch.optim.Optimizer):
    """AdamW for vectors; for convolutions, steps whose singular values are all alike.

    Momentum made orthogonal by Newton-Schulz iterations gets further per step
    than Adam does, which is what counts in a training of few steps. Its steps
    are scaled to the size of Adam's, so that both share one learning rate.
    """

    def __init__(self, params, lr: float, weight_decay: float = 0.05):
        super().__init__(list(params), {"lr": lr, "weight_decay": weight_decay})

    @staticmethod
    def orthogonal(matrix: Tensor) -> Tensor:
        """Newton-Schulz, five steps, on the smaller Gram matrix: a third of the products.

        Not in bfloat16: five steps magnify what rounding adds to the smallest of its eigenvalues 200,000 times, and
        gradients of finished weights have many that are next to nothing.
        """
        x = matrix / (matrix.norm() + 1e-7)
        tall = x.shape[0] > x.shape[1]
        gram = x.T @ x if tall else x @ x.T
        whole = eye = torch.eye(len(gram), device=x.device)
        for step in range(5):
            if step:
                gram = factor @ gram @ factor
            factor = 3.4445 * eye - 4.7750 * gram + 2.0315 * (gram @ gram)
            whole = factor @ whole if step else factor
        return x @ whole if tall else whole @ x

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr = group["lr"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                    if p.ndim < 2:
                        state["square"], state["steps"] = torch.zeros_like(p), 0
                momentum = state["momentum"]
                if p.ndim < 2:
                    state["steps"] += 1
                    momentum.lerp_(p.grad, 0.1)
                    state["square"].lerp_(p.grad**2, 0.05)
                    steps = state["steps"]
                    scale = (state["square"] / (1 - 0.95**steps)).sqrt() + 1e-8
                    p.sub_(lr * momentum / (1 - 0.9**steps) / scale)
                else:
                    momentum.lerp_(p.grad, 0.1)
                    matrix = p.grad.lerp(momentum, 0.9).flatten(1)
                    update = self.orthogonal(matrix).view(p.shape)
                    p.mul_(1 - lr * group["weight_decay"])
                    p.sub_(0.2 * lr * max(matrix.shape) ** 0.5 * update)


def normalize(x: Tensor) -> Tensor:
    mean, deviation = (torch.tensor(v, device=x.device).view(1, 3, 1, 1) for v in (weights.MEAN, weights.DEVIATION))
    return ((x - mean) / deviation).contiguous(memory_format=torch.channels_last)


class Memory:
    """The newest embeddings of pictures as they hang in the collection, and which pictures they are."""

    def __init__(self, size: int):
        self.size = size
        self.keys, self.index = torch.empty(0), torch.empty(0, dtype=torch.long)

    def put(self, keys: Tensor, index: Tensor):
        self.keys = torch.cat([keys, self.keys.to(keys.device)])[: self.size]
        self.index = torch.cat([index, self.index.to(index.device)])[: self.size]

    def contrast(self, queries: Tensor, index: Tensor, temperature: float) -> Tensor:
        """InfoNCE: each query must pick the newest key of its own picture out of all in memory."""
        logits = queries @ self.keys.T / temperature
        own = torch.arange(len(queries), device=queries.device)
        # Older keys of the same picture are no wrong answers.
        older = index[:, None] == self.index
        older[own, own] = False
        return F.cross_entropy(logits.masked_fill(older, -math.inf), own)


def koleo(x: Tensor) -> Tensor:
    """Drives every embedding away from its nearest neighbour in the batch."""
    nearest = (x @ x.T).fill_diagonal_(-1).argmax(1)
    return -(F.pairwise_distance(x, x[nearest]) + 1e-6).log().mean()


def load(args: argparse.Namespace) -> tuple[Tensor, list[np.ndarray]]:
    """All training pictures, squashed, as one tensor, and their indices source by source."""
    found = [p for p in pictures.find(args.pictures) if not p.held_out]
    cache = torch.empty(len(found) + args.generated, 3, CACHED, CACHED, dtype=torch.uint8)
    for index, image in enumerate(pictures.read(found)):
        squashed = image.resize((CACHED, CACHED), Image.Resampling.BICUBIC)
        cache[index] = torch.from_numpy(np.array(squashed)).permute(2, 0, 1)
    for index, drawn in enumerate(generated.draw(args.generated, CACHED, args.seed), len(found)):
        cache[index] = torch.from_numpy(drawn).permute(2, 0, 1)
    groups: dict[str, list[int]] = {}
    for index, picture in enumerate(found):
        groups.setdefault(picture.source, []).append(index)
    sources = [np.array(group) for group in groups.values()]
    if args.generated:
        sources.append(np.arange(len(found), len(cache)))
    return cache, sources


class Shuffle:
    """Endless batches. A source gives at most `cap` pictures an epoch, a few neighbours at a time.

    Neighbours in a source (and in generated pictures, of a series) look alike:
    telling them apart is the harder and more useful lesson.
    """

    RUN = 4

    def __init__(self, sources: list[np.ndarray], cap: int, seed: int):
        self.sources, self.cap = sources, cap
        self.rng = np.random.default_rng(seed)
        self.left = np.empty(0, int)

    def epoch(self) -> np.ndarray:
        runs = []
        for source in self.sources:
            start = int(self.rng.integers(self.RUN))
            cut = np.split(source, range(start, len(source), self.RUN))
            chosen = self.rng.permutation(len(cut))[: self.cap // self.RUN]
            runs += [cut[i] for i in chosen]
        return np.concatenate([runs[i] for i in self.rng.permutation(len(runs))])

    def take(self, count: int) -> Tensor:
        while len(self.left) < count:
            self.left = np.concatenate([self.left, self.epoch()])
        batch, self.left = self.left[:count], self.left[count:]
        return torch.from_numpy(np.unique(batch))


def kinds(count: int, device) -> Tensor:
    which, share = zip(*KINDS)
    drawn = torch.multinomial(torch.tensor(share), count, replacement=True)
    return torch.tensor(which)[drawn].to(device)


class Training:
    def __init__(self, args: argparse.Namespace):
        self.args = args
        self.device = torch.device(args.device)
        torch.manual_seed(args.seed)
        self.model = Embedder()
        self.model.to(self.device, memory_format=torch.channels_last)
        self.follower = copy.deepcopy(self.model).requires_grad_(False)
        self.fresh = True
        self.memory = Memory(args.memory)
        if args.optimizer == "muon":
            self.optimizer = Muon(self.model.parameters(), args.lr)
        else:
            self.optimizer = torch.optim.AdamW(self.model.parameters(), args.lr, weight_decay=0.05)
        self.steps = self.seen = 0
        self.spent = 0.0  # seconds in training, over all runs
        if args.checkpoint and args.checkpoint.exists():
            self.restore()

    def restore(self):
        saved = torch.load(self.args.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.follower.load_state_dict(saved.get("follower", saved["model"]))
        self.optimizer.load_state_dict(saved["optimizer"])
        self.steps, self.seen, self.spent = saved["steps"], saved["seen"], saved["spent"]
        self.fresh = False
        print(f"going on from {self.args.checkpoint}: {self.steps} steps, {self.spent / 60:.0f} minutes")

    def save(self):
        if self.args.checkpoint:
            state = {
                "model": self.model.state_dict(),
                "follower": self.follower.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "steps": self.steps,
                "seen": self.seen,
                "spent": self.spent,
            }
            replace(self.args.checkpoint, lambda path: torch.save(state, path))

    def progress(self) -> float:
        if self.args.views:
            return min(1.0, self.seen / self.args.views)
        return min(1.0, self.spent / 60 / self.args.minutes)

    def pair(self, index: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """A view of each picture as it hangs in the collection, and one as a visitor might bring it."""
        hung, brought = [], []
        # On a processor, parts that stay in its cache are faster than the whole.
        for part in index.split(16 if self.device.type == "cpu" else len(index)):
            batch = views.alike(self.cache[part].to(self.device))
            gallery = torch.full((len(part),), views.GALLERY, device=self.device)
            hung.append(views.render(batch, gallery, size, self.masks))
            brought.append(views.render(batch, kinds(len(part), self.device), size, self.masks))
        return torch.cat(hung), torch.cat(brought)

    def run(self):
        args = self.args
        began = time.monotonic()
        self.cache, sources = load(args)
        self.masks = views.writing(256, CACHED, args.seed)
        print(
            f"{len(self.cache)} pictures from {len(sources)} sources, {args.generated} of them generated,"
            f" read in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        if args.init and self.fresh:
            some = torch.randperm(len(self.cache), generator=torch.Generator().manual_seed(args.seed))[:128]
            hung = torch.full((len(some),), views.GALLERY, device=self.device)
            batch = views.render(self.cache[some].to(self.device), hung, 128, self.masks)
            self.model.start(args.init, normalize(batch))
            self.follower.load_state_dict(self.model.state_dict())
        # A run continued after a stop must not see the same batches again.
        shuffle = Shuffle(sources, args.cap, args.seed + self.steps)
        clock = exported = reported = time.monotonic()
        losses: list[float] = []
        seen = self.seen
        while (progress := self.progress()) < 1:
            size = next(stage.size for stage in args.stages if progress < stage.until)
            warm = min(1.0, (self.steps + 1) / args.warmup)
            rate = args.lr * warm * (0.5 + 0.5 * math.cos(math.pi * progress))
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            torch.manual_seed(args.seed + self.steps)
            losses.append(self.step(shuffle.take(args.batch), size))
            now = time.monotonic()
            self.spent, clock = self.spent + now - clock, now
            if now - reported > args.report or self.progress() >= 1:
                speed = (self.seen - seen) / (now - reported)
                done = self.progress()
                left = self.spent / max(done, 1e-9) * (1 - done)
                if args.views:
                    left = (args.views - self.seen) / speed
                print(
                    f"{done:6.1%}  step {self.steps}  {size} px  loss {np.mean(losses):.3f}"
                    f"  {speed:.0f} views/s  rate {rate:.1e}  {left / 60:.0f} min left",
                    flush=True,
                )
                reported, seen, losses = now, self.seen, []
            if now - exported > args.every * 60 and self.progress() < 1:
                exported = now  # the time an export takes counts as training time
                self.save()
                self.export()
        self.save()
        self.export()

    def step(self, index: Tensor, size: int) -> float:
        args = self.args
        hung, brought = self.pair(index, size)
        self.model.train()
        self.follower.train()
        with torch.no_grad():
            pairs = zip(self.follower.parameters(), self.model.parameters())
            for slow, fast in pairs:
                slow.lerp_(fast, args.follow)
            keys = self.follower(normalize(hung))
        index = index.to(self.device)
        self.memory.put(keys, index)
        queries = self.model(normalize(brought))
        loss = self.memory.contrast(queries, index, args.temperature)
        total = loss + args.koleo * koleo(queries)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 5)
        self.optimizer.step()
        self.steps += 1
        self.seen += 2 * len(index)
        return loss.item()

    def settled(self) -> nn.Module:
        """A copy whose batch-norm statistics were taken at the size of use.

        Pictures enlarged or shrunk have other statistics than those trained on;
        measuring them again costs only a few hundred forward passes.
        """
        model = backbone().to(self.device, memory_format=torch.channels_last)
        model.load_state_dict(self.model.backbone.state_dict())
        model.train()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.reset_running_stats()
                module.momentum = None  # plain average
        generator = torch.Generator().manual_seed(self.args.seed)
        order = torch.randperm(len(self.cache), generator=generator)[: self.args.settle]
        with torch.no_grad():
            for index in order.split(32):
                model(normalize(torch.cat([v[: len(index) // 2] for v in self.pair(index, 224)])))
        return model.eval()

    def export(self):
        out = self.args.out
        out.mkdir(parents=True, exist_ok=True)
        model = self.settled().cpu().to(memory_format=torch.contiguous_format)
        state = {k: v.contiguous() for k, v in model.state_dict().items()}
        replace(out / "resnet18.f32.safetensors", lambda path: save_file(state, path))
        replace(out / "resnet18.onnx", lambda path: write_onnx(model, path))
        replace(out / HEAD, lambda path: save_file(self.model.layer(), path))
        print(f"exported to {out} after {self.spent / 60:.1f} minutes", flush=True)


def write_onnx(model: nn.Module, path: Path):
    import onnx

    with warnings.catch_warnings():
        # The older exporter on purpose: it needs no further packages.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            model, (torch.zeros(1, 3, 224, 224),), path, opset_version=17, dynamo=False,
            input_names=["input"], output_names=["embedding"],
        )  # fmt: skip
    onnx.checker.check_model(onnx.load(path), full_check=True)


def replace(path: Path, write):
    """Writes beside the file and renames, so that a reader sees the old or the new, never a half."""
    beside = path.with_name(f".{path.name}.part")
    write(beside)
    beside.chmod(0o644)
    os.replace(beside, path)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--pictures", type=Path, action="append", required=True, help="folder or ZIP of pictures; may be given again")
    add("--generated", type=int, default=4000, help="pictures to draw beside them (%(default)s)")
    add("--minutes", type=float, default=90, help="time to train, over all runs (%(default)s)")
    add("--views", type=int, help="stop after this many views instead")
    add("--stages", type=stages, help="sides of the views, each until a share of the training [64 to 160; with --init 160]")
    add("--batch", type=int, default=96, help="pictures in a batch, two views of each (%(default)s)")
    add("--optimizer", choices=["muon", "adamw"], default="muon")
    add("--lr", type=float, help="learning rate [2e-3; with --init 2e-4: more would undo what is there]")
    add("--warmup", type=int, default=20, help="steps until the full rate (%(default)s)")
    add("--temperature", type=float, default=0.06)
    add("--koleo", type=float, default=0.1, help="weight of the spreading term (%(default)s)")
    add("--memory", type=int, default=12288, help="embeddings to tell each query from (%(default)s)")
    add("--follow", type=float, default=0.01, help="how fast the copy follows that embeds these (%(default)s)")
    add("--cap", type=int, default=3000, help="most pictures of one source in an epoch (%(default)s)")
    add("--checkpoint", type=Path, help="go on from this file, and save to it")
    add("--init", type=Path, help="start from these weights: models/resnet18.safetensors or an export")
    add("--out", type=Path, default=Path("export"), help="where the weights go (%(default)s)")
    add("--every", type=float, default=10, help="minutes between exports (%(default)s)")
    add("--report", type=float, default=30, help="seconds between progress lines (%(default)s)")
    add("--settle", type=int, default=256, help="views to take batch-norm statistics from (%(default)s)")
    add("--threads", type=int, default=0, help="0: as many as there are cores")
    add("--seed", type=int, default=0)
    add("--device", default="auto", help="cpu, cuda, or auto (%(default)s)")
    args = parser.parse_args()
    args.stages = args.stages or stages("160:1" if args.init else STAGES)
    args.lr = args.lr or (2e-4 if args.init else 2e-3)
    for place in args.pictures:
        if not place.exists():
            parser.error(f"no pictures at {place}: give a folder or a ZIP file with --pictures")
    if args.device == "auto":
        args.device = "cuda" if torch.cuda.is_available() else "cpu"
    return args


def main():
    args = arguments()
    if args.threads:
        torch.set_num_threads(args.threads)
    Training(args).run()


if __name__ == "__main__":
    sys.exit(main())
