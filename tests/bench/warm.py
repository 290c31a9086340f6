#!/usr/bin/python3
"""What share of a warm second build is fetch and unpack, by the report's own stages: at most 5 %.

  warm.py --corpus DIR --layouts DIR [NAME...]"""
import argparse
import os
import shutil
import sys
import tempfile

import measure

MOST = 0.05


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    o = parser.parse_args()
    work, bad = o.work or tempfile.mkdtemp(prefix="slim-bench-"), False
    print("| image | cold s | of it unpack | warm s | of it unpack | share | layers unpacked again |\n|---|---|---|---|---|---|---|")
    try:
        for name, spec, spec_path, source in measure.corpus_images(o.corpus, o.layouts, o.names):
            options = measure.corpus_options(spec, spec_path, os.path.join(o.corpus, "check.py"))
            folder = os.path.join(work, "warm-" + name)
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            both = [measure.slim_build(o.slim, source, "oci:%s/out:slim" % folder, folder + "/store",
                                       folder + "/report.json", options) for _ in range(2)]
            shutil.rmtree(folder)
            if any(m.status for m in both):
                print("| %s | failed |" % name)
                print(both[0].stderr[-1000:] + both[1].stderr[-1000:], file=sys.stderr)
                bad = True
                continue
            cold, warm = (m.report["timing_ms"] for m in both)
            share = (warm["fetch"] + warm["unpack"]) / max(warm["total"], 1)
            again = both[1].report["source"]["layers"] - both[1].report["source"]["cached_layers"]
            bad = bad or share > MOST or again > 0
            print("| %s | %.2f | %.2f | %.2f | %.3f | %.1f %% | %d |" % (name, cold["total"] / 1e3, cold["unpack"] / 1e3,
                  warm["total"] / 1e3, warm["unpack"] / 1e3, share * 100, again), flush=True)
    finally:
        if not o.work:
            shutil.rmtree(work)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
