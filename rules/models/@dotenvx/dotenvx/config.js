// Imported for its effect.
require('@dotenvx/dotenvx').config();
