/** A pair to merge next, as it was when it was pushed. */
export interface Candidate {
  readonly pair: number;
  readonly count: number;
  /** Where the pair occurs first. */
  readonly first: number;
}

/** Whether `a` goes before `b` when both are as frequent. */
export type TieBreak = (a: Candidate, b: Candidate) => boolean;

/** A binary heap of candidates: most frequent first, ties as the rule says. */
export class CandidateHeap {
  readonly #winsTie: TieBreak;
  readonly #entries: Candidate[] = [];

  constructor(winsTie: TieBreak) {
    this.#winsTie = winsTie;
  }

  peek(): Candidate | undefined {
    return this.#entries[0];
  }

  push(entry: Candidate): void {
    const entries = this.#entries;
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(entry, entries[parent]!)) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): void {
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) this.replaceTop(last);
  }

  /** `pop` and `push` in one. */
  replaceTop(entry: Candidate): void {
    const entries = this.#entries;
    const size = entries.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(entries[child + 1]!, entries[child]!)) child++;
      if (!this.#before(entries[child]!, entry)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = entry;
  }

  #before(a: Candidate, b: Candidate): boolean {
    return a.count !== b.count ? a.count > b.count : this.#winsTie(a, b);
  }
}
