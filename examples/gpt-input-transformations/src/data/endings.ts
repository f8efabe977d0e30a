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
      'the roof leaked on the bed of @ .',
      '@ sailed through a heavy rain .',
    ],
    endings: [
      '@ came home wet .',
      '@ hung the coat up to dry .',
      'water ran out of the shoes of @ .',
      '@ asked for a towel .',
      '@ put on dry socks .',
      'the hair of @ dripped for an hour .',
    ],
  },
  {
    stories: [
      '@ forgot the cake in the oven .',
      '@ left the pan on the fire .',
      'the toaster of @ was broken .',
      '@ fell asleep beside the stove .',
      'the pot of @ boiled over .',
      '@ talked so long that the roast was forgotten .',
    ],
    endings: [
      'the kitchen was full of smoke .',
      '@ opened all the windows .',
      'dinner was black that night .',
      '@ scraped coal off the plate .',
      'it smelled of fire for days .',
      '@ threw the black bread away .',
    ],
  },
  {
    stories: [
      '@ walked all day without a meal .',
      'the lunch of @ was stolen by a dog .',
      '@ had no breakfast and no lunch .',
      'there was no bread left for @ .',
      '@ gave the sandwich to a beggar .',
      'the picnic basket of @ was empty .',
    ],
    endings: [
      '@ ate three plates of soup .',
      'the stomach of @ was loud .',
      '@ asked when supper would be .',
      '@ looked into every pot .',
      '@ dreamt of roast chicken .',
      '@ bought four pies at once .',
    ],
  },
  {
    stories: [
      '@ could not find the keys .',
      'the lock of the house of @ was stuck .',
      '@ had lost the only key .',
      'the wind shut the door behind @ .',
      '@ locked the keys in the house .',
      'a thief took the key ring of @ .',
    ],
    endings: [
      '@ climbed in through the window .',
      '@ sat on the steps and waited .',
      '@ called a locksmith .',
      '@ knocked , but nobody was inside .',
      '@ rang the bell for an hour .',
      'a neighbour lent @ a ladder to the roof .',
    ],
  },
  {
    stories: [
      '@ read until four in the morning .',
      'the dogs barked all night near @ .',
      '@ worked two nights without sleep .',
      'the bed of @ was too hard .',
      'the baby of @ cried until dawn .',
      '@ danced until the sun rose .',
    ],
    endings: [
      '@ yawned all day .',
      '@ fell asleep at the desk .',
      '@ needed a lot of coffee .',
      'the eyes of @ were red and small .',
      '@ went to bed at six in the evening .',
      '@ nodded off in the middle of a word .',
    ],
  },
  {
    stories: [
      '@ won the race .',
      'the song of @ got the first prize .',
      '@ came first of all .',
      'the judges liked @ best .',
      '@ beat the old champion .',
      'the pumpkin of @ was the largest of all .',
    ],
    endings: [
      'everybody cheered for @ .',
      '@ held up the golden cup .',
      'the name of @ was in the newspaper .',
      '@ made a proud speech .',
      'the mayor shook the hand of @ .',
      'there was a medal on the coat of @ .',
    ],
  },
  {
    stories: [
      '@ dropped the vase .',
      'the ball of @ hit the mirror .',
      'the cup slipped from the hand of @ .',
      '@ sat down on the glasses .',
      '@ threw a stone at the window .',
      'the cat of @ jumped onto the plates .',
    ],
    endings: [
      'there was glass all over the floor .',
      '@ swept up the pieces .',
      '@ bought glue to mend it .',
      '@ stepped on something sharp .',
      '@ had to pay for the damage .',
      'the broken parts lay everywhere .',
    ],
  },
  {
    stories: [
      '@ missed the last train .',
      'the bus left without @ .',
      'there was no taxi for @ .',
      'the wheel of the car of @ came off .',
      'the ferry sailed while @ bought a ticket .',
      '@ came to the airport too late .',
    ],
    endings: [
      '@ had to walk home .',
      '@ arrived two hours late .',
      '@ asked a stranger for a ride .',
      '@ spent the night at the station .',
      '@ looked at the timetable in despair .',
      '@ waited for the next one until morning .',
    ],
  },
  {
    stories: [
      '@ ran down the icy stairs .',
      '@ tripped over a stone .',
      '@ fell out of the apple tree .',
      'a heavy box fell on @ .',
      '@ slipped on a wet floor .',
      'the horse threw @ off .',
    ],
    endings: [
      'a doctor looked at the leg of @ .',
      '@ wore a bandage for weeks .',
      '@ limped to the hospital .',
      'the knee of @ was blue .',
      '@ could not walk for a month .',
      '@ cried because the foot hurt .',
    ],
  },
  {
    stories: [
      '@ told a very good joke .',
      'the trousers of @ fell down on stage .',
      '@ put on a funny hat .',
      'a parrot repeated all that @ said .',
      '@ walked like a duck through the room .',
      'the clown chased @ around the tent .',
    ],
    endings: [
      'everybody laughed .',
      'people had tears of joy .',
      'nobody could keep a straight face .',
      'the whole hall giggled .',
      'the children held their bellies .',
      'they smiled about it for years .',
    ],
  },
];

/** Training sees five of the six endings with each story, the held-out examples the sixth. */
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
