"""Searches the same vectors with Annoy, hnswlib, usearch and this project, in turn, and prints what it finds as JSON.

    python compare.py build LIBRARY VECTORS FOLDER
    python compare.py search VECTORS QUERIES FOLDER ROUNDS OURS…

VECTORS and QUERIES are .npy files; OURS is the command of our side (`src/search.rs`) without its options. `build` writes
the index of another library into FOLDER and prints what it took, `search` opens all of them, and ours, from there.
Everything is built by as many threads as there are cores; everything is searched by one thread, query by query. A setting
that is measured again and again takes turns with all other settings of everybody, so that a machine that is slow for a
while is slow for all.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import annoy
import hnswlib
import numpy as np
import usearch.index

WANTED = 10
CORES = os.cpu_count()
# The comparison that the project asks for is with this many of Annoy's trees; its defaults follow from it.
ANNOY_TREES = 50
# Points per edge and breadth of the search while building: hnswlib's own defaults.
LINKS, BREADTH = 16, 200


class Ours:
    """Our index, in a program of its own that answers line by line."""

    efforts = [20, 40, 80, 160, 300, 600, 1200, 2400, 4800, "exact"]

    def __init__(self, command, folder, queries):
        words = command + ["search", "--folder", folder, "--queries", queries]
        self.program = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.default = self.answer()["default"]

    def answer(self):
        line = self.program.stdout.readline()
        if not line:
            sys.exit("our side of the comparison ended before its time")
        return json.loads(line)

    def search(self, effort, _queries):
        print(json.dumps(effort), file=self.program.stdin, flush=True)
        answer = self.answer()
        return answer["seconds"], answer["items"], answer["candidates"]


class Annoy:
    file = "annoy.ann"
    efforts = [250, WANTED * ANNOY_TREES, 1000, 2000, 5000, 12000, 30000, 60000, 100000]
    default = WANTED * ANNOY_TREES

    def __init__(self, dim):
        self.index = annoy.AnnoyIndex(dim, "angular")

    def build(self, vectors):
        self.index.set_seed(0)
        for number, vector in enumerate(vectors):
            self.index.add_item(number, vector)
        self.index.build(ANNOY_TREES, n_jobs=CORES)

    def save(self, file):
        self.index.save(file)

    def load(self, file, _count):
        self.index.load(file)

    def search(self, search_k, queries):
        get, queries = self.index.get_nns_by_vector, queries.tolist()
        start = time.perf_counter()
        found = [get(query, WANTED, search_k) for query in queries]
        return time.perf_counter() - start, found, None

    def candidates(self, search_k, queries):
        """How many items a search compares: all that it gathers come back where all are asked for."""
        everything = self.index.get_n_items()
        return float(np.mean([len(self.index.get_nns_by_vector(query, everything, search_k)) for query in queries.tolist()]))


class Hnswlib:
    file = "hnswlib.bin"
    efforts = [10, 24, 64, 160, 300, 600]
    default = 10

    def __init__(self, dim):
        self.index = hnswlib.Index(space="cosine", dim=dim)

    def build(self, vectors):
        self.index.init_index(max_elements=len(vectors), ef_construction=BREADTH, M=LINKS, random_seed=0)
        self.index.add_items(vectors, num_threads=CORES)

    def save(self, file):
        self.index.save_index(file)

    def load(self, file, count):
        self.index.load_index(file, max_elements=count)

    def search(self, breadth, queries):
        self.index.set_ef(breadth)
        start = time.perf_counter()
        found, _ = self.index.knn_query(queries, k=WANTED, num_threads=1)
        return time.perf_counter() - start, found.tolist(), None


class Usearch:
    """In signed bytes, as ours."""

    file = "usearch.bin"
    efforts = [10, 24, 64, 160, 300, 600]
    default = 64

    def __init__(self, dim):
        make = usearch.index.Index
        self.index = make(ndim=dim, metric="cos", dtype="i8", connectivity=LINKS, expansion_add=BREADTH)

    def build(self, vectors):
        self.index.add(np.arange(len(vectors)), vectors, threads=CORES)

    def save(self, file):
        self.index.save(file)

    def load(self, file, _count):
        self.index.load(file)

    def search(self, breadth, queries):
        self.index.expansion_search = breadth
        start = time.perf_counter()
        found = self.index.search(queries, WANTED, threads=1)
        return time.perf_counter() - start, found.keys.tolist(), None


OTHERS = {"annoy": Annoy, "hnswlib": Hnswlib, "usearch": Usearch}


def truth(vectors, queries):
    """The nearest by the cosine of the numbers as they were given."""
    length = np.linalg.norm(queries, axis=1, keepdims=True)
    queries = queries / np.maximum(length, 1e-30)
    best = []
    for batch in np.array_split(queries, max(1, len(queries) // 100)):
        cosines = batch @ vectors.T / np.maximum(np.linalg.norm(vectors, axis=1), 1e-30)
        best.extend(set(row) for row in np.argpartition(-cosines, WANTED, axis=1)[:, :WANTED].tolist())
    return best


def recall(found, best):
    return sum(len(set(row) & right) for row, right in zip(found, best)) / (WANTED * len(best))


def curve(library, queries, best, rounds):
    """Gives a function for each setting that measures it once, and where its figures go."""
    points = []
    for effort in library.efforts:
        point = {"effort": effort, "seconds": []}
        points.append(point)

        def measure(effort=effort, point=point):
            seconds, found, candidates = library.search(effort, queries)
            point["seconds"].append(seconds)
            point["recall"] = recall(found, best)
            if candidates is not None:
                point["candidates"] = candidates

        yield measure, points


def build(name, vectors_file, folder):
    vectors = np.load(vectors_file)
    library = OTHERS[name](vectors.shape[1])
    start = time.perf_counter()
    library.build(vectors)
    build_s = time.perf_counter() - start
    file = str(Path(folder) / library.file)
    library.save(file)
    print(json.dumps({"build_s": build_s, "bytes": os.path.getsize(file)}))


def search(vectors_file, queries_file, folder, rounds, *command):
    rounds = int(rounds)
    vectors, queries = np.load(vectors_file), np.load(queries_file)
    best = truth(vectors, queries)
    libraries = {"ours": Ours(list(command), folder, queries_file)}
    for name, make in OTHERS.items():
        libraries[name] = make(vectors.shape[1])
        libraries[name].load(str(Path(folder) / make.file), len(vectors))
    turns, points = [], {}
    for name, library in libraries.items():
        for measure, found in curve(library, queries, best, rounds):
            turns.append(measure)
            points[name] = found
    for _ in range(rounds):
        for measure in turns:
            measure()

    result = {"n": len(vectors), "queries": len(queries), "rounds": rounds, "cores": CORES}
    for name, library in libraries.items():
        for point in points[name]:
            point["qps"] = len(queries) / median(point.pop("seconds"))
        _, found, candidates = library.search(library.default, queries)
        default = {"effort": library.default, "recall": recall(found, best), "candidates": candidates}
        if isinstance(library, Annoy):
            default["candidates"] = library.candidates(library.default, queries)
        result[name] = {"default": default, "points": points[name]}
    print(json.dumps(result))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build", name, vectors, folder]:
            build(name, vectors, folder)
        case ["search", vectors, queries, folder, rounds, first, *command]:
            search(vectors, queries, folder, rounds, first, *command)
        case _:
            sys.exit(__doc__)
