// B batch, T time, C channels.

import { assertShape, type Backbone, RandomStream, TenonError } from '@tenon/core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expectClose } from './compare.ts';
import type { ContractCheck, GradientOptions } from './contract.ts';
import { encodeRowsAs, type MakeInput, type Rows, tokenInput } from './encode-rows.ts';
import { moduleContract } from './module-contract.ts';
import { stateContract } from './state-contract.ts';

export interface ModelContractOptions extends GradientOptions {
  /** A tiny model, without dropout or with: nothing is dropped. Called anew for every check. */
  make(): Backbone;
  /** Token ids are drawn below this. */
  readonly vocabularySize: number;
  /** Whether no output may depend on a later token. */
  readonly causal: boolean;
  /** Whether padding may stand before the text, with `positionIds` that say so. @default causal */
  readonly leftPadding?: boolean;
  /** Makes the model's input of rows of token ids. @default `inputIds`, `attentionMask` and `positionIds` */
  readonly input?: MakeInput;
}

const TIME = 8;

/**
 * What every model must do, whatever it is made of: a new model file is done when it passes.
 *
 * The model must read `inputIds` with `attentionMask`, and `positionIds` where padding may stand before the text.
 * One that reads something else, ELMo's characters for instance, says how it is made of ids: `input`.
 */
export function modelContract(options: ModelContractOptions): ContractCheck[] {
  const { make, input = tokenInput } = options;
  const forward = (model: Backbone): Tensor => model.encode(input(contractRows(options, 2), {})).lastHidden;
  return [...moduleContract({ ...options, make, forward }), ...encodingContract(options)];
}

/** What every model must do that is not about its parameters. */
export function encodingContract(options: ModelContractOptions): ContractCheck[] {
  const { make, vocabularySize, causal, leftPadding = causal, input = tokenInput } = options;
  const encodeRows = encodeRowsAs(input);
  const rows = (batch: number, seed?: number): Rows => contractRows(options, batch, seed);
  const checks: ContractCheck[] = [
    { name: 'gives the shapes it promises', run: () => tidy(() => shapes(make, rows(2), input)) },
    {
      name: 'gives a batch what it gives each alone',
      run() {
        using model = make();
        const together = encodeRows(model, rows(3));
        rows(3).forEach((row, b) => {
          expectClose(`sequence ${b} of the batch`, together[b]!.flat(), encodeRows(model, [row])[0]!.flat());
        });
      },
    },
    {
      name: 'is not changed by padding',
      run() {
        using model = make();
        const [row] = rows(1) as [number[]];
        const alone = encodeRows(model, [row])[0]!;
        const padding = rows(1, 2)[0]!.slice(0, 3);
        const mask = [...row.map(() => 1), ...padding.map(() => 0)];
        const right = encodeRows(model, [[...row, ...padding]], { attentionMask: [mask] })[0]!;
        expectClose('tokens before padding', right.slice(0, TIME).flat(), alone.flat());
        if (!leftPadding) return;
        const positionIds = [[...padding.map(() => 0), ...row.map((_, i) => i)]];
        const left = encodeRows(model, [[...padding, ...row]], {
          attentionMask: [mask.toReversed()],
          positionIds,
        })[0]!;
        expectClose('tokens after padding', left.slice(3).flat(), alone.flat());
        expectClose('padding itself, against NaN', left.flat(), left.flat());
      },
    },
  ];
  if (causal) {
    checks.push({
      name: 'looks at no later token',
      run() {
        using model = make();
        const [row] = rows(1) as [number[]];
        const original = encodeRows(model, [row])[0]!;
        const changed = encodeRows(model, [row.with(TIME - 2, (row[TIME - 2]! + 1) % vocabularySize)])[0]!;
        expectClose('tokens before the change', changed.slice(0, -2).flat(), original.slice(0, -2).flat());
        if (changed[TIME - 1]!.some((value, c) => value !== original[TIME - 1]![c])) return;
        const advice = 'Check the mask: its triangle may lie the wrong way round.';
        throw new TenonError({
          subject: 'the last token',
          expected: 'to see the one before',
          got: 'no change',
          advice,
        });
      },
    });
  }
  return [...checks, ...stateContract({ make, rows: rows(2), encodeRows, causal, leftPadding })];
}

/** Rows of token ids, always the same. */
export function contractRows({ vocabularySize }: { vocabularySize: number }, batch: number, seed = 1): Rows {
  const random = new RandomStream(seed);
  return Array.from({ length: batch }, () =>
    Array.from({ length: TIME }, () => random.next().integer(vocabularySize)),
  );
}

/** What encoding gives has the shapes of the interface. */
function shapes(make: () => Backbone, ids: Rows, input: MakeInput): void {
  using model = make();
  const advice = 'See Encoded in @tenon/core.';
  const hidden = [ids.length, TIME, model.hiddenSize];
  const { lastHidden, hiddenStates, attentions } = model.encode(input(ids, {}), {
    hiddenStates: true,
    attentions: true,
  });
  assertShape('lastHidden', lastHidden.shape, hidden, advice);
  for (const states of hiddenStates ?? []) assertShape('hiddenStates', states.shape, hidden, advice);
  for (const weights of attentions ?? [])
    assertShape('attentions', weights.shape, [ids.length, 'H', TIME, TIME], advice);
  if (hiddenStates !== undefined)
    expectClose('the last of hiddenStates', valuesOf(hiddenStates.at(-1)!), valuesOf(lastHidden));
  if (model.scorer !== undefined)
    assertShape('logits', model.scorer.logits(lastHidden).shape, [ids.length, TIME, 'V'], advice);
}

const valuesOf = (tensor: Tensor): number[] => Array.from(tensor.dataSync());
