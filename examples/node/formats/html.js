'use strict';
const { marked } = require('marked');

exports.type = 'text/html';
exports.write = note => marked.parse('# ' + note.title + '\n\n' + note.text);
