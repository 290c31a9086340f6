import csv
import io

TYPE = "text/csv"


def write(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
