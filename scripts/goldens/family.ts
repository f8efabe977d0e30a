import type { Comparison } from './comparison.ts';
import type { GoldenCase } from './golden-case.ts';

/** The backends that goldens are compared on. */
export type GoldenBackend = 'onnx' | 'cpu';

interface RunContext {
  readonly comparison: Comparison;
  readonly backend: GoldenBackend;
  /** The folder of data sets (`--data`), for cases that train on one. */
  readonly data?: string;
}

/** What knows how to run one kind of case. A new kind is a file here and a line in `families/index.ts`. */
export interface GoldenFamily {
  readonly family: string;
  knows(kind: string): boolean;
  /** Runs the case and compares everything it can; everything else it says. Leaves no tensor behind. */
  run(golden: GoldenCase, context: RunContext): Promise<void>;
}
