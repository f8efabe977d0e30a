// English stories, written for this example.
import type { Person, StoryLanguage } from './story.ts';

const woman = (name: string): Person => ({ name, words: { she: 'she', her: 'her', hers: 'her' } });
const man = (name: string): Person => ({ name, words: { she: 'he', her: 'him', hers: 'his' } });

export const ENGLISH: StoryLanguage = {
  people: [
    ...'Anna Clara Ida Julia Lena Maria Nora Rosa Sofia Vera'.split(' ').map(woman),
    ...'Adam Bruno David Emil Felix Hugo Jonas Leo Oscar Tom'.split(' ').map(man),
  ],
  trades: [
    {
      job: 'fisher',
      place: 'river',
      tools: ['net', 'boat', 'hook', 'rope'],
      deeds: ['waits for the fish', 'pulls in the net', 'rows against the wind'],
      goods: ['trout', 'salmon', 'pike', 'eel'],
    },
    {
      job: 'baker',
      place: 'bakery',
      tools: ['oven', 'flour', 'yeast', 'dough'],
      deeds: ['kneads the dough', 'heats the oven', 'weighs the flour'],
      goods: ['bread', 'cake', 'bun', 'tart'],
    },
    {
      job: 'teacher',
      place: 'school',
      tools: ['chalk', 'book', 'map', 'bell'],
      deeds: ['reads from a book', 'rings the bell', 'writes on the board'],
      goods: ['lesson', 'poem', 'sum', 'answer'],
    },
    {
      job: 'gardener',
      place: 'garden',
      tools: ['spade', 'rake', 'bucket', 'seed'],
      deeds: ['digs in the earth', 'waters the beds', 'cuts the hedge'],
      goods: ['rose', 'tulip', 'pumpkin', 'bean'],
    },
    {
      job: 'doctor',
      place: 'hospital',
      tools: ['needle', 'bandage', 'bag', 'lamp'],
      deeds: ['listens to a heart', 'washes a wound', 'looks at a sore throat'],
      goods: ['syrup', 'pill', 'cure', 'ointment'],
    },
    {
      job: 'tailor',
      place: 'workshop',
      tools: ['thread', 'scissors', 'cloth', 'iron'],
      deeds: ['cuts the cloth', 'sews on a button', 'measures a sleeve'],
      goods: ['coat', 'shirt', 'dress', 'scarf'],
    },
    {
      job: 'farmer',
      place: 'field',
      tools: ['plough', 'horse', 'cart', 'fork'],
      deeds: ['ploughs the earth', 'feeds the horse', 'loads the cart'],
      goods: ['wheat', 'barley', 'corn', 'hay'],
    },
    {
      job: 'singer',
      place: 'theatre',
      tools: ['piano', 'costume', 'mirror', 'score'],
      deeds: ['sings a high note', 'bows to the hall', 'learns a new part'],
      goods: ['song', 'aria', 'concert', 'duet'],
    },
  ],
  words: {
    time: ['in the morning', 'before noon', 'after lunch', 'at dawn', 'on Mondays', 'all day long'],
    weather: ['it rains', 'the sun shines', 'it is cold', 'the wind blows', 'it snows'],
    quality: ['good', 'fine', 'excellent', 'bad', 'strange', 'small'],
    mood: ['happy', 'tired', 'proud', 'calm'],
  },
  beginnings: [
    '{name} is a {job}.',
    'the {job} of the village is called {name}.',
    '{name} has been a {job} for many years.',
  ],
  middles: [
    '{time} {she} walks to the {place}.',
    '{name} takes {hers} {tools} and {hers} {tools} along.',
    'when {weather}, {she} stays at the {place} longer.',
    '{time} the {job} {deeds}.',
    'at the {place} {she} {deeds}.',
    '{hers} friend {friend} says that the {goods} is {quality}.',
    '{friend} gets a {goods} from {her} and is {mood}.',
    'without the {tools} there would be no {goods}.',
    '{friend} comes to the {place} and asks {her} for a {goods}.',
    'nobody knows more about a {goods} than {name}.',
  ],
  endings: [
    'in the evening {she} leaves the {place} and is {mood}.',
    'at night {name} dreams of a {goods}.',
    'then {name} puts the {tools} away and goes home.',
  ],
  gaps: [
    ['Rosa is a fisher. When it rains, [MASK] stays at the river longer.', 'she'],
    ['Bruno is a baker. At dawn the baker heats the [MASK].', 'oven'],
    ['The [MASK] of the village is called Nora. At the workshop she sews on a button.', 'tailor'],
    ['David has been a doctor for many years. In the evening he leaves the [MASK] and is tired.', 'hospital'],
    ['Vera is a farmer. Without the [MASK] there would be no wheat.', 'plough'],
  ],
  capital: (text) => text[0]!.toUpperCase() + text.slice(1),
};
