export { downloadSnapshot, type SnapshotOptions, tokenizerFiles } from './hub/download-snapshot.ts';
export type { DownloadProgress, HubOptions } from './hub/options.ts';
