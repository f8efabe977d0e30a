/** Tokens [start, end) of a text. */
export interface ContextWindow {
  readonly start: number;
  readonly end: number;
}

/** Windows of at most `room` tokens, each `stride` after the one before, that cover all of a text. */
export function contextWindows(tokens: number, room: number, stride: number): ContextWindow[] {
  const windows: ContextWindow[] = [];
  for (let start = 0; start < tokens; start += Math.min(room, stride)) {
    const end = Math.min(start + room, tokens);
    windows.push({ start, end });
    if (end === tokens) break;
  }
  return windows;
}

/**
 * For each token of each window 1 where no other window shows more on the token's poorer side, the first of equal
 * ones, and 0 elsewhere. A hundredth of the window's length breaks ties, as in the original.
 */
export function maximumContext(windows: readonly ContextWindow[]): Uint8Array[] {
  const marks = windows.map(({ start, end }) => new Uint8Array(end - start));
  const tokens = windows.at(-1)?.end ?? 0;
  let first = 0; // windows before this one have ended
  for (let place = 0; place < tokens; place++) {
    while (windows[first]!.end <= place) first++;
    let [best, most] = [first, Number.NEGATIVE_INFINITY];
    for (let w = first; w < windows.length && windows[w]!.start <= place; w++) {
      const { start, end } = windows[w]!;
      const context = Math.min(place - start, end - 1 - place) + 0.01 * (end - start);
      if (context > most) [best, most] = [w, context];
    }
    marks[best]![place - windows[best]!.start] = 1;
  }
  return marks;
}
