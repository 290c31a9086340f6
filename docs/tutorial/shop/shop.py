"""A small shop, of Python's standard library alone."""
import http.server
import importlib
import json
import os
import string
import subprocess
from urllib.parse import urlsplit

FOLDER = os.path.dirname(os.path.abspath(__file__))
ORDERS = "/var/lib/shop/orders.json"


def orders():
    try:
        with open(ORDERS) as f:
            return json.load(f)
    except FileNotFoundError:
        return []


def page(name, **values):
    with open(os.path.join(FOLDER, "templates", name + ".html")) as f:
        return string.Template(f.read()).substitute(values)


def index():
    return 200, "text/html", page("index", count=len(orders()))


def style():
    with open(os.path.join(FOLDER, "style.css")) as f:
        return 200, "text/css", f.read()


def label(kind):
    module = importlib.import_module("labels." + kind)  # a name that is put together at run time
    return 200, "text/plain", module.text()


def export():
    import csv
    import io
    out = io.StringIO()
    csv.DictWriter(out, ["item", "count"]).writerows(orders())
    return 200, "text/csv", out.getvalue()


def disk():
    return 200, "text/plain", subprocess.check_output(["df", "--output=target", "/"], text=True)


def kinds():
    names = os.listdir(os.path.join(FOLDER, "labels"))
    return 200, "text/plain", "\n".join(sorted(name[:-3] for name in names if name.endswith(".py"))) + "\n"


class Handler(http.server.BaseHTTPRequestHandler):
    pages = {"/": index, "/style.css": style, "/export": export, "/disk": disk, "/kinds": kinds}

    def answer(self, status, kind, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path = urlsplit(self.path).path
        if path in self.pages:
            self.answer(*self.pages[path]())
        elif path.startswith("/label/"):
            self.answer(*label(path[len("/label/"):]))
        else:
            self.answer(404, "text/html", page("error", path=path))

    def do_POST(self):
        item = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        all_of_them = orders() + [{"item": item["item"], "count": item["count"]}]
        with open(ORDERS, "w") as f:
            json.dump(all_of_them, f)
        self.answer(201, "application/json", json.dumps({"item": item["item"]}))

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
