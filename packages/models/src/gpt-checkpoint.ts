// How the checkpoints of GPT, GPT-2 and GPT-3 are written down.
import type { StateDict, Task, TaskLayout } from '@tenon/core';

/**
 * The matrix of scores that is not tied to the embeddings: in a checkpoint it stands beside the backbone, and one
 * without a language model's head lacks it.
 */
export const UNTIED: RegExp = /^lm_head\.weight$/;

export interface Ties {
  /** Whether the scores are the embeddings. */
  readonly tied: boolean;
  /** The name of the embeddings. */
  readonly embedding: string;
}

/**
 * What a checkpoint has of its own: without the masks and positions that old files keep as buffers, and, where
 * they are tied, without the copy of the embeddings that is the language model's head. Of the two transformers 5
 * keeps only the head in an `OpenAIGPTDoubleHeadsModel`: then that is the embeddings.
 */
export function ownWeights(weights: StateDict, { tied, embedding }: Ties): StateDict {
  const kept: StateDict = new Map();
  for (const [name, stored] of weights) {
    if (/^h\.\d+\.attn\.(masked_)?bias$|^position_ids$/.test(name)) continue;
    if (!tied || !UNTIED.test(name)) kept.set(name, stored);
    else if (!weights.has(embedding)) kept.set(embedding, stored);
  }
  return kept;
}

/**
 * How a decoder's tasks are written down. The names are Hugging Face's and, for a value after each token, those of
 * trl; of similarity, those of its port of OpenAI's program.
 *
 * @param name what their classes begin with: `GPT2`.
 */
export function decoderTasks(
  name: string,
): Readonly<Partial<Record<Task, TaskLayout<{ tieWordEmbeddings: boolean }>>>> {
  const linear = (ours: string, theirs: string): Record<string, string> => ({
    [`${ours}.weight`]: `${theirs}.weight`,
    [`${ours}.bias`]: `${theirs}.bias`,
  });
  const config = { tieWordEmbeddings: true }; // without a language model's head there is no matrix for it
  return {
    causalLM: { architecture: `${name}LMHeadModel`, head: {} },
    doubleHeads: {
      architecture: `${name}DoubleHeadsModel`,
      head: linear('classifier', 'multiple_choice_head.summary'),
    },
    sequenceClassification: {
      architecture: `${name}ForSequenceClassification`,
      head: linear('classifier', 'score'),
      config,
    },
    tokenClassification: { architecture: `${name}ForTokenClassification`, head: {}, config },
    questionAnswering: {
      architecture: `${name}ForQuestionAnswering`,
      head: linear('span', 'qa_outputs'),
      config,
    },
    multipleChoice: { architecture: `${name}ForMultipleChoice`, head: {}, config },
    similarity: {
      architecture: `${name}ForSimilarity`,
      head: linear('classifier', 'task_head.linear'),
      config,
    },
    value: { architecture: `${name}ForValue`, head: linear('regressor', 'v_head.summary'), config },
  };
}
