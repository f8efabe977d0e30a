// Fetches a model's files and prints their folder:  download.ts NAME CACHE
import { downloadSnapshot } from '@tenon/checkpoints/hub';

const [name, cacheDir] = process.argv.slice(2) as [string, string];
console.log(await downloadSnapshot(name, { cacheDir, allowPatterns: ['config.json', 'model.safetensors'] }));
