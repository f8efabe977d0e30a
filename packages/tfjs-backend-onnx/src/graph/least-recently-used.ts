/** A map that keeps the most recently used entries and disposes of the others. */
export class LeastRecentlyUsed<V> {
  readonly #entries = new Map<string, V>();
  readonly #dispose: (value: V) => void;
  #capacity: number;

  constructor(capacity: number, dispose: (value: V) => void) {
    this.#capacity = capacity;
    this.#dispose = dispose;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // A Map iterates in the order of insertion: the entry used last goes to the end.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#dispose(before);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#shrink();
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#dispose(value);
    this.#entries.delete(key);
  }

  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#shrink();
  }

  clear(): void {
    for (const value of this.#entries.values()) this.#dispose(value);
    this.#entries.clear();
  }

  #shrink(): void {
    for (const [key, value] of this.#entries) {
      if (this.#entries.size <= this.#capacity) return;
      this.#entries.delete(key);
      this.#dispose(value);
    }
  }
}
