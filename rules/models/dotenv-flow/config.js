// Imported for its effect.
require('dotenv-flow').config();
