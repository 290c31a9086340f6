'use strict';
// Recipes in MariaDB, with a cache in redis. The code of a format is loaded when a request asks for it.
const express = require('express');
const mysql = require('mysql');
const redis = require('redis');

const database = mysql.createPool({host: 'db', user: 'recipes', password: process.env.DB_PASSWORD, database: 'recipes'});
const cache = redis.createClient({url: 'redis://cache'});
cache.on('error', (error) => console.error('cache:', error.message));

function query(text, values = []) {
  return new Promise((resolve, reject) => {
    database.query(text, values, (error, rows) => (error ? reject(error) : resolve(rows)));
  });
}

async function recipe(id) {
  const cached = await cache.get(`recipe ${id}`);
  if (cached) return {...JSON.parse(cached), cached: true};
  const [row] = await query('SELECT id, name, text FROM recipe WHERE id = ?', [id]);
  if (row) await cache.set(`recipe ${id}`, JSON.stringify(row), {EX: 600});
  return row;
}

const app = express();
app.use(express.json());
const route = (handler) => (request, response, next) => handler(request, response).catch(next);

app.get('/', route(async (request, response) => {
  const rows = await query('SELECT id, name FROM recipe ORDER BY id');
  response.send(`<h1>${rows.length} recipes</h1>` + rows.map((row) => `<a href="/recipes/${row.id}">${row.id}</a>`).join(' '));
}));
app.post('/recipes', route(async (request, response) => {
  const {insertId} = await query('INSERT INTO recipe SET ?', {name: request.body.name, text: request.body.text});
  response.status(201).json({id: insertId});
}));
app.get('/search', route(async (request, response) => {
  response.json(await query('SELECT id, name FROM recipe WHERE MATCH (text) AGAINST (?)', [String(request.query.text)]));
}));
app.get('/recipes/:id', route(async (request, response) => {
  const found = await recipe(Number(request.params.id));
  if (found) response.json(found);
  else response.status(404).send('no such recipe');
}));
app.get('/recipes/:id/:format([a-z]+)', route(async (request, response) => {
  const found = await recipe(Number(request.params.id));
  if (!found) return response.status(404).send('no such recipe');
  const format = require(`./formats/${request.params.format}`);
  return response.type(format.type).send(format.write(found));
}));
app.use((error, request, response, next) => response.status(500).send(`failed: ${error.code || error.message}`));

async function main() {
  await cache.connect();
  const server = app.listen(3000, () => console.log('listens on port 3000'));
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
}

main();
