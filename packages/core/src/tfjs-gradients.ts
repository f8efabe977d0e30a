// TensorFlow.js' package entry for Node registers hardly any gradients by itself, and Node cannot load
// this module of it: the build bundles it. The registry is global, so one registration serves all.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
