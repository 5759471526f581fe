/** The hardware that a function works on: parameters as they are, or where they come from. */
import { fields, type Params } from '../params/fields.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { defaultPreset, presetParams } from '../params/presets.js';

export interface HardwareOptions extends ParamsSource {
  /** Parameters in place of preset, config and set. */
  readonly params?: Params;
}

/** Errors: UserError with all that is wrong of the parameters. */
export async function paramsOf({ params, preset, config, set }: HardwareOptions): Promise<Params> {
  return params ?? loadParams({ ...(preset !== undefined && { preset }), ...(config !== undefined && { config }), ...(set && { set }) });
}

/** Options of a command that is to work on the same hardware. */
export function hardwareWords({ params, preset, config, set = [] }: HardwareOptions): (readonly [string, string | undefined])[] {
  if (params === undefined) return [['preset', preset], ['config', config], ...set.map((one) => ['set', one] as const)];
  const usual = presetParams(defaultPreset);
  const groups = Object.keys(fields) as (keyof typeof fields)[];
  const changed = groups.flatMap((group) => {
    const before = new Map<string, unknown>(Object.entries(usual[group]));
    return Object.entries(params[group]).flatMap(([name, value]) =>
      before.get(name) === value ? [] : [['set', `${group}.${name}=${String(value)}`] as const],
    );
  });
  return [['preset', defaultPreset], ...(params.prefix === usual.prefix ? [] : [['set', `prefix=${params.prefix}`] as const]), ...changed];
}
