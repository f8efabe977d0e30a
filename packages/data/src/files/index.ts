export type { ReadOptions } from './line-stream.ts';
export { readRows } from './read-rows.ts';
export {
  type ChoiceColumns,
  choiceExamples,
  type TaggedColumns,
  type TextColumns,
  taggedExamples,
  textExamples,
} from './row-examples.ts';
export type { Row, RowsOptions } from './rows.ts';
export { type ReadSlotsOptions, readSlots } from './slots.ts';
export { readSquad, type SquadRowsOptions, squadExamples } from './squad.ts';
export type { TagScheme } from './tag-scheme.ts';
export { type ReadTaggedOptions, readTagged } from './tagged.ts';
export { type ReadTextsOptions, readDocuments, readTexts } from './texts.ts';
