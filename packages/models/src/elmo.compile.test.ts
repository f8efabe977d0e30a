// Pre-training of ELMo in a compiled step, its state carried from batch to batch.
import { RandomStream } from '@tenon/core';
import { BidirectionalLM } from '@tenon/heads';
import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import { expectClose, selectBackend } from '@tenon/testing';
import { compile } from '@tenon/tfjs-backend-onnx';
import { elmoCharacterIds } from '@tenon/tokenizers';
import { memory, type Tensor2D, type Tensor3D, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { elmo, elmoSmall } from './elmo.ts';

beforeAll(() => selectBackend('onnx'));

const WORDS = 'the cat sat on the mat and the dog lay by the door'.split(' ');
const VOCABULARY = [...new Set(WORDS)];
const config = {
  ...elmoSmall,
  maxCharacters: 8,
  characterEmbeddingSize: 3,
  filters: [
    [1, 4],
    [2, 4],
  ] as const,
  cellSize: 8,
  projectionSize: 4,
  sentenceBoundaries: false,
};

/** The losses of some steps, three words a row of two, and how many tensors live after each. */
function train(compiled: boolean): { losses: number[]; tensors: number[]; length: number } {
  using model = new BidirectionalLM(elmo(config, { random: new RandomStream(1) }), {
    vocabularySize: VOCABULARY.length,
  });
  using state = model.backbone.initialState!(2, 1) as ReturnType<ReturnType<typeof elmo>['initialState']>;
  const optimizer = createOptimizer(adamW({ learningRate: 0.01 }), model.parameters());
  const step = (characterIds: Tensor3D, labels: Tensor2D) => {
    const loss = () => model.loss({ characterIds, labels }, { training: false, state }).loss;
    const { value, gradients } = valueAndGradients(loss, model.parameters());
    optimizer.update(gradients);
    for (const gradient of gradients.values()) gradient.dispose();
    return value;
  };
  const program = compiled ? compile(step) : undefined;
  const run = program ?? step;
  const tensors: number[] = [];
  const losses = Array.from({ length: 10 }, (_, i) => {
    const rows = [0, 5].map((start) => [0, 1, 2].map((t) => WORDS[(start + 3 * i + t) % WORDS.length]!));
    const ids = rows.map((row) => elmoCharacterIds(row, { maxCharacters: 8 }));
    const characterIds = tensor3d(ids, undefined, 'int32');
    const labels = tensor2d(
      rows.map((row) => row.map((word) => VOCABULARY.indexOf(word))),
      undefined,
      'int32',
    );
    const loss = tidy(() => run(characterIds, labels).dataSync()[0]!);
    characterIds.dispose();
    labels.dispose();
    tensors.push(memory().numTensors);
    return loss;
  });
  optimizer.dispose();
  program?.dispose();
  return { losses, tensors, length: state.length };
}

test('a compiled step does what it does uncompiled', () => {
  const plain = train(false);
  const compiled = train(true);
  expectClose('losses', compiled.losses, plain.losses);
  expect(compiled.length).toBe(30);
  expect(new Set(compiled.tensors.slice(2)).size).toBe(1);
  expect(plain.losses.at(-1)).toBeLessThan(plain.losses[0]!);
});
