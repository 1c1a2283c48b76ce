"""Reads a built collection as docs/collection-format.md describes it, with numpy and safetensors alone.

    python tests/read_collection.py COLLECTION EXPECTED.json

EXPECTED.json says what Private Eye itself finds in the collection; any difference is an error (exit status 1).
"""

import hashlib
import heapq
import json
import pathlib
import sys

import numpy as np
from safetensors import deserialize
from safetensors.numpy import load


def metadata(content):
    """The JSON in the header of a safetensors file."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    return json.loads(header["__metadata__"]["private_eye"])


def shards(folder, manifest, part):
    """Every file of a part, verified, in order."""
    expected_first = 0
    for shard in manifest["shards"][part]:
        content = (folder / shard["file"]).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        ending = "json" if part == "items" else "safetensors"
        assert digest == shard["sha256"], f"{shard['file']} has SHA-256 {digest}"
        assert shard["file"] == f"{part}-{digest[:16]}.{ending}", shard["file"]
        assert len(content) == shard["bytes"] <= 8 << 20, shard["file"]
        assert shard["first"] == expected_first and shard["count"] > 0, shard
        expected_first += shard["count"]
        if part != "items":
            assert metadata(content)["format_version"] == 1
            assert metadata(content)["kind"] == part
            deserialize(content)
        yield shard, content


def read_vectors(folder, manifest):
    """A row for each look at each work: row = work * looks + look."""
    looks = len(manifest["looks"])
    codes, scales = [], []
    for shard, content in shards(folder, manifest, "vectors"):
        tensors = load(content)
        assert tensors["codes"].dtype == np.int8 and tensors["scales"].dtype == np.float32
        assert tensors["codes"].shape == (shard["count"] * looks, manifest["model"]["dim"])
        codes.append(tensors["codes"])
        scales.append(tensors["scales"])
    return np.concatenate(codes).astype(np.int64), np.concatenate(scales)


def read_items(folder, manifest):
    items = []
    for shard, content in shards(folder, manifest, "items"):
        records = json.loads(content.decode("utf-8"))
        assert len(records) == shard["count"]
        items.extend(records)
    return items


def read_pictures(folder, manifest, part):
    pictures, notes = [], []
    for shard, content in shards(folder, manifest, part):
        tensors = load(content)
        jpeg, offsets = tensors["jpeg"].tobytes(), tensors["offsets"].tolist()
        assert len(offsets) == shard["count"] + 1 and offsets[0] == 0 and offsets[-1] == len(jpeg)
        pictures.extend(jpeg[start:end] for start, end in zip(offsets, offsets[1:]))
        notes.extend(metadata(content).get("samples", []))
    return pictures, notes


def read_forest(folder, manifest):
    trees, leaf = [], None
    for shard, content in shards(folder, manifest, "forest"):
        tensors = load(content)
        leaf = metadata(content)["leaf"]
        assert len(tensors["items"]) == shard["count"]
        trees.extend(zip(tensors["items"], tensors["pivots"], tensors["planes"]))
    return trees, leaf


def quantize(embedding):
    x = np.array(embedding, dtype=np.float32).astype(np.float64)
    largest = np.abs(x).max()
    return np.rint(x * (127 / largest)).astype(np.int64) if largest else np.zeros(len(x), np.int64)


def cosine(query, rows):
    """Scores of one quantized query with rows of codes, in 32 bits."""
    dots = rows @ query
    squares = (rows * rows).sum(axis=1).astype(np.float64) * float(query @ query)
    return np.where(squares > 0, dots / np.sqrt(np.maximum(squares, 1)), 0).astype(np.float32)


def ranked(scores, items, limit):
    order = sorted(items, key=lambda item: (-scores[item], item))
    return [[int(item), float(scores[item])] for item in order[:limit]]


def works(scores, looks, limit):
    """The nearest works, each by the best of its rows: work, look, score."""
    best = {}
    for row, score in ranked(scores, range(len(scores)), len(scores)):
        best.setdefault(row // looks, [row // looks, row % looks, score])
    return list(best.values())[:limit]


def search(trees, leaf, scores, limit, candidates):
    """The walk through the forest; `scores` are those of the query with every item."""
    count = len(scores)
    depth = 0
    while -(-count // 2**depth) > leaf:
        depth += 1
    planes = 2**depth - 1
    branches = [(np.float32(0), tree, 0) for tree in range(len(trees))]
    gathered = set()
    while branches and len(gathered) < max(candidates, limit):
        cost, tree, node = heapq.heappop(branches)
        order, pivots, numbers = trees[tree]
        while node < planes:
            left, right = pivots[node]
            inverse, offset = numbers[node]
            margin = (scores[right] - scores[left]) * inverse - offset
            near, far = (2 * node + 1, 2 * node + 2) if margin < 0 else (2 * node + 2, 2 * node + 1)
            heapq.heappush(branches, (cost + abs(margin), tree, far))
            node = near
        level = (node + 1).bit_length() - 1
        position = node + 1 - 2**level
        start, end = count * position >> level, count * (position + 1) >> level
        gathered.update(int(item) for item in order[start:end])
    return ranked(scores, gathered, limit), len(gathered)


def check(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: read {found!r}, expected {expected!r}")


def main():
    folder, expected = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text("utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    check([manifest["format"], manifest["version"]], ["private-eye-collection", 3], "format")
    check(manifest["title"], expected["title"], "title")

    codes, scales = read_vectors(folder, manifest)
    looks = manifest["looks"]
    check(looks, expected["looks"], "looks")
    check(len(codes), manifest["count"] * len(looks), "number of vectors")
    check(scales.tolist(), expected["scales"], "scales")
    check(read_items(folder, manifest), expected["items"], "items")

    thumbnails, _ = read_pictures(folder, manifest, "thumbnails")
    check([hashlib.sha256(jpeg).hexdigest() for jpeg in thumbnails], expected["thumbnails"], "thumbnails")
    samples, notes = read_pictures(folder, manifest, "samples")
    described = [[note["label"], note["change"], hashlib.sha256(jpeg).hexdigest()] for note, jpeg in zip(notes, samples)]
    check(described, expected["samples"], "samples")

    trees, leaf = read_forest(folder, manifest)
    for tree, (order, _, _) in enumerate(trees):
        check(sorted(order.tolist()), list(range(len(codes))), f"rows of tree {tree}")
    for number, query in enumerate(expected["queries"]):
        scores = cosine(quantize(query["embedding"]), codes)
        limit = len(query["exact"])
        check(ranked(scores, range(len(codes)), limit), query["exact"], f"exact answer to query {number}")
        check(works(scores, len(looks), limit), query["works"], f"works that answer query {number}")
        found, looked_at = search(trees, leaf, scores, limit, query["candidates"])
        check([found, looked_at], [query["forest"], query["looked_at"]], f"the forest's answer to query {number}")
    print(f"{manifest['count']} works, {len(codes)} vectors, {len(trees)} trees, {len(expected['queries'])} queries: as expected")


if __name__ == "__main__":
    main()
