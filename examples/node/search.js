'use strict';
const { parentPort, workerData } = require('worker_threads');

const wanted = workerData.text.normalize('NFKD').toLowerCase();
parentPort.postMessage(workerData.notes.filter(note => note.text.normalize('NFKD').toLowerCase().includes(wanted)).map(note => note.id));
