"""Makes the small pictures that tests/image_formats.rs reads: one scene in every format, written by Pillow.

    python make.py        needs Pillow and numpy; writes next to this file
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
WIDTH, HEIGHT = 40, 24

y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
scene = np.stack([6 * x, 10 * y, 240 - 3 * x - 5 * y], -1).astype(np.uint8)
alpha = (255 - 3 * x - 5 * y).astype(np.uint8)
grey = (4 * x + 3 * y).astype(np.uint8)
rgb = Image.fromarray(scene)
rgba = Image.fromarray(np.dstack([scene, alpha]))
palette = Image.fromarray(grey, "P")
palette.putpalette([level for i in range(256) for level in (i, 255 - i, i // 2)])


def save(picture: Image.Image, name: str, **options) -> None:
    picture.save(HERE / name, **options)


def png(name: str, kind: int, depth: int, rows: np.ndarray) -> None:
    """A PNG of a kind that Pillow can't write: `rows` are the bytes of each row."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    body = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    (HERE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


best = dict(quality=96, subsampling=0)
save(rgb, "444.jpg", **best)
save(rgb, "420.jpg", quality=96, subsampling=2)
save(rgb, "422.jpg", quality=96, subsampling=1)
save(rgb, "progressive.jpg", progressive=True, **best)
save(Image.fromarray(grey), "grey.jpg", quality=96)
save(rgb, "restarts.jpg", restart_marker_rows=1, **best)
save(rgb, "turned.jpg", exif=turned(6), **best)
cmy = np.dstack([255 - scene, np.zeros_like(grey)])
save(Image.fromarray(cmy, "CMYK"), "cmyk.jpg", **best)
# YCCK is CMYK whose first three channels are the YCbCr of the inverted colours, and an Adobe marker that says so.
ycc = np.asarray(Image.fromarray(cmy[..., :3]).convert("YCbCr"))
save(Image.fromarray(np.dstack([255 - ycc, np.zeros_like(grey)]), "CMYK"), "ycck.jpg", **best)
file = (HERE / "ycck.jpg").read_bytes()
at = file.index(b"Adobe") + 11
(HERE / "ycck.jpg").write_bytes(file[:at] + b"\x02" + file[at + 1 :])

save(rgb, "rgb.png")
save(rgb, "turned.png", exif=turned(6))
save(rgba, "alpha.png")
save(palette, "palette.png")
save(Image.fromarray(grey), "grey.png")
save(Image.fromarray(np.dstack([grey, alpha]), "LA"), "grey_alpha.png")
png("grey_16.png", 0, 16, (grey.astype(">u2") * 257))
png("rgb_16.png", 2, 16, (scene.astype(">u2") * 257).astype(">u2"))
png("alpha_16.png", 6, 16, np.dstack([scene, alpha]).astype(">u2") * 257)

save(rgb, "lossless.webp", lossless=True)
save(rgba, "alpha.webp", lossless=True, exact=True)
save(rgb, "lossy.webp", quality=95)
save(rgba, "lossy_alpha.webp", quality=95)
save(rgb, "turned.webp", lossless=True, exif=turned(6).tobytes())
save(rgba, "animated.webp", lossless=True, exact=True, save_all=True, append_images=[rgba.rotate(180)])

save(palette, "palette.gif")
save(palette, "animated.gif", save_all=True, append_images=[palette.rotate(180)], duration=100)

save(rgb, "rgb.bmp")
save(palette, "palette.bmp")
save(Image.fromarray(grey), "grey.bmp")

save(rgb, "rgb.tif")
save(rgb, "lzw.tif", compression="tiff_lzw")
save(rgb, "deflate.tif", compression="tiff_adobe_deflate")
save(rgb, "packbits.tif", compression="packbits")
save(rgba, "alpha.tif", compression="tiff_lzw")
save(Image.fromarray(grey), "grey.tif")
save(Image.fromarray(cmy, "CMYK"), "cmyk.tif", compression="tiff_lzw")
save(palette, "palette.tif", compression="tiff_lzw")
save(Image.fromarray(grey.astype(np.uint16) * 257), "grey_16.tif", compression="tiff_lzw")
save(rgb, "turned.tif", compression="tiff_lzw", tiffinfo={0x0112: 6})

# Only browsers read this one: tests/browser/parts.rs.
save(rgb, "../browser/rgb.avif", quality=95)
