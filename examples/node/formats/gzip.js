'use strict';
const zlib = require('zlib');

exports.type = 'application/gzip';
exports.write = note => zlib.gzipSync(note.text);
