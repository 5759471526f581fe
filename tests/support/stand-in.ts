/** A small design with the ports of the real one, so that whole synthesis scripts run in seconds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { portsOf, parametersOf } from '../../generator/output/flows/ports.js';
import type { Design } from '../../generator/output/design-manifest.js';
import { textOf } from './generated.js';

/** Every input is registered, and every output is a register of some of them. */
function standIn(text: string, top: string): string {
  const ports = portsOf(text);
  const range = (high: string | undefined): string => (high === undefined ? '' : `[${high}:0] `);
  const inputs = ports.filter(({ name, direction }) => direction === 'input' && name !== 'clk_i');
  const outputs = ports.filter(({ direction }) => direction === 'output');
  return `module ${top} #(${parametersOf(text)
    .map(({ name, value }) => `parameter ${name} = ${value}`)
    .join(', ')}) (
${ports.map(({ name, direction, high }) => `  ${direction} wire ${range(high)}${name}`).join(',\n')}
);
${inputs.map(({ name, high }) => `  reg ${range(high)}${name}_q;\n  always @(posedge clk_i) ${name}_q <= ${name};`).join('\n')}
${outputs
  .map(({ name, high }, i) => {
    const from = `${inputs[i % inputs.length]!.name}_q`;
    return `  reg ${range(high)}${name}_q;\n  always @(posedge clk_i) ${name}_q <= ${high === undefined ? `^${from}` : `{(${high}+1){^${from}}}`};\n  assign ${name} = ${name}_q;`;
  })
  .join('\n')}
endmodule
`;
}

/** Put it in the place of the sources; files that are then empty stay, so that scripts find all of them. */
export function placeStandIn(folder: string, design: Design): void {
  const { topModule } = design.manifest;
  for (const { name, text } of design.files) {
    if (!name.endsWith('.v')) continue;
    writeFileSync(join(folder, name), name === `${topModule}.v` ? standIn(textOf(design, name), topModule) : '');
    if (!text.includes('module')) throw new Error(`${name} is no module`);
  }
}
