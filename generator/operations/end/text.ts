/** The word behind the last operation; it has no shape. */
export function describeEnd({ activationBits }: { readonly activationBits: number }): { readonly shape: string; readonly detail: string } {
  return { shape: '', detail: activationBits === 8 ? '' : `activations of ${activationBits} bits` };
}
