/**
 * Gives equal texts equal numbers. Bounded: when full it forgets, and texts seen before get new numbers.
 * Numbers are never given twice, so forgetting costs a rebuilt session, never a wrong one.
 */
export class Interner {
  readonly #capacity: number;
  readonly #numbers = new Map<string, number>();
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#capacity) this.#numbers.clear();
    this.#numbers.set(text, this.#next);
    return this.#next++;
  }
}
