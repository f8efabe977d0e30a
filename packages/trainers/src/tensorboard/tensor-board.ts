import type { TrainerCallback } from '../trainer-callback.ts';
import { EventFile } from './event-file.ts';

/**
 * A callback that writes what a run logs for TensorBoard, by the names that Hugging Face gives: `train/loss`,
 * `train/learning_rate`, `train/grad_norm`, `train/epoch`, `eval/loss`, `eval/runtime`, `eval/` and a metric, and the
 * arguments as text. `tensorboard --logdir FOLDER` shows it, also while the run goes on.
 *
 * Every run and every resumed part of one has a file of its own; TensorBoard leaves out what earlier files say of the
 * steps that are made again.
 *
 * @param folder one for each run; it is made where there is none.
 * @example
 * ```ts
 * import { tensorBoard } from '@tenon/trainers/tensorboard';
 *
 * const callback = tensorBoard('runs/reviews');
 * console.log(typeof callback.onLog); // function
 * // new Trainer({ …, callbacks: [callback] })
 * ```
 */
export function tensorBoard(folder: string): TrainerCallback {
  let file: EventFile | undefined;
  return {
    onTrainBegin({ step, args }) {
      // A run that goes on has told of the step that it goes on from.
      file = new EventFile(folder, step === 0 ? 0 : step + 1);
      if (args !== undefined) file.text(step, 'args/text_summary', markdown(args));
    },
    onLog({ step, epoch, loss, learningRate, gradientNorm }) {
      file?.scalars(step, {
        'train/loss': loss,
        ...(learningRate !== undefined && { 'train/learning_rate': learningRate }),
        ...(gradientNorm !== undefined && { 'train/grad_norm': gradientNorm }),
        ...(epoch !== undefined && { 'train/epoch': epoch }),
      });
    },
    onEvaluate({ step, loss, metrics, seconds }) {
      file ??= new EventFile(folder); // an evaluation without a run
      const named = Object.entries(metrics ?? {}).map(([name, value]) => [`eval/${name}`, value]);
      file.scalars(step, { 'eval/loss': loss, ...Object.fromEntries(named), 'eval/runtime': seconds });
    },
  };
}

/** Indented by four, a text is code. */
function markdown(value: object): string {
  const shown = (_: string, one: unknown): unknown =>
    one instanceof RegExp || typeof one === 'function' ? String(one) : one; // as `freeze` may be
  return JSON.stringify(value, shown, 2).replace(/^/gm, '    ');
}
