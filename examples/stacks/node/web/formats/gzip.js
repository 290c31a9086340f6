'use strict';
const zlib = require('zlib');
exports.type = 'application/gzip';
exports.write = (recipe) => zlib.gzipSync(recipe.text);
