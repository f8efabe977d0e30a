import type { Objective, ObjectiveValue } from '@tenon/core';
import type { BertTextBatch, SquadExample, TextExample } from '@tenon/data';
import { QuestionAnswering, SequenceClassification } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { leakFree, selectBackend } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { mul, type Scalar } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { reviewModel, reviews, reviewTask } from './__fixtures__/reviews.ts';
import type { FineTuningTask } from './fine-tuning-task.ts';
import { TaskRunner } from './task-runner.ts';
import { spanExtraction } from './tasks/span-extraction.ts';
import { textClassification } from './tasks/text-classification.ts';

const options = { batchSize: 4, onInvalid: undefined };

/** Counts how often a model is run. */
function countPasses(model: SequenceClassification | QuestionAnswering): () => number {
  const { backbone } = model;
  const { encode } = backbone;
  let passes = 0;
  backbone.encode = (...args) => {
    passes++;
    return encode.apply(backbone, args);
  };
  return () => passes;
}

describe('TaskRunner', () => {
  beforeAll(() => selectBackend('cpu'));

  it('takes each batch through the model once where the loss gives logits', () =>
    leakFree(async () => {
      using model = reviewModel();
      const passes = countPasses(model);
      const data = reviews(12);
      const { loss, metrics } = await new TaskRunner(model, reviewTask(), options).measure(data, 'loss');
      expect(passes()).toBe(3);

      // As where a task does not know what to do with logits: the same by two passes.
      const { outputsFromLogits: _, ...plain } = reviewTask();
      const twice = await new TaskRunner(model, plain, options).measure(data, 'loss');
      expect(passes()).toBe(3 + 6);
      expect(twice).toMatchObject({ loss, metrics });
    }));

  it('names the place of an example that does not say where it is from', async () => {
    using model = reviewModel();
    const examples = [...reviews(2), { text: ' ', label: 'positive' }];
    await expect(new TaskRunner(model, reviewTask(), options).prepare(examples)).rejects.toThrow(
      'examples[2], text: expected a text with at least one token, got " ".',
    );
    const told: string[] = [];
    const onInvalid = ({ message }: Error) => void told.push(message);
    const runner = new TaskRunner(model, reviewTask(), { batchSize: 4, onInvalid });
    expect((await runner.prepare(examples)).examples).toHaveLength(2);
    expect(told).toEqual([expect.stringMatching(/^examples\[2\], text: /)]);
  });

  it('does so for answers in texts', async () => {
    const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'where', 'she', 'went', 'to', 'paris'];
    const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
    const size = { vocabularySize: words.length, hiddenSize: 8, layers: 1, heads: 2, pooler: false };
    using model = new QuestionAnswering(bert({ ...bertTiny, ...size }));
    const passes = countPasses(model);
    const answers = [{ text: 'Paris', start: 12 }];
    const example: SquadExample = { id: '1', question: 'Where', context: 'She went to Paris', answers };
    const task = spanExtraction({ tokenizer, maxLength: 16 });
    const { metrics } = await new TaskRunner(model, task, options).measure([example], 'loss');
    expect(passes()).toBe(1);
    const { outputsFromLogits: _, ...plain } = { ...task, collate: task.collate, length: task.length };
    expect((await new TaskRunner(model, plain, options).measure([example], 'loss')).metrics).toEqual(metrics);
  });

  it('leaves the loss to the head, whatever it is', async () => {
    class Twice extends SequenceClassification {
      override loss(...args: Parameters<SequenceClassification['loss']>): ObjectiveValue {
        return { loss: mul(super.loss(...args).loss, 2) as Scalar };
      }
    }
    using plain = reviewModel();
    using model = new Twice(plain.backbone, { labels: plain.labels });
    model.loadStateDict(plain.stateDict());
    const measure = (one: SequenceClassification) =>
      new TaskRunner(one, reviewTask(), options).measure(reviews(8), 'loss');
    const [single, double] = [await measure(plain), await measure(model)];
    expect(double.loss).toBeCloseTo(2 * single.loss, 5);
    expect(double.metrics).toEqual(single.metrics);
  });

  it('says of a broken model that its loss is not finite, before any metric does', async () => {
    const texts: TextExample[] = [
      { text: 'a', label: 1 },
      { text: 'the', label: 2 },
    ];
    const tokenizer = bertTokenizer({ vocabulary: new Map([['[PAD]', 0], ['[UNK]', 1], ['[CLS]', 2], ['[SEP]', 3], ['a', 4], ['the', 5]]) }); // biome-ignore format: a table
    const size = { vocabularySize: 6, hiddenSize: 8, layers: 1, heads: 2 };
    using model = new SequenceClassification(bert({ ...bertTiny, ...size }), { labels: 1 });
    model.classifier.weight.assign(mul(model.classifier.weight, Number.NaN));
    const runner = new TaskRunner(model, textClassification({ tokenizer, maxLength: 8 }), options);
    await expect(runner.measure(texts, 'evaluation loss at step 3', 'All is lost.')).rejects.toThrow(
      'evaluation loss at step 3: expected a finite number, got NaN. All is lost.',
    );
  });

  it('sees that a list has changed since the last time', async () => {
    using model = reviewModel();
    const runner = new TaskRunner(model, reviewTask(), options);
    const data = reviews(3);
    expect((await runner.predict(data)).predictions).toHaveLength(3);
    data.push(...reviews(2, 7));
    expect((await runner.predict(data)).predictions).toHaveLength(5);
    data[0] = { text: 'a dull film and a dull story' };
    const [first] = (await runner.predict(data)).predictions;
    expect([first]).toEqual((await runner.predict(data.slice(0, 1))).predictions);
  });

  it('refuses outputs that are not one for each feature, as all that follow would be another one’s', async () => {
    using model = reviewModel();
    const { outputsFromLogits: _, ...task } = reviewTask();
    const short: typeof task = {
      ...task,
      outputs: async (...args) => (await task.outputs(...args)).slice(1),
    };
    await expect(new TaskRunner(model, short, options).predict(reviews(6))).rejects.toThrow(
      "the task's outputs: expected one for each of the 4 features of a batch, got 3. Give a list as long as the batch, in its order.",
    );
  });

  it('frees the logits where a task throws', async () => {
    using model = reviewModel();
    const failing: FineTuningTask<TextExample, never, BertTextBatch, Objective<BertTextBatch>, unknown> = {
      ...(reviewTask() as never as FineTuningTask<TextExample, never, BertTextBatch, never, unknown>),
      outputs: () => Promise.reject(new Error('refused')),
      outputsFromLogits: () => Promise.reject(new Error('refused')),
    };
    await leakFree(async () => {
      const measured = new TaskRunner(model, failing, options).measure(reviews(4), 'loss');
      await expect(measured).rejects.toThrow('refused');
    });
  });
});
