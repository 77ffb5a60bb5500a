//! YAML as js-yaml 4 reads it, with the place of every part.
