import { selectBackend, testBackends } from '@tenon/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { recorder } from './__fixtures__/recorder.ts';
import { reviewModel, reviews, reviewTask } from './__fixtures__/reviews.ts';
import { newFolder } from './__fixtures__/tiny-run.ts';
import { Trainer } from './trainer.ts';

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
