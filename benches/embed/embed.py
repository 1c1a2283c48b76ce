"""Embeds pictures as a Python script does: Pillow, NumPy, onnxruntime. Prints how many a second, without the start.

    python embed.py MODEL MEAN THREADS FILE…

MODEL and MEAN (the colour taken from each pixel) are made by ../web/models.py. With more than one thread, whole pictures
are worked on side by side, which is what scales best here.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image


def main(model, mean, threads, files):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    mean = np.array(json.loads(Path(mean).read_text()), np.float32)

    def embed(file):
        picture = Image.open(file).convert("RGB").resize((224, 224), Image.BILINEAR)
        pixels = (np.asarray(picture, np.float32) - mean).transpose(2, 0, 1)[None]
        return session.run(None, {"pixels": np.ascontiguousarray(pixels)})[0].reshape(-1)

    embed(files[0])
    start = time.perf_counter()
    with ThreadPoolExecutor(int(threads)) as pool:
        rows = list(pool.map(embed, files))
    print(len(np.stack(rows)) / (time.perf_counter() - start))


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
