// The baseline: what can be predicted from the last three tokens alone.
// Interpolated, modified Kneser-Ney (Chen and Goodman 1998), the strongest of the classic n-gram models.

/** A context of up to n − 1 tokens, with what is known of the tokens that follow it. */
interface Context {
  /** The sum of the counts of what follows. */
  total: number;
  /** The count that the discounts take away, which is given to the shorter context. */
  saved: number;
}

const LEAST_DISCOUNT = 0.01;

/** Learns which tokens follow which, and gives every token a probability after any others. */
export class NGramModel {
  readonly order: number;
  readonly #vocabularySize: number;
  /** `node · V + token` to the node of the longer n-gram; node 0 is the empty one. */
  readonly #nodes = new Map<number, number>();
  readonly #counts: number[] = [0];
  readonly #contexts = new Map<number, Context>();
  /** By length of n-gram: what is taken off counts of 1, 2, and 3 or more. */
  readonly #discounts: [number, number, number][] = [];

  /** @param tokens int32 [N], what to learn from. */
  constructor(tokens: Int32Array, vocabularySize: number, order = 4) {
    this.order = order;
    this.#vocabularySize = vocabularySize;
    this.#count(tokens);
    this.#discount();
  }

  /** The probability of `tokens[at]` after the tokens before it. */
  probability(tokens: Int32Array, at: number): number {
    let probability = 1 / this.#vocabularySize;
    for (let length = 1; length <= Math.min(this.order, at + 1); length++) {
      const context = this.#find(tokens, at - length + 1, at);
      const followers = context === undefined ? undefined : this.#contexts.get(context);
      if (context === undefined || followers === undefined) continue;
      const node = this.#nodes.get(this.#key(context, tokens[at]!));
      const count =
        node === undefined ? 0 : this.#counts[node]! - this.#discountOf(length, this.#counts[node]!);
      probability = (count + followers.saved * probability) / followers.total;
    }
    return probability;
  }

  /** The mean of −log p in nats over `tokens[from]` up to but without `tokens[to]`. */
  loss(tokens: Int32Array, from = 1, to: number = tokens.length): number {
    let total = 0;
    for (let at = from; at < to; at++) total -= Math.log(this.probability(tokens, at));
    return total / (to - from);
  }

  /**
   * The longest n-grams are counted as they occur. Of the shorter ones, Kneser and Ney count in how many
   * different ways they are continued to the left.
   */
  #count(tokens: Int32Array): void {
    let following: number[] = []; // the nodes of the n-grams that begin one token later, by length
    for (let start = tokens.length - 1; start >= 0; start--) {
      const here = [0];
      for (let length = 1; length <= this.order && start + length <= tokens.length; length++) {
        const key = this.#key(here[length - 1]!, tokens[start + length - 1]!);
        let node = this.#nodes.get(key);
        if (node === undefined) {
          node = this.#counts.push(0) - 1;
          this.#nodes.set(key, node);
          if (length > 1) this.#counts[following[length - 1]!]!++;
        }
        if (length === this.order) this.#counts[node]!++;
        here.push(node);
      }
      following = here;
    }
  }

  #discount(): void {
    const lengths = new Uint8Array(this.#counts.length);
    const howOften = Array.from({ length: this.order + 1 }, () => [0, 0, 0, 0, 0]);
    // A node is made after the one it continues, so its length is known by then.
    for (const [key, node] of this.#nodes) {
      lengths[node] = lengths[Math.floor(key / this.#vocabularySize)]! + 1;
      const count = this.#counts[node]!;
      if (count <= 4) howOften[lengths[node]!]![count]!++;
    }
    for (const [, one = 0, two = 0, three = 0, four = 0] of howOften) {
      // In a long text no token is rare: the estimate would save nothing for those that were never seen.
      const share = one === 0 ? 0.5 : one / (one + 2 * two);
      const take = (count: number, now: number, next: number): number =>
        now === 0
          ? share
          : Math.min(Math.max(count - ((count + 1) * share * next) / now, LEAST_DISCOUNT), count);
      this.#discounts.push([take(1, one, two), take(2, two, three), take(3, three, four)]);
    }
    for (const [key, node] of this.#nodes) {
      const count = this.#counts[node]!;
      if (count === 0) continue; // seen only at the very start of the text: continues nothing
      const parent = Math.floor(key / this.#vocabularySize);
      let context = this.#contexts.get(parent);
      if (context === undefined) {
        context = { total: 0, saved: 0 };
        this.#contexts.set(parent, context);
      }
      context.total += count;
      context.saved += this.#discountOf(lengths[node]!, count);
    }
  }

  #discountOf(length: number, count: number): number {
    return count === 0 ? 0 : this.#discounts[length]![Math.min(count, 3) - 1]!;
  }

  /** The node of `tokens[from … to)`. */
  #find(tokens: Int32Array, from: number, to: number): number | undefined {
    let node: number | undefined = 0;
    for (let at = from; at < to && node !== undefined; at++)
      node = this.#nodes.get(this.#key(node, tokens[at]!));
    return node;
  }

  #key(node: number, token: number): number {
    return node * this.#vocabularySize + token;
  }
}
