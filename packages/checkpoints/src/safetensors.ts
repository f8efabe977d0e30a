export { formatSafetensors } from './safetensors/format.ts';
export { parseSafetensors, type Safetensors } from './safetensors/parse.ts';
