// docs/training-arguments.md lists every argument: this keeps it true.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveArguments } from './resolve-arguments.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Rows that begin with a name and end with what it does. */
const documented = [
  ...read('../../../docs/training-arguments.md').matchAll(
    /^\| `(\w+)` \| (`\w+`|ours) \| (`[^`]+`|none) \| [^|]*\| [^|]*\|$/gm,
  ),
].map(([, name, theirs, value]) => ({ name, theirs, value: value?.replaceAll('`', '') }));

test('the page lists the fields of TrainingArguments, in their order', () => {
  const [, type] = read('./training-arguments.ts').match(/interface TrainingArguments \{([\s\S]*?)^\}/m)!;
  const fields = [...type!.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  expect(fields.length).toBeGreaterThan(30);
  expect(documented.map(({ name }) => name)).toEqual(fields);
});

test("the page has Hugging Face's names, which are ours in snake case", () => {
  for (const { name, theirs } of documented) {
    const snake = name!.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (theirs !== 'ours') expect(theirs).toBe(`\`${snake}\``);
  }
});

test('the page has the defaults', () => {
  const defaults: Readonly<Record<string, unknown>> = { ...resolveArguments({}, true) };
  for (const { name, value } of documented) {
    const expected = defaults[name!];
    const asNumber = typeof expected === 'number' ? Number(value) : value;
    expect({ [name!]: asNumber }).toEqual({
      [name!]: expected === undefined ? 'none' : typeof expected === 'number' ? expected : String(expected),
    });
  }
});
