export { type SplitTokens, splitTokens } from './split-tokens.ts';
export { type TokenWindowOptions, type TokenWindows, tokenWindows } from './token-windows.ts';
