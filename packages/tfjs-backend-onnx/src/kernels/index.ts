import type { LoweredKernel } from '../kernel.ts';
import { activations } from './activations.ts';
import { addN } from './add-n.ts';
import { allAny } from './all-any.ts';
import { argMaxMin } from './arg-max-min.ts';
import { arithmetic } from './arithmetic.ts';
import { batchMatMul } from './batch-mat-mul.ts';
import { broadcastTo } from './broadcast-to.ts';
import { cast } from './cast.ts';
import { clipByValue } from './clip-by-value.ts';
import { comparison } from './comparison.ts';
import { complex } from './complex.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv-2d.ts';
import { conv2dBackpropFilter } from './conv-2d-backprop-filter.ts';
import { conv2dBackpropInput } from './conv-2d-backprop-input.ts';
import { cumsum } from './cumsum.ts';
import { einsum } from './einsum.ts';
import { eluGrad } from './elu-grad.ts';
import { expandDims } from './expand-dims.ts';
import { fill, onesLike, zerosLike } from './fill.ts';
import { fusedBatchNorm } from './fused-batch-norm.ts';
import { fusedConv2d } from './fused-conv-2d.ts';
import { fusedMatMul } from './fused-mat-mul.ts';
import { gatherNd } from './gather-nd.ts';
import { gatherV2 } from './gather-v2.ts';
import { identity } from './identity.ts';
import { integerDivision } from './integer-division.ts';
import { localResponseNormalization } from './local-response-normalization.ts';
import { logical } from './logical.ts';
import { mirrorPad } from './mirror-pad.ts';
import { moreUnaryMath } from './more-unary-math.ts';
import { oneHot } from './one-hot.ts';
import { pack } from './pack.ts';
import { padV2 } from './pad-v2.ts';
import { pools } from './pool.ts';
import { prelu } from './prelu.ts';
import { reductions } from './reductions.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { reverse } from './reverse.ts';
import { rsqrt } from './rsqrt.ts';
import { scatterNd } from './scatter-nd.ts';
import { select } from './select.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { spaceBatch } from './space-batch.ts';
import { splitV } from './split-v.ts';
import { square } from './square.ts';
import { squaredDifference } from './squared-difference.ts';
import { step } from './step.ts';
import { stridedSlice } from './strided-slice.ts';
import { tenonAdamWUpdate } from './tenon-adamw-update.ts';
import { tenonDropout } from './tenon-dropout.ts';
import { tenonEmbedding } from './tenon-embedding.ts';
import { tenonEmbeddingGrad } from './tenon-embedding-grad.ts';
import { tenonEveryRun, tenonLookAt } from './tenon-every-run.ts';
import { tenonGelu } from './tenon-gelu.ts';
import { tenonGeluGrad } from './tenon-gelu-grad.ts';
import { tenonLayerNorm } from './tenon-layer-norm.ts';
import { tenonLayerNormGrad } from './tenon-layer-norm-grad.ts';
import { tenonLinearCrossEntropy } from './tenon-linear-cross-entropy.ts';
import {
  tenonLinearCrossEntropyBiasGrad,
  tenonLinearCrossEntropyHiddenGrad,
  tenonLinearCrossEntropyWeightGrad,
} from './tenon-linear-cross-entropy-grad.ts';
import { tenonOwn } from './tenon-own.ts';
import { tenonSoftmaxCrossEntropy } from './tenon-softmax-cross-entropy.ts';
import { tenonSoftmaxCrossEntropyGrad } from './tenon-softmax-cross-entropy-grad.ts';
import { tenonSquaredNorm } from './tenon-squared-norm.ts';
import { tenonWriteRows } from './tenon-write-rows.ts';
import { tile } from './tile.ts';
import { topK } from './top-k.ts';
import { transpose } from './transpose.ts';
import { unaryMath } from './unary-math.ts';
import { unpack } from './unpack.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Every tfjs kernel that runs in the graph; all others fall back to the cpu backend's. */
export const loweredKernels: readonly LoweredKernel[] = [
  ...arithmetic,
  addN,
  squaredDifference,
  ...comparison,
  ...logical,
  ...unaryMath,
  square,
  rsqrt,
  step,
  ...activations,
  clipByValue,
  cast,
  identity,
  reshape,
  expandDims,
  ...complex,
  transpose,
  batchMatMul,
  fusedMatMul,
  ...conv2d,
  ...conv2dBackpropInput,
  ...conv2dBackpropFilter,
  ...fusedConv2d,
  ...pools,
  ...reductions,
  ...allAny,
  ...argMaxMin,
  ...softmax,
  slice,
  concat,
  pack,
  splitV,
  unpack,
  gatherV2,
  unsortedSegmentSum,
  fill,
  zerosLike,
  onesLike,
  select,
  tile,
  broadcastTo,
  padV2,
  oneHot,
  tenonLayerNorm,
  tenonLayerNormGrad,
  tenonGelu,
  tenonGeluGrad,
  tenonLinearCrossEntropy,
  tenonLinearCrossEntropyBiasGrad,
  tenonLinearCrossEntropyHiddenGrad,
  tenonLinearCrossEntropyWeightGrad,
  tenonSoftmaxCrossEntropy,
  tenonSoftmaxCrossEntropyGrad,
  tenonDropout,
  tenonEmbedding,
  tenonEmbeddingGrad,
  tenonEveryRun,
  tenonLookAt,
  tenonOwn,
  tenonSquaredNorm,
  tenonAdamWUpdate,
  tenonWriteRows,
  cumsum,
  einsum,
  eluGrad,
  fusedBatchNorm,
  gatherNd,
  localResponseNormalization,
  mirrorPad,
  prelu,
  reverse,
  scatterNd,
  stridedSlice,
  topK,
  integerDivision,
  ...moreUnaryMath,
  ...resize,
  ...spaceBatch,
];
