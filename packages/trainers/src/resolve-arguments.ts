import { assertWhole, TenonError } from '@tenon/core';
import type { TrainingArguments } from './training-arguments.ts';

/** What has no default stays open. */
type Open = 'outputDir' | 'saveTotalLimit' | 'metricForBestModel' | 'greaterIsBetter' | 'freeze';

export type ResolvedArguments = Required<Omit<TrainingArguments, Open>> & Pick<TrainingArguments, Open>;

const DEFAULTS = {
  perDeviceTrainBatchSize: 8,
  perDeviceEvalBatchSize: 8,
  gradientAccumulationSteps: 1,
  learningRate: 5e-5,
  weightDecay: 0,
  adamBeta1: 0.9,
  adamBeta2: 0.999,
  adamEpsilon: 1e-8,
  maxGradNorm: 1,
  numTrainEpochs: 3,
  maxSteps: -1,
  lrSchedulerType: 'linear',
  warmupRatio: 0,
  warmupSteps: 0,
  loggingSteps: 500,
  evalOnStart: false,
  saveSteps: 500,
  seed: 42,
  loadBestModelAtEnd: false,
  groupByLength: false,
  dataloaderDropLast: false,
  resumeFromCheckpoint: false,
  layerwiseLearningRateDecay: 1,
} as const satisfies TrainingArguments;

/** Arguments that have no default of their own, or one that follows from others. */
const OTHERS: readonly (keyof TrainingArguments)[] = [
  'outputDir',
  'saveTotalLimit',
  'metricForBestModel',
  'greaterIsBetter',
  'freeze',
  'evalStrategy',
  'evalSteps',
  'saveStrategy',
];

const STRATEGIES = ['no', 'steps', 'epoch'] as const;
const SCHEDULES = ['linear', 'cosine', 'constant', 'constant_with_warmup'] as const;

/**
 * The arguments with their defaults.
 *
 * @param hasEvaluation whether the trainer was given anything to evaluate on.
 * @throws {TenonError} about a name that does not exist, a value out of its range, and what contradicts itself.
 */
export function resolveArguments(args: TrainingArguments, hasEvaluation: boolean): ResolvedArguments {
  // Not every program's types tell an argument that is left out from one that is undefined.
  const given: TrainingArguments = Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined),
  );
  assertKnown(given);
  const resolved: ResolvedArguments = {
    ...DEFAULTS,
    evalStrategy: given.evalSteps === undefined ? 'no' : 'steps',
    evalSteps: given.loggingSteps ?? DEFAULTS.loggingSteps,
    saveStrategy: given.outputDir === undefined ? 'no' : 'steps',
    ...given,
  };
  assertRanges(resolved);
  assertConsistent(resolved, hasEvaluation);
  return resolved;
}

function assertKnown(given: TrainingArguments): void {
  const known = new Set<string>([...Object.keys(DEFAULTS), ...OTHERS]);
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const camel = unknown.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  throw new TenonError({
    subject: 'training arguments',
    expected: 'names of TrainingArguments',
    got: unknown,
    advice: known.has(camel)
      ? `It is called ${camel} here.`
      : `These are known: ${[...known].sort().join(', ')}.`,
  });
}

function assertRanges(args: ResolvedArguments): void {
  const whole = [
    'perDeviceTrainBatchSize',
    'perDeviceEvalBatchSize',
    'gradientAccumulationSteps',
    'loggingSteps',
    'evalSteps',
    'saveSteps',
  ] as const;
  for (const name of whole) assertWhole(name, args[name]);
  if (args.saveTotalLimit !== undefined) assertWhole('saveTotalLimit', args.saveTotalLimit);
  if (args.maxSteps !== -1) assertWhole('maxSteps', args.maxSteps);
  assertWhole('warmupSteps', args.warmupSteps, 0);
  assertBetween('warmupRatio', args.warmupRatio, 0, 1);
  assertBetween('maxGradNorm', args.maxGradNorm, 0, Number.POSITIVE_INFINITY);
  assertAboveZero('numTrainEpochs', args.numTrainEpochs);
  assertAboveZero('layerwiseLearningRateDecay', args.layerwiseLearningRateDecay);
  assertOneOf('evalStrategy', args.evalStrategy, STRATEGIES);
  assertOneOf('saveStrategy', args.saveStrategy, STRATEGIES);
  assertOneOf('lrSchedulerType', args.lrSchedulerType, SCHEDULES);
}

function assertConsistent(args: ResolvedArguments, hasEvaluation: boolean): void {
  const evaluates = args.evalStrategy !== 'no' || args.evalOnStart;
  const writes = args.outputDir !== undefined;
  if (evaluates && !hasEvaluation) {
    contradiction(
      args.evalOnStart ? 'evalOnStart' : `evalStrategy '${args.evalStrategy}'`,
      'something to evaluate on',
      'no evalDataset',
      'Pass an evalDataset, or do without evaluation.',
    );
  }
  if (args.loadBestModelAtEnd && args.evalStrategy === 'no') {
    contradiction(
      'loadBestModelAtEnd',
      "evaluations that tell the best model: evalStrategy 'steps' or 'epoch'",
      "evalStrategy 'no'",
      'Set evalStrategy, or leave loadBestModelAtEnd out.',
    );
  }
  for (const name of ['loadBestModelAtEnd', 'resumeFromCheckpoint'] as const) {
    if (args[name] && !writes) needsFolder(name);
  }
  if (args.saveStrategy !== 'no' && !writes) needsFolder(`saveStrategy '${args.saveStrategy}'`);
}

function needsFolder(subject: string): void {
  contradiction(
    subject,
    'an outputDir to write to',
    'none',
    `Set outputDir, or leave ${subject.split(' ')[0]} out.`,
  );
}

function contradiction(subject: string, expected: string, got: string, advice: string): never {
  throw new TenonError({ subject, expected, got, advice });
}

function assertBetween(subject: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  const range =
    high === Number.POSITIVE_INFINITY ? `a number of at least ${low}` : `a number from ${low} to ${high}`;
  contradiction(subject, range, String(value), 'Leave it out for its default.');
}

function assertAboveZero(subject: string, value: number): void {
  if (value > 0) return;
  contradiction(subject, 'a number above 0', String(value), 'Leave it out for its default.');
}

function assertOneOf(subject: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  contradiction(subject, `one of ${choices.join(', ')}`, value, 'Name one of these.');
}
