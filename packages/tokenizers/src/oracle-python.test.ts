// The third oracle: the folders that we save, opened by transformers in Python as anybody would: AutoTokenizer.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CORPUS, families } from './__fixtures__/families.ts';
import { trainByteLevelBPE } from './byte-level/train.ts';
import { tokenizerFromJSON } from './from-json.ts';
import { saveTokenizer } from './node/folder.ts';

const SCRIPT = fileURLToPath(new URL('./__fixtures__/transformers_ids.py', import.meta.url));
const PATIENCE = 180_000; // transformers alone takes seconds to load

const python = process.env['TENON_PYTHON'];
const hasTransformers =
  python !== undefined &&
  spawnSync(python, ['-c', 'from importlib.util import find_spec as f; exit(f("transformers") is None)'])
    .status === 0;
const why = hasTransformers ? '' : ' (skipped: TENON_PYTHON names no Python that has transformers)';

interface Answer {
  readonly ids: readonly (readonly number[])[];
  readonly decoded: readonly string[];
}

const texts = CORPUS.filter((text) => !/\p{Surrogate}/u.test(text)); // Python's strings of them are not UTF-8
const trained = await trainByteLevelBPE(CORPUS, { vocabularySize: 600, specialTokens: ['<s>', '</s>'] });
const { model } = trained.toJSON() as { model: { vocab: Record<string, number>; merges: string[] } };
const jsons = Object.entries(families(model));

describe.runIf(hasTransformers)(`folders that we save, opened in Python${why}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'tenon-python-'));
  let answers: readonly Answer[];

  beforeAll(async () => {
    const folders = jsons.map((_, i) => join(root, String(i)));
    for (const [i, [, json]] of jsons.entries()) await saveTokenizer(tokenizerFromJSON(json), folders[i]!);
    const input = JSON.stringify(texts);
    const done = spawnSync(python!, [SCRIPT, ...folders], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (done.status !== 0) throw new Error(`expected ids from transformers, got ${done.stderr.slice(-2000)}`);
    answers = JSON.parse(done.stdout) as Answer[];
  }, PATIENCE);
  afterAll(() => rmSync(root, { recursive: true }));

  test.each(jsons.map(([name], i) => [name, i] as const))('%s', (_name, i) => {
    const tokenizer = tokenizerFromJSON(jsons[i]![1]);
    for (const [number, text] of texts.entries()) {
      const ids = [...tokenizer.encodeIds(text, { allowedSpecial: 'all' })];
      expect(ids, text).toEqual(answers[i]!.ids[number]);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true }), text).toBe(answers[i]!.decoded[number]);
    }
  });
});
