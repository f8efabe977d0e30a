// The four tasks of GPT's fine-tuning: how their texts become rows, and which head looks at them.
import { type Backbone, type Module, type ObjectiveValue, type TaskModel, TenonError } from '@tenon/core';
import {
  type GPTBatch,
  type GPTRow,
  type GPTRowOptions,
  gptChoiceRows,
  gptPairRow,
  gptSimilarityRows,
  gptTextRow,
} from '@tenon/data';
import { MultipleChoice, SequenceClassification, Similarity } from '@tenon/heads';
import { type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import type { Facts } from './facts.ts';

export interface GPTTask {
  readonly model: TaskModel & Module;
  /** The rows of one example. */
  rows(text: Facts, options: GPTRowOptions): readonly GPTRow[];
  logits(batch: GPTBatch): Tensor2D;
  /** With the parts `task` and `lm`. */
  loss(batch: GPTBatch, labels: number[]): ObjectiveValue;
}

const evaluation = { training: false };

/** What a task's head is made with. */
export interface GPTHead {
  readonly backbone: Backbone;
  /** Classes; 1 for choices and similarity. */
  readonly outputs: number;
  readonly lmCoefficient: number;
}

export function gptTask(name: string, head: GPTHead): GPTTask {
  switch (name) {
    case 'classification':
      return classification(head, (text, options) => [gptTextRow(text.numbers('text'), options)]);
    case 'inference':
      return classification(head, (text, options) => [
        gptPairRow(text.numbers('premise'), text.numbers('hypothesis'), options),
      ]);
    case 'similarity':
      return similarity(head);
    case 'multiple_choice':
      return multipleChoice(head);
    default:
      throw new TenonError({
        subject: 'meta.json, task',
        expected: 'classification, inference, similarity or multiple_choice',
        got: name,
        advice: 'Add it to scripts/goldens/gpt-tasks.ts.',
      });
  }
}

function classification(
  { backbone, outputs: labels, lmCoefficient }: GPTHead,
  rows: GPTTask['rows'],
): GPTTask {
  const model = new SequenceClassification(backbone, { labels, lmCoefficient, bias: true });
  return {
    model,
    rows,
    logits: (batch) => model.logits(batch),
    loss: (batch, numbers) => model.loss({ ...batch, labels: tensor1d(numbers, 'int32') }, evaluation),
  };
}

function similarity({ backbone, outputs: labels, lmCoefficient }: GPTHead): GPTTask {
  const model = new Similarity(backbone, { labels, lmCoefficient });
  return {
    model,
    rows: (text, options) => gptSimilarityRows(text.numbers('a'), text.numbers('b'), options),
    logits: (batch) => model.logits(batch),
    loss: (batch, numbers) => model.loss({ ...batch, labels: tensor1d(numbers) }, evaluation),
  };
}

function multipleChoice({ backbone, lmCoefficient }: GPTHead): GPTTask {
  const model = new MultipleChoice(backbone, { lmCoefficient });
  let choices = 1;
  return {
    model,
    rows(text, options) {
      const answers = text.rows('answers');
      choices = answers.length;
      return gptChoiceRows(text.numbers('context'), answers, options);
    },
    logits: (batch) => model.logits({ ...batch, choices }),
    loss: (batch, numbers) =>
      model.loss({ ...batch, choices, labels: tensor1d(numbers, 'int32') }, evaluation),
  };
}
