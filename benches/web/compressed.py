"""How many bytes files have, as they are and as a host sends them: gzip at its best, brotli at its best.

    python compressed.py FILE…

Prints one JSON object: {FILE: {"bytes": …, "gzip": …, "brotli": …}}.
"""

import gzip
import json
import sys
from pathlib import Path

import brotli


def sizes(path):
    content = Path(path).read_bytes()
    return {
        "bytes": len(content),
        "gzip": len(gzip.compress(content, 9)),
        "brotli": len(brotli.compress(content, quality=11, lgwin=24)),
    }


print(json.dumps({path: sizes(path) for path in sys.argv[1:]}))
