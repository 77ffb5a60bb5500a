// Imported for its effect.
require('dotenv-expand').expand(require('dotenv').config());
