// Loads mutated checkpoint files:  npm run fuzz -- [--count 10000] [--seed 1] [--format safetensors]... [--only INDEX]
// Each must load, or end in an error of ours within a second and without taking more than twice the file plus 64 MB.
import { parseArgs } from 'node:util';
import { TenonError } from '@tenon/core';
import { FORMATS, type Format } from './formats.ts';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string', multiple: true },
    only: { type: 'string' },
  },
});

function formats(): readonly Format[] {
  const names = FORMATS.map(({ name }) => name);
  const unknown = values.format?.find((name) => !names.includes(name));
  if (unknown === undefined) return FORMATS.filter(({ name }) => values.format?.includes(name) ?? true);
  throw new TenonError({
    subject: '--format',
    expected: names.join(' or '),
    got: unknown,
    advice: 'Leave it out for all of them.',
  });
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TenonError({ subject: `--${name}`, expected: 'a whole number', got: text, advice: 'Pass one.' });
}

try {
  const seed = whole('seed', values.seed);
  const [from, to] =
    values.only === undefined
      ? [0, whole('count', values.count)]
      : [whole('only', values.only), whole('only', values.only) + 1];
  for (const format of formats()) {
    const { loaded, refused, failures, mostSeconds, mostBytes } = await fuzz(format, seed, from, to);
    const most = `most ${mostSeconds.toFixed(2)} s of processor time, ${(mostBytes / 2 ** 20).toFixed(0)} MB`;
    console.log(`${format.name}: ${loaded} loaded, ${refused} refused, ${failures.length} failed; ${most}`);
    for (const { index, what } of failures.slice(0, 10)) {
      console.error(`  --format ${format.name} --seed ${seed} --only ${index}: ${what}`);
    }
    if (failures.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
