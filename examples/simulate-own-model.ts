// Makes a checkpoint small, sends its inputs through the generated Verilog, and prints what the chip has answered. The model is
// that of examples/tutorial/make-model.mjs. Usage: npx jiti simulate-own-model.ts MODEL-FOLDER
import { join } from 'node:path';
import { compress, simulate, simulationText, UserError } from 'trexgen';

const [checkpoint = 'model'] = process.argv.slice(2);
const inputsFile = join(checkpoint, 'inputs.jsonl');
const image = join(checkpoint, 'model.tximg');

try {
  const { busBytes, image: bytes } = await compress({ preset: 'tiny', checkpoint, inputs: inputsFile, k: 4, out: image });
  console.log(`${image}: ${bytes.length} bytes, read in beats of ${busBytes}`);
  const result = await simulate({ preset: 'tiny', image, checkpoint, inputsFile, inputs: 2 });
  console.log(simulationText(result));
  result.outputs.forEach((output, input) => console.log(`input ${input}: ${output.length} numbers`));
  if (!result.good) process.exitCode = 1;
} catch (error) {
  // What is wrong with files or options, all of it at once.
  if (!(error instanceof UserError)) throw error;
  console.error(error.problems.join('\n'));
  process.exitCode = 2;
}
