// What a document can say about a house, and how one asks for it: sentences and questions written for this example. A
// question and the sentence that answers it share a word or say the same in other words, and other sentences have an answer
// of the same kind: a name, a town, a year, a price.

/** What kind of answer a fact has; `names.ts` and `documents.ts` draw one. */
export type Kind = 'person' | 'town' | 'year' | 'price' | 'hour' | 'dish';

export interface Fact {
  readonly kind: Kind;
  /** A year before all others. */
  readonly isFirst?: boolean;
  /** `@` stands for the answer. */
  readonly sentences: readonly string[];
  readonly questions: readonly string[];
}

export const FACTS: readonly Fact[] = [
  {
    kind: 'person',
    sentences: [
      'The founder was @.',
      '@ founded it with three friends.',
      'Nothing stood here before @ came.',
    ],
    questions: ['Who was the founder?', 'Who founded it?', 'Whose idea was it?'],
  },
  {
    kind: 'person',
    sentences: ['The cook is called @.', '@ works in the kitchen.', 'The meals are made by @.'],
    questions: ['Who is the cook?', 'Who works in the kitchen?', 'Who prepares the food?'],
  },
  {
    kind: 'town',
    sentences: [
      'It stands in the town of @.',
      'One finds it in @, behind the market.',
      'From its roof one sees all of @.',
    ],
    questions: ['In which town is it?', 'Where does one find it?', 'Where does one have to go to see it?'],
  },
  {
    kind: 'town',
    sentences: [
      'Most guests travel from @.',
      'On Sundays half of @ comes to visit.',
      'Families from @ love it.',
    ],
    questions: [
      'From where do most guests travel?',
      'Who comes to visit on Sundays?',
      'Where do those live who stay there?',
    ],
  },
  {
    kind: 'year',
    isFirst: true,
    sentences: ['The first guests came in @.', 'It has been open since @.', 'In @ the doors were opened.'],
    questions: [
      'When did the first guests come?',
      'Since when has it been open?',
      'In which year did it begin?',
    ],
  },
  {
    kind: 'year',
    sentences: [
      'In @ it burned to the ground.',
      'The fire of @ left only walls.',
      'Lightning destroyed it in @.',
    ],
    questions: ['When did it burn?', 'In which year was the fire?', 'When was it destroyed?'],
  },
  {
    kind: 'price',
    sentences: ['A room costs @.', 'For a night one pays @.', 'Who wants to sleep there needs @.'],
    questions: ['How much is a room?', 'What does a night cost?', 'What does one pay for a bed?'],
  },
  {
    kind: 'price',
    sentences: ['For lunch one pays @.', 'A meal costs @.', 'Who is hungry needs @.'],
    questions: ['How much is lunch?', 'What does a meal cost?', 'What does one pay to eat?'],
  },
  {
    kind: 'hour',
    sentences: ['It opens at @.', 'In the morning the door is locked until @.', 'Nobody is let in before @.'],
    questions: ['When does it open?', 'Until when is the door locked?', 'How early can one come?'],
  },
  {
    kind: 'hour',
    sentences: ['It closes at @.', 'The last guest goes home at @.', 'Everybody has to leave by @.'],
    questions: ['When does it close?', 'When does the last guest go home?', 'How late can one stay?'],
  },
  {
    kind: 'dish',
    sentences: [
      'It is famous for its @.',
      'Nobody leaves without having tasted the @.',
      'Its @ won a prize.',
    ],
    questions: ['What is it famous for?', 'What has everybody tasted?', 'What won a prize?'],
  },
];
