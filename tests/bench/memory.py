#!/usr/bin/python3
"""Peak memory of slim's own processes per stage, on each image with an empty store: at most 256 MB.

  memory.py --corpus DIR --layouts DIR [NAME...]"""
import argparse
import sys

import measure

MOST_BYTES = 256e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    measure.add_arguments(parser)
    o = parser.parse_args()
    bad = False
    with measure.work_folder(o) as work:
        for name, source, options, folder in measure.corpus_builds(o, work, "memory"):
            m = measure.slim_build(o.slim, source, "oci:%s/out:slim" % folder, folder + "/store",
                                   folder + "/report.json", options)
            stages = ", ".join("%s %.0f" % (stage, peak / 1e6) for stage, peak in m.peaks.items() if stage != "begin")
            print("%-14s peak %4.0f MB   (%s)%s" % (name, m.peak() / 1e6, stages, "" if m.status == 0 else "  FAILED"),
                  flush=True)
            bad = bad or m.status != 0 or m.peak() > MOST_BYTES
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
