// Multiple choice: how a story goes on, with stories and endings written for this example. The held-out stories have
// endings that training never shows with them: what belongs to what has to be learnt from others.
import type { ChoiceExample } from '@tenon/data';
import type { Dice } from '@tenon/example-kit';

const CHOICES = 4;

const NAMES = ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Finn', 'Greta', 'Hugo'];

/** `@` stands for a name. */
const SITUATIONS: readonly { readonly stories: readonly string[]; readonly endings: readonly string[] }[] = [
  {
    stories: [
      'it rained and @ had no umbrella .',
      '@ was out when the storm came .',
      '@ fell into the pond .',
      'a wave rolled over @ .',
    ],
    endings: [
      '@ came home wet .',
      '@ hung the coat up to dry .',
      'water ran out of the shoes of @ .',
      '@ asked for a towel .',
    ],
  },
  {
    stories: [
      '@ forgot the cake in the oven .',
      '@ left the pan on the fire .',
      'the toaster of @ was broken .',
      '@ fell asleep beside the stove .',
    ],
    endings: [
      'the kitchen was full of smoke .',
      '@ opened all the windows .',
      'dinner was black that night .',
      '@ scraped coal off the plate .',
    ],
  },
  {
    stories: [
      '@ walked all day without a meal .',
      'the lunch of @ was stolen by a dog .',
      '@ had no breakfast and no lunch .',
      'there was no bread left for @ .',
    ],
    endings: [
      '@ ate three plates of soup .',
      'the stomach of @ was loud .',
      '@ asked when supper would be .',
      '@ looked into every pot .',
    ],
  },
  {
    stories: [
      '@ could not find the keys .',
      'the lock of the house of @ was stuck .',
      '@ had lost the only key .',
      'the wind shut the door behind @ .',
    ],
    endings: [
      '@ climbed in through the window .',
      '@ sat on the steps and waited .',
      '@ called a locksmith .',
      '@ knocked , but nobody was inside .',
    ],
  },
  {
    stories: [
      '@ read until four in the morning .',
      'the dogs barked all night near @ .',
      '@ worked two nights without sleep .',
      'the bed of @ was too hard .',
    ],
    endings: [
      '@ yawned all day .',
      '@ fell asleep at the desk .',
      '@ needed a lot of coffee .',
      'the eyes of @ were red and small .',
    ],
  },
  {
    stories: [
      '@ won the race .',
      'the song of @ got the first prize .',
      '@ came first of all .',
      'the judges liked @ best .',
    ],
    endings: [
      'everybody cheered for @ .',
      '@ held up the golden cup .',
      'the name of @ was in the newspaper .',
      '@ made a proud speech .',
    ],
  },
  {
    stories: [
      '@ dropped the vase .',
      'the ball of @ hit the mirror .',
      'the cup slipped from the hand of @ .',
      '@ sat down on the glasses .',
    ],
    endings: [
      'there was glass all over the floor .',
      '@ swept up the pieces .',
      '@ bought glue to mend it .',
      '@ stepped on something sharp .',
    ],
  },
  {
    stories: [
      '@ missed the last train .',
      'the bus left without @ .',
      'there was no taxi for @ .',
      'the wheel of the car of @ came off .',
    ],
    endings: [
      '@ had to walk home .',
      '@ arrived two hours late .',
      '@ asked a stranger for a ride .',
      '@ spent the night at the station .',
    ],
  },
  {
    stories: [
      '@ ran down the icy stairs .',
      '@ tripped over a stone .',
      '@ fell out of the apple tree .',
      'a heavy box fell on @ .',
    ],
    endings: [
      'a doctor looked at the leg of @ .',
      '@ wore a bandage for weeks .',
      '@ limped to the hospital .',
      'the knee of @ was blue .',
    ],
  },
  {
    stories: [
      '@ told a very good joke .',
      'the trousers of @ fell down on stage .',
      '@ put on a funny hat .',
      'a parrot repeated all that @ said .',
    ],
    endings: [
      'everybody laughed .',
      'people had tears of joy .',
      'nobody could keep a straight face .',
      'the whole hall giggled .',
    ],
  },
];

/** Training sees three of the four endings with each story, the held-out examples the fourth. */
export function storyWithEndings(dice: Dice, heldOut: boolean): ChoiceExample {
  const [right, ...others] = dice.shuffle(SITUATIONS).slice(0, CHOICES) as [(typeof SITUATIONS)[number]];
  const story = dice.integer(right.stories.length);
  const count = right.endings.length;
  const ending = (story + (heldOut ? 0 : 1 + dice.integer(count - 1))) % count;
  const name = dice.pick(NAMES);
  const label = dice.integer(CHOICES);
  const choices = others.map(({ endings }) => dice.pick<string>(endings));
  choices.splice(label, 0, right.endings[ending]!);
  const named = (text: string): string => text.replaceAll('@', name);
  return { text: named(right.stories[story]!), choices: choices.map(named), label };
}
