"""Reads pictures from folders and ZIP files, and decides which are never trained on."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True)
class Picture:
    place: Path  # the folder or ZIP file
    name: str  # the path within

    @property
    def source(self) -> str:
        """Pictures of one folder come from one source."""
        return f"{self.place.name}/{Path(self.name).parent}"

    @property
    def held_out(self) -> bool:
        """One in ten, by the file name alone: moving or adding pictures changes nobody's side."""
        return hashlib.sha256(Path(self.name).name.encode()).digest()[0] * 10 < 256


def find(places: list[Path]) -> list[Picture]:
    """All pictures of some folders and ZIP files, in an order that doesn't depend on the machine."""
    found = []
    for place in places:
        if place.is_dir():
            names = [p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()]
        else:
            names = zipfile.ZipFile(place).namelist()
        found += [Picture(place, n) for n in sorted(names) if Path(n).suffix.lower() in SUFFIXES]
    return found


def read_bytes(pictures: list[Picture]) -> Iterator[tuple[Picture, bytes]]:
    """The files of pictures, one after the other."""
    archives: dict[Path, zipfile.ZipFile] = {}
    for picture in pictures:
        if picture.place.is_dir():
            yield picture, (picture.place / picture.name).read_bytes()
        else:
            if picture.place not in archives:
                archives[picture.place] = zipfile.ZipFile(picture.place)
            yield picture, archives[picture.place].read(picture.name)


def read(pictures: list[Picture]) -> Iterator[Image.Image]:
    """Decodes pictures one after the other, as RGB on white."""
    for _, data in read_bytes(pictures):
        image = Image.open(io.BytesIO(data))
        if image.has_transparency_data:
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
        yield image.convert("RGB")
