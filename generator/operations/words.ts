/** Parts of descriptions that several operations have. */
import type { Requant } from './types.js';

export const scale = ({ m, s }: Requant): string => `* ${m} >> ${s}`;

export function place(name: string, base: number, width: number): string {
  return base === 0 ? `${name}[${width}]` : `${name}[${base} .. ${base + width - 1}]`;
}

export function words(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false).join(', ');
}
