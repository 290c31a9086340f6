#!/usr/bin/env python3
"""Draws stacks to try from candidates.txt: prints the seed, then the stacks in the order in which they are taken.

  draw.py [--seed N] [--count N]

The first 30 are tried, the next 10 after what the first showed is mended. One whose original fails its own checks
is replaced by the next of the rest."""
import argparse
import os
import random

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--seed", type=int, default=20261129)
parser.add_argument("--count", type=int, default=60)
options = parser.parse_args()
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "candidates.txt")) as f:
    stacks = [line.split() for line in f if not line.startswith("#")]
random.Random(options.seed).shuffle(stacks)
print("seed", options.seed)
for n, (kind, package) in enumerate(stacks[:options.count], 1):
    print(n, kind, package)
