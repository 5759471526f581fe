// Writes the Verilog of an accelerator of your own and says how large it is. Usage: npx jiti generate-verilog.ts FOLDER
import { generate, inspect, makeParams, presetParams } from 'trexgen';

const [out = 'rtl'] = process.argv.slice(2);
const tiny = presetParams('tiny');
const params = makeParams({ ...tiny, prefix: 'mine', port: { ...tiny.port, prefetchBeats: 2 * tiny.port.prefetchBeats } });

const { manifest } = await generate({ params, out, clockMhz: 250 });
const { memoryBits, multiplierCount } = await inspect({ params });
console.log(`${manifest.topModule}: ${manifest.files.length} files in ${out}`);
console.log(`${multiplierCount} multipliers, ${memoryBits} bits of memory`);
