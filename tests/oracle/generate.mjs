// Random programs in the part of JavaScript that process files are written in.

import { Random } from './random.mjs';
import { Statements } from './statements.mjs';

const LONGEST = 900;

/** `count` different programs, none longer than 900 characters. `unknowns` is the share of conditions that only a library knows. */
export function* programs(seed, count, unknowns = 0) {
  const random = new Random(seed);
  const seen = new Set();
  while (seen.size < count) {
    const program = new Statements(random, unknowns).program(2 + random.below(4));
    if (program.length > LONGEST || seen.has(program)) continue;
    seen.add(program);
    yield program;
  }
}
