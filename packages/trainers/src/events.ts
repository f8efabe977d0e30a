import type { Evaluation } from './evaluate.ts';

/** What happens during a run, in this order: `start`, then for each step what is due, then `end` or `failed`. */
export type TrainEvent =
  | {
      readonly type: 'start';
      /** Steps made before: 0, or those of the checkpoint that the run goes on from. */
      readonly step: number;
      readonly steps: number;
      /** The checkpoint's folder; absent in a run that starts anew. */
      readonly resumedFrom?: string;
    }
  | StepEvent
  | ({
      readonly type: 'evaluation';
      readonly step: number;
      readonly seconds: number;
    } & Evaluation)
  | { readonly type: 'checkpoint'; readonly step: number; readonly folder: string }
  | { readonly type: 'warning'; readonly step: number; readonly message: string }
  | { readonly type: 'end'; readonly step: number; readonly stopped: Stopped }
  | { readonly type: 'failed'; readonly step: number; readonly error: unknown };

/** One update of the weights. */
export interface StepEvent {
  readonly type: 'step';
  /** Counted from 1. */
  readonly step: number;
  /** The mean over the step's batches, before the update. */
  readonly loss: number;
  /** The objective's named shares of the loss. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Where the optimiser has one. */
  readonly learningRate?: number;
  /** Before clipping; where the optimiser takes it. */
  readonly gradientNorm?: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** Why a run came to its end: all steps made, the signal, or no batches left. */
export type Stopped = 'finished' | 'interrupted' | 'exhausted';

/** Is told what happens, and is waited for. An error that it throws ends the run. */
export type TrainCallback = (event: TrainEvent) => void | Promise<void>;
