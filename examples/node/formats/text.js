'use strict';
exports.type = 'text/plain';
exports.write = note => note.title + '\n\n' + note.text + '\n';
