import type { TenonError } from '@tenon/core';
import { type Examples, SkippedExamples, streamExamples, type TextExample } from '@tenon/data';
import type { SequenceClassification } from '@tenon/heads';
import { adamW, type GradientTransform } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { recorder } from './__fixtures__/recorder.ts';
import { reviewModel, reviews, reviewTask } from './__fixtures__/reviews.ts';
import { newFolder } from './__fixtures__/tiny-run.ts';
import { Trainer } from './trainer.ts';
import type { TrainerCallback } from './trainer-callback.ts';
import type { TrainingArguments } from './training-arguments.ts';

describe.each(testBackends())('Trainer on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  it('learns a task, evaluates, predicts and saves, and leaves no tensor behind', async () => {
    using model = reviewModel(0);
    const before = memory().numTensors;
    const { events, callback } = recorder(['onEpochEnd', 'onLog', 'onEvaluate', 'onPredict']);
    const saved: string[] = [];
    const trainer = new Trainer({
      model,
      task: reviewTask(),
      args: {
        outputDir: newFolder(),
        saveStrategy: 'no',
        learningRate: 0.03,
        numTrainEpochs: 3,
        warmupRatio: 0.1,
        weightDecay: 0.01,
        loggingSteps: 10,
        evalStrategy: 'epoch',
      },
      trainDataset: reviews(120),
      evalDataset: reviews(40, 2),
      callbacks: [callback],
      save: (folder) => void saved.push(folder),
    });
    const { step, stopped, evaluation } = await trainer.train();
    expect({ step, stopped }).toEqual({ step: 45, stopped: 'finished' });
    const result = await trainer.evaluate();
    expect(result).toEqual({ evalLoss: evaluation!.loss, ...evaluation!.metrics });
    expect(result['accuracy']).toBeGreaterThan(0.9);
    const predictions = await trainer.predict([
      { text: 'a great film' },
      { text: 'a dull story and the very film' },
    ]);
    expect(predictions.map(({ label }) => label)).toEqual(['positive', 'negative']);
    await trainer.saveModel();
    expect(saved).toEqual([trainer.args.outputDir]);

    expect(events.map(({ name, step }) => `${name} ${step}`)).toEqual([
      'onLog 10',
      'onEpochEnd 15',
      'onEvaluate 15',
      'onLog 20',
      'onEpochEnd 30',
      'onLog 30',
      'onEvaluate 30',
      'onLog 40',
      'onEpochEnd 45',
      'onLog 45',
      'onEvaluate 45',
      'onEvaluate 45',
      'onPredict 45',
    ]);
    expect(memory().numTensors).toBe(before);
  });
});

describe('Trainer', () => {
  beforeAll(() => selectBackend('cpu'));

  type Options = Parameters<typeof trainerOf>[0];
  function trainerOf(change: {
    readonly model: SequenceClassification;
    readonly args?: TrainingArguments;
    readonly trainDataset?: Examples<TextExample>;
    readonly evalDataset?: Examples<TextExample>;
    readonly callbacks?: readonly TrainerCallback[];
    readonly signal?: AbortSignal;
    readonly optimizer?: GradientTransform;
    readonly onInvalid?: (error: TenonError) => void;
  }) {
    const args: TrainingArguments = {
      learningRate: 0.01,
      numTrainEpochs: 2,
      gradientAccumulationSteps: 3,
      groupByLength: true,
      ...change.args,
    };
    const data = { trainDataset: reviews(60), evalDataset: reviews(16, 2) };
    return new Trainer({ task: reviewTask(), ...data, ...change, args });
  }

  const weightsOf = (model: SequenceClassification): number[] =>
    [...model.parameters().values()].flatMap((parameter) => [...parameter.dataSync()]);

  async function train(change: Omit<Options, 'model'> = {}) {
    using model = reviewModel();
    const result = await trainerOf({ model, ...change }).train();
    return { ...result, weights: weightsOf(model) };
  }

  it('goes on after an interruption as if there had been none', async () => {
    const args = (): TrainingArguments => ({
      outputDir: newFolder(),
      evalStrategy: 'epoch',
      loadBestModelAtEnd: true,
      metricForBestModel: 'accuracy',
      resumeFromCheckpoint: 'if-any',
    });
    const whole = await train({ args: args() });
    expect(whole.step).toBe(6); // 8 batches an epoch in threes, 3 updates
    const same = args();
    expect(await train({ args: same, ...interruptAt(4) })).toMatchObject({ stopped: 'interrupted', step: 4 });
    const resumed = await train({ args: same });
    expect(resumed.weights).toEqual(whole.weights);
    expect({ loss: resumed.loss, evaluation: resumed.evaluation }).toEqual({
      loss: whole.loss,
      evaluation: whole.evaluation,
    });

    const other = { ...same, perDeviceTrainBatchSize: 4 };
    await expect(train({ args: other })).rejects.toThrow('"perDeviceTrainBatchSize":4');
  });

  it('leaves what is frozen as it was', async () => {
    using model = reviewModel();
    const before = weightsOf(model);
    const { classifier } = model;
    const first = [...classifier.weight.dataSync()];
    await trainerOf({ model, args: { freeze: /^backbone\./, layerwiseLearningRateDecay: 0.9 } }).train();
    const head = classifier.weight.size + classifier.bias!.size;
    expect(weightsOf(model).slice(0, -head)).toEqual(before.slice(0, -head));
    expect([...classifier.weight.dataSync()]).not.toEqual(first);
  });

  it('tells of examples that cannot be used, where it is asked to', async () => {
    const trainDataset: TextExample[] = [...reviews(8), { text: 'a film', label: 'neutral' }];
    await expect(train({ trainDataset })).rejects.toThrow('got "neutral". Correct the label');
    const told: string[] = [];
    const { step } = await train({ trainDataset, onInvalid: ({ message }) => void told.push(message) });
    expect(told).toHaveLength(1);
    expect(step).toBe(2);
  });

  it('refuses to learn from examples without labels', async () => {
    const origin = { file: 'reviews.tsv', line: 17 };
    const advice =
      'Label it, or leave it out; with onInvalid it is counted instead. evaluate and predict take it.';
    const unlabelled: TextExample[] = [{ text: 'a film', origin }, { text: 'a story' }];
    await expect(train({ trainDataset: unlabelled })).rejects.toThrow(
      `reviews.tsv, line 17: expected a labelled example, got no label. ${advice}`,
    );
    await expect(train({ trainDataset: [...reviews(8), ...unlabelled.slice(1)] })).rejects.toThrow(
      `trainDataset: expected a labelled example, got no label in {"text":"a story"}. ${advice}`,
    );
    const skipped = new SkippedExamples();
    const { step } = await train({ trainDataset: [...reviews(8), ...unlabelled], onInvalid: skipped.report });
    expect(step).toBe(2);
    expect(skipped.summary()).toBe(
      '2 skipped: 2 not a labelled example (first: reviews.tsv, line 17, got no label)',
    );
  });

  it('predicts examples with and without labels, and measures the ones that have some', async () => {
    using model = reviewModel(0);
    const trainer = trainerOf({ model });
    const labelled = reviews(20, 3);
    const unlabelled = [{ text: 'a story' }, { text: 'a very fine film and a story' }];
    const mixed = [unlabelled[0]!, ...labelled, unlabelled[1]!];
    const { evalLoss, accuracy } = await trainer.evaluate(labelled);
    const measured = await trainer.evaluate(mixed);
    expect(measured.evalLoss).toBeCloseTo(evalLoss, 5);
    expect(measured['accuracy']).toBe(accuracy);
    const predictions = await trainer.predict(mixed);
    const apart = [...(await trainer.predict(labelled)), ...(await trainer.predict(unlabelled))];
    const order = [predictions.slice(1, -1), predictions[0]!, predictions.at(-1)!].flat();
    expect(order.map(({ label }) => label)).toEqual(apart.map(({ label }) => label));
    order.forEach(({ scores }, i) => void expect(scores[0]).toBeCloseTo(apart[i]!.scores[0]!, 5));
    await expect(trainer.evaluate(unlabelled)).rejects.toThrow(
      'evaluation: expected at least one example with a label, got none among 2. Pass labelled examples, or look at those that were left out; predict needs no labels.',
    );
    await expect(trainer.evaluate([])).rejects.toThrow('got no examples');
  });

  it('evaluates without a strategy where a callback asks for it, and only then', async () => {
    const { events, callback } = recorder(['onEvaluate']);
    const asking: TrainerCallback = {
      onStepEnd({ step }, control) {
        if (step === 2) control.shouldEvaluate = true;
      },
    };
    await train({ callbacks: [asking, callback] });
    expect(events.map(({ step }) => step)).toEqual([2]);
  });

  it('finds what is wrong with the examples of its evaluation before the first step', async () => {
    using model = reviewModel();
    const { events, callback } = recorder(['onStepEnd']);
    const evalDataset = [
      ...reviews(8),
      { text: 'a film', label: 'neutral', origin: { file: 'dev.tsv', line: 9 } },
    ];
    const args = { evalStrategy: 'epoch' } as const;
    const trainer = trainerOf({ model, args, evalDataset, callbacks: [callback] });
    await expect(trainer.train()).rejects.toThrow('dev.tsv, line 9: expected one of the 2 labels');
    expect(events).toEqual([]);
  });

  it('refuses what it cannot do, and says what is missing', async () => {
    using model = reviewModel();
    const adam = adamW({ learningRate: 1 });
    expect(() => trainerOf({ model, optimizer: adam })).toThrow(
      'learningRate: expected to be left out beside an optimizer of your own, got 0.01. Say it to the optimizer, or leave the optimizer out.',
    );
    await expect(trainerOf({ model }).saveModel('folder')).rejects.toThrow(
      'Trainer.saveModel: expected save: (folder) => savePretrained(folder, …), got none. Pass it to new Trainer({ … }).',
    );
    await expect(new Trainer({ model, task: reviewTask() }).train()).rejects.toThrow(
      'Trainer.train: expected a trainDataset, got none.',
    );
    await expect(new Trainer({ model, task: reviewTask() }).evaluate()).rejects.toThrow(
      'Trainer.evaluate: expected examples, or an evalDataset, got none.',
    );
    const stream = streamExamples(reviews(8));
    await expect(trainerOf({ model, trainDataset: stream }).train()).rejects.toThrow(
      'numTrainEpochs: expected batches that know how many make an epoch, got a stream of an unknown length. Set maxSteps.',
    );
    const streamed = trainerOf({ model, trainDataset: stream, args: { maxSteps: 2 } });
    expect(await streamed.train()).toMatchObject({ step: 2, stopped: 'finished' });
  });
});

function interruptAt(step: number): { signal: AbortSignal; callbacks: TrainerCallback[] } {
  const controller = new AbortController();
  const onStepEnd: TrainerCallback['onStepEnd'] = (event) => {
    if (event.step === step) controller.abort();
  };
  return { signal: controller.signal, callbacks: [{ onStepEnd }] };
}
