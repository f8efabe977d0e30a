import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Backbone, type StateDict, storedTensor } from '@tenon/core';
import { type GPT2, type GPT2Config, gpt2 } from '@tenon/models';
import { readGoldenTensors, selectBackend, testBackends } from '@tenon/testing';
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import { fill, memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GenerateOptions, generate } from './generate.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const goldens = readJson(path('__fixtures__/gpt2-generation.json')) as Record<string, number[][]>;
const checkpoint = path('../../models/src/__fixtures__/gpt2-lm');

/** The tiny GPT-2 of the goldens: 3 layers, 48 positions, 89 tokens. */
function goldenModel(change: Partial<GPT2Config> = {}): GPT2 {
  const config = gpt2.parseConfig(readJson(`${checkpoint}/config.json`));
  const weights: StateDict = new Map();
  for (const [name, { shape, values }] of readGoldenTensors(`${checkpoint}/model.safetensors`)) {
    if (!name.startsWith(gpt2.prefix)) continue;
    const cut = (values as Float32Array).subarray(0, (change.contextLength ?? 48) * 32);
    const short = name.endsWith('wpe.weight') && change.contextLength !== undefined;
    weights.set(
      name.slice(gpt2.prefix.length),
      short ? storedTensor(cut, [change.contextLength!, 32]) : storedTensor(values as Float32Array, shape),
    );
  }
  const model = gpt2({ ...config, ...change });
  model.loadStateDict(gpt2.sanitize?.(weights, config) ?? weights);
  return model;
}

/** The same model, which encodes the whole text for each token. */
const withoutState = (model: Backbone): Backbone =>
  Object.create(model, { initialState: { value: undefined } });

describe.each(testBackends())('generate on %s', (backend) => {
  let model: GPT2;
  beforeAll(async () => {
    await selectBackend(backend);
    model = goldenModel();
  });
  afterAll(() => model.dispose());

  it('goes on as Hugging Face does', async () => {
    const generated = await generate(model, goldens['prompt']!, { greedy: true, maxNewTokens: 20 });
    generated.forEach(({ tokens, stopped }, b) => {
      expect([...goldens['prompt']![b]!, ...tokens]).toEqual(goldens['greedy_max_length_25_no_eos']![b]);
      expect(stopped).toBe('length');
    });
  });

  it('goes on as Hugging Face does with a stop token, one text at a time', async () => {
    for (const [b, prompt] of goldens['prompt']!.entries()) {
      const { tokens } = await generate(model, prompt, { greedy: true, maxNewTokens: 35, stopTokens: [2] });
      expect([...prompt, ...tokens]).toEqual(goldens['greedy_with_eos_2']![b]);
    }
  });

  const sampling: GenerateOptions = { maxNewTokens: 12, temperature: 0.9, topK: 40, topP: 0.95, seed: 7 };

  it('draws the same with the same seed, and differently with another', async () => {
    const first = await generate(model, [1, 2, 3], sampling);
    expect(await generate(model, [1, 2, 3], sampling)).toEqual(first);
    expect(await generate(model, [1, 2, 3], { ...sampling, seed: 8 })).not.toEqual(first);
  });

  it('generates in a batch what it generates alone', async () => {
    const prompts = [[5], [38, 4, 76, 69, 56, 87, 36, 84, 58, 54, 30], [32, 11, 8]];
    const together = await generate(model, prompts, { greedy: true, maxNewTokens: 15 });
    for (const [b, prompt] of prompts.entries()) {
      expect(together[b]).toEqual(await generate(model, prompt, { greedy: true, maxNewTokens: 15 }));
    }
  });

  it('generates with a state what it generates without', async () => {
    const prompts = [[5], [38, 4, 76]];
    const cached = await generate(model, prompts, sampling);
    expect(await generate(withoutState(model), prompts, sampling)).toEqual(cached);
  });

  it('slides beyond the context, each text by itself', async () => {
    using short = goldenModel({ contextLength: 12 });
    const options: GenerateOptions = { greedy: true, maxNewTokens: 30 };
    const prompts = [[5, 6], [38, 4, 76, 69, 56, 87, 36], Array.from({ length: 20 }, (_, i) => i)];
    const together = await generate(short, prompts, options);
    expect(together.map(({ tokens }) => tokens.length)).toEqual([30, 30, 30]);
    expect(await generate(withoutState(short), prompts, options)).toEqual(together);
    expect(await generate(short, prompts[1]!, options)).toEqual(together[1]);
  });

  it('ends each text at its stop token', async () => {
    const whole = await generate(model, goldens['prompt']!, { greedy: true, maxNewTokens: 20 });
    const stopTokens = [whole[0]!.tokens[5]!];
    const ended = await generate(model, goldens['prompt']!, { greedy: true, maxNewTokens: 20, stopTokens });
    ended.forEach(({ tokens, stopped }, b) => {
      const end = whole[b]!.tokens.indexOf(stopTokens[0]!);
      expect(tokens).toEqual(end < 0 ? whole[b]!.tokens : whole[b]!.tokens.slice(0, end));
      expect(stopped).toBe(end < 0 ? 'length' : 'stopToken');
    });
    expect(ended[0]!.stopped).toBe('stopToken');
  });

  it('hands out each token as it comes, and stops when it is told to', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const generated = await generate(model, [1, 2, 3], {
      ...sampling,
      signal: controller.signal,
      onToken: async (token) => {
        seen.push(token);
        if (seen.length === 4) controller.abort();
      },
    });
    expect(generated).toEqual({ tokens: seen, stopped: 'aborted' });
    expect(seen).toHaveLength(4);
  });

  it('leaves no tensor behind', async () => {
    await generate(model, [1, 2], sampling);
    const before = memory().numTensors;
    await generate(model, [[1, 2], [3]], sampling);
    await generate(withoutState(model), [1, 2], sampling);
    expect(memory().numTensors).toBe(before);
  });
});

describe.runIf(testBackends().includes('onnx'))('generate on the engine', () => {
  beforeAll(() => selectBackend('onnx'));

  it('runs one graph a token, and records none after the second', async () => {
    using model = goldenModel();
    const options: GenerateOptions = { greedy: true, maxNewTokens: 4 };
    await generate(model, [1, 2, 3], options); // the prompt, the first token, all that follow: three graphs
    const before = onnxBackend().statistics;
    await generate(model, [4, 5, 6, 7, 8], options);
    const after = onnxBackend().statistics;
    expect(after.runs - before.runs).toBe(4);
    expect(after.sessionBuilds).toBe(before.sessionBuilds);
  });
});

describe('generate', () => {
  beforeAll(() => selectBackend('cpu'));

  it('refuses an empty prompt', async () => {
    using model = goldenModel();
    await expect(generate(model, [[1], []])).rejects.toThrow(
      "prompt 1: expected at least one token, got none. Start with the model's beginning-of-text token.",
    );
    await expect(generate(model, [])).rejects.toThrow('prompt 0: expected at least one token, got none.');
  });

  it('refuses options out of their range before the model computes', async () => {
    using model = goldenModel();
    const untouched = Object.create(model, {
      encode: {
        value: () => {
          throw new Error('the model was asked');
        },
      },
    }) as Backbone;
    await expect(generate(untouched, [1], { temperature: 0 })).rejects.toThrow(
      'temperature: expected a number above 0, got 0. Pass greedy: true to always take the most likely token.',
    );
    await expect(generate(untouched, [1], { topK: -1 })).rejects.toThrow(
      'topK: expected a whole number of at least 0, got -1.',
    );
    await expect(generate(untouched, [1], { topP: 2 })).rejects.toThrow(
      'topP: expected a number in (0, 1], got 2.',
    );
  });

  it('refuses broken weights', async () => {
    using model = goldenModel();
    model.ln_f.weight.assign(fill([32], Number.NaN));
    await expect(generate(model, [1])).rejects.toThrow(
      'scores of the next token: expected numbers, got NaN. The weights of the model are broken: load a checkpoint from before its loss turned NaN.',
    );
  });

  it('refuses a backbone without vocabulary scores', async () => {
    using model = goldenModel();
    const encoder = Object.create(model, { scorer: { value: undefined } }) as Backbone;
    await expect(generate(encoder, [1])).rejects.toThrow(
      'generate: expected a backbone with vocabulary scores, got one without a scorer. Use a language model, GPT-2 for instance.',
    );
  });
});
