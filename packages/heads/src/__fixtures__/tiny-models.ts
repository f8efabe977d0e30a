// Models for the tests of heads: each kind that heads go on, as small as it can be.
import { type Backbone, type Encoded, type ModelInput, Module, RandomStream } from '@tenon/core';
import { Embedding } from '@tenon/layers';
import { bert, bertTiny, gpt2, gpt2Small } from '@tenon/models';
import { type Tensor, type Tensor2D, type Tensor3D, tensor } from '@tensorflow/tfjs-core';

const size = { vocabularySize: 11, contextLength: 8, hiddenSize: 8, layers: 1, heads: 2 };
const bertSize = { ...bertTiny, ...size, feedForwardSize: 12, initializerRange: 0.5 };

export const tinyBert = (pooler: boolean): Backbone => bert({ ...bertSize, pooler });
export const tinyGPT2 = (): Backbone => gpt2({ ...gpt2Small, ...size, initializerRange: 0.5 });

/** The least that a model can be: a vector for each token, with no word about heads. */
export class Vectors extends Module implements Backbone {
  readonly rows: Embedding = new Embedding(11, 4, { random: new RandomStream(1) });
  readonly hiddenSize: number = 4;

  encode({ inputIds }: ModelInput): Encoded {
    return { lastHidden: this.rows.forward(inputIds!) as Tensor3D };
  }
}

/** Adding the same to every score of a query changes no weight of attention. */
export const KEY_BIAS = 'attention\\.self\\.key\\.bias$';

export const int32 = <T extends Tensor>(values: number[] | number[][]): T =>
  tensor(values, undefined, 'int32') as T;

/** Two sequences, the second with padding at its end. (A function: tensors belong to the test that makes them.) */
export const text = (): { inputIds: Tensor2D; attentionMask: Tensor2D } => ({
  inputIds: int32([
    [1, 2, 3, 4],
    [5, 6, 0, 0],
  ]),
  attentionMask: int32([
    [1, 1, 1, 1],
    [1, 1, 0, 0],
  ]),
});
