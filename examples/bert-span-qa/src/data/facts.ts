// What a document can say about a house, and how one asks for it: sentences and questions written for this example. A
// question shares few words with its sentence, and other sentences have an answer of the same kind: a name, a town, a
// year, a price.

/** What kind of answer a fact has; `names.ts` and `documents.ts` draw one. */
export type Kind = 'person' | 'town' | 'year' | 'price' | 'hour' | 'dish';

export interface Fact {
  readonly kind: Kind;
  /** A year before all others. */
  readonly isFirst?: boolean;
  /** `@` stands for the answer. */
  readonly sentences: readonly string[];
  /** `#` stands for the house. */
  readonly questions: readonly string[];
}

export const FACTS: readonly Fact[] = [
  {
    kind: 'person',
    sentences: [
      'It was founded by @.',
      '@ built the house with three friends.',
      'Nothing stood here before @ came.',
    ],
    questions: ['Who started #?', 'Who had the idea of #?', 'Whose work is #?'],
  },
  {
    kind: 'person',
    sentences: ['The meals are made by @.', 'In the kitchen one meets @.', '@ stands at the stove.'],
    questions: ['Who cooks at #?', 'Who is the cook of #?', 'Who prepares the food at #?'],
  },
  {
    kind: 'town',
    sentences: [
      'It stands at the edge of @.',
      'One finds it in @, behind the market.',
      'From its roof one sees all of @.',
    ],
    questions: ['Where is #?', 'In which town is #?', 'Where does one have to go to see #?'],
  },
  {
    kind: 'town',
    sentences: [
      'Most guests travel from @.',
      'Families from @ love it.',
      'On Sundays half of @ comes to visit.',
    ],
    questions: [
      'Where do the visitors of # live?',
      'Where do people come from who stay at #?',
      'Which town likes # best?',
    ],
  },
  {
    kind: 'year',
    isFirst: true,
    sentences: ['The first guests came in @.', 'It has been open since @.', 'In @ the doors were opened.'],
    questions: ['When did # begin?', 'In which year was # founded?', 'Since when is there #?'],
  },
  {
    kind: 'year',
    sentences: [
      'In @ it burned to the ground.',
      'The flames of @ left only walls.',
      'Lightning set it on fire in @.',
    ],
    questions: ['When was # destroyed?', 'In which year did # burn?', 'When was the fire at #?'],
  },
  {
    kind: 'price',
    sentences: ['A night costs @.', 'For a bed one pays @.', 'Who wants to sleep there needs @.'],
    questions: [
      'How much is a room at #?',
      'What does it cost to stay at #?',
      'What is the price of a room at #?',
    ],
  },
  {
    kind: 'price',
    sentences: ['For lunch one pays @.', 'A plate of soup costs @.', 'Who is hungry needs @.'],
    questions: [
      'How much is a meal at #?',
      'What does it cost to eat at #?',
      'What is the price of the food at #?',
    ],
  },
  {
    kind: 'hour',
    sentences: ['The door is unlocked at @.', 'Nobody is let in before @.', 'At @ the shutters go up.'],
    questions: [
      'When does # open in the morning?',
      'From what hour can one visit #?',
      'How early can one come to #?',
    ],
  },
  {
    kind: 'hour',
    sentences: ['The lights go out at @.', 'Everybody has to leave by @.', 'At @ the last guest goes home.'],
    questions: ['When does # close?', 'Until what hour can one visit #?', 'How late can one stay at #?'],
  },
  {
    kind: 'dish',
    sentences: ['People praise its @.', 'Nobody leaves without having tasted the @.', 'Its @ won a prize.'],
    questions: ['What is # famous for?', 'What should one eat at #?', 'What is the best dish of #?'],
  },
];
