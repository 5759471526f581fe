/** Writes a folder with the names and the configuration of a published model, and random weights: `npm run hub-folder MODEL FOLDER`. */
import { published, randomTensors, writeHubFolder } from '../tests/support/hub-folder.js';

const [name = '', folder] = process.argv.slice(2);
const make = Object.hasOwn(published, name) ? published[name as keyof typeof published] : undefined;
if (make === undefined || folder === undefined) {
  console.error(`usage: npm run hub-folder MODEL FOLDER, MODEL being ${Object.keys(published).join(' or ')}`);
  process.exit(2);
}
const model = make();
writeHubFolder(folder, model, randomTensors(model.shapes, 1));
console.log(`${folder} written: ${name}, weights of seed 1`);
