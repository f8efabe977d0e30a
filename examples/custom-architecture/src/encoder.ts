// An encoder that no package ships, made of parts that some do: each block looks at a token's neighbours through a layer
// of our own, then at the whole text by attention with rotary positions, and then thinks by itself.
// B texts, T tokens, N = B·T, C channels, H heads, V vocabulary.
import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  type ModelInput,
  Module,
  type RandomStream,
} from '@tenon/core';
import {
  attend,
  Embedding,
  FeedForward,
  Linear,
  mergeHeads,
  paddingMask,
  RMSNorm,
  type Rotation,
  rotaryFrequencies,
  rotate,
  rotation,
  splitHeads,
} from '@tenon/layers';
import {
  add,
  cast,
  concat,
  expandDims,
  mul,
  pad,
  type Rank,
  relu,
  reshape,
  slice,
  split,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';

export interface EncoderSize {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
}

/** What the blocks share in one pass. */
interface Pass {
  readonly places: Rotation;
  /** [B, 1, 1, T]: what is added to the attention to each token. */
  readonly mask: Tensor4D | undefined;
  /** [B, T, 1]: 1 for a token, 0 for padding. */
  readonly isToken: Tensor3D | undefined;
}

/** A layer of our own: what a token and its two neighbours say together. */
class Neighbours extends Module {
  readonly mix: Linear;

  constructor(size: number, random: RandomStream) {
    super();
    this.mix = new Linear(3 * size, size, { random });
  }

  /** [B, T, C] to [B, T, C]. Padding counts as nothing, as what lies beyond the text does. */
  forward(x: Tensor3D, { isToken }: Pass): Tensor3D {
    const [, T] = x.shape;
    const padded = pad(isToken ? mul<Tensor3D>(x, isToken) : x, [
      [0, 0],
      [1, 1],
      [0, 0],
    ]); // [B, T + 2, C]
    const shifted = [0, 1, 2].map((place) => slice(padded, [0, place, 0], [-1, T, -1]));
    return relu(this.mix.forward(concat(shifted, 2))); // [B, T, 3 C] to [B, T, C]
  }
}

/** Self-attention that knows distances. */
class Attention extends Module {
  readonly qkv: Linear;
  readonly output: Linear;
  readonly #heads: number;

  constructor(size: number, heads: number, random: RandomStream) {
    super();
    this.qkv = new Linear(size, 3 * size, { random });
    this.output = new Linear(size, size, { random });
    this.#heads = heads;
  }

  forward(x: Tensor3D, { places, mask }: Pass): Tensor3D {
    const [B, T, C] = x.shape;
    const all = this.qkv.forward(reshape<Rank.R2>(x, [B * T, C])); // [N, 3 C]
    const [q, keys, values] = split<Tensor2D>(all, 3, 1).map((part) => splitHeads(part, B, this.#heads));
    const { output } = attend(rotate(q!, places), [{ keys: rotate(keys!, places), values: values!, mask }]); // [B, H, T, D]
    return reshape(this.output.forward(mergeHeads(output)), [B, T, C]);
  }
}

class Block extends Module {
  readonly norms: readonly RMSNorm[];
  readonly neighbours: Neighbours;
  readonly attention: Attention;
  readonly thought: FeedForward;

  constructor({ hiddenSize: C, heads }: EncoderSize, random: RandomStream) {
    super();
    this.norms = [0, 1, 2].map(() => new RMSNorm(C));
    this.neighbours = new Neighbours(C, random);
    this.attention = new Attention(C, heads, random);
    this.thought = new FeedForward(C, 4 * C, { random, activation: 'gelu' });
  }

  forward(x: Tensor3D, pass: Pass): Tensor3D {
    const near = add<Tensor3D>(x, this.neighbours.forward(this.norms[0]!.forward(x), pass));
    const far = add<Tensor3D>(near, this.attention.forward(this.norms[1]!.forward(near), pass));
    return add<Tensor3D>(far, this.thought.forward(this.norms[2]!.forward(far)));
  }
}

/** A `Backbone`: with `hiddenSize` and `encode` any head, the trainer and the contract tests take it. */
export class NeighbourEncoder extends Module implements Backbone {
  readonly words: Embedding;
  readonly blocks: readonly Block[];
  readonly norm: RMSNorm;
  readonly hiddenSize: number;
  readonly headDefaults = { pooling: 'mean', dropout: 0 } as const;
  readonly #frequencies: readonly number[];

  constructor(size: EncoderSize, random: RandomStream) {
    super();
    const { vocabularySize: V, hiddenSize: C, layers, heads } = size;
    this.words = new Embedding(V, C, { random });
    this.blocks = Array.from({ length: layers }, () => new Block(size, random));
    this.norm = new RMSNorm(C);
    this.hiddenSize = C;
    this.#frequencies = rotaryFrequencies(C / heads, 10_000);
  }

  encode({ inputIds, attentionMask }: ModelInput, options: EncodeOptions = {}): Encoded {
    const hiddenStates = tidy(() => {
      const [, T] = inputIds!.shape;
      const places = rotation(
        Int32Array.from({ length: T }, (_, t) => t),
        T,
        this.#frequencies,
      );
      const mask = attentionMask && paddingMask(attentionMask);
      const isToken = attentionMask && cast<Tensor3D>(expandDims<Tensor3D>(attentionMask, 2), 'float32');
      const states = [this.words.forward(inputIds!) as Tensor3D]; // [B, T, C]
      for (const block of this.blocks) states.push(block.forward(states.at(-1)!, { places, mask, isToken }));
      states.push(this.norm.forward(states.pop()!));
      return options.hiddenStates ? states : states.slice(-1);
    });
    return { lastHidden: hiddenStates.at(-1)!, ...(options.hiddenStates && { hiddenStates }) };
  }
}
