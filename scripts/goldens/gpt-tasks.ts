// The four tasks of GPT's fine-tuning: how their texts become rows, and which head looks at them.
import { type Backbone, type Module, type TaskModel, TenonError } from '@tenon/core';
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
import { type Scalar, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import type { Facts } from './facts.ts';

export interface GPTTask {
  readonly model: TaskModel & Module;
  /** The rows of one example. */
  rows(text: Facts, options: GPTRowOptions): readonly GPTRow[];
  logits(batch: GPTBatch): Tensor2D;
  loss(batch: GPTBatch, labels: number[]): Scalar;
}

const evaluation = { training: false };

/** @param outputs of the head: classes; 1 for choices and similarity. */
export function gptTask(name: string, backbone: Backbone, outputs: number): GPTTask {
  switch (name) {
    case 'classification':
      return classification(backbone, outputs, (text, options) => [
        gptTextRow(text.numbers('text'), options),
      ]);
    case 'inference':
      return classification(backbone, outputs, (text, options) => [
        gptPairRow(text.numbers('premise'), text.numbers('hypothesis'), options),
      ]);
    case 'similarity':
      return similarity(backbone, outputs);
    case 'multiple_choice':
      return multipleChoice(backbone);
    default:
      throw new TenonError({
        subject: 'meta.json, task',
        expected: 'classification, inference, similarity or multiple_choice',
        got: name,
        advice: 'Add it to scripts/goldens/gpt-tasks.ts.',
      });
  }
}

function classification(backbone: Backbone, labels: number, rows: GPTTask['rows']): GPTTask {
  const model = new SequenceClassification(backbone, { labels, bias: true });
  return {
    model,
    rows,
    logits: (batch) => model.logits(batch),
    loss: (batch, numbers) => model.loss({ ...batch, labels: tensor1d(numbers, 'int32') }, evaluation).loss,
  };
}

function similarity(backbone: Backbone, labels: number): GPTTask {
  const model = new Similarity(backbone, { labels });
  return {
    model,
    rows: (text, options) => gptSimilarityRows(text.numbers('a'), text.numbers('b'), options),
    logits: (batch) => model.logits(batch),
    loss: (batch, numbers) => model.loss({ ...batch, labels: tensor1d(numbers) }, evaluation).loss,
  };
}

function multipleChoice(backbone: Backbone): GPTTask {
  const model = new MultipleChoice(backbone);
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
      model.loss({ ...batch, choices, labels: tensor1d(numbers, 'int32') }, evaluation).loss,
  };
}
