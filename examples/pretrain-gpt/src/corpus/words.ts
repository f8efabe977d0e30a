// The words that the stories are made of.

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const phrases = (text: string): readonly string[] => text.trim().replace(/\s+/g, ' ').split('; ');

export const GIRLS: readonly string[] = words(`
  Ada Alma Anouk Astrid Beryl Bettina Carmen Celia Clara Cora Dalia Dora Edith Elin Elsa Esme Farah Fern Flora
  Freya Greta Hana Hazel Hedda Ida Ines Ingrid Iris Isla Joan Juno Kaya Kirsten Lena Lotte Lucia Mabel Maren
  Marta Maud Mina Mira Nadia Nell Nora Olga Opal Paula Petra Pilar Rosa Ruth Sabine Selma Sigrid Tamar Tess
  Thea Ursula Vera Wilma Yara Zelda Zora`);

export const BOYS: readonly string[] = words(`
  Abel Albin Anton Arlo Axel Basil Benno Bruno Caspar Cedric Cyril Dario Emil Enzo Erik Ezra Felix Finn Franz
  Gideon Gustav Hamid Harold Hugo Ivan Jakob Jonas Jules Karim Konrad Lars Leo Linus Lorenz Magnus Marco Matteo
  Milo Moritz Nils Noel Oskar Otto Pablo Pavel Quentin Rafael Remo Roland Rufus Samir Silas Stefan Tariq Theo
  Tobias Ulrich Viktor Walter Wendel Yusuf Zeno`);

export const SURNAMES: readonly string[] = words(`
  Abernoth Ashdown Barlow Birkett Calder Castellan Dunmore Eastwick Fairlamb Fenner Garrick Hartwell Holloway
  Ilford Jessop Kettering Lindqvist Marsh Nettle Oakes Pemberly Quill Rowntree Sandoval Tarrant Underhill Vance
  Weatherby Yarrow Zeller`);

export const TOWNS: readonly string[] = words(`
  Alderwick Ambleton Barrowmere Bellhaven Birchford Bramblegate Brindle Cairnholm Candlebury Coldbrook Copperhill
  Dapplewood Deepwater Dunmarrow Eastmoor Elderfield Fallowdale Fennbridge Foxhollow Gallowmere Glasswater
  Goosefield Greywell Hagstone Harrowfold Hazelbeck Hollinford Ironmarsh Juniperfield Kelpstead Kingsmarrow Lanternsea
  Larkhill Longmeadow Millrace Mistleby Netherby Northwold Oatcombe Orchardton Pebbleport Quarrington Ravenscar
  Redcliff Rookhaven Saltmarsh Silverpond Snowdrop Stonecross Thistledown Tidewell Underbridge Wainscott
  Westerley Willowbank Winterbourne Yewdale`);

/** Who works where. */
export const JOBS: readonly (readonly [job: string, workplace: string])[] = phrases(`
  baker/bakery; potter/pottery; miller/mill; teacher/schoolhouse; carpenter/workshop; weaver/loom room;
  gardener/greenhouse; blacksmith/forge; librarian/library; clockmaker/clock shop; cobbler/shoe shop;
  beekeeper/honey shed; fisher/boathouse; printer/print shop; painter/studio; tailor/sewing room; nurse/clinic;
  ferry captain/landing; shepherd/sheepfold; glassblower/glass works; postmaster/post office; cook/kitchen;
  lighthouse keeper/lighthouse; grocer/shop; cheesemaker/dairy; stonemason/quarry; violin maker/workshop;
  mapmaker/chart room; chemist/pharmacy; signalman/signal box`).map((entry) => {
  const [job = '', workplace = ''] = entry.split('/');
  return [job, workplace];
});

export const THINGS: readonly string[] = phrases(`
  lantern; kettle; umbrella; notebook; compass; whistle; basket; teapot; blanket; hammer; mirror; candle; violin;
  drum; pocket watch; scarf; cushion; fountain pen; music box; magnifying glass; telescope; thimble; walking stick;
  jar; bell; ladder; wooden spoon; photograph; ring; brooch; hairbrush; flute; kite; puppet; chess piece; key;
  padlock; suitcase; pillow; mug; saucer; rope; saddle; trowel; watering can; birdcage; bookmark; coin; map;
  recipe book; marble; spinning top; snow globe; rolling pin; sewing kit; paintbrush; easel; inkwell; feather;
  seashell; lunch tin; pair of gloves; pair of scissors; pair of boots; oil lamp; toolbox; accordion; hourglass;
  tin soldier; harmonica`);

export const COLOURS: readonly string[] = words(`
  red blue green yellow purple orange grey white black brown silver golden crimson turquoise copper ivory scarlet
  violet olive amber`);

export const QUALITIES: readonly string[] = words(`
  old small heavy plain dented polished cracked curious sturdy fragile handsome dusty patched carved painted
  ordinary narrow clumsy elegant rusty`);

export const ANIMALS: readonly string[] = words(`
  dog cat goat donkey goose pony magpie hedgehog squirrel rabbit parrot tortoise fox badger otter hen duck crow
  piglet lamb mule owl ferret pigeon kitten raven robin mole toad hare`);

export const SPOTS: readonly string[] = phrases(`
  under the bed; behind the stove; on the windowsill; in the pantry; under the stairs; in the attic; in the cellar;
  behind the curtain; on the highest shelf; in the coal box; beside the well; in the garden shed; under the porch;
  in the hayloft; behind the water barrel; at the foot of the apple tree; in the wheelbarrow; on the kitchen table;
  inside the piano; in the laundry basket; under a heap of newspapers; in the hollow of the oak; between two sacks of
  flour; on top of the wardrobe; in the bottom drawer; next to the fireplace; under the garden bench; by the back
  gate; in the rowing boat; behind the beehives`);

export const PLACES: readonly string[] = phrases(`
  the market square; the old bridge; the harbour; the railway station; the town hall; the mill pond; the bakery; the
  schoolyard; the churchyard; the ferry landing; the orchard; the bandstand; the library steps; the fountain; the
  north gate; the fish market; the windmill; the tea house; the boat shed; the village green; the crossroads; the
  quarry; the rose garden; the post office`);

export const FRUITS: readonly string[] = words(`
  apple pear plum orange lemon peach apricot fig quince walnut chestnut turnip carrot cabbage onion pumpkin
  potato tomato radish beetroot`);

export const GOODS: readonly string[] = phrases(`
  button; candle; nail; stamp; pencil; marble; ribbon; bottle; brick; basket; loaf; bun; egg; ticket; seed packet; jar
  of honey; ball of wool; postcard; clay pot; horseshoe; spoon; plate; bead; feather; shell`);

export const CONTAINERS: readonly string[] = words(`
  basket crate sack barrel drawer box bucket chest bag cart trunk hamper`);

export const WEATHER: readonly (readonly [adjective: string, sentence: string])[] = [
  ['rainy', 'Rain drummed on every roof'],
  ['foggy', 'Fog lay so thick that the chimneys floated in it'],
  ['windy', 'The wind pulled at the shutters and the washing'],
  ['snowy', 'Snow had fallen in the night and nobody had swept it yet'],
  ['sunny', 'The sun stood bright over the fields'],
  ['stormy', 'Thunder rolled along the hills'],
  ['frosty', 'Frost had drawn ferns on all the windows'],
  ['cloudy', 'Low clouds hid the tops of the towers'],
  ['misty', 'A fine mist hung above the river'],
  ['warm', 'The air was warm and smelled of hay'],
  ['chilly', 'The morning was chilly and everyone walked fast'],
  ['hot', 'The heat made the dogs lie down in the shade'],
];

export const SEASONS: readonly string[] = ['spring', 'summer', 'autumn', 'winter'];
export const DAYS: readonly string[] = words('Monday Tuesday Wednesday Thursday Friday Saturday Sunday');
export const MONTHS: readonly string[] = words(
  'January February March April May June July August September October November December',
);

export const RELATIVES: readonly (readonly [woman: string, man: string])[] = [
  ['aunt', 'uncle'],
  ['sister', 'brother'],
  ['grandmother', 'grandfather'],
  ['niece', 'nephew'],
  ['cousin', 'cousin'],
  ['daughter', 'son'],
];
