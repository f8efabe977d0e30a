// B batch, T time.
import type { Backbone, RecurrentState } from '@tenon/core';
import { TenonError } from '@tenon/core';
import { expectClose, type Tolerance } from './compare.ts';
import type { ContractCheck } from './contract.ts';
import type { EncodeRows, RowParts, Rows } from './encode-rows.ts';
import { leakFree } from './leak-free.ts';

export interface StateContractOptions {
  make(): Backbone;
  readonly rows: Rows;
  readonly encodeRows: EncodeRows;
  /** Otherwise a model sees less of a text in pieces than of the whole. */
  readonly causal: boolean;
  readonly leftPadding: boolean;
}

/** What a model with a state must do; nothing for one without. */
export function stateContract(options: StateContractOptions): ContractCheck[] {
  const { make, rows, encodeRows, causal, leftPadding } = options;
  const time = rows[0]!.length;
  const check = (name: string, run: (model: Backbone, initial: InitialState) => void | Promise<void>) => ({
    name,
    async run() {
      using model = make();
      const initial = model.initialState?.bind(model);
      if (initial !== undefined) await run(model, initial);
    },
  });
  const samePieces = (): ContractCheck[] =>
    [[1], [3, 1, 2], [time - 1, 1]].map((sizes) =>
      check(`gives the same in pieces of ${sizes.join(', ')} tokens with a state`, (model, initial) => {
        const whole = encodeRows(model, rows);
        const state = initial(rows.length, time + 3);
        const pieces = inPieces(encodeRows, model, rows, sizes, { state });
        expectLength(state, time);
        state.dispose();
        for (const [b, row] of whole.entries()) expectClose(`sequence ${b}`, pieces[b]!.flat(), row.flat());
      }),
    );
  const padding = (): ContractCheck =>
    check('remembers which tokens of the state are padding', (model, initial) => {
      const [long, short] = [rows[0]!, rows[1]!.slice(2)];
      const padded = [long, [0, 0, ...short]];
      const attentionMask = [long.map(() => 1), [0, 0, ...short.map(() => 1)]];
      const positionIds = [long.map((_, i) => i), [0, 0, ...short.map((_, i) => i)]];
      const state = initial(2, time);
      const pieces = inPieces(encodeRows, model, padded, [4, 1], { state, attentionMask, positionIds });
      state.dispose();
      expectClose('the long sequence', pieces[0]!.flat(), encodeRows(model, [long])[0]!.flat());
      expectClose('the padded sequence', pieces[1]!.slice(2).flat(), encodeRows(model, [short])[0]!.flat());
    });
  return [
    ...(causal ? samePieces() : []),
    ...(leftPadding ? [padding()] : []),
    check('goes on from where it was saved, and from the start when reset', (model, initial) => {
      const [before, after, others] = [part(rows, 0, 3), part(rows, 3, 5), part(rows, 5, 7)];
      const state = initial(rows.length, time);
      const encode = (some: Rows, at: RecurrentState = state): number[] =>
        encodeRows(model, some, { state: at }).flat(2);
      const fromStart = encode(before);
      const saved = state.stateDict();
      const expected = encode(after);
      encode(others);
      const other = initial(rows.length, time);
      other.loadStateDict(saved);
      for (const [name, one] of [
        ['the state', state],
        ['another state', other],
        ['the state again', state],
      ] as const) {
        one.loadStateDict(saved);
        expectLength(one, 3);
        expectClose(`${name}, loaded`, encode(after, one), expected, EXACT);
        expectLength(one, 5);
      }
      state.reset();
      expectLength(state, 0);
      expectClose('the state, reset', encode(before), fromStart, EXACT);
      state.dispose();
      other.dispose();
    }),
    check('leaks nothing with a state, whose disposal frees it', (model, initial) =>
      leakFree(() => {
        const state = initial(rows.length, time);
        inPieces(encodeRows, model, rows, [2, 1], { state });
        state.loadStateDict(state.stateDict());
        state.reset();
        state.dispose();
      }),
    ),
    check('leaks nothing from one token to the next', async (model, initial) => {
      const state = initial(rows.length, time);
      const next = (): number[][][] =>
        encodeRows(
          model,
          rows.map((row) => [row[state.length]!]),
          { state },
        );
      next();
      await leakFree(() => void next());
      state.dispose();
    }),
  ];
}

/** Nothing differs where the same is computed again. */
const EXACT: Tolerance = { absolute: 0, relative: 0 };

const part = (rows: Rows, start: number, end: number): Rows => rows.map((row) => row.slice(start, end));

type InitialState = NonNullable<Backbone['initialState']>;

interface PieceOptions extends RowParts {
  readonly state: RecurrentState;
}

/** Encodes the first tokens, then the next, and joins what comes out. The last size is repeated. */
function inPieces(
  encodeRows: EncodeRows,
  model: Backbone,
  rows: Rows,
  sizes: readonly number[],
  options: PieceOptions,
): number[][][] {
  const { state, attentionMask, positionIds } = options;
  const joined: number[][][] = rows.map(() => []);
  for (let start = 0, piece = 0; start < rows[0]!.length; piece++) {
    const end = start + (sizes[piece] ?? sizes.at(-1)!);
    const encoded = encodeRows(model, part(rows, start, end), {
      state,
      ...(attentionMask ? { attentionMask: part(attentionMask, start, end) } : {}),
      ...(positionIds ? { positionIds: part(positionIds, start, end) } : {}),
    });
    for (const [b, row] of encoded.entries()) joined[b]!.push(...row);
    start = end;
  }
  return joined;
}

function expectLength(state: RecurrentState, length: number): void {
  if (state.length === length) return;
  const advice = 'Count every token that is encoded.';
  throw new TenonError({
    subject: "the state's length",
    expected: String(length),
    got: String(state.length),
    advice,
  });
}
