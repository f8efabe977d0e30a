import type { Json } from '@tenon/core';
import type { EvaluateEvent, StepEvent } from '../trainer-callback.ts';
import { Curve, type SavedCurve } from './curve.ts';

/** An evaluation as a report shows it. */
export interface EvaluationPoint {
  readonly step: number;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

interface SavedHistory {
  readonly loss: SavedCurve;
  readonly learningRate: SavedCurve;
  readonly gradientNorm: SavedCurve;
  readonly evaluations: readonly EvaluationPoint[];
  readonly seconds: number;
  readonly tokens: number;
}

/** What a run went through, small enough to stand in its checkpoints. */
export class RunHistory {
  readonly loss: Curve;
  readonly learningRate: Curve;
  readonly gradientNorm: Curve;
  readonly evaluations: EvaluationPoint[];
  /** Spent on steps and evaluations. */
  seconds: number;
  /** Spent on steps. */
  tokens: number;

  constructor(saved?: Json) {
    // What `toJson` made; a checkpoint that is damaged is found by its checksum before.
    const from = saved as SavedHistory | undefined;
    this.loss = new Curve(from?.loss);
    this.learningRate = new Curve(from?.learningRate);
    this.gradientNorm = new Curve(from?.gradientNorm);
    this.evaluations = [...(from?.evaluations ?? [])];
    this.seconds = from?.seconds ?? 0;
    this.tokens = from?.tokens ?? 0;
  }

  addStep({ step, loss, learningRate, gradientNorm, seconds, tokens }: StepEvent): void {
    this.loss.add(step, loss);
    if (learningRate !== undefined) this.learningRate.add(step, learningRate);
    if (gradientNorm !== undefined) this.gradientNorm.add(step, gradientNorm);
    this.seconds += seconds;
    this.tokens += tokens;
  }

  /** A later one of the same step takes its place. */
  addEvaluation({ step, loss, metrics = {}, seconds }: EvaluateEvent): void {
    if (this.evaluations.at(-1)?.step === step) this.evaluations.pop();
    this.evaluations.push({ step, loss, metrics });
    this.seconds += seconds;
  }

  toJson(): Json {
    return {
      loss: this.loss.toJson(),
      learningRate: this.learningRate.toJson(),
      gradientNorm: this.gradientNorm.toJson(),
      evaluations: this.evaluations.map(({ step, loss, metrics }) => ({ step, loss, metrics })),
      seconds: this.seconds,
      tokens: this.tokens,
    };
  }
}
