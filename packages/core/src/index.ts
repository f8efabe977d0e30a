export { assertShape, assertWhole, type ErrorParts, formatShape, TenonError } from './errors.ts';
export { freeze, type ParameterChoice, unfreeze } from './freeze.ts';
export {
  constant,
  type Initializer,
  normal,
  ones,
  truncatedNormal,
  uniform,
  xavierUniform,
  zeros,
} from './initializers.ts';
export {
  type Backbone,
  type BaseModel,
  type BatchSource,
  type BuildOptions,
  type Decoded,
  defineModel,
  type Encoded,
  type EncodedSource,
  type EncodeOptions,
  type EncoderDecoder,
  type HeadDefaults,
  type HeadSettings,
  type Json,
  type Logits,
  type ModelInput,
  type ModelLayout,
  type ModelSpec,
  type Objective,
  type ObjectiveValue,
  type Pooling,
  type ProblemType,
  type RecurrentState,
  type ReleaseLayout,
  type Scorer,
  type StepContext,
  type Task,
  type TaskLayout,
  type TaskModel,
  type TaskModelClass,
} from './interfaces.ts';
export { type AdamWSlot, type AdamWStep, adamWUpdate } from './kernels/adamw-update.ts';
export { dropout, dropoutMask } from './kernels/dropout.ts';
export { embedding } from './kernels/embedding.ts';
export { everyRun, lookAt } from './kernels/every-run.ts';
export { type GeluApproximation, gelu } from './kernels/gelu.ts';
export { layerNorm } from './kernels/layer-norm.ts';
export { linearCrossEntropy } from './kernels/linear-cross-entropy.ts';
export { ownTensor } from './kernels/own-tensor.ts';
export { softmaxCrossEntropy } from './kernels/softmax-cross-entropy.ts';
export { squaredNorm } from './kernels/squared-norm.ts';
export { writeRows } from './kernels/write-rows.ts';
export { Module, type Parameter, parameter, parameterCount } from './module.ts';
export { defineKernel, type NamedKernel, type NamedKernelDefinition } from './named-kernel.ts';
export {
  CounterStream,
  RandomKey,
  RandomStream,
  threefry2x32,
} from './random.ts';
export {
  assertStateDict,
  countFromStored,
  type StateDict,
  StateDictError,
  type StateDictMismatch,
  type StoredDtype,
  type StoredTensor,
  storedCopy,
  storedFromTensor,
  storedTensor,
  tensorFromStored,
  transposed,
} from './state-dict.ts';
export { type ZeroLimits, ZeroStream } from './zero-stream.ts';
