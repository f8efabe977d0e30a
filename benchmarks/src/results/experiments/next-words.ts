// A small decoder learns the next word from utterances that stand one behind the other.
import { packTokens, tokenWindows } from '@tenon/data';
import { CausalLM } from '@tenon/heads';
import type { GPT, GPT2 } from '@tenon/models';
import { Trainer } from '@tenon/trainers';
import type { ArmContext } from '../experiment.ts';
import { type FewLabels, MAX_LENGTH, preTraining } from './few-labels.ts';

const STEPS = 800;

export async function learnNextWords(
  backbone: GPT | GPT2,
  { tokenizer, utterances }: FewLabels,
  { seed, say }: ArmContext,
): Promise<void> {
  const encoded = utterances.map((text) => tokenizer.encodeIds(text, { addSpecialTokens: false }));
  const { rest: ids } = packTokens(encoded, {
    length: 1 + encoded.reduce((sum, text) => sum + text.length + 1, 0),
    separator: tokenizer.tokenToId('[SEP]')!,
  });
  const trainer = new Trainer({
    model: new CausalLM(backbone),
    args: preTraining(seed, STEPS, 1e-3),
    trainBatches: tokenWindows(ids, { length: MAX_LENGTH - 1, batchSize: 32, seed }),
  });
  const { loss } = await trainer.train();
  say(`pre-trained, last loss ${loss?.toFixed(3)}`);
}
