/** How well a text answers a question, each between 0 and 1. */
export interface AnswerMatch {
  readonly exact: number;
  readonly f1: number;
}
