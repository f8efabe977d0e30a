// A short training run in a process of its own, that goes on from its last checkpoint and dies when told:
//   mortal-run.ts BACKEND FOLDER [MOMENT]   with a moment of mortality.ts
import { join } from 'node:path';
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { CausalLM } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models';
import { adamW, chain, clipByGlobalNorm, warmupCosine } from '@tenon/optim';
import { interruptSignal } from '../interrupt-signal.ts';
import { metricsFile } from '../metrics-file.ts';
import { train } from '../train.ts';
import { mortality, tellOutcome } from './mortality.ts';
import { tokenBatches } from './token-batches.ts';

const [backend, folder, moment] = process.argv.slice(2) as [BackendChoice, string, string | undefined];
const mortal = mortality(moment);

await useBackend(backend);
const steps = 12;
const vocabularySize = 32;
const size = { vocabularySize, contextLength: 16, hiddenSize: 16, layers: 2, heads: 2 };
using objective = new CausalLM(gpt2({ ...gpt2Small, ...size })); // dropout .1
const batches = { batchSize: 4, length: 16, vocabularySize };

const learningRate = warmupCosine({ peak: 0.01, warmupSteps: 3, totalSteps: steps });
const result = await train({
  objective,
  optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate })),
  batches: tokenBatches(batches),
  steps,
  evaluation: { batches: () => tokenBatches({ ...batches, seed: 2, limit: 2 }), every: 5 },
  checkpoints: { folder: join(folder, 'checkpoints'), every: 3, resume: 'if-any' },
  signal: interruptSignal(),
  callbacks: [metricsFile(join(folder, 'metrics.jsonl')), mortal],
});
tellOutcome(result, objective);
