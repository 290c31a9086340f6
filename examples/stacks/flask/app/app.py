"""Keeps a ledger in PostgreSQL. The code of an export is imported when the export is asked for."""
import importlib
import re
import zoneinfo

import babel.numbers
import psycopg2
from flask import Flask, abort, jsonify, request

app = Flask(__name__)


def query(text, *values):
    with psycopg2.connect("") as connection, connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


@app.get("/api/health")
def health():
    return jsonify(entries=query("select count(*) from entries")[0][0])


@app.get("/api/entries")
def entries():
    zone, locale = request.args.get("zone", "UTC"), request.args.get("locale", "en_US")
    return jsonify([{"id": id, "text": text, "amount": babel.numbers.format_currency(cents / 100, "EUR", locale=locale),
                     "at": at.astimezone(zoneinfo.ZoneInfo(zone)).isoformat()}
                    for id, text, cents, at in query("select id, text, cents, at from entries order by id")])


@app.post("/api/entries")
def add():
    id = query("insert into entries (text, cents) values (%s, %s) returning id", request.json["text"], request.json["cents"])[0][0]
    return jsonify(id=id), 201


@app.get("/api/exports/<name>")
def export(name):
    try:
        module = importlib.import_module("exports." + (name if re.fullmatch("[a-z]+", name) else abort(404)))
    except ModuleNotFoundError:
        abort(404)
    return module.write(query("select id, text, cents from entries order by id")), {"Content-Type": module.TYPE}


@app.errorhandler(psycopg2.Error)
def failure(error):
    return jsonify(error="%s from the database" % type(error).__name__), 503
