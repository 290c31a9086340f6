#!/usr/bin/python3
"""What share of a warm second build is fetch and unpack, by the report's own stages: at most 5 %.

  warm.py --corpus DIR --layouts DIR [NAME...]"""
import argparse
import sys

import measure

MOST = 0.05


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    o = parser.parse_args()
    bad = False
    print("| image | cold s | of it unpack | warm s | of it unpack | share | layers unpacked again |\n|---|---|---|---|---|---|---|")
    with measure.work_folder(o) as work:
        for name, source, options, folder in measure.corpus_builds(o, work, "warm"):
            both = [measure.slim_build(o.slim, source, "oci:%s/out:slim" % folder, folder + "/store",
                                       folder + "/report.json", options) for _ in range(2)]
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
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
