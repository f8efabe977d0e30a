import { assertShape, formatShape, type ModelInput, TenonError } from '@tenon/core';
import { assertIds } from '@tenon/layers';

/** What a model can take. */
export interface InputLimits {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  /** The most positions. */
  readonly contextLength: number;
  /** Kinds of tokens, where the model tells any apart. */
  readonly typeVocabularySize?: number;
}

/** What was seen before this input. */
export interface InputPast {
  readonly length: number;
  readonly batchSize: number;
}

/**
 * Checks the input of a model that reads token ids or embeddings.
 *
 * @returns the number of sequences B and of tokens T in each.
 * @throws {TenonError} about shapes that do not agree, ids outside of the vocabulary, too many tokens.
 */
export function checkInput(
  input: ModelInput,
  limits: InputLimits,
  past?: InputPast,
): { batch: number; time: number } {
  const { inputIds, inputEmbeds, attentionMask, tokenTypeIds, positionIds } = input;
  if ((inputIds === undefined) === (inputEmbeds === undefined)) {
    throw new TenonError({
      subject: 'model input',
      expected: 'either inputIds or inputEmbeds',
      got: inputIds === undefined ? 'neither' : 'both',
      advice: 'Pass one of them.',
    });
  }
  if (inputIds !== undefined) {
    assertShape('input ids', inputIds.shape, ['B', 'T'], 'Pass a row of token ids for each sequence.');
    const advice = 'Check that the tokenizer belongs to this model.';
    assertIds('input ids', inputIds, limits.vocabularySize, advice);
  } else {
    const advice = 'Pass a vector of the hidden size for each token.';
    assertShape('input embeddings', inputEmbeds!.shape, ['B', 'T', limits.hiddenSize], advice);
  }
  const [batch, time] = (inputIds ?? inputEmbeds)!.shape as [number, number];
  if (batch * time === 0) {
    throw new TenonError({
      subject: 'model input',
      expected: 'at least one token',
      got: formatShape([batch, time]),
      advice: 'Begin an empty text with a token such as <|endoftext|>.',
    });
  }
  if (past !== undefined && past.batchSize !== batch) {
    throw new TenonError({
      subject: 'state',
      expected: `one for ${batch} sequences`,
      got: `one for ${past.batchSize}`,
      advice: 'Make it for the batch that is encoded: initialState(batchSize, capacity).',
    });
  }
  if (attentionMask !== undefined) {
    const advice = "Pass the tokenizer's attentionMask as it is, for these tokens only.";
    assertShape('attention mask', attentionMask.shape, [batch, time], advice);
  }
  const { contextLength, typeVocabularySize } = limits;
  if (tokenTypeIds !== undefined) {
    assertShape('token type ids', tokenTypeIds.shape, [batch, time], 'Pass the kind of each token.');
    // A model that tells no kinds apart does not look at those that a tokenizer gives with every text.
    const advice = 'Pass 0 for the first text and 1 for the second, where the model has two kinds.';
    if (typeVocabularySize !== undefined)
      assertIds('token type ids', tokenTypeIds, typeVocabularySize, advice);
  }
  if (positionIds !== undefined) {
    assertShape('position ids', positionIds.shape, [batch, time], 'Pass a position for each token.');
    assertIds('position ids', positionIds, contextLength, 'Shorten the text, or count from its first token.');
  } else if ((past?.length ?? 0) + time > contextLength) {
    throw new TenonError({
      subject: 'sequence length',
      expected: `at most the model's ${contextLength} positions`,
      got: past === undefined ? String(time) : `${past.length} + ${time}`,
      advice: 'Shorten the text, or use a model with a larger contextLength.',
    });
  }
  return { batch, time };
}

/** The positions of an input's T tokens: its own, B·T of them, or T counted from `start` on, the same for all texts. */
export function placesOf({ positionIds }: ModelInput, start: number, time: number): ArrayLike<number> {
  return positionIds?.dataSync() ?? Array.from({ length: time }, (_, t) => start + t);
}
