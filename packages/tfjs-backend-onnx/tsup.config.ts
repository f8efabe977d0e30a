import { library } from '../../tsup.config.base.ts';

export default library({
  platform: 'node',
  // Gives CommonJS an `import.meta.url`, from which ONNX Runtime's native library is found.
  shims: true,
  // tfjs-core's gradients are extensionless ES modules that Node cannot load: they go into our build.
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
});
