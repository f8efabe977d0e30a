import { savePretrained } from '@tenon/checkpoints';
import { parameterCount } from '@tenon/core';
import type { CausalLM } from '@tenon/heads';
import { type GPT2Config, gpt2 } from '@tenon/models';
import type { TrainResult } from '@tenon/trainers';
import { duration, type ReportContent, writeReport } from '@tenon/trainers/report';
import { readMetrics } from './report/metrics.ts';
import { type Baseline, reportContent } from './report/report.ts';
import type { Run } from './run-folder.ts';
import { bitsPerByte, scoreLines } from './scores.ts';
import type { Text } from './text.ts';
import type { Tokens } from './tokens.ts';

export interface Outcome {
  readonly run: Run;
  readonly text: Text;
  readonly tokens: Tokens;
  readonly baseline: Baseline;
  readonly model: CausalLM;
  readonly config: GPT2Config;
  readonly result: TrainResult;
  /** A few words about what computed it. */
  readonly backend: string;
}

/** Saves the model for others to load, writes the report, and says how it went and how to go on. */
export async function finish(outcome: Outcome): Promise<void> {
  const { run, tokens, baseline, model, config, result } = outcome;
  await savePretrained(run.folder, {
    spec: gpt2,
    config,
    model,
    generationConfig: {
      do_sample: true,
      temperature: 0.8,
      top_k: 50,
      bos_token_id: config.bosTokenId ?? null,
      eos_token_id: config.eosTokenId ?? null,
    },
  });
  await writeReport(run.path('report'), report(outcome));

  const { settings } = run;
  const { steps } = settings;
  if (result.evaluation !== undefined) console.log(`\n${scoreLines(result.evaluation, baseline, tokens)}`);
  console.log(`
${result.step < steps ? `stopped after step ${result.step} of ${steps}; it is all saved in` : 'saved in'} ${run.folder}
  see      ${run.path('report')}
  write    ${run.command(settings.data === undefined ? 'sample --prompt "The Red Lantern"' : 'sample')}
  go on    ${run.command(result.step < steps ? '--resume' : `--resume --steps ${2 * steps}`)}`);
}

function report({ run, text, tokens, baseline, model, config, result, backend }: Outcome): ReportContent {
  const { settings } = run;
  const metrics = readMetrics(run.path('metrics'));
  const seconds = [...metrics.steps, ...metrics.evaluations].reduce((sum, event) => sum + event.seconds, 0);
  const parameters = parameterCount(model);
  const count = (value: number): string => value.toLocaleString('en');
  return reportContent({
    title: `A GPT-2 of ${(parameters / 1e6).toFixed(1)} million parameters`,
    summary: `Trained on ${text.origin} for ${result.step} of ${settings.steps} steps, in ${duration(seconds)}.`,
    metrics,
    baseline,
    bitsPerByte: bitsPerByte(tokens),
    settings: [
      ['text', `${text.origin}, SHA-256 ${text.hash.slice(0, 16)}…`],
      [
        'tokens',
        `${count(tokens.train.length)} to learn from, ${count(tokens.validation.length)} for validation`,
      ],
      ['vocabulary', `${count(config.vocabularySize)} byte-BPE tokens`],
      ['layers', String(settings.layers)],
      ['width', `${settings.width} channels in ${settings.heads} heads`],
      ['context', `${settings.context} tokens`],
      ['parameters', count(parameters)],
      ['batch', `${settings.batch} sequences, ${count(settings.batch * settings.context)} tokens`],
      ['learning rate', `${settings.learningRate} at its peak`],
      ['dropout', String(settings.dropout)],
      ['seed', String(settings.seed)],
      ['backend', backend],
    ],
  });
}
