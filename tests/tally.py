#!/usr/bin/python3
"""tally.py JUNIT.xml... [--step NAME=STATUS]... : adds up what ran, the last line "N passed, N failed".

A suite's exit status that is not 0 counts as one failure when its file shows none (a crash, a time-out).
Name the suite's status with --step, before its file. Exit status 1 when something failed or nothing ran:
neither a test nor a step."""
import sys
import xml.etree.ElementTree as xml


def read(path):
    passed, failed, skipped = 0, [], []
    for case in xml.parse(path).getroot().iter("testcase"):
        name = "%s %s" % (case.get("classname", ""), case.get("name", ""))
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed += 1
    return passed, failed, skipped


def main(argv):
    passed, failed, skipped = 0, [], []
    step, status = None, 0
    arguments = iter(argv)

    def close_step(shown):
        if step and status != 0 and not shown:
            failed.append("%s (exit status %d)" % (step, status))

    shown = []
    for a in arguments:
        if a == "--step":
            close_step(shown)
            step, _, number = next(arguments).partition("=")
            status, shown = int(number), []
            continue
        try:
            p, f, s = read(a)
        except (OSError, xml.ParseError) as e:
            p, f, s = 0, ["%s: %s" % (a, e)], []
        passed, failed, skipped, shown = passed + p, failed + f, skipped + s, shown + f
    close_step(shown)
    for name in failed:
        print("FAILED", name)
    for name in skipped:
        print("skipped", name)
    print("%d passed, %d failed" % (passed, len(failed)) + (", %d skipped" % len(skipped) if skipped else ""))
    return 1 if failed or not (passed or step) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
