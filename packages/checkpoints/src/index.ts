export { writeTextFile } from './durable/write-file.ts';
export { recoverFolder, writeFolder } from './durable/write-folder.ts';
export type { DownloadProgress, HubOptions } from './hub/options.ts';
export {
  fromPretrained,
  type LoadedBackbone,
  type LoadedTaskModel,
  type TaskOptions,
} from './hugging-face/from-pretrained.ts';
export { type PretrainedParts, savePretrained } from './hugging-face/save-pretrained.ts';
export { openSafetensors, type SafetensorsFile } from './open-safetensors.ts';
export { formatSafetensors } from './safetensors/format.ts';
export { parseSafetensors, type Safetensors } from './safetensors/parse.ts';
export { writeSafetensors } from './write-safetensors.ts';
