'use strict';
const {marked} = require('marked');
exports.type = 'text/html';
exports.write = (recipe) => `<h1>${recipe.name}</h1>${marked(recipe.text)}`;
