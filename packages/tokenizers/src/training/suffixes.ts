/** Symbols that decide the order of suffixes: more than a piece may have. */
const DEPTH = 64;

/** The suffixes of a text in the order of their first 64 symbols (Manber and Myers 1990, prefix doubling). */
export function sortSuffixes(text: Int32Array): Int32Array {
  const size = text.length;
  let order: Int32Array = new Int32Array(size);
  let spare: Int32Array = new Int32Array(size);
  let ranks: Int32Array = denseRanks(text);
  let nextRanks: Int32Array = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  order = sortByRank(order, spare, ranks);
  for (let length = 1; length < DEPTH; length *= 2) {
    // In the order of the second halves: those that have none first, then as the halves are sorted already.
    let filled = 0;
    spare = new Int32Array(size);
    for (let at = Math.max(0, size - length); at < size; at++) spare[filled++] = at;
    for (let i = 0; i < size; i++) if (order[i]! >= length) spare[filled++] = order[i]! - length;
    order = sortByRank(spare, order, ranks);
    let rank = 0;
    for (let i = 0; i < size; i++) {
      const at = order[i]!;
      if (i > 0) {
        const before = order[i - 1]!;
        const half = at + length < size ? ranks[at + length]! : -1;
        const halfBefore = before + length < size ? ranks[before + length]! : -1;
        if (ranks[at] !== ranks[before] || half !== halfBefore) rank++;
      }
      nextRanks[at] = rank;
    }
    [ranks, nextRanks] = [nextRanks, ranks];
    if (rank === size - 1) break;
  }
  return order;
}

/** How many symbols each suffix shares with the one before it in the order, at most `most`. */
export function sharedPrefixes(text: Int32Array, order: Int32Array, most: number): Int32Array {
  const shared = new Int32Array(text.length);
  for (let i = 1; i < order.length; i++) {
    const at = order[i]!;
    const before = order[i - 1]!;
    const limit = Math.min(most, text.length - Math.max(at, before));
    let length = 0;
    while (length < limit && text[at + length] === text[before + length]) length++;
    shared[i] = length;
  }
  return shared;
}

/** Counting sort, stable. */
function sortByRank(from: Int32Array, to: Int32Array, ranks: Int32Array): Int32Array {
  const starts = new Int32Array(from.length + 2);
  for (let i = 0; i < from.length; i++) starts[ranks[i]! + 1]!++;
  for (let rank = 1; rank < starts.length; rank++) starts[rank]! += starts[rank - 1]!;
  for (let i = 0; i < from.length; i++) to[starts[ranks[from[i]!]!]!++] = from[i]!;
  return to;
}

/** The symbols numbered from 0 in their order. */
function denseRanks(text: Int32Array): Int32Array {
  const symbols = [...new Set(text)].sort((a, b) => a - b);
  const ranks = new Map(symbols.map((symbol, rank) => [symbol, rank]));
  return text.map((symbol) => ranks.get(symbol)!);
}
