'use strict';
exports.type = 'text/plain';
exports.write = (recipe) => `${recipe.name}\n\n${recipe.text}\n`;
