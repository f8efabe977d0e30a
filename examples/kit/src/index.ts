export type { OptionSpec, OptionSpecs, OptionValues } from './command-line.ts';
export { Dice } from './dice.ts';
export { distinct } from './distinct.ts';
export { expand, type Grammar } from './expand.ts';
export { fallingLoss } from './falling-loss.ts';
export { mostFrequent } from './most-frequent.ts';
export { type Example, type Run, runExample } from './run-example.ts';
export { type Cell, printTable } from './table.ts';
export { wordByWord } from './word-by-word.ts';
