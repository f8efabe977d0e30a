/** While a profile is taken: what is built only for it. */
export class Tracing {
  readonly #folder: string | null;
  readonly #ends: (() => void)[] = [];
  #traces = 0;

  /** @param folder for ONNX Runtime's traces, if there is one */
  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /** Where the trace of the next session goes. */
  next(): string | null {
    return this.#folder && `${this.#folder}/trace-${++this.#traces}`;
  }

  /** To be done when the profile has been taken: ONNX Runtime completes a trace when its session is disposed of. */
  atEnd(dispose: () => void): void {
    this.#ends.push(dispose);
  }

  end(): void {
    for (const dispose of this.#ends) dispose();
  }
}
