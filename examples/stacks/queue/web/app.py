"""Takes orders for pictures, which a worker draws."""
import json

import redis
from flask import Flask, abort, jsonify, render_template, request

TYPES = {"png": "image/png", "gif": "image/gif", "jpeg": "image/jpeg", "webp": "image/webp"}
app = Flask(__name__)
queue = redis.Redis(host="queue")


@app.get("/")
def index():
    return render_template("index.html", waiting=queue.llen("orders"), drawn=queue.hlen("pictures"))


@app.post("/pictures")
def order():
    if request.json.get("format") not in TYPES:
        abort(400)
    number = queue.incr("number")
    queue.rpush("orders", json.dumps({**request.json, "number": number}))
    return jsonify(number=number), 202


@app.get("/pictures/<int:number>")
def picture(number):
    answer = queue.hget("pictures", number)
    if answer is None:
        abort(404)
    kind, data = answer.split(b"\n", 1)
    return (data, {"Content-Type": TYPES[kind.decode()]}) if kind != b"error" else (data, 500)


@app.errorhandler(redis.RedisError)
def failure(error):
    return render_template("failure.html", error=type(error).__name__), 503
