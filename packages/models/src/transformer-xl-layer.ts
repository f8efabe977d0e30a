// A layer of Transformer-XL: attention, then two linear maps. N tokens, C channels.
import { Module, type RandomStream } from '@tenon/core';
import { dropout, LayerNorm, Linear } from '@tenon/layers';
import { add, relu, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Pass } from './transformer-xl-attention.ts';
import { drawn, type TransformerXLConfig } from './transformer-xl-config.ts';

/** Named as the places of the original's list of layers. */
class CoreNet extends Module {
  readonly 0: Linear;
  readonly 3: Linear;

  constructor(config: TransformerXLConfig, random: RandomStream) {
    super();
    const { linear } = drawn(config, random);
    this[0] = new Linear(config.hiddenSize, config.feedForwardSize, linear);
    this[3] = new Linear(config.feedForwardSize, config.hiddenSize, linear);
  }
}

class FeedForward extends Module {
  readonly CoreNet: CoreNet;
  readonly layer_norm: LayerNorm;
  readonly #config: TransformerXLConfig;

  constructor(config: TransformerXLConfig, random: RandomStream) {
    super();
    this.CoreNet = new CoreNet(config, random);
    this.layer_norm = new LayerNorm(config.hiddenSize, drawn(config, random).norm);
    this.#config = config;
  }

  /** [N, C] to [N, C]. */
  forward(x: Tensor2D, { options }: Pass): Tensor2D {
    const { preNorm, dropout: dropoutRate } = this.#config;
    const inner = relu(this.CoreNet[0].forward(preNorm ? this.layer_norm.forward(x) : x));
    const output = this.CoreNet[3].forward(dropout(inner, dropoutRate, options));
    const sum = add<Tensor2D>(x, dropout(output, dropoutRate, options));
    return preNorm ? sum : this.layer_norm.forward(sum);
  }
}

export interface Attention extends Module {
  forward(x: Tensor2D, pass: Pass): Tensor2D;
}

export class Layer extends Module {
  readonly dec_attn: Attention;
  readonly pos_ff: FeedForward;

  constructor(attention: Attention, config: TransformerXLConfig, random: RandomStream) {
    super();
    this.dec_attn = attention;
    this.pos_ff = new FeedForward(config, random);
  }

  forward(x: Tensor2D, pass: Pass): Tensor2D {
    return this.pos_ff.forward(this.dec_attn.forward(x, pass), pass);
  }
}
