export { selectBackend, testBackends } from './backends.ts';
export { type Comparison, compare, expectClose, type Tolerance } from './compare.ts';
export {
  type GoldenCase,
  type GoldenTensor,
  type GoldenTensors,
  goldenCase,
  readGoldenTensors,
  sharedFolder,
} from './goldens.ts';
