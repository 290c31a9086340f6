import csv
import io

TYPE = "text/csv"


def export(rows):
    out = io.StringIO()
    csv.writer(out).writerows([("id", "name", "price"), *rows])
    return out.getvalue()
