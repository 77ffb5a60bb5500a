// Imported for its effect.
require('dotenv').config({ path: process.env.DOTENV_CONFIG_PATH });
