import { type BatchSource, type Json, RandomKey, RandomStream, type RecurrentState } from '@tenon/core';
import { CausalLM, type CausalLMBatch } from '@tenon/heads';
import { type TransformerXL, transformerXL, transformerXLText8 } from '@tenon/models';
import { tensor2d } from '@tensorflow/tfjs-core';

const ROWS = 2;
const LENGTH = 4;
const VOCABULARY = 12;

/** A segment of each stream: `continues` is `false` where other streams begin. */
export interface SegmentBatch extends CausalLMBatch {
  readonly continues: boolean;
}

export interface SegmentOptions {
  /** Segments of each stream. */
  readonly perStream?: number;
  readonly limit?: number;
  readonly seed?: number;
}

/** Segments of streams in which every token follows from the one five places before. */
export function segments(options: SegmentOptions = {}): BatchSource<SegmentBatch> {
  const { perStream = 5, limit = Number.POSITIVE_INFINITY, seed = 1 } = options;
  let taken = 0;
  return {
    async next() {
      if (taken >= limit) return undefined;
      const stream = Math.floor(taken / perStream);
      const start = (taken % perStream) * LENGTH;
      taken++;
      const token = (row: number, place: number): number =>
        ((new RandomKey(seed, stream, row).bits(5)[place % 5]! + place / 5) % VOCABULARY) | 0;
      const part = (offset: number): number[] =>
        Array.from({ length: ROWS * LENGTH }, (_, i) =>
          token(Math.floor(i / LENGTH), start + (i % LENGTH) + offset),
        );
      const shape: [number, number] = [ROWS, LENGTH];
      return {
        inputIds: tensor2d(part(0), shape, 'int32'),
        targets: tensor2d(part(1), shape, 'int32'),
        continues: start > 0,
      };
    },
    position: () => taken,
    seek(position: Json) {
      taken = position as number;
    },
  };
}

/** A Transformer-XL that remembers a segment and a half. */
export function rememberingModel(): CausalLM<TransformerXL> {
  const size = {
    vocabularySize: VOCABULARY,
    hiddenSize: 8,
    embeddingSize: 8,
    heads: 2,
    headSize: 4,
    layers: 1,
  };
  const config = {
    ...transformerXLText8,
    ...size,
    feedForwardSize: 16,
    memoryLength: 6,
    segmentLength: LENGTH,
  };
  return new CausalLM(transformerXL(config, { random: new RandomStream(3) }));
}

/** The option `state` for it. */
export const stateOf = (model: CausalLM<TransformerXL>) => (): RecurrentState =>
  model.backbone.initialState(ROWS, Number.POSITIVE_INFINITY);
