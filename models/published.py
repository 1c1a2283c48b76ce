#!/usr/bin/env python3
"""Fetches weights that others publish, checks that they are the published ones, and gives them torchvision's names.

    python models/published.py resnet18.pth --url https://… --sha256 f37072fd
    python models/published.py resnet18.pth --convert resnet18.safetensors

The first needs nothing but Python. A download that breaks off or has another
hash leaves no file behind.
"""

import argparse
import hashlib
import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

PATIENCE = 60  # seconds without a byte
PIECE = 1 << 20


class Refused(Exception):
    """What came is not what was asked for."""


def fetch(url: str, sha256: str, to: Path):
    """Downloads into `to`, unless its SHA-256 does not begin with `sha256` (hexadecimal digits)."""
    if matches(to, sha256):
        return
    beside = to.with_name(to.name + ".part")
    try:
        digest = hashlib.sha256()
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer, open(beside, "wb") as file:
            expected = answer.headers.get("Content-Length")
            while piece := answer.read(PIECE):
                digest.update(piece)
                file.write(piece)
            got = file.tell()
        if expected is not None and got != int(expected):
            raise Refused(f"{url} broke off after {got} of {expected} bytes; try again")
        if not digest.hexdigest().startswith(sha256):
            raise Refused(f"{url} has the SHA-256 {digest.hexdigest()}, expected one that begins with {sha256}")
        beside.replace(to)
    except (OSError, HTTPException) as error:
        raise Refused(f"{url} could not be fetched: {error}") from error
    finally:
        beside.unlink(missing_ok=True)


def matches(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest().startswith(sha256)


def convert(pickled: Path, to: Path):
    """A state dict as torch.save writes it → safetensors; nothing in the file is run."""
    import torch
    from safetensors.torch import save_file

    state = torch.load(pickled, map_location="cpu", weights_only=True)
    beside = to.with_name(to.name + ".part")
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, beside)
    beside.replace(to)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where the published file is or goes")
    parser.add_argument("--url", help="fetch it from here first")
    parser.add_argument("--sha256", default="", help="what its SHA-256 begins with")
    parser.add_argument("--convert", type=Path, help="write safetensors to this file")
    args = parser.parse_args()
    try:
        if args.url:
            fetch(args.url, args.sha256, args.file)
        if args.convert:
            convert(args.file, args.convert)
    except Refused as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
