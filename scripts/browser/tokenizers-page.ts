import { trainTokenizer } from './train-tokenizer.ts';

declare global {
  /** What came of the training, for whoever opened the page. */
  var tokenizer: Promise<string>;
}

globalThis.tokenizer = trainTokenizer();
