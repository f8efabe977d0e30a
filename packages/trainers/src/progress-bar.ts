import { assertWhole } from '@tenon/core';
import { MultiBar, type SingleBar } from 'cli-progress';
import type { StepEvent, TrainerCallback } from './trainer-callback.ts';

export interface ProgressBarOptions {
  /** @default process.stdout */
  readonly stream?: NodeJS.WriteStream;
  /** Where the stream is no terminal: seconds from one plain line to the next. @default 5 */
  readonly every?: number;
}

/** A callback for `train`, with a way to say something without tearing the bar. */
export interface ProgressBar extends TrainerCallback {
  /** Writes a text on lines of its own, above the bar. */
  print(text: string): void;
}

/**
 * Shows loss (smoothed), tokens per second and the time left: as a bar on a terminal, elsewhere as a plain
 * line every few seconds.
 *
 * @example
 * ```ts
 * import { progressBar } from '@tenon/trainers/progress';
 *
 * const progress = progressBar();
 * progress.print('about to train');
 * // train({ …, callbacks: [progress] })
 * ```
 */
export function progressBar({ stream = process.stdout, every = 5 }: ProgressBarOptions = {}): ProgressBar {
  assertWhole('progress every', every);
  const display: Display = stream.isTTY ? new TerminalBar(stream) : new PlainLines(stream, every);
  let pace: Pace | undefined;

  return {
    onTrainBegin({ step, steps }) {
      pace = new Pace(step, steps);
    },
    onStepEnd(event) {
      if (pace === undefined) return;
      pace.add(event);
      display.show(pace);
    },
    onEvaluate({ step, loss, perplexity, metrics }) {
      // A task has its own measures, and perplexity is that of a language model.
      const measures = Object.entries(metrics ?? { perplexity }).map(
        ([name, value]) => `, ${name} ${value.toFixed(metrics === undefined ? 2 : 4)}`,
      );
      display.print(`step ${step}: evaluation loss ${loss.toFixed(4)}${measures.join('')}`);
    },
    onWarning({ message }) {
      display.print(`warning: ${message}`);
    },
    onTrainEnd() {
      display.close(pace);
    },
    onError() {
      display.close(pace);
    },
    print: (text) => display.print(text),
  };
}

/** Running figures of a run. */
class Pace {
  readonly steps: number;
  step: number;
  loss = 0;
  tokensPerSecond = 0;
  readonly #started = performance.now();
  readonly #first: number;
  #weight = 0;

  constructor(step: number, steps: number) {
    this.step = step;
    this.steps = steps;
    this.#first = step;
  }

  add({ step, loss, tokens, seconds }: StepEvent): void {
    this.step = step;
    // Means that forget by 5 % a step; the weight makes up for the zeros that they start from.
    this.#weight = 0.95 * this.#weight + 0.05;
    const share = 0.05 / this.#weight;
    this.loss += share * (loss - this.loss);
    this.tokensPerSecond += share * (tokens / seconds - this.tokensPerSecond);
  }

  /** Whether there are figures: a finished run that is resumed makes no step. */
  get hasMoved(): boolean {
    return this.step > this.#first;
  }

  /** Evaluations, checkpoints and callbacks included. */
  get secondsLeft(): number {
    const passed = (performance.now() - this.#started) / 1000;
    return (passed / (this.step - this.#first)) * (this.steps - this.step);
  }

  toString(): string {
    const speed = Math.round(this.tokensPerSecond).toLocaleString('en');
    return `loss ${this.loss.toFixed(4)} | ${speed} tokens/s | ${formatSeconds(this.secondsLeft)} left`;
  }
}

interface Display {
  show(pace: Pace): void;
  print(text: string): void;
  close(pace: Pace | undefined): void;
}

const WIDEST_BAR = 24;
/** Columns of `1999/2000 | loss 2.5060 | 18,530 tokens/s | 1:00:00 left` */
const FIGURES = 60;

class TerminalBar implements Display {
  readonly #stream: NodeJS.WriteStream;
  #bars: MultiBar | undefined;
  #bar: SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(pace: Pace): void {
    // Figures matter more than the bar: in a narrow terminal it gives way to them.
    const bar = Math.max(0, Math.min(WIDEST_BAR, this.#stream.columns - FIGURES - 1));
    this.#bars ??= new MultiBar({
      stream: this.#stream,
      format: `${bar > 0 ? '{bar} ' : ''}{value}/{total} | {figures}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: bar,
      // Its own handling of Ctrl-C would keep the process from ending.
      gracefulExit: false,
    });
    this.#bar ??= this.#bars.create(pace.steps, pace.step, { figures: String(pace) });
    this.#bar.update(pace.step, { figures: String(pace) });
  }

  print(text: string): void {
    if (this.#bars === undefined) this.#stream.write(`${text}\n`);
    else this.#bars.log(`${text}\n`);
  }

  close(): void {
    this.#bars?.update(); // writes what was logged last
    this.#bars?.stop();
    this.#bars = undefined;
    this.#bar = undefined;
  }
}

class PlainLines implements Display {
  readonly #stream: NodeJS.WritableStream;
  readonly #interval: number;
  #next = 0;

  constructor(stream: NodeJS.WritableStream, seconds: number) {
    this.#stream = stream;
    this.#interval = seconds * 1000;
  }

  show(pace: Pace): void {
    if (performance.now() < this.#next) return;
    this.#next = performance.now() + this.#interval;
    this.#line(pace);
  }

  print(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  close(pace: Pace | undefined): void {
    if (pace?.hasMoved) this.#line(pace);
  }

  #line(pace: Pace): void {
    this.print(`step ${pace.step}/${pace.steps} | ${pace}`);
  }
}

/** `1:05`, `2:03:09`. */
function formatSeconds(seconds: number): string {
  const whole = Math.round(Number.isFinite(seconds) ? seconds : 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}
