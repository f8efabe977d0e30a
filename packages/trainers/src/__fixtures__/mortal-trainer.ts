// As mortal-run.ts, with a Trainer that has everything that a checkpoint has to know: a state that is carried from segment
// to segment, updates of two batches, its best model, early stopping, and means of losses to log.
//   mortal-trainer.ts BACKEND FOLDER [MOMENT]
import { join } from 'node:path';
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { earlyStopping } from '../early-stopping.ts';
import { interruptSignal } from '../interrupt-signal.ts';
import { metricsFile } from '../metrics-file.ts';
import { Trainer } from '../trainer.ts';
import { mortality, tellOutcome } from './mortality.ts';
import { rememberingModel, segments, stateOf } from './segments.ts';

const [backend, folder, moment] = process.argv.slice(2) as [BackendChoice, string, string | undefined];
const mortal = mortality(moment);

await useBackend(backend);
using model = rememberingModel();
const trainer = new Trainer({
  model,
  args: {
    outputDir: folder,
    learningRate: 0.05,
    lrSchedulerType: 'constant_with_warmup',
    warmupSteps: 2,
    gradientAccumulationSteps: 2,
    maxSteps: 14,
    evalSteps: 2,
    saveSteps: 3,
    saveTotalLimit: 2,
    loggingSteps: 4,
    loadBestModelAtEnd: true,
    resumeFromCheckpoint: 'if-any',
  },
  trainBatches: segments(),
  evalBatches: () => segments({ seed: 2, limit: 4 }),
  state: stateOf(model),
  signal: interruptSignal(),
  callbacks: [
    earlyStopping({ earlyStoppingPatience: 2, earlyStoppingThreshold: 0.02 }),
    metricsFile(join(folder, 'metrics.jsonl')),
    mortal,
  ],
});
tellOutcome(await trainer.train(), model);
