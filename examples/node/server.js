// Notes for those who log in: templates, formats that are loaded when one is asked for, and a search in a worker.
'use strict';
const crypto = require('crypto');
const path = require('path');
const { Worker } = require('worker_threads');
const express = require('express');

const secret = process.env.SECRET;
const notes = [{ id: 1, title: 'Welcome', text: 'Write *something*.', at: new Date(Date.UTC(2024, 0, 2, 15)) }];
const sign = name => name + '.' + crypto.createHmac('sha256', secret).update(name).digest('hex');

const app = express();
app.set('view engine', 'ejs');
app.set('views', path.join(__dirname, 'views'));
app.use(express.json());
app.use(express.urlencoded({ extended: false }));

function user(request) {
  const cookie = /(?:^|; )user=([^;]+)/.exec(request.headers.cookie || '');
  const name = cookie && decodeURIComponent(cookie[1]).split('.')[0];
  return name && sign(name) === decodeURIComponent(cookie[1]) ? name : null;
}

function members(request, response, next) {
  if (user(request)) next();
  else response.redirect('/login');
}

function find(request, response, next) {
  request.note = notes.find(note => note.id === Number(request.params.id));
  if (request.note) next();
  else response.status(404).render('missing');
}

app.get('/', (request, response) => response.render('index', { user: user(request), notes }));
app.get('/login', (request, response) => response.render('login'));
app.post('/login', (request, response) => {
  if (request.body.password !== 'sesame') return response.status(403).render('login');
  response.cookie('user', sign(request.body.user)).redirect('/');
});
app.post('/notes', members, (request, response) => {
  const note = { id: notes.length + 1, title: request.body.title, text: request.body.text, at: new Date() };
  notes.push(note);
  response.status(201).json({ id: note.id });
});
app.get('/notes/:id', members, find, (request, response) => {
  const date = new Intl.DateTimeFormat(request.query.locale || 'en-GB', { dateStyle: 'full', timeZone: request.query.zone || 'UTC' });
  response.render('note', { note: request.note, when: date.format(request.note.at) });
});
app.get('/notes/:id/:format', members, find, (request, response, next) => {
  if (!/^[a-z]+$/.test(request.params.format)) return next();
  let format;
  try {
    format = require('./formats/' + request.params.format);
  } catch (error) {
    return error.code === 'MODULE_NOT_FOUND' ? next() : next(error);
  }
  response.type(format.type).send(format.write(request.note));
});
app.get('/search', members, (request, response, next) => {
  new Worker(path.join(__dirname, 'search.js'), { workerData: { notes, text: request.query.text || '' } })
    .on('message', found => response.json(found)).on('error', next);
});
app.use((request, response) => response.status(404).render('missing'));
app.use((error, request, response, next) => response.status(500).render('failure', { error }));

const server = app.listen(3000, () => console.log('listens on port 3000'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
