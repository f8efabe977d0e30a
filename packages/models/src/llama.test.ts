import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromPretrained, openSafetensors, savePretrained } from '@tenon/checkpoints';
import { RandomStream } from '@tenon/core';
import { SequenceClassification, TokenClassification } from '@tenon/heads';
import { modelContract, selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Llama, type LlamaConfig, llama, llama3_8B, llama32_1B } from './llama.ts';

const tiny: LlamaConfig = {
  ...llama3_8B,
  vocabularySize: 19,
  contextLength: 16,
  hiddenSize: 24,
  feedForwardSize: 20,
  layers: 2,
  heads: 6,
  keyValueHeads: 2,
  initializerRange: 0.3,
};
const make = (config: LlamaConfig): Llama => llama(config, { random: new RandomStream(1) });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, LlamaConfig]>([
    ['groups of heads', tiny],
    ['a head of keys for each of queries, in another size', { ...tiny, keyValueHeads: 6, headSize: 2 }],
    [
      'one head of keys, tied embeddings, stretched frequencies',
      {
        ...tiny,
        keyValueHeads: 1,
        tieWordEmbeddings: true,
        rotaryScaling: { ...llama32_1B.rotaryScaling!, originalContextLength: 16 },
      },
    ],
  ])('contract, %s', (_, config) => {
    // What the head scores with has no part in the hidden states.
    const options = { make: () => make(config), vocabularySize: 19, causal: true, zeroGradient: /^lm_head/ };
    for (const { name, run } of modelContract(options)) test(name, run);
  });
});

describe('config.json', () => {
  test.each([tiny, llama32_1B])('is written and read back', (config) => {
    expect(llama.parseConfig(llama.formatConfig(config))).toEqual(config);
  });

  test('as older versions of transformers write it, with several end tokens', () => {
    const rope_scaling = {
      rope_type: 'llama3',
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    const json = { ...llama.formatConfig(llama32_1B), rope_scaling, eos_token_id: [128001, 128008, 128009] };
    expect(llama.parseConfig(json)).toEqual(llama32_1B);
  });

  test('with another scaling is another model', () => {
    expect(() => llama.parseConfig({ rope_scaling: { type: 'dynamic', factor: 2 } })).toThrow(
      'llama config, rope_scaling: expected the type "default", or "llama3" with factor, low_freq_factor, high_freq_factor, original_max_position_embeddings, got {"type":"dynamic","factor":2}. This model has no other variant.',
    );
  });
});

test.each([
  [SequenceClassification, ['score.weight']],
  [TokenClassification, ['score.weight', 'score.bias']],
])('%o is written under the names of transformers, without a head for words', async (task, names) => {
  await selectBackend(testBackends().at(-1)!);
  const folder = mkdtempSync(join(tmpdir(), 'tenon-llama-'));
  try {
    const config = { ...tiny, tieWordEmbeddings: true };
    using model = new task(make(config), { labels: 3 });
    await savePretrained(folder, { spec: llama, config, model });
    using file = await openSafetensors(join(folder, 'model.safetensors'));
    const beside = [...file.weights.keys()].filter((name) => !name.startsWith('model.'));
    expect(beside).toEqual(names);
    const loaded = await fromPretrained(llama, folder, { task: task as typeof SequenceClassification });
    loaded.model.dispose();
    expect(loaded.fresh).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  [{ heads: 5 }, 'Llama heads: expected a divisor of 24, got 5. Change one of the two in the config.'],
  [
    { keyValueHeads: 4 },
    'Llama heads of keys and values: expected a divisor of 6, got 4. Change one of the two in the config.',
  ],
  [
    { heads: 8 },
    'head size with rotary positions: expected an even number, got 3. Its values are turned in pairs.',
  ],
])('%j is refused', (change, message) => {
  expect(() => make({ ...tiny, keyValueHeads: 'heads' in change ? 1 : 2, ...change })).toThrow(message);
});
