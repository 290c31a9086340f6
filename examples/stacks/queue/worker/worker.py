"""Draws the pictures that are ordered. The code of a shape is imported when a picture has it."""
import importlib
import io
import json
import re
import signal
import sys

import redis
from PIL import Image, ImageDraw


def draw(order):
    shape = order.get("shape", "plain")
    if not re.fullmatch("[a-z]+", shape):
        raise ValueError("no such shape")
    picture = Image.new("RGB", (200, 60), "white")
    importlib.import_module("shapes." + shape).draw(ImageDraw.Draw(picture), str(order["text"])[:40])
    out = io.BytesIO()
    picture.save(out, order["format"])
    return order["format"].encode() + b"\n" + out.getvalue()


def main():
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    queue = redis.Redis(host="queue")
    queue.ping()
    print("waits for orders")
    while True:
        order = json.loads(queue.blpop("orders")[1])
        try:
            answer = draw(order)
        except Exception as error:
            answer = b"error\n" + repr(error).encode()
        queue.hset("pictures", order["number"], answer)
        print("did", order["number"])


main()
