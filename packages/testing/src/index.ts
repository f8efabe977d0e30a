export { selectBackend, testBackends } from './backends.ts';
export { type Comparison, compare, expectClose, type Tolerance } from './compare.ts';
export { type ContractCheck, type GradientOptions, namedGradients } from './contract.ts';
export type { MakeInput, RowParts, Rows } from './encode-rows.ts';
export { type EncoderDecoderContractOptions, encoderDecoderContract } from './encoder-decoder-contract.ts';
export {
  type GoldenCase,
  type GoldenTensor,
  type GoldenTensors,
  goldenCase,
  readGoldenTensors,
  sharedFolder,
} from './goldens.ts';
export { type HeadContractOptions, headContract } from './head-contract.ts';
export { leakFree } from './leak-free.ts';
export { type ModelContractOptions, modelContract } from './model-contract.ts';
export { type ModuleContractOptions, moduleContract } from './module-contract.ts';
