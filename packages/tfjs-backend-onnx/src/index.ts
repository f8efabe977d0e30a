import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { makeNodeBackend } from './node-backend.ts';
import { register } from './register.ts';

register('onnx', makeNodeBackend);

export type { OnnxBackend, OnnxBackendStatistics } from './backend.ts';
export { type Compiled, type CompileOptions, compile } from './compile/compile.ts';
export { type CompiledFit, compileFit, type FitModel } from './compile/compile-fit.ts';
export type { TensorTree } from './compile/tree.ts';
export type { DynamicAxes } from './export/dynamic-axes.ts';
export { type ExportOnnxOptions, exportOnnx } from './export/export-onnx.ts';
export type { ExportableFunction } from './export/record-forward.ts';
export { onnxBackend } from './onnx-backend.ts';
export type { OnnxBackendOptions, Provider } from './options.ts';
export { type Profile, type ProfileEntry, type ProfileOptions, profile } from './profile/profile.ts';
export type { NodeTime } from './profile/trace.ts';
export { type KernelReport, report } from './report.ts';
