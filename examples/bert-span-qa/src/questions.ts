// What there is to answer: questions about documents that are made by rules, or the user's own.
import { SkippedExamples, type SquadExample, splitExamples } from '@tenon/data';
import { readSquad } from '@tenon/data/files';
import { Dice } from '@tenon/example-kit';
import { squadScore } from '@tenon/trainers/metrics';
import { questionsAbout } from './data/documents.ts';

export interface Questions {
  readonly train: readonly SquadExample[];
  readonly heldOut: readonly SquadExample[];
  readonly language: 'english' | 'chinese';
  /** Tokens of a window at most: a question with a part of its document. */
  readonly maxLength: number;
  /** Tokens of an answer at most. */
  readonly maxAnswerLength: number;
}

/** Documents that no name is in both of: what is asked of the held-out ones was never an answer. */
export function madeQuestions({ short, seed }: { short: boolean; seed: number }): Questions {
  const [dice, taken] = [new Dice(seed), new Set<string>()];
  const heldOut = questionsAbout(short ? 10 : 200, 'test', dice, taken);
  const train = questionsAbout(short ? 60 : 8000, 'train', dice, taken);
  return { train, heldOut, language: 'english', maxLength: 64, maxAnswerLength: 12 };
}

/** A file in the layout of SQuAD, 1.1 or 2.0; a tenth of its documents is held out. */
export async function ownQuestions(file: string, seed: number): Promise<Questions> {
  const skipped = new SkippedExamples();
  const questions = await readSquad(file, { onInvalid: skipped.report });
  if (skipped.count > 0) console.log(skipped.summary());
  const documents = [...new Set(questions.map(({ context }) => context))];
  const held = new Set(splitExamples(documents, { test: 0.1, seed }).test);
  return {
    train: questions.filter(({ context }) => !held.has(context)),
    heldOut: questions.filter(({ context }) => held.has(context)),
    language: /\p{Script=Han}/u.test(documents[0]!) ? 'chinese' : 'english',
    maxLength: 256,
    maxAnswerLength: 30,
  };
}

/** What two answers that read nothing are worth: always the first name of a document, and always that it has none. */
export function baselines(
  questions: readonly SquadExample[],
  language: Questions['language'],
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const answers = questions.map((question) => question.answers.map(({ text }) => text));
  const score = (answerOf: (question: SquadExample) => string): Record<string, number> => {
    const { exactMatch, f1 } = squadScore(answers, questions.map(answerOf), { language });
    return { exactMatch, f1 };
  };
  return { 'first name': score(firstName), 'no answer': score(() => '') };
}

/** The first words with capitals that follow a word without, and not "the". */
export function firstName({ context }: Pick<SquadExample, 'context'>): string {
  return /(?<=(?<!\p{L})(?!the )\p{Ll}+,? )\p{Lu}\p{L}*(?: \p{Lu}\p{L}*)*/u.exec(context)?.[0] ?? '';
}
