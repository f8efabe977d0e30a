/** One thing that can be measured. A new one is a file and a line in `main.ts`. */
export interface Benchmark {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  /** One line for the list. */
  readonly summary: string;
  /** Runs with what came after the name on the command line. @throws {TenonError} about arguments. */
  run(args: string[]): Promise<void>;
}
