// TensorFlow.js' package entry for Node registers hardly any gradients by itself, and Node cannot load
// this module of it: the build bundles it. The registry is global, so one registration serves all.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
// The gradients of Prod and GatherV2 call `reshape` as a tensor's method, which the entry does not bring either.
import '@tensorflow/tfjs-core/dist/public/chained_ops/reshape.js';
