// elmo: bilm's own weights and outputs with AllenNLP's layers, mixes and gradients of them (bilm), one LSTM with
// clipping (lstm_cell), and words with their characters (character ids). B batch, T time, P projection, H cells.
import { readFile } from 'node:fs/promises';
import { loadBilm, openHDF5 } from '@tenon/checkpoints/bilm';
import { type Parameter, RandomStream, type StateDict, storedTensor } from '@tenon/core';
import { LSTM, ScalarMix } from '@tenon/layers';
import { type ELMo, type ELMoConfig, elmo } from '@tenon/models';
import { valueAndGradients } from '@tenon/optim';
import { elmoCharacterBatch, elmoCharacterIds } from '@tenon/tokenizers';
import {
  addN,
  cast,
  div,
  expandDims,
  mul,
  type Rank,
  reshape,
  type Scalar,
  slice,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tensor3d,
  tidy,
  transpose,
  variable,
} from '@tensorflow/tfjs-core';
import type { Comparison } from '../comparison.ts';
import { readJson } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase, GoldenTensors } from '../golden-case.ts';

export const elmoGoldens: GoldenFamily = {
  family: 'elmo',
  knows: (kind) => kind === 'bilm' || kind === 'lstm_cell' || kind === 'character ids',
  async run(golden, { comparison }) {
    if (golden.kind === 'bilm') await compareBilm(golden, comparison);
    else if (golden.kind === 'lstm_cell') compareCell(golden, comparison);
    else {
      for (const word of golden.facts.objects('words')) {
        const [ids] = elmoCharacterIds([word.string('word')]);
        comparison.integers(`characters of ${word.string('word')}`, ids!, word.numbers('char_ids'));
      }
    }
  },
};

async function compareBilm(golden: GoldenCase, comparison: Comparison): Promise<void> {
  const weights = golden.file('lm_weights.hdf5');
  await compareHDF5(
    weights,
    golden.tensors('lm_weights.safetensors'),
    (name) => name.replaceAll('.', '/'),
    comparison,
  );
  const { backbone, config } = await loadBilm(elmo, { options: golden.file('options.json'), weights });
  const texts = (await readJson(golden.file('sentences.json'))) as string[][]; // [3][10]
  try {
    await compareTexts(golden, texts, backbone, comparison);
    await compareTokens(golden, backbone, comparison);
  } finally {
    backbone.dispose();
  }
  const first = texts.map(([sentence]) => ['<S>', ...sentence!.split(' '), '</S>']);
  compareGradients(golden, first, config, comparison);
}

/** The same tensors in both formats. */
async function compareHDF5(
  file: string,
  expected: GoldenTensors,
  pathOf: (name: string) => string | undefined,
  comparison: Comparison,
): Promise<void> {
  using found = await openHDF5(file);
  for (const name of expected.names) {
    const path = pathOf(name);
    if (path === undefined) continue;
    const values = found.weights.get(path)?.read() ?? [];
    comparison.numbers(`${path} in HDF5`, values, expected.take(name).values);
  }
}

/** Ten batches of three sentences, the state carried from each to the next; and the first three without a state. */
async function compareTexts(
  golden: GoldenCase,
  texts: readonly string[][],
  model: ELMo,
  comparison: Comparison,
): Promise<void> {
  const top = golden.tensors('lm_embeddings.safetensors');
  for (const k of texts.keys()) {
    const sentence = new RegExp(`^tf\\.file${k}\\.sent(\\d+)$`);
    const pathOf = (name: string): string | undefined => sentence.exec(name)?.[1];
    await compareHDF5(golden.file(`lm_embeddings_${k}.hdf5`), top, pathOf, comparison);
  }
  const torch = golden.tensors('torch_layers.safetensors');
  const stateless = golden.tensors('torch_layers_stateless.safetensors');
  const state = model.initialState(texts.length);
  for (const i of texts[0]!.keys()) {
    const words = texts.map((sentences) => sentences[i]!.split(' '));
    const { characterIds, attentionMask } = elmoCharacterBatch(words);
    tidy(() => {
      const input = {
        characterIds: tensor3d(characterIds, undefined, 'int32'),
        attentionMask: tensor2d(attentionMask, undefined, 'int32'),
      };
      const { lastHidden, hiddenStates } = model.encode(input, { state, hiddenStates: true });
      for (const [k, { length }] of words.entries()) {
        const row = reshape<Rank.R3>(slice(lastHidden, [k, 0, 0], [1, length, model.hiddenSize]), [
          length,
          2,
          -1,
        ]);
        const expected = top.take(`tf.file${k}.sent${i}`).values; // [2, T, P]
        comparison.numbers(
          `TensorFlow, sentence ${i} of ${k}`,
          transpose(row, [1, 0, 2]).dataSync(),
          expected,
        );
      }
      const batch = `batch${i}`;
      if (!torch.has(`${batch}.char_ids`)) return;
      comparison.integers(
        `${batch} characters`,
        characterIds.flat(2),
        torch.take(`${batch}.char_ids`).values,
      );
      const flatMask = attentionMask.flat();
      comparison.integers(`${batch} mask`, flatMask, torch.take(`${batch}.mask`).values);
      comparison.integers(`${batch} mask`, flatMask, stateless.take(`${batch}.mask`).values);
      const compareLayers = (from: GoldenTensors, layers: readonly Tensor3D[], title: string): void => {
        for (const [l, layer] of layers.entries()) {
          comparison.numbers(
            `${title} ${batch} layer ${l}`,
            layer.dataSync(),
            from.take(`${batch}.layer${l}`).values,
          );
        }
      };
      compareLayers(torch, hiddenStates!, 'carried');
      compareMixes(torch, hiddenStates!, input.attentionMask, batch, comparison);
      compareLayers(stateless, model.encode(input, { hiddenStates: true }).hiddenStates!, 'stateless');
    });
  }
  state.dispose();
}

function compareMixes(
  torch: GoldenTensors,
  layers: readonly Tensor3D[],
  mask: Tensor2D,
  batch: string,
  comparison: Comparison,
): void {
  for (const name of ['scalar_mix', 'scalar_mix_layernorm']) {
    const weights = Array.from(torch.take(`${name}.weights_raw`).values);
    const [gamma] = Array.from(torch.take(`${name}.gamma`).values);
    using mix = new ScalarMix(layers.length, {
      weights,
      gamma: gamma!,
      layerNorm: name.endsWith('layernorm'),
    });
    const { values, shape } = torch.take(`${batch}.${name}`);
    // What normalised padding is differs by convention.
    const shown = expandDims(mask, 2);
    const expected = mul(tensor3d(Float32Array.from(values), shape as [number, number, number]), shown);
    comparison.numbers(
      `${batch} ${name}`,
      mul(mix.forward(layers, mask), shown).dataSync(),
      expected.dataSync(),
    );
  }
  const note = 'padding in scalar mixes';
  if (!comparison.leftOut.includes(note)) comparison.leftOut.push(note);
}

/** The vectors of a vocabulary's words by themselves. */
async function compareTokens(golden: GoldenCase, model: ELMo, comparison: Comparison): Promise<void> {
  const words = (await readFile(golden.file('vocab_test.txt'), 'utf8')).trim().split('\n');
  using file = await openHDF5(golden.file('elmo_token_embeddings.hdf5'));
  const vectors = tidy(() => {
    const characterIds = tensor3d(
      elmoCharacterIds(words).map((ids) => [ids]),
      undefined,
      'int32',
    ); // [V, 1, K]
    const [twice] = model.encode({ characterIds }, { hiddenStates: true }).hiddenStates!;
    return slice(twice!, [0, 0, 0], [-1, -1, model.hiddenSize / 2]).dataSync();
  });
  comparison.numbers('vectors of tokens', vectors, file.weights.get('embedding')?.read() ?? []);
}

/** Of a loss over all layers, where the boundaries of the first batch count as tokens. */
function compareGradients(
  golden: GoldenCase,
  sentences: readonly (readonly string[])[],
  config: ELMoConfig,
  comparison: Comparison,
): void {
  using model = elmo({ ...config, sentenceBoundaries: false });
  model.loadStateDict(elmo.sanitize!(stateDictOf(golden.tensors('weights_torch_names.safetensors')), config));
  const expected = elmo.sanitize!(stateDictOf(golden.tensors('grads_torch_names.safetensors')), config);
  const batch = elmoCharacterBatch(sentences);
  const characterIds = tensor3d(batch.characterIds, undefined, 'int32');
  const attentionMask = tensor2d(batch.attentionMask, undefined, 'int32');
  const loss = (): Scalar =>
    tidy(() => {
      const { hiddenStates } = model.encode({ characterIds, attentionMask }, { hiddenStates: true });
      const counted = expandDims(cast(attentionMask, 'float32'), 2);
      const parts = hiddenStates!.map((layer, l) => sum(square(mul(mul(layer, l + 1), counted))));
      return div(addN(parts), sum(counted));
    });
  const { value, gradients } = valueAndGradients(loss, model.parameters());
  comparison.number('gradients loss', take(value)[0]!, golden.facts.object('results').number('grad_loss'));
  for (const [name, gradient] of gradients) {
    comparison.numbers(`gradient ${name}`, take(gradient), expected.get(name)?.read() ?? []);
  }
  characterIds.dispose();
  attentionMask.dispose();
}

const stateDictOf = (tensors: GoldenTensors): StateDict =>
  new Map(
    tensors.names.map((name) => {
      const { values, shape } = tensors.take(name);
      return [name, storedTensor(Float32Array.from(values), shape)];
    }),
  );

/** The outputs, where it ends, and the gradients of Σ (t + 1) · output². */
function compareCell(golden: GoldenCase, comparison: Comparison): void {
  const { facts } = golden;
  const numbers = golden.tensors('golden.safetensors');
  const [I, P, H] = ['input_size', 'hidden_size', 'cell_size'].map((name) => facts.number(name)) as [
    number,
    number,
    number,
  ];
  const lengths = facts.numbers('batch_lengths');
  const [B, T] = [lengths.length, Math.max(...lengths)];
  using lstm = new LSTM(I, H, {
    random: new RandomStream(0),
    projectionSize: P,
    cellClip: facts.number('cell_clip'),
    projectionClip: facts.number('proj_clip'),
  });
  lstm.loadStateDict(stateDictOf(golden.tensors('weights.safetensors')));
  const read = (name: string): Float32Array => Float32Array.from(numbers.take(name).values);
  const inputs = tidy(() => variable(tensor3d(read('inputs'), [B, T, I]))) as Parameter<Tensor3D>;
  const made = tidy(() => ({
    output: tensor2d(read('h0'), [B, P]),
    cells: tensor2d(read('c0'), [B, H]),
    mask: transpose<Tensor2D>(
      tensor2d(
        lengths.map((length) => Array.from({ length: T }, (_, t) => (t < length ? 1 : 0))),
        undefined,
        'int32',
      ),
    ),
  }));
  const run = (): ReturnType<LSTM['forward']> =>
    lstm.forward(transpose(inputs, [1, 0, 2]), {
      initial: { output: made.output, cells: made.cells },
      mask: made.mask,
      backward: golden.label.endsWith('backward'),
    });
  tidy(() => {
    const { outputs, final } = run();
    comparison.numbers('outputs', transpose(outputs, [1, 0, 2]).dataSync(), read('outputs'));
    comparison.numbers('h_final', final.output.dataSync(), read('h_final'));
    comparison.numbers('c_final', final.cells.dataSync(), read('c_final'));
  });
  const loss = (): Scalar =>
    tidy(() => {
      const steps = tensor3d(
        Float32Array.from({ length: T }, (_, t) => t + 1),
        [T, 1, 1],
      );
      return sum(mul(square(run().outputs), steps));
    });
  const { value, gradients } = valueAndGradients(loss, new Map([...lstm.parameters(), ['inputs', inputs]]));
  value.dispose();
  for (const [name, gradient] of gradients) {
    comparison.numbers(
      `gradient ${name}`,
      take(gradient),
      read(name === 'inputs' ? 'grad_inputs' : `grad.${name}`),
    );
  }
  for (const tensor of [inputs, made.output, made.cells, made.mask]) tensor.dispose();
}

/** The values of a tensor that is not needed any more. */
function take(tensor: Tensor): ArrayLike<number> {
  const values = tensor.dataSync();
  tensor.dispose();
  return values;
}
