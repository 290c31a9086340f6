"""Sums up a file of orders: report.py FILE [--format text|json|xml]"""
import argparse
import csv

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--format", default="text")
options = parser.parse_args()
with open(options.file, newline="") as f:
    total = sum(int(count) for item, count in csv.reader(f))
if options.format == "json":
    import json
    print(json.dumps({"total": total}))
elif options.format == "xml":
    from xml.sax.saxutils import quoteattr
    print("<total count=%s/>" % quoteattr(str(total)))
else:
    print("total", total)
