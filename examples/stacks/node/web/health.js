'use strict';
// The health check: the first page must be there.
require('http').get('http://127.0.0.1:3000/', (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1));
