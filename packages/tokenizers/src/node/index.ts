export { loadTokenizer, type SaveTokenizerOptions, saveTokenizer } from './folder.ts';
export { linesOf } from './texts.ts';
