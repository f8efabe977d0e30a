/** A run of characters can be cut in at most two to this power ways by choices of bounded length. */
const MOST_BITS = 12;

interface State {
  /** Sets of characters that repeat without bound and may hand some over to what comes next. */
  readonly open: readonly string[];
  /** Two of them could share one run of characters, in as many ways as it is long … */
  readonly shared: boolean;
  /** … and something must follow, so that failing tries them all. */
  readonly followed: boolean;
  /** How many choices of bounded length there are, as a power of two. */
  readonly bits: number;
}

const START: State = { open: [], shared: false, followed: false, bits: 0 };

/**
 * Follows a regular expression from left to right and notes where failing could take more than a walk to the end of the
 * text from each place: at repetitions within one another, at two that share a run of characters before
 * something else, and at very many choices.
 */
export class Backtracking {
  #state = START;
  #endless = false;
  readonly #groups: { readonly before: State; readonly looks: boolean; readonly ends: State[] }[] = [];

  /** Whether the expression so far can take for ever. */
  get endless(): boolean {
    return this.#endless || this.#state.followed || this.#state.bits > MOST_BITS;
  }

  /** A character of a set, `least` to `most` times. */
  take(set: string, least: number, most: number): void {
    const { open, shared, followed, bits } = this.#state;
    const unbounded = most === Number.POSITIVE_INFINITY;
    const overlapping = unbounded || least > 0 ? open.filter((other) => overlap(other, set)) : [];
    const left = least > 0 ? overlapping : open;
    this.#state = {
      open: unbounded ? [...left, set] : left,
      shared: shared || (unbounded && overlapping.length > 0),
      followed: followed || (shared && least > 0),
      bits: unbounded ? bits : bits + Math.log2(most - least + 1),
    };
  }

  /** Something that holds or does not, without taking a character. */
  assert(): void {
    this.#state = { ...this.#state, followed: this.#state.followed || this.#state.shared };
  }

  /** A group begins; one that looks ahead or back reads a text of its own. */
  open(looks: boolean): void {
    this.#groups.push({ before: this.#state, looks, ends: [] });
    if (looks) this.#state = START;
  }

  alternative(): void {
    this.#endless ||= this.#groups.length === 0 && this.endless;
    const group = this.#groups.at(-1);
    group?.ends.push(this.#state);
    this.#state = group === undefined || group.looks ? START : group.before;
  }

  /** The group ends, and comes `least` to `most` times. */
  close(least: number, most: number): void {
    const { before, looks, ends } = this.#groups.pop()!;
    const all = [...ends, this.#state];
    const open = [...new Set(all.flatMap((state) => state.open))];
    const choices = Math.max(...all.map(({ bits }) => bits)) - before.bits + Math.log2(all.length);
    const repeats = open.some((set) => !before.open.includes(set));
    if (looks) {
      this.#endless ||= all.some(({ followed, bits }) => followed || bits > MOST_BITS);
      this.#state = before;
      this.assert();
    } else if (most === Number.POSITIVE_INFINITY) {
      this.#endless ||= choices > 0 || repeats;
      this.#state = before;
      this.take('[^]', least, most);
    } else {
      this.#endless ||= repeats && most > 3;
      this.#state = {
        open,
        shared: all.some(({ shared }) => shared),
        followed: least > 0 ? all.some(({ followed }) => followed) : before.followed,
        bits: before.bits + choices * most + Math.log2(most - least + 1),
      };
    }
  }
}

let sample: string | undefined; // characters that stand for all

function overlap(a: string, b: string): boolean {
  sample ??= String.fromCharCode(...Array(0x3100).keys());
  return a === b || new RegExp(`(?=${a})${b}`, 'u').test(sample);
}
