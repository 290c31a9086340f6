#!/usr/bin/python3
"""embed.py OBJECT HEADER: the bytes of a compiled eBPF object as a C array."""
import sys

with open(sys.argv[1], "rb") as f:
    data = f.read()
with open(sys.argv[2], "w") as f:
    f.write("#pragma once\n\nstatic const unsigned char sensor_recorder_object[] __attribute__((aligned(8))) = {\n")
    for i in range(0, len(data), 24):
        f.write("".join("%d," % b for b in data[i:i + 24]) + "\n")
    f.write("};\n")
