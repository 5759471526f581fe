import { renderText, type RtlFile } from '../../rtl/render.js';
import type { Flow } from './flow.js';

/** FuseSoC core file, CAPI2: targets lint, sim and synth. */
export function fusesocCore({ prefix, top, sources, version }: Flow): RtlFile {
  return {
    name: `${prefix}.core`,
    text: renderText('flows/fusesoc.core', { prefix, top, version, sources: sources.map((name) => ({ name })) }),
  };
}
