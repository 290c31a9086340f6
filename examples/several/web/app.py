"""Counts visits in PostgreSQL. The code of a report is imported when the report is asked for."""
import importlib
import re

import psycopg2
from flask import Flask, abort, render_template, request

app = Flask(__name__)


def query(text, *values):
    with psycopg2.connect("") as connection, connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


@app.get("/")
def index():
    count = query("insert into visits (page) values (%s) returning (select count(*) + 1 from visits)", "/")[0][0]
    return render_template("index.html", count=count)


@app.get("/reports/<name>")
def report(name):
    try:
        module = importlib.import_module("reports." + (name if re.fullmatch("[a-z]+", name) else abort(404)))
    except ModuleNotFoundError:
        abort(404)
    return render_template("report.html", name=name, rows=module.rows(query, request.args))


@app.errorhandler(psycopg2.Error)
def failure(error):
    return render_template("failure.html", error=error), 503
