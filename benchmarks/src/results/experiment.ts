/** What an arm of an experiment came to, by name: `{ accuracy: 0.781 }`. */
export type Figures = Readonly<Record<string, number>>;

/** What every arm is given. */
export interface ArmContext {
  readonly seed: number;
  /** The folder of data sets (`--data`). */
  readonly data: string;
  /** Says how far it is. */
  readonly say: (text: string) => void;
}

/** What came of all arms and seeds: a list of figures, one a seed, for each arm. */
export type Outcome = Readonly<Record<string, readonly Figures[]>>;

/**
 * A question that several seeds answer: a model's figures beside a reference's, or one way of training beside
 * another. A new one is a file and a line in `main.ts`; what came of it stands in docs/results.md.
 */
export interface Experiment {
  /** As in `npm run results -- NAME`. */
  readonly name: string;
  /** What is asked, in one line. */
  readonly question: string;
  /** What is compared. Each is trained anew for each seed. */
  readonly arms: Readonly<Record<string, (context: ArmContext) => Promise<Figures>>>;
  /** What the outcome says to the question, in one line. */
  readonly verdict: (outcome: Outcome) => string;
}

/** The lowest and the highest of one figure over the seeds of an arm, and the mean. */
export function spread(
  runs: readonly Figures[],
  figure: string,
): { readonly lowest: number; readonly mean: number; readonly highest: number } {
  const values = runs.map((run) => run[figure]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { lowest: Math.min(...values), mean, highest: Math.max(...values) };
}
