// Of the batches, on both sides.
export const MAX_LENGTH = 128;
export const BATCH_SIZE = 32;
