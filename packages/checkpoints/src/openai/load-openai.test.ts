import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import { type GPTConfig, gpt, gpt2, gptBase } from '@tenon/models';
import { expectClose, goldenCase, leakFree, selectBackend, sharedFolder } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReleasedArray, writeRelease } from './__fixtures__/write-release.ts';
import { loadOpenAI } from './load-openai.ts';
import { openOpenAI } from './release.ts';

const config: GPTConfig = {
  ...gptBase,
  vocabularySize: 7,
  contextLength: 5,
  hiddenSize: 12,
  layers: 2,
};

const root = mkdtempSync(join(tmpdir(), 'tenon-openai-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(() => selectBackend('cpu'));

/** The arrays of a model, matrices with a leading 1, in the order of the release. */
function arraysOf(made: GPTConfig): ReleasedArray[] {
  using model = gpt(made, { random: new RandomStream(9) });
  const weights = model.stateDict();
  return gpt.release!.names(made).map((name) => {
    const { shape, read } = weights.get(name)!;
    const matrix = shape.length === 2 && !name.includes('embed');
    return { shape: matrix ? [1, ...shape] : shape, values: Float32Array.from(read()) };
  });
}

const arrays = (): ReleasedArray[] => arraysOf(config);

describe('a release', () => {
  test.each([1, 3, 10])('of %i pieces is the model it was written from', async (pieces) => {
    const folder = join(root, `pieces-${pieces}`);
    writeRelease(join(folder, 'model'), arrays(), pieces);
    await leakFree(async () => {
      const loaded = await loadOpenAI(gpt, folder);
      using backbone = loaded.backbone;
      expect(loaded.config).toEqual(config);
      expect(loaded.fresh).toEqual([]);
      using written = gpt(config, { random: new RandomStream(9) });
      for (const [name, parameter] of written.parameters()) {
        expect(backbone.parameters().get(name)!.dataSync(), name).toEqual(parameter.dataSync());
      }
    });
  });

  test('has heads as fromPretrained has them, and a configuration of its own beside it', async () => {
    const folder = join(root, 'with-config');
    const other = { ...config, heads: 3, layerNormEpsilon: 1e-6 };
    writeRelease(folder, arrays());
    writeFileSync(join(folder, 'config.json'), JSON.stringify(gpt.formatConfig(other)));
    const loaded = await loadOpenAI(gpt, folder, { task: CausalLM, config: { residualDropout: 0.5 } });
    using model = loaded.model;
    expect(model).toBeInstanceOf(CausalLM);
    expect(loaded.config).toEqual({ ...other, residualDropout: 0.5 });
    expect(loaded.fresh).toEqual([]);
  });

  test('gets further embeddings for new tokens', async () => {
    const folder = join(root, 'more-tokens');
    writeRelease(folder, arrays());
    const { backbone } = await loadOpenAI(gpt, folder, { config: { vocabularySize: 10 } });
    const values = [...backbone.tokenEmbedding.dataSync()];
    const [, tokens] = arrays();
    expect(values.slice(0, 84)).toEqual([...tokens!.values]);
    const drawn = values.slice(84);
    expect(drawn.every((value) => value !== 0 && Math.abs(value) < 0.1)).toBe(true);
    expect(new Set(drawn).size).toBe(36);
    backbone.dispose();
  });

  test('is read until it is closed', () => {
    const folder = join(root, 'closed');
    writeRelease(folder, arrays());
    const files = openOpenAI(folder);
    files.close();
    expect(() => files.arrays[0]!.read()).toThrow('expected an open file, got a closed one.');
  });
});

describe('refuses', () => {
  const refusal = async (change: (folder: string) => void, spec: Partial<GPTConfig> = {}) => {
    const folder = mkdtempSync(join(root, 'damaged-'));
    writeRelease(folder, arrays());
    change(folder);
    return loadOpenAI(gpt, folder, { config: spec }).then(
      () => 'nothing thrown',
      (error: Error) => error.message.replaceAll(folder, ''),
    );
  };
  const shapes = (folder: string, text: string) => writeFileSync(join(folder, 'params_shapes.json'), text);
  const changed = (change: (shapes: number[][]) => unknown) => (folder: string) => {
    const list = JSON.parse(readFileSync(join(folder, 'params_shapes.json'), 'utf8'));
    shapes(folder, JSON.stringify(change(list)));
  };

  test.each<[string, (folder: string) => void, string]>([
    [
      'no shapes',
      (folder) => rmSync(join(folder, 'params_shapes.json')),
      'a list of shapes in JSON, got ENOENT',
    ],
    ['no JSON', (folder) => shapes(folder, '[[1'), 'expected a list of shapes in JSON, got '],
    ['no list', (folder) => shapes(folder, '{}'), 'expected a list of shapes in JSON, got no list.'],
    ['no shape', (folder) => shapes(folder, '[[1], 2]'), 'expected a list of shapes in JSON, got number.'],
    ['an empty array', changed(([first, ...rest]) => [[0, first![1]], ...rest]), 'in JSON, got [0, 12].'],
    ['a piece too few', (folder) => rmSync(join(folder, 'params_9.npy')), 'as many as the pieces hold, got '],
    [
      'a gap',
      (folder) => rmSync(join(folder, 'params_4.npy')),
      'params_4.npy: expected an npy file, got ENOENT',
    ],
    [
      'no pieces',
      (folder) => {
        for (let i = 0; i < 10; i++) rmSync(join(folder, `params_${i}.npy`));
      },
      'params_0.npy: expected an npy file, got ENOENT',
    ],
    [
      'a shape too many',
      changed((list) => [...list, [1]]),
      'shapes of 3912 numbers, as many as the pieces hold, got 3913.',
    ],
    [
      'other shapes',
      changed((list) => list.with(3, [2, 18])),
      'h.0.attn.c_attn.bias of shape [2, 18] instead of [36]',
    ],
    [
      'shapes joined',
      changed((list) => [...list.slice(0, -2), [24]]),
      '/params_shapes.json: expected 14 arrays for this model, got 25.',
    ],
  ])('%s', async (_, change, message) => expect(await refusal(change)).toContain(message));

  test('fewer tokens than the files have, and models without a release', async () => {
    expect(await refusal(() => undefined, { vocabularySize: 6 })).toContain(
      'tokens_embed.weight of shape [7, 12] instead of [6, 12]',
    );
    await expect(loadOpenAI(gpt2, root)).rejects.toThrow(
      "loadOpenAI: expected a model of which there are OpenAI's files, got gpt2. Load it with fromPretrained, or pass gpt.",
    );
  });
});

const shared = sharedFolder();
const folder = shared === undefined ? '' : join(shared, 'goldens', 'gpt', 'openai_release_layout');
test.runIf(existsSync(folder))(
  'the reference loader gives the same (skipped without the shared goldens)',
  async () => {
    const golden = goldenCase(folder);
    const { backbone } = await loadOpenAI(gpt, folder);
    const { input_ids } = golden.json('inputs.json') as { input_ids: number[][] };
    const logits = tidy(() => {
      const { lastHidden } = backbone.encode({ inputIds: tensor2d(input_ids, undefined, 'int32') });
      return backbone.scorer.logits(lastHidden).dataSync();
    });
    expectClose('logits', logits, golden.tensors('golden.safetensors').get('logits')!.values);
    for (const [name, { values }] of golden.tensors('model.safetensors')) {
      const parameter = backbone.parameters().get(name.replace(gpt.prefix, ''))!;
      expect(parameter.dataSync(), name).toEqual(values);
    }
    backbone.dispose();
  },
);
