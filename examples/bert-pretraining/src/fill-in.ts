import type { Pretraining } from '@tenon/heads';
import type { Tokenizer } from '@tenon/tokenizers';
import { softmax, type Tensor1D, tensor2d, tidy, unstack } from '@tensorflow/tfjs-core';

export interface Guess {
  readonly word: string;
  readonly probability: number;
}

/** The three likeliest words for the [MASK] of a text. */
export async function fillIn(model: Pretraining, tokenizer: Tokenizer, text: string): Promise<Guess[]> {
  const { ids, typeIds } = tokenizer.encode(text, { allowedSpecial: 'all' });
  const place = ids.indexOf(tokenizer.tokenToId('[MASK]')!);
  const row = tidy(() => {
    const [inputIds, tokenTypeIds] = [ids, typeIds].map((values) =>
      tensor2d(Int32Array.from(values), [1, ids.length], 'int32'),
    );
    const { maskedLM } = model.logits({ inputIds: inputIds!, tokenTypeIds: tokenTypeIds! });
    return softmax(unstack(unstack(maskedLM)[0]!)[place]!) as Tensor1D;
  });
  const probabilities = await row.data();
  row.dispose();
  return Array.from(probabilities, (probability, id) => ({ word: tokenizer.idToToken(id)!, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 3);
}
