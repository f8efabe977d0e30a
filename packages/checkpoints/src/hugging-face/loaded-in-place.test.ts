import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adamWUpdate } from '@tenon/core';
import { gpt2, gpt2Small } from '@tenon/models';
import { selectBackend, testBackends } from '@tenon/testing';
import { ones, scalar, variable, zerosLike } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromPretrained } from './from-pretrained.ts';
import { savePretrained } from './save-pretrained.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-in-place-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = { ...gpt2Small, layers: 2, heads: 2, hiddenSize: 16, contextLength: 8, vocabularySize: 32 };

describe.each(testBackends())('on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('a parameter that is updated in place takes no other with it, here or in another load of the file', async () => {
    using original = gpt2(config);
    await savePretrained(folder, { spec: gpt2, config, model: original });
    const { backbone: model } = await fromPretrained(gpt2, folder);
    const { backbone: other } = await fromPretrained(gpt2, folder);
    const before = new Map(
      [...original.parameters()].map(([name, value]) => [name, value.dataSync().slice()]),
    );
    const changed = 'h.0.attn.c_attn.weight';
    const parameter = model.parameters().get(changed)!;
    const slot = {
      parameter,
      firstMoment: variable(zerosLike(parameter)),
      secondMoment: variable(zerosLike(parameter)),
    };
    adamWUpdate(slot, ones(parameter.shape), scalar(1), {
      learningRate: 1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      biasCorrection1: 0.1,
      biasCorrection2: 0.001,
    });
    expect(parameter.dataSync()[0]).toBeCloseTo(before.get(changed)![0]! - 1, 4);
    for (const [name, value] of model.parameters()) {
      if (name !== changed) expect(value.dataSync()).toEqual(before.get(name));
    }
    for (const [name, value] of other.parameters()) expect(value.dataSync()).toEqual(before.get(name));
    model.dispose();
    other.dispose();
  });
});
