"""Pictures without end: drawn from a seed, to train on beside the real ones.

Each family teaches something photographs of one kind don't: dead leaves have
the edge statistics of real scenes, noise fields have texture without objects,
flat shapes, stripes and cells look like drawn work, fractals repeat themselves
at every scale, and type differs only in its fine detail. Families are drawn in
series that share palette and manner, so that telling one picture of a series
from its sisters takes more than its colours.
"""

import colorsys
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
WORDS = "light sea night river stone garden winter blue city bird letter music moon field paper glass".split()


def palette(rng: Rng, count: int) -> np.ndarray:
    """Colours that go together: a few hues around one, with varied lightness."""
    hue, spread = rng.random(), rng.choice([0.05, 0.15, 0.5])
    strength = rng.uniform(0.1, 1.0)
    lightness = rng.permutation(np.linspace(*np.sort(rng.permutation([0.08, 0.3, 0.6, 0.95])[:2]), count))
    colours = [
        colorsys.hls_to_rgb((hue + rng.uniform(-spread, spread)) % 1, light, strength * rng.random() ** 0.5)
        for light in lightness
    ]
    return (np.array(colours) * 255).astype(np.uint8)


def noise_field(rng: Rng, size: int, slope: float) -> np.ndarray:
    """A random field whose power falls with frequency as 1/f^slope, scaled to 0..1."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    frequency[0, 0] = 1
    shape = frequency.shape
    spectrum = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / frequency**slope
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, (size, size))
    return (field - field.min()) / (np.ptp(field) + 1e-9)


def coloured(field: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Runs a field of 0..1 through a gradient of colours."""
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(field, stops, colours[:, c]) for c in range(3)], -1)


def blank(colour: np.ndarray, size: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (size, size), tuple(int(c) for c in colour))
    return image, ImageDraw.Draw(image)


def some(rng: Rng, colours: np.ndarray) -> tuple[int, ...]:
    return tuple(int(c) for c in colours[rng.integers(len(colours))])


def polygon(rng: Rng, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    corners = int(rng.integers(3, 8))
    angles = np.sort(rng.random(corners)) * 2 * np.pi
    reach = radius * rng.uniform(0.6, 1.2, corners)
    return [(x + r * np.cos(a), y + r * np.sin(a)) for a, r in zip(angles, reach)]


def dead_leaves(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    image, draw = blank(colours[0], size)
    for _ in range(int(rng.integers(60, 250))):
        radius = size * min(0.35, 0.025 / max(rng.random(), 0.02) ** 0.7)
        x, y = rng.random(2) * size
        if rng.random() < 0.5:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius * rng.uniform(0.2, 1)), some(rng, colours))
        else:
            draw.polygon(polygon(rng, x, y, radius), some(rng, colours))
    return image


def clouds(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    field = noise_field(rng, size, rng.uniform(0.8, 2.2))
    if rng.random() < 0.3:
        field = np.abs(np.sin(field * rng.uniform(6, 20)))  # marbled
    return Image.fromarray(coloured(field, colours).astype(np.uint8))


def shapes(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    image, draw = blank(colours[0], size)
    for _ in range(int(rng.integers(3, 14))):
        x, y, w, h = rng.random(4) * size * [1, 1, 0.5, 0.5]
        box, width = (x - w, y - h, x + w, y + h), int(rng.integers(1, 8))
        match int(rng.integers(5)):
            case 0:
                draw.rectangle(box, some(rng, colours))
            case 1:
                draw.ellipse(box, some(rng, colours))
            case 2:
                draw.ellipse(box, None, some(rng, colours), width)
            case 3:
                draw.polygon(polygon(rng, x, y, (w + h) / 2), some(rng, colours))
            case _:
                draw.line((x, y, *(rng.random(2) * size)), some(rng, colours), width)
    return image


def stripes(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    y, x = np.mgrid[0:size, 0:size] / size
    angle = rng.random() * np.pi
    phase = x * np.cos(angle) + y * np.sin(angle)
    if rng.random() < 0.5:
        phase = phase + noise_field(rng, size, 2) * rng.uniform(0, 0.6)
    if rng.random() < 0.3:
        phase = np.hypot(x - rng.random(), y - rng.random())
    edges = np.cumsum(rng.uniform(0.01, 0.2, 60)) - 1.5
    bands = rng.integers(len(colours), size=61)[np.searchsorted(edges, phase)]
    return Image.fromarray(colours[bands])


def cells(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    count = int(rng.integers(8, 60))
    points = rng.random((count, 2)) * size
    y, x = np.mgrid[0:size, 0:size]
    distance = np.abs(x[..., None] - points[:, 0]) ** 2 + np.abs(y[..., None] - points[:, 1]) ** 2
    nearest = np.partition(distance, 1, -1)
    picture = colours[rng.integers(len(colours), size=count)][distance.argmin(-1)]
    if rng.random() < 0.5:
        edge = np.sqrt(nearest[..., 1]) - np.sqrt(nearest[..., 0]) < rng.uniform(1, 5)
        picture[edge] = some(rng, colours)
    return Image.fromarray(picture)


def fractal(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    """A Julia set near the rim of the Mandelbrot set, coloured by escape time."""
    angle, reach = rng.random() * 2 * np.pi, rng.uniform(0.3, 1.5)
    c = (np.exp(1j * angle) / 2 - np.exp(2j * angle) / 4) * rng.uniform(1.0, 1.12)
    y, x = np.mgrid[-reach : reach : size * 1j, -reach : reach : size * 1j]
    z = x + 1j * y + complex(*rng.uniform(-0.4, 0.4, 2))
    escape = np.zeros((size, size))
    for _ in range(40):
        z = np.where(np.abs(z) < 4, z * z + c, z)
        escape += np.abs(z) < 4
    return Image.fromarray(coloured((escape / 40) ** rng.uniform(0.4, 1), colours).astype(np.uint8))


def type_page(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    image, draw = blank(colours[-1], size)
    y = rng.uniform(0, 0.2) * size
    while y < size:
        height = rng.uniform(0.05, 0.3) * size
        text = " ".join(rng.choice(WORDS, int(rng.integers(1, 5))))
        text = text.upper() if rng.random() < 0.3 else text
        draw.text((rng.uniform(-0.1, 0.4) * size, y), text, some(rng, colours), ImageFont.load_default(height))
        y += height * rng.uniform(1, 1.6)
    return image


def scenery(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    """Sky, a sun, ridges one before the other: drawn landscapes."""
    y, x = np.mgrid[0:size, 0:size] / size
    picture = coloured(np.clip(y * rng.uniform(0.6, 1.4), 0, 1), colours[:2])
    sun = np.hypot(x - rng.random(), y - rng.uniform(0, 0.5)) < rng.uniform(0.03, 0.2)
    picture[sun] = colours[-1]
    ridges = int(rng.integers(2, 6))
    for ridge in range(ridges):
        outline = noise_field(rng, size, rng.uniform(1.2, 2.2))[0]
        top = rng.uniform(0.25, 0.5) + 0.5 * ridge / ridges + (outline - 0.5) * rng.uniform(0.1, 0.5)
        picture[y > top[None, :]] = colours[ridge % len(colours)]
    return Image.fromarray(picture.astype(np.uint8))


def scribble(rng: Rng, size: int, colours: np.ndarray) -> Image.Image:
    """Brush strokes and curves on a ground, some like line drawings, some like paint."""
    image, draw = blank(colours[0], size)
    width = int(rng.integers(1, 16))
    for _ in range(int(rng.integers(5, 60))):
        steps = np.cumsum(rng.standard_normal((12, 2)).cumsum(0) * size * 0.02, 0)
        line = rng.random(2) * size + steps
        draw.line([tuple(p) for p in line], some(rng, colours), width, "curve")
    return image


FAMILIES: list[Callable[[Rng, int, np.ndarray], Image.Image]] = [
    dead_leaves, clouds, shapes, stripes, cells, fractal, type_page, scenery, scribble,
]  # fmt: skip
SERIES = 4  # pictures that share family and palette


def draw(count: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Yields `count` RGB pictures as uint8 arrays (size, size, 3)."""
    for index in range(count):
        series = np.random.default_rng([seed, 1, index // SERIES])
        family = FAMILIES[series.integers(len(FAMILIES))]
        colours = palette(series, int(series.integers(2, 9)))
        rng = np.random.default_rng([seed, 2, index])
        picture = np.asarray(family(rng, size, colours)).astype(np.float32)
        if rng.random() < 0.4:  # paper, canvas, film
            picture += (noise_field(rng, size, rng.uniform(0, 1)) - 0.5)[..., None] * rng.uniform(10, 70)
        yield np.clip(picture, 0, 255).astype(np.uint8)
