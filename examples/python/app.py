"""A shop: items in SQLite, pages from templates, exports whose code is imported when one is asked for."""
import importlib
import re
import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from flask import Flask, Response, abort, g, jsonify, render_template, request

app = Flask(__name__)


def database():
    if "database" not in g:
        g.database = sqlite3.connect("/data/shop.db")
        g.database.execute("create table if not exists items (id integer primary key, name text not null, price real not null)")
    return g.database


@app.teardown_appcontext
def close(error):
    if "database" in g:
        g.database.close()


def items():
    return database().execute("select id, name, price from items order by id").fetchall()


@app.get("/")
def index():
    return render_template("index.html", items=items())


@app.post("/items")
def add():
    data = request.get_json()
    if not data.get("name"):
        abort(400)
    cursor = database().execute("insert into items (name, price) values (?, ?)", (data["name"], float(data.get("price", 0))))
    database().commit()
    return jsonify(id=cursor.lastrowid), 201


@app.get("/items/<int:number>")
def item(number):
    row = database().execute("select id, name, price from items where id = ?", (number,)).fetchone() or abort(404)
    try:
        locale = Locale.parse(request.args.get("locale", "en_GB"))
    except (UnknownLocaleError, ValueError):
        abort(400)
    return render_template("item.html", item=row, price=format_currency(row[2], "EUR", locale=locale))


@app.get("/export/<name>")
def export(name):
    if not re.fullmatch("[a-z]+", name):
        abort(404)
    try:
        module = importlib.import_module("exports.as_" + name)
    except ModuleNotFoundError:
        abort(404)
    return Response(module.export(items()), mimetype=module.TYPE)


@app.get("/opening")
def opening():
    try:
        zone = ZoneInfo(request.args.get("zone", "Europe/London"))
    except (ZoneInfoNotFoundError, ValueError):
        abort(400)
    return datetime(2024, 7, 1, 9, tzinfo=ZoneInfo("Europe/London")).astimezone(zone).strftime("%A %H:%M %Z")


@app.errorhandler(404)
@app.errorhandler(400)
def failure(error):
    return render_template("error.html", error=error), error.code
