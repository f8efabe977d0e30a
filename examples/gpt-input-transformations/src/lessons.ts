// The four tasks of GPT's figure 1 (Radford et al. 2018): for each, how an example becomes rows of tokens, and the head that
// looks at their last token.
import { type ChoiceExample, labelNames, type TextExample } from '@tenon/data';
import { mostFrequent } from '@tenon/example-kit';
import { MultipleChoice, SequenceClassification, Similarity } from '@tenon/heads';
import type { Tokenizer } from '@tenon/tokenizers';
import { gptChoosing, gptTextClassification, gptTextSimilarity } from '@tenon/trainers';
import { choicesOf, type Parts, type Source, type TaskName, textsOf } from './data/examples.ts';
import { fineTune, type Learned, type Setup } from './fine-tune.ts';

export interface Lesson {
  readonly name: TaskName;
  readonly parts: Parts<unknown>;
  /** The share of held-out examples that the most frequent answer gets right. */
  readonly baseline: number;
  learn(setup: Setup): Promise<Learned>;
}

/** Tokens of a row at most: the context of the model. */
export const CONTEXT = 64;
/** What stands before a text, between two, and at the end, where the head looks. */
export const SPECIAL_TOKENS = { start: '<s>', delimiter: '<$>', extract: '<e>' } as const;
/** λ in L3 = L2 + λ · L1: what a language model on the task's own rows counts beside the task. */
const lmCoefficient = 0.5;

export async function lesson(name: TaskName, source: Source): Promise<Lesson> {
  if (name === 'choice') return choosing(await choicesOf(source));
  const parts = await textsOf(name, source);
  const labels = labelNames(parts.train);
  return {
    name,
    parts,
    baseline: baselineOf(parts, ({ label }) => label),
    learn(setup) {
      const { backbone } = setup;
      if (name === 'similarity') {
        // <s> a <$> b <e> and <s> b <$> a <e>: what the model makes of both is added up.
        const task = gptTextSimilarity({ ...rowOptions(setup), labels });
        return fineTune({ parts, task, model: new Similarity(backbone, { labels, lmCoefficient }) }, setup);
      }
      // <s> text <e>, or <s> premise <$> hypothesis <e>
      const task = gptTextClassification({ ...rowOptions(setup), labels });
      const model = new SequenceClassification(backbone, { labels, lmCoefficient });
      return fineTune({ parts, task, model }, setup);
    },
  };
}

/** <s> story <$> ending <e> for each ending: the likeliest is the answer. */
function choosing(parts: Parts<ChoiceExample>): Lesson {
  return {
    name: 'choice',
    parts,
    baseline: baselineOf(parts, ({ label }) => label),
    learn(setup) {
      const task = gptChoosing({ ...rowOptions(setup), choices: parts.train[0]!.choices.length });
      return fineTune({ parts, task, model: new MultipleChoice(setup.backbone, { lmCoefficient }) }, setup);
    },
  };
}

function rowOptions({ tokenizer }: { readonly tokenizer: Tokenizer }) {
  const id = (token: string): number => tokenizer.tokenToId(token)!;
  const { start, delimiter, extract } = SPECIAL_TOKENS;
  return {
    tokenizer,
    tokens: { start: id(start), delimiter: id(delimiter), extract: id(extract) },
    maxLength: CONTEXT,
    padToMultipleOf: 16,
  };
}

function baselineOf<Example extends TextExample | ChoiceExample>(
  { train, heldOut }: Parts<Example>,
  answerOf: (example: Example) => unknown,
): number {
  const answer = mostFrequent(train.map(answerOf));
  return heldOut.filter((example) => answerOf(example) === answer).length / heldOut.length;
}
