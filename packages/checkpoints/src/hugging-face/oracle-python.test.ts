// What Tenon saves, transformers in Python loads and computes the same from; and the other way round.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectClose, selectBackend, testBackends } from '@tenon/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case, Outputs } from './__fixtures__/python-case.ts';
import { cases } from './__fixtures__/python-cases.ts';

const SCRIPT = fileURLToPath(new URL('./__fixtures__/transformers_outputs.py', import.meta.url));
const PATIENCE = 300_000; // torch and transformers alone take long to load

const python = process.env['TENON_PYTHON'];
const find =
  'from importlib.util import find_spec as f; exit(f("transformers") is None or f("torch") is None)';
const hasOracle = python !== undefined && spawnSync(python, ['-c', find]).status === 0;
const why = hasOracle ? '' : ' (skipped: TENON_PYTHON names no Python that has transformers and torch)';

/** What Python made of a case: the outputs of the model that we saved, and of the two that it saved itself. */
interface Answer {
  readonly problems: Readonly<Record<string, unknown>>;
  readonly tenon: Outputs;
  readonly float32: Outputs;
  readonly bfloat16: Outputs;
}

function expectOutputs(actual: Outputs, expected: Outputs): void {
  for (const [name, values] of Object.entries(actual)) expectClose(name, values, expected[name] ?? []);
}

describe.runIf(hasOracle)(`models that go to Python and come from there${why}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'tenon-python-'));
  const folders = cases.map((_, i) => join(root, String(i)));
  const ours: Outputs[] = [];
  let answers: readonly Answer[];

  beforeAll(async () => {
    await selectBackend(testBackends()[0]!);
    for (const [i, { save }] of cases.entries()) ours.push(await save(join(folders[i]!, 'tenon')));
    const input = JSON.stringify(cases.map(({ inputs }, i) => ({ folder: folders[i], inputs })));
    const done = spawnSync(python!, [SCRIPT], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (done.status !== 0)
      throw new Error(`expected outputs from transformers, got ${done.stderr.slice(-2000)}`);
    answers = JSON.parse(done.stdout) as Answer[];
  }, PATIENCE);
  afterAll(() => rmSync(root, { recursive: true }));

  describe.each(cases.map((one, i): [string, number, Case] => [one.title, i, one]))('%s', (_, i, one) => {
    test('is opened there without a missing or unexpected tensor, and computes the same', () => {
      expect(answers[i]!.problems).toEqual({});
      expectOutputs(ours[i]!, answers[i]!.tenon);
    });

    test.each(['float32', 'bfloat16'] as const)(
      'is opened here as %s, and computes the same',
      async (type) => {
        const folder = join(folders[i]!, type);
        expect(existsSync(join(folder, 'model.safetensors.index.json'))).toBe(type === 'float32');
        const { fresh, settings, outputs } = await one.load(folder);
        expect(fresh).toEqual([]);
        expect(settings).toEqual(one.settings);
        expectOutputs(outputs, answers[i]![type]);
      },
    );
  });
});
