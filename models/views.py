"""Changed views of pictures, made in batches on whatever device holds them.

A view is what a visitor might bring instead of the picture itself. One
homography per view does crop, turn, mirror, perspective and zooming out; what
then lies outside the picture shows something else. Light, colour, writing,
blur, noise and JPEG follow. There are four kinds, from the picture as it hangs in the
collection to one barely to be recognized.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torchvision.io import ImageReadMode, decode_jpeg, encode_jpeg

GALLERY, MILD, PHOTOGRAPHED, HOSTILE = range(4)

# What each kind may suffer: the greatest strength, or (..._SHARE) how many of its views get it.
# Columns: gallery, mild, photographed, hostile.
CAST = torch.tensor([0.02, 0.06, 0.18, 0.25])  # gain per channel
LIGHT = torch.tensor([0.02, 0.15, 0.30, 0.35])  # brightness, contrast
GAMMA = torch.tensor([0.00, 0.15, 0.35, 0.45])
HUE = torch.tensor([0.00, 0.15, 0.30, 2.50])  # radians
HUE_SHARE = torch.tensor([0.0, 0.3, 0.3, 0.4])
SATURATION = torch.tensor([0.05, 0.25, 0.40, 0.90])
SLOPE = torch.tensor([0.00, 0.05, 0.40, 0.30])  # uneven light
GLARE_SHARE = torch.tensor([0.0, 0.0, 0.25, 0.10])
BLUR_SHARE = torch.tensor([0.15, 0.25, 0.60, 0.40])
BLUR = torch.tensor([0.006, 0.008, 0.014, 0.014])  # deviation, in widths of the view
MOIRE_SHARE = torch.tensor([0.0, 0.0, 0.12, 0.08])
NOISE = torch.tensor([0.00, 0.02, 0.06, 0.08])
WRITING_SHARE = torch.tensor([0.0, 0.05, 0.08, 0.5])
JPEG_SHARE = torch.tensor([0.1, 0.6, 0.5, 0.6])
JPEG_LOWEST = torch.tensor([70.0, 35.0, 35.0, 15.0])


def uniform(count: int, low, high, device) -> Tensor:
    return torch.rand(count, device=device) * (high - low) + low


def corners(kind: Tensor) -> Tensor:
    """Where the corners of each view lie in its picture, whose own lie at ±1: (B, 4, 2)."""
    n, dev = len(kind), kind.device
    pick = lambda *values: torch.tensor(values, device=dev)[kind]  # noqa: E731
    low, high = pick(0.96, 0.72, 0.75, 0.40), pick(1.0, 1.0, 1.75, 0.95)
    # Small parts are the hard ones, so hostile views show them more often.
    half = low + (high - low) * torch.rand(n, device=dev) ** pick(1.0, 1.0, 1.0, 1.5)
    # Some hostile views show the picture small within something else.
    half = torch.where((kind == HOSTILE) & (torch.rand(n, device=dev) < 0.15), uniform(n, 1.2, 2.0, dev), half)
    aspect = (uniform(n, -1, 1, dev) * pick(0.01, 0.06, 0.15, 0.25)).exp()
    extent = torch.stack([half * aspect, half / aspect], 1)
    inside = kind <= MILD
    extent = torch.where(inside[:, None], extent.clamp(max=1), extent)
    centred = torch.rand(n, 1, device=dev) < pick(1.0, 0.4, 0.0, 0.0)[:, None]
    centre = (torch.rand(n, 2, device=dev) * 2 - 1) * (1 - extent).abs()
    centre = torch.where(centred, torch.zeros_like(centre), centre)

    square = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]], device=dev).expand(n, 4, 2)
    jitter = (torch.rand(n, 4, 2, device=dev) * 2 - 1) * pick(0.0, 0.01, 0.22, 0.18)[:, None, None]
    angle = uniform(n, -1, 1, dev) * pick(0.0, 0.03, 0.25, 0.55)
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(n, 2, 2)
    placed = (square + jitter) * extent[:, None] @ turn.transpose(1, 2) + centre[:, None]
    mirrored = (kind == HOSTILE) & (torch.rand(n, device=dev) < 0.35)
    return placed * torch.where(mirrored, -1.0, 1.0)[:, None, None] ** torch.tensor([1, 0], device=dev)


def grid(corner: Tensor, size: int) -> Tensor:
    """The homography that takes the view's square to `corner`, sampled at each pixel: (B, s, s, 2)."""
    n, dev = len(corner), corner.device
    square = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]], device=dev)
    u, v = square[:, 0].expand(n, 4), square[:, 1].expand(n, 4)
    x, y = corner[..., 0], corner[..., 1]
    one, zero = torch.ones_like(u), torch.zeros_like(u)
    rows = torch.cat([
        torch.stack([u, v, one, zero, zero, zero, -u * x, -v * x], -1),
        torch.stack([zero, zero, zero, u, v, one, -u * y, -v * y], -1),
    ], 1)  # fmt: skip
    solved = torch.linalg.solve(rows, torch.cat([x, y], 1))
    matrix = torch.cat([solved, torch.ones(n, 1, device=dev)], 1).view(n, 3, 3)
    axis = (torch.arange(size, device=dev) * 2 + 1) / size - 1
    x, y = axis.expand(size, size), axis[:, None].expand(size, size)
    points = torch.stack([x, y, torch.ones_like(x)])
    mapped = (matrix @ points.flatten(1)).transpose(1, 2)
    return (mapped[..., :2] / mapped[..., 2:].clamp(min=0.2)).view(n, size, size, 2)


def surroundings(pictures: Tensor, where: Tensor) -> Tensor:
    """What shows around the pictures: a part of another picture, or a plain wall."""
    n, dev, size = len(pictures), pictures.device, where.shape[1]
    part = corners(torch.full((n,), HOSTILE, device=dev))
    seen = F.grid_sample(pictures, grid(part, size), padding_mode="reflection", align_corners=False)
    colour = torch.rand(n, 3, 1, 1, device=dev) ** 0.7
    grain = torch.randn(n, 1, size, size, device=dev) * uniform(n, 0, 0.06, dev).view(n, 1, 1, 1)
    scene = torch.where((torch.rand(n, device=dev) < 0.5).view(n, 1, 1, 1), seen, colour + grain)
    # A frame: a band of one colour right around the picture.
    band = where.abs().amax(-1)[:, None] < uniform(n, 1.02, 1.25, dev).view(n, 1, 1, 1)
    framed = band & (torch.rand(n, device=dev) < 0.35).view(n, 1, 1, 1)
    return torch.where(framed, torch.rand(n, 3, 1, 1, device=dev), scene)


def relight(x: Tensor, kind: Tensor) -> Tensor:
    """Gamma, hue, saturation, cast, contrast, brightness, uneven light, glare."""
    n, dev, size = len(x), x.device, x.shape[-1]
    at = lambda table: table.to(dev)[kind]  # noqa: E731
    col = lambda t: t.view(n, 1, 1, 1)  # noqa: E731
    signed = lambda table: uniform(n, -1, 1, dev) * at(table)  # noqa: E731
    x = x.clamp(0.002, 1) ** col(signed(GAMMA).exp())
    # Hue and saturation turn and stretch the chroma plane of YIQ.
    to_yiq = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], device=dev)
    angle = signed(HUE) * (torch.rand(n, device=dev) < at(HUE_SHARE))
    stretch = (1 + signed(SATURATION)).clamp(min=0)
    grey = (kind == HOSTILE) & (torch.rand(n, device=dev) < 0.1)
    stretch = torch.where(grey, torch.zeros_like(stretch), stretch)
    turn = torch.zeros(n, 3, 3, device=dev)
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = stretch * angle.cos()
    turn[:, 1, 2], turn[:, 2, 1] = -stretch * angle.sin(), stretch * angle.sin()
    gain = 1 + (torch.rand(n, 3, 1, device=dev) * 2 - 1) * at(CAST)[:, None, None]
    matrix = gain * (torch.linalg.inv(to_yiq) @ turn @ to_yiq)
    x = (matrix @ x.flatten(2)).view_as(x)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * col(1 + signed(LIGHT)) + mean * col(1 + signed(LIGHT))
    axis = torch.linspace(-1, 1, size, device=dev)
    direction = uniform(n, 0, 2 * math.pi, dev)
    slope = col(direction.cos()) * axis + col(direction.sin()) * axis[:, None]
    x = x * (1 + slope * col(uniform(n, 0, 1, dev) * at(SLOPE)))
    shiny = torch.rand(n, device=dev) < at(GLARE_SHARE)
    if shiny.any():
        spot = lambda: uniform(n, -1, 1, dev).view(n, 1, 1, 1)  # noqa: E731
        far = (axis - spot()) ** 2 + (axis[:, None] - spot()) ** 2
        x = x + col(shiny * uniform(n, 0.1, 0.8, dev)) * (-far / col(uniform(n, 0.02, 0.3, dev))).exp()
    return x.clamp(0, 1)


def blur(x: Tensor, deviation: Tensor) -> Tensor:
    """Gaussian blur with a deviation of its own, in pixels, for each view."""
    size = x.shape[-1]
    offset = torch.arange(size, device=x.device)
    distance = (offset[:, None] - offset) ** 2
    # As a matrix product: at these sizes far cheaper than a convolution per view.
    kernel = (-distance / (2 * deviation.view(-1, 1, 1, 1) ** 2 + 1e-4)).exp()
    kernel = kernel / kernel.sum(-1, keepdim=True)
    return kernel @ x @ kernel.transpose(-1, -2)


def moire(x: Tensor) -> Tensor:
    """Coloured bands, two sets that cross: what a screen's grid and a camera's make of each other."""
    n, dev, size = len(x), x.device, x.shape[-1]
    axis = torch.linspace(-1, 1, size, device=dev)
    col = lambda t: t.view(n, -1, 1, 1)  # noqa: E731
    for _ in range(2):
        direction = uniform(n, 0, 2 * math.pi, dev)
        along = col(direction.cos()) * axis + col(direction.sin()) * axis[:, None]
        # Lenses bend the grid a little, and its colours lie beside each other.
        along = along + col(uniform(n, -0.15, 0.15, dev)) * (axis**2 + axis[:, None] ** 2)
        waves = col(1.5 * (size / 8) ** torch.rand(n, device=dev))
        beside = torch.rand(n, 3, device=dev).cumsum(1) * 2
        x = x * (1 + col(uniform(n, 0.02, 0.15, dev)) * (math.pi * waves * along + col(beside)).sin())
    return x


def writing(count: int, size: int, seed: int) -> Tensor:
    """Masks of text, boxes, discs and strokes to lay over pictures: uint8 (count, 1, size, size)."""
    rng = np.random.default_rng(seed)
    masks = []
    for _ in range(count):
        mask = Image.new("L", (size, size))
        draw = ImageDraw.Draw(mask)
        for _ in range(int(rng.integers(1, 4))):
            x, y = rng.random(2) * size * 0.9
            w, h = rng.uniform(0.08, 0.5, 2) * size
            ink = int(rng.integers(120, 256))
            match int(rng.integers(6)):
                case 0:
                    draw.rectangle((x, y, x + w, y + h * 0.6), ink)
                case 1:
                    draw.ellipse((x, y, x + w * 0.7, y + h * 0.7), ink)
                case 2:
                    draw.line((x, y, *(rng.random(2) * size)), ink, int(rng.integers(2, 9)), "curve")
                case _:
                    letters = "".join(chr(c) for c in rng.integers(48, 123, int(rng.integers(3, 14))))
                    font = ImageFont.load_default(float(rng.uniform(0.06, 0.3) * size))
                    draw.text((x - w / 2, y), letters, ink, font)
        masks.append(np.asarray(mask))
    return torch.from_numpy(np.stack(masks))[:, None]


def jpeg(x: Tensor, quality: Tensor) -> Tensor:
    """Each view through a real JPEG encoder."""
    packed = (x * 255).round().to(torch.uint8).cpu()
    back = [
        decode_jpeg(encode_jpeg(view, int(q)), ImageReadMode.RGB).float() / 255
        for view, q in zip(packed, quality.tolist())
    ]
    return torch.stack(back).to(x.device)


def render(pictures: Tensor, kind: Tensor, size: int, masks: Tensor) -> Tensor:
    """One view of each picture (uint8, B×3×S×S), of the given kind: B×3×size×size in 0..1."""
    n, dev = len(pictures), pictures.device
    at = lambda table: table.to(dev)[kind]  # noqa: E731
    source = pictures.float() / 255
    # Small views are drawn at twice their size and averaged, so that detail doesn't alias.
    fine = size * 2 if size * 1.3 < source.shape[-1] else size
    corner = corners(kind)
    x = F.grid_sample(source, grid(corner, fine), padding_mode="border", align_corners=False)
    if fine != size:
        x = F.avg_pool2d(x, 2)
    where = grid(corner, size)
    beyond = (where.abs().amax((1, 2, 3)) > 1.02).nonzero()[:, 0]
    if len(beyond):
        cover = ((1 - where[beyond].abs().amax(-1)) * size / 2 + 0.5).clamp(0, 1)[:, None]
        x[beyond] = surroundings(source.roll(n // 2, 0)[beyond], where[beyond]).lerp(x[beyond], cover)
    written = (torch.rand(n, device=dev) < at(WRITING_SHARE)).nonzero()[:, 0]
    if len(written):
        choice = torch.randint(len(masks), (len(written),), device=masks.device)
        ink = F.interpolate(masks[choice].to(dev).float() / 255, size=(size, size), mode="area")
        x[written] = x[written] * (1 - ink) + torch.rand(len(written), 3, 1, 1, device=dev) * ink
    x = relight(x, kind)
    soft = (torch.rand(n, device=dev) < at(BLUR_SHARE)).nonzero()[:, 0]
    if len(soft):
        blurred = blur(x[soft], uniform(len(soft), 0.1, 1, dev) * at(BLUR)[soft] * size)
        # Cameras also sharpen: a third of these views go the other way.
        sharpened = torch.rand(len(soft), device=dev) < 0.33
        way = torch.where(sharpened, -uniform(len(soft), 0.2, 1, dev), torch.ones(1, device=dev))
        x[soft] = x[soft].lerp(blurred, way.view(-1, 1, 1, 1))
    screened = (torch.rand(n, device=dev) < at(MOIRE_SHARE)).nonzero()[:, 0]
    if len(screened):
        x[screened] = moire(x[screened])
    x = x + torch.randn_like(x) * (uniform(n, 0, 1, dev) ** 2 * at(NOISE)).view(n, 1, 1, 1)
    x = x.clamp(0, 1)
    squeezed = (torch.rand(n, device=dev) < at(JPEG_SHARE)).nonzero()[:, 0]
    if len(squeezed):
        quality = uniform(len(squeezed), at(JPEG_LOWEST)[squeezed], 95, dev)
        x[squeezed] = jpeg(x[squeezed], quality)
    return x


def alike(pictures: Tensor) -> Tensor:
    """The same random mirroring, cropping and recolouring for both views: new pictures for free."""
    n, dev = len(pictures), pictures.device
    kind = torch.where(torch.rand(n, device=dev) < 0.5, MILD, GALLERY)
    corner = corners(kind)
    flip = torch.where(torch.rand(n, 1, 1, device=dev) < 0.5, -1.0, 1.0)
    corner = torch.cat([corner[..., :1] * flip, corner[..., 1:]], -1)
    where = grid(corner, pictures.shape[-1])
    x = F.grid_sample(pictures.float() / 255, where, padding_mode="border", align_corners=False)
    return (relight(x, kind) * 255).to(torch.uint8)
